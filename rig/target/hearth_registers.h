/**
 * The mailbox of a Hearth as Modbus shows it: holding registers that one request writes and reads, two
 * bytes of a message in each, the first in the high half.
 */
#ifndef RIG_TARGET_HEARTH_REGISTERS_H
#define RIG_TARGET_HEARTH_REGISTERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/hearth_mailbox.h"
#include "target/modbus_client.h"

/** Carries a message of at most HEARTH_MESSAGE bytes and its answer, as a hearth_carry does. Errors as
 * of modbus_client.h. */
int hearth_registers_exchange(struct modbus_client *client, const uint8_t *message, size_t size,
                              uint8_t answer[HEARTH_MESSAGE], int64_t deadline_ms,
                              struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
