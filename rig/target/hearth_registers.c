#include "target/hearth_registers.h"

enum {
    MAILBOX = 0x1000, /* FC 23 reads all of them */
    MAILBOX_COUNT = HEARTH_MESSAGE / 2,
};

int hearth_registers_exchange(struct modbus_client *client, const uint8_t *message, size_t size,
                              uint8_t answer[HEARTH_MESSAGE], int64_t deadline_ms,
                              struct diagnostic *diagnostic)
{
    const struct modbus_registers written = {MAILBOX, (uint16_t)((size + 1) / 2)};
    const struct modbus_registers read = {MAILBOX, MAILBOX_COUNT};
    uint16_t out[MAILBOX_COUNT] = {0};
    uint16_t in[MAILBOX_COUNT];
    int error;

    for (size_t i = 0; i < size; i++) {
        out[i / 2] |= (uint16_t)(i % 2 == 0 ? message[i] << 8 : message[i]);
    }
    error = modbus_client_exchange(client, written, out, read, in, deadline_ms, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < HEARTH_MESSAGE; i++) {
        answer[i] = (uint8_t)(i % 2 == 0 ? in[i / 2] >> 8 : in[i / 2]);
    }
    return error;
}
