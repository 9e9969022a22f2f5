#include "virtual_probe/gdb_client.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum {
    COMMAND_ROOM = 2 * GDB_TRANSFER_MAX + 64,
    HEX = 16,
    STUB_XPSR = 25,  /* its number in the stub: some registers of old cores stand before it */
    STUB_FLOAT = 26, /* number of D0 */
    STEP_ALONE = 7,  /* Qqemu.sstep: enabled, without interrupts, without timers */
    STEP_PLAIN = 1,
};

/* ---- packets ---- */

static int send_packet(struct gdb_client *client, const char *data, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    char packet[GDB_PACKET_ROOM];
    const size_t size = gdb_packet_frame(data, packet);

    if (size == 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "a request to QEMU is too long");
    }
    return peer_socket_send(&client->socket, packet, size, deadline_ms, diagnostic);
}

static int next_byte(struct gdb_client *client, char *byte, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    if (client->received_from == client->received_size) {
        int error;

        client->received_from = 0;
        client->received_size = 0;
        error = peer_socket_receive(&client->socket, client->received, sizeof(client->received),
                                    &client->received_size, deadline_ms, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
    }
    *byte = client->received[client->received_from++];
    return RIG_OK;
}

/* Waits for a packet, which then stands in the reader, and acknowledges it. */
static int receive_packet(struct gdb_client *client, int64_t deadline_ms,
                          struct diagnostic *diagnostic)
{
    for (;;) {
        enum gdb_packet_status status;
        char byte = '\0';
        const int error = next_byte(client, &byte, deadline_ms, diagnostic);

        if (error != RIG_OK) {
            return error;
        }
        status = gdb_packet_take(&client->reader, byte);
        if (status == GDB_PACKET_COMPLETE) {
            return peer_socket_send(&client->socket, "+", 1, deadline_ms, diagnostic);
        }
        if (status == GDB_PACKET_DAMAGED) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "QEMU's gdb stub sends a damaged packet");
        }
    }
}

static int check_halted(const struct gdb_client *client, struct diagnostic *diagnostic)
{
    return client->running
               ? diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the guest's core is not halted")
               : RIG_OK;
}

/* A request to a halted guest, and its answer in the reader. */
static int request(struct gdb_client *client, const char *data, int64_t deadline_ms,
                   struct diagnostic *diagnostic)
{
    int error = check_halted(client, diagnostic);

    if (error == RIG_OK) {
        error = send_packet(client, data, deadline_ms, diagnostic);
    }
    return error == RIG_OK ? receive_packet(client, deadline_ms, diagnostic) : error;
}

/* "OK", or what the stub says when it does not do it: E and a number, or nothing at all. */
static int check_done(const struct gdb_client *client, const char *what,
                      struct diagnostic *diagnostic)
{
    const char *answer = client->reader.data;

    if (strcmp(answer, "OK") == 0) {
        return RIG_OK;
    }
    if (answer[0] == 'E' || answer[0] == '\0') {
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND, "QEMU does not take %s", what);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU's gdb stub answers %s with '%.40s'",
                           what, answer);
}

static int nonsense(const struct gdb_client *client, const char *what,
                    struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU's gdb stub says '%.40s' for %s",
                           client->reader.data, what);
}

/* Reading the description of the registers makes the stub send those of this kind of core alone. */
int gdb_client_open(struct gdb_client *client, int descriptor, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    static const char *const greeting[] = {"qSupported:xmlRegisters=arm",
                                           "qXfer:features:read:target.xml:0,ffb", "?"};
    int error = RIG_OK;

    memset(client, 0, sizeof(*client));
    client->socket = (struct peer_socket){descriptor, "QEMU's gdb stub"};
    for (size_t i = 0; error == RIG_OK && i < sizeof(greeting) / sizeof(greeting[0]); i++) {
        error = request(client, greeting[i], deadline_ms, diagnostic);
    }
    return error;
}

/* ---- running and stopping ---- */

/* The value behind "watch:", "rwatch:" or "awatch:"; false without. */
static bool watch_address(const char *answer, uint32_t *address)
{
    const char *place = strstr(answer, "watch:");
    uint64_t value = 0;

    if (place == NULL) {
        return false;
    }
    place += strlen("watch:");
    if (!text_take_number(&place, HEX, &value) || value > UINT32_MAX) {
        return false;
    }
    *address = (uint32_t)value;
    return true;
}

static int read_stop(const struct gdb_client *client, struct gdb_stop *stop,
                     struct diagnostic *diagnostic)
{
    const char *answer = client->reader.data;

    *stop = (struct gdb_stop){GDB_STOP_TRAP, 0};
    if (answer[0] == 'W' || answer[0] == 'X') {
        stop->reason = GDB_STOP_ENDED;
    } else if (strncmp(answer, "T02", 3) == 0) {
        stop->reason = GDB_STOP_INTERRUPT;
    } else if (strncmp(answer, "T05", 3) != 0) {
        return nonsense(client, "a stop", diagnostic);
    } else if (watch_address(answer, &stop->address)) {
        stop->reason = GDB_STOP_WATCH;
    }
    return RIG_OK;
}

int gdb_client_wait_stop(struct gdb_client *client, struct gdb_stop *stop, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    int error;

    if (!client->running) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "the guest's core does not run");
    }
    error = receive_packet(client, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    client->running = false;
    return read_stop(client, stop, diagnostic);
}

static int let_run(struct gdb_client *client, const char *command, int64_t deadline_ms,
                   struct diagnostic *diagnostic)
{
    int error = check_halted(client, diagnostic);

    if (error == RIG_OK) {
        error = send_packet(client, command, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        client->running = true;
    }
    return error;
}

int gdb_client_resume(struct gdb_client *client, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return let_run(client, "c", deadline_ms, diagnostic);
}

int gdb_client_step(struct gdb_client *client, bool interrupts, struct gdb_stop *stop,
                    int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char mode[32];
    int error;

    (void)snprintf(mode, sizeof(mode), "Qqemu.sstep=0x%x", interrupts ? STEP_PLAIN : STEP_ALONE);
    error = request(client, mode, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        error = check_done(client, "a way of stepping", diagnostic);
    }
    if (error == RIG_OK) {
        error = let_run(client, "s", deadline_ms, diagnostic);
    }
    return error == RIG_OK ? gdb_client_wait_stop(client, stop, deadline_ms, diagnostic) : error;
}

int gdb_client_interrupt(struct gdb_client *client, struct gdb_stop *stop, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    const int error = peer_socket_send(&client->socket, "\x03", 1, deadline_ms, diagnostic);

    return error == RIG_OK ? gdb_client_wait_stop(client, stop, deadline_ms, diagnostic) : error;
}

/* ---- registers and memory ---- */

static uint32_t word_of(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

int gdb_client_read_registers(struct gdb_client *client, uint32_t registers[GDB_REGISTERS],
                              int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint8_t bytes[4 * GDB_REGISTERS];
    const int error = request(client, "g", deadline_ms, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    if (!gdb_packet_bytes(client->reader.data, bytes, sizeof(bytes))) {
        return nonsense(client, "its registers", diagnostic);
    }
    for (size_t i = 0; i < GDB_REGISTERS; i++) {
        registers[i] = word_of(bytes + 4 * i);
    }
    return RIG_OK;
}

int gdb_client_write_register(struct gdb_client *client, unsigned number, uint32_t value,
                              int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24)};
    char command[32];
    char hex[2 * sizeof(bytes) + 1];
    int error;

    gdb_packet_hex(bytes, sizeof(bytes), hex);
    (void)snprintf(command, sizeof(command), "P%x=%s",
                   number == GDB_REGISTER_XPSR ? (unsigned)STUB_XPSR : number, hex);
    error = request(client, command, deadline_ms, diagnostic);
    return error == RIG_OK ? check_done(client, "a register", diagnostic) : error;
}

static size_t float_size(enum gdb_float number)
{
    return number == GDB_FLOAT_FPSCR ? 4 : 8;
}

int gdb_client_read_float(struct gdb_client *client, enum gdb_float number, uint8_t *bytes,
                          int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[32];
    int error;

    (void)snprintf(command, sizeof(command), "p%x", STUB_FLOAT + (unsigned)number);
    error = request(client, command, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (client->reader.data[0] == 'E' || client->reader.data[0] == '\0') {
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                               "the core has no floating-point registers");
    }
    return gdb_packet_bytes(client->reader.data, bytes, float_size(number))
               ? RIG_OK
               : nonsense(client, "a floating-point register", diagnostic);
}

int gdb_client_write_float(struct gdb_client *client, enum gdb_float number, const uint8_t *bytes,
                           int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[64];
    int used;
    int error;

    used = snprintf(command, sizeof(command), "P%x=", STUB_FLOAT + (unsigned)number);
    gdb_packet_hex(bytes, float_size(number), command + used);
    error = request(client, command, deadline_ms, diagnostic);
    return error == RIG_OK ? check_done(client, "a floating-point register", diagnostic) : error;
}

int gdb_client_read_memory(struct gdb_client *client, uint32_t address, uint8_t *bytes, size_t size,
                           int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[32];
    int error;

    (void)snprintf(command, sizeof(command), "m%x,%zx", address, size);
    error = request(client, command, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (client->reader.data[0] == 'E') {
        return diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND, "there is no memory at 0x%08x",
                               address);
    }
    return gdb_packet_bytes(client->reader.data, bytes, size)
               ? RIG_OK
               : nonsense(client, "memory", diagnostic);
}

int gdb_client_write_memory(struct gdb_client *client, uint32_t address, const uint8_t *bytes,
                            size_t size, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[COMMAND_ROOM];
    int used;
    int error;

    if (size == 0 || size > GDB_TRANSFER_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%zu bytes are not 1 to %d", size,
                               GDB_TRANSFER_MAX);
    }
    used = snprintf(command, sizeof(command), "M%x,%zx:", address, size);
    gdb_packet_hex(bytes, size, command + used);
    error = request(client, command, deadline_ms, diagnostic);
    return error == RIG_OK ? check_done(client, "memory", diagnostic) : error;
}

int gdb_client_set_point(struct gdb_client *client, const struct gdb_point *point, bool set,
                         int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[64];
    int error;

    (void)snprintf(command, sizeof(command), "%c%d,%x,%x", set ? 'Z' : 'z', (int)point->kind,
                   point->address, point->size);
    error = request(client, command, deadline_ms, diagnostic);
    return error == RIG_OK ? check_done(client, "a breakpoint or watchpoint", diagnostic) : error;
}
