/**
 * The adapter of Hearth, the reference device: Modbus for what anybody may read, the secure mailbox
 * for the rest.
 *
 * Each verb makes its own connection and ends it, so that others may use the interface in between,
 * and logs out when it is done. A verb that failed leaves its session behind; the next one takes it
 * up to end it. Verbs without a channel use the local one where there is one.
 */
#ifndef RIG_TARGET_ADAPTER_HEARTH_H
#define RIG_TARGET_ADAPTER_HEARTH_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/adapter.h"
#include "target/modbus_client.h"

/** All pointers must live as long as the adapter; what they point at may change between calls. */
struct hearth_adapter_options {
    const struct modbus_port *rtu; /**< may be NULL, as `tcp`, or not exist */
    const struct modbus_port *tcp;
    const char *device_id; /**< 32 hexadecimal digits */
    const char *password;  /**< that verbs log in with; "" when none is known */
};

/**
 * Sets `adapter->driver` and `adapter->self`; adapter_destroy() frees. RIG_OK; RIG_ERROR_CONFIGURATION
 * when there is neither interface; RIG_ERROR_NO_MEMORY.
 *
 * Settings (adapter_dump()): set_point, hysteresis, frost_limit (tenths of a degree Celsius), mode (0
 * off, 1 on, 2 by schedule), schedule ("minute:set-point" four times, with commas), name, broker
 * (texts; bytes that are not printable, and backslashes, as \xNN), address ("a.b.c.d"), consent (0,
 * 1). adapter_set() of another name, or of a text that cannot be sent as such a value, is
 * RIG_ERROR_USAGE; values that can are the device's to judge.
 *
 * adapter_update(): an image's header of 128 bytes is sent as a whole or, when `stop_after` is less,
 * not at all. An update that is cut short leaves the session open, as a client that died.
 *
 * adapter_login() sends its attempt even when the device announced that it has to wait: that the
 * device refuses it is the device's to show.
 */
int hearth_adapter_create(const struct hearth_adapter_options *options, struct adapter *adapter,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
