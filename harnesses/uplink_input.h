/*
 * uplink_input.h - inputs of the harness uplink: a history of what happens around the uplink.
 * Steps are framed as in history.h, with kinds of their own:
 *
 *   UPLINK_WAIT     body: 32-bit milliseconds, taken modulo UPLINK_MAX_WAIT_MS
 *   UPLINK_BROKER   body: how the broker behaves from now on, enum uplink_broker
 *   UPLINK_USER     body: consent (0 or 1), broker's name (0: none, else one of three)
 *   UPLINK_WORLD    body: temperature (16 bits), set-point (16 bits), flags UPLINK_WORLD_*
 *   UPLINK_TELL     body: an enum uplink_event, whether it is due or not
 *   UPLINK_RESTART  no body: power off and on
 *   UPLINK_CUTS     body: how many starts in a row, each as soon as the next attempt is planned
 */
#ifndef UPLINK_INPUT_H
#define UPLINK_INPUT_H

enum uplink_step {
    UPLINK_WAIT = 0,
    UPLINK_BROKER = 1,
    UPLINK_USER = 2,
    UPLINK_WORLD = 3,
    UPLINK_TELL = 4,
    UPLINK_RESTART = 5,
    UPLINK_CUTS = 6,
};

enum uplink_broker {
    UPLINK_BROKER_SILENT = 0,  /* answers nothing */
    UPLINK_BROKER_REFUSES = 1, /* ends every attempt */
    UPLINK_BROKER_WELL = 2,    /* takes connections, acknowledges at once */
    UPLINK_BROKER_DROPS = 3,   /* takes connections, ends them at the first reading */
    UPLINK_BROKER_MUTE = 4,    /* takes connections, acknowledges nothing */
    UPLINK_BROKER_SLOW = 5,    /* takes connections, acknowledges after UPLINK_SLOW_MS */
    UPLINK_BROKER_COUNT = 6
};

#define UPLINK_MAX_WAIT_MS 4000000U
#define UPLINK_SLOW_MS     12000U
#define UPLINK_MAX_CUTS    32U

#define UPLINK_WORLD_HEATING   0x01U
#define UPLINK_WORLD_FAULT     0x02U
#define UPLINK_WORLD_FROST     0x04U
#define UPLINK_WORLD_NO_RANDOM 0x08U /* the generator fails */
#define UPLINK_WORLD_RESTLESS  0x10U /* the relay switches all the time */

#endif
