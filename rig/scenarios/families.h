/**
 * The scenarios of all families, one file a family or part of one; for catalogue.c.
 */
#ifndef RIG_SCENARIOS_FAMILIES_H
#define RIG_SCENARIOS_FAMILIES_H

#include "scenarios/scenario.h"

/* input_modbus.c */
extern const struct scenario input_modbus_rtu;
extern const struct scenario input_modbus_tcp;

/* input_mqtt_commands.c, input_mqtt_broker.c */
extern const struct scenario input_mqtt_commands;
extern const struct scenario input_mqtt_broker;

/* input_write.c */
extern const struct scenario input_unauthenticated_write;

/* outage_power.c */
extern const struct scenario outage_power_idle;
extern const struct scenario outage_power_start;
extern const struct scenario outage_power_settings;

/* outage_network.c, outage_broker.c, outage_weather.c, outage_reconnect.c */
extern const struct scenario outage_link;
extern const struct scenario outage_broker;
extern const struct scenario outage_weather;
extern const struct scenario outage_reconnect;
extern const struct scenario outage_reconnect_start;

/* input_settings.c */
extern const struct scenario input_settings;

/* access_guessing.c */
extern const struct scenario access_guessing_local;
extern const struct scenario access_guessing_network;
extern const struct scenario access_guessing_parallel;
extern const struct scenario access_guessing_link;

/* access_unique.c */
extern const struct scenario access_unique;
extern const struct scenario access_unique_storage;

/* access_password.c */
extern const struct scenario access_password;

/* erase_canaries.c */
extern const struct scenario erase_canaries;

/* erase_power.c */
extern const struct scenario erase_power;
extern const struct scenario erase_refused;

/* debug_closed.c, debug_recover.c, debug_reset.c, debug_token.c, debug_unlock.c */
extern const struct scenario debug_lock_closed;
extern const struct scenario debug_lock_reset;
extern const struct scenario debug_lock_token;
extern const struct scenario debug_lock_unlock;
extern const struct scenario debug_lock_recover;

/* update_genuine.c */
extern const struct scenario update_genuine;

/* update_tampered.c */
extern const struct scenario update_tampered;

/* update_at_rest.c */
extern const struct scenario update_at_rest;

/* update_revert.c */
extern const struct scenario update_revert;
extern const struct scenario update_crash_loop;

/* update_protocol.c */
extern const struct scenario update_protocol;

/* update_power_cut.c */
extern const struct scenario update_power_cut;

#endif
