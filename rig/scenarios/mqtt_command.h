/**
 * Set-point commands as a broker hands them to a device: which of them are right, by the product's
 * specification, and generators of right and of wrong ones. Pure functions.
 *
 * A right one is a JSON object (RFC 8259) of at most MQTT_COMMAND_RIGHT_MAX bytes with one member,
 * "set_point", a number of degrees Celsius from 5 to 30 without exponent and with one decimal at most,
 * and nothing around it but JSON's blanks.
 */
#ifndef RIG_SCENARIOS_MQTT_COMMAND_H
#define RIG_SCENARIOS_MQTT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MQTT_COMMAND_MAX = 512,      /**< bytes of any command that is generated */
    MQTT_COMMAND_RIGHT_MAX = 64, /**< bytes of a right one */
    MQTT_COMMAND_LOWEST = 50,    /**< tenths of a degree */
    MQTT_COMMAND_HIGHEST = 300,
};

/** To which topic a command goes. */
enum mqtt_command_topic {
    MQTT_TOPIC_OWN,      /**< the device's command topic */
    MQTT_TOPIC_BELOW,    /**< one more level behind it */
    MQTT_TOPIC_LONGER,   /**< one more letter behind it */
    MQTT_TOPIC_CAPITAL,  /**< its last level begins with a capital letter */
    MQTT_TOPIC_STRANGER, /**< that of another device */
    MQTT_TOPICS,
};

struct mqtt_command {
    const char *what; /**< what is wrong with it, or odd */
    enum mqtt_command_topic topic;
    size_t size;
    uint8_t bytes[MQTT_COMMAND_MAX];
};

/** Whether these bytes are a right command; then *tenths is what it asks for. */
bool mqtt_command_is_right(const uint8_t *bytes, size_t size, int *tenths);

/** How many ways to be wrong there are; mqtt_command_generate() takes their numbers. */
extern const size_t mqtt_command_kinds;

/**
 * Makes a wrong command of one kind (taken modulo mqtt_command_kinds). What a careless reader would
 * take it for differs from `tenths`, which the device holds. One with another topic than the device's
 * own is a right one in itself. *state moves on.
 */
void mqtt_command_generate(size_t kind, int tenths, uint64_t *state, struct mqtt_command *command);

/** Makes a right one for a value, with odd but allowed blanks, and the number written in one of the
 * allowed ways. */
void mqtt_command_right(int tenths, uint64_t *state, struct mqtt_command *command);

/** A value that may be asked for, at the limits more often than not, and at least one degree away from
 * `tenths`. */
int mqtt_command_other_value(int tenths, uint64_t *state);

#endif
