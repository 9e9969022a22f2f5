/**
 * The private part of modbus_client.h that is shared by its two files: a terminal or a connection
 * and the bytes on it.
 */
#ifndef RIG_TARGET_MODBUS_WIRE_H
#define RIG_TARGET_MODBUS_WIRE_H

#include <modbus.h>

#include "target/modbus_client.h"

enum { MODBUS_ADU_LIMIT = 260 }; /**< bytes of the longest frame of either kind */

struct modbus_client {
    modbus_t *modbus;
    struct modbus_port port; /**< with strings of its own */
    char *place;             /**< what messages name */
    int lock;                /**< of a terminal; -1: none */
    int descriptor;          /**< owned by `modbus`; -1: to be connected again */
    bool closed;             /**< by the device */
    bool is_late;            /**< an answer may still come */
    uint16_t transaction;
    unsigned exception;
};

/** Connects again after a request that failed; RIG_ERROR_TIMEOUT when the device closed. */
int modbus_wire_prepare(struct modbus_client *client, int64_t deadline_ms,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** To be connected again by the next modbus_wire_prepare(). */
void modbus_wire_disconnect(struct modbus_client *client);

/** Drops what has come, and what comes until the wire has been silent for `quiet_ms`. */
int modbus_wire_drop(struct modbus_client *client, int64_t quiet_ms, int64_t deadline_ms,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Errors with their diagnostics: RIG_ERROR_TIMEOUT, the same, RIG_ERROR_DEVICE. */
int modbus_wire_gone(struct modbus_client *client, struct diagnostic *diagnostic);
int modbus_wire_silent(const struct modbus_client *client, struct diagnostic *diagnostic);
int modbus_wire_nonsense(const struct modbus_client *client, const char *what,
                         struct diagnostic *diagnostic);

#endif
