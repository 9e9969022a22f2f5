#include "emulator/qtest_client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hexadecimal.h"
#include "base/text.h"

enum {
    COMMAND_ROOM = 64,
    HEX = 16,
    BLOCK_ROOM = 2 * QTEST_BLOCK_MAX + COMMAND_ROOM,
};

void qtest_client_open(struct qtest_client *client, int descriptor)
{
    *client = (struct qtest_client){.socket = {descriptor, "QEMU's qtest"}};
}

/* ---- lines ---- */

static int too_long(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU's qtest says too long a line");
}

/* Waits for one line, which then stands in client->line without its newline. Nothing is asked before
 * the last answer has come, so nothing may come behind a line. */
static int receive_line(struct qtest_client *client, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    client->line_size = 0;
    for (;;) {
        const size_t room = sizeof(client->line) - client->line_size;
        size_t size = 0;
        int error;

        if (room == 0) {
            return too_long(diagnostic);
        }
        error = peer_socket_receive(&client->socket, client->line + client->line_size, room, &size,
                                    deadline_ms, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
        client->line_size += size;
        if (client->line[client->line_size - 1] == '\n') {
            client->line[client->line_size - 1] = '\0';
            return RIG_OK;
        }
    }
}

static int request(struct qtest_client *client, const char *command, size_t size,
                   int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = peer_socket_send(&client->socket, command, size, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        error = receive_line(client, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    if (strncmp(client->line, "OK", 2) == 0) {
        return RIG_OK;
    }
    if (strncmp(client->line, "FAIL", 4) == 0 || strncmp(client->line, "ERR", 3) == 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND, "QEMU's qtest refuses: %s",
                               client->line);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU's qtest says '%.40s'", client->line);
}

/* ---- accesses ---- */

static char width_of(unsigned size)
{
    if (size == 4) {
        return 'l';
    }
    return size == 2 ? 'w' : 'b';
}

static uint32_t mask_of(unsigned size)
{
    return size == 4 ? UINT32_MAX : (1U << (8 * size)) - 1;
}

int qtest_client_read(struct qtest_client *client, uint32_t address, unsigned size, uint32_t *value,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    static const char value_follows[] = "OK 0x";
    const char *digits = client->line + strlen(value_follows);
    char command[COMMAND_ROOM];
    uint64_t read = 0;
    int error;

    (void)snprintf(command, sizeof(command), "read%c 0x%" PRIx32 "\n", width_of(size), address);
    error = request(client, command, strlen(command), deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (strncmp(client->line, value_follows, strlen(value_follows)) != 0 ||
        !text_take_number(&digits, HEX, &read) || *digits != '\0' || read > mask_of(size)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU's qtest reads '%.40s'",
                               client->line);
    }
    *value = (uint32_t)read;
    return RIG_OK;
}

int qtest_client_write(struct qtest_client *client, uint32_t address, unsigned size, uint32_t value,
                       int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[COMMAND_ROOM];

    (void)snprintf(command, sizeof(command), "write%c 0x%" PRIx32 " 0x%" PRIx32 "\n",
                   width_of(size), address, value & mask_of(size));
    return request(client, command, strlen(command), deadline_ms, diagnostic);
}

int qtest_client_write_block(struct qtest_client *client, uint32_t address, const uint8_t *bytes,
                             size_t size, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[BLOCK_ROOM];
    size_t used;

    if (size == 0 || size > QTEST_BLOCK_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%zu bytes are not 1 to %d", size,
                               QTEST_BLOCK_MAX);
    }
    used =
        (size_t)snprintf(command, sizeof(command), "write 0x%" PRIx32 " 0x%zx 0x", address, size);
    hexadecimal_write(bytes, size, command + used);
    used += 2 * size;
    command[used++] = '\n';
    return request(client, command, used, deadline_ms, diagnostic);
}
