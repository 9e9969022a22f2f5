/*
 * Method: libmodbus sets up the terminal, frames and checks what comes (modbus_receive_confirmation());
 * its own requests wait where no signal ends them and know no deadline, so frames are sent and
 * awaited here. An answer that came too late must not pass for the next one: what is in the buffers
 * is dropped before a request; after a time-out TCP is connected anew, and a serial line must have
 * been silent for a moment first.
 */
#include "target/modbus_client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/descriptor_wait.h"
#include "base/process.h"
#include "target/modbus_wire.h"

enum {
    FRAME_MS = 3000, /* from the first byte of an answer to the last; 256 bytes at 1200 bits/s */
    QUIET_MS = 20,   /* silence of a serial line after a time-out */
    MBAP_SIZE = 7,   /* Messaging on TCP/IP V1.0b, 3.1.3 */
    CRC_SIZE = 2,
    EXCEPTION_FLAG = 0x80,
    READ_DISCRETE = 2,
    READ_HOLDING = 3,
    READ_INPUTS = 4,
    WRITE_REGISTER = 6,
    WRITE_AND_READ = 23,
};

/* A function code with what follows it. */
struct pdu {
    uint8_t bytes[MODBUS_ADU_LIMIT];
    size_t size;
};

uint16_t modbus_crc(const uint8_t *bytes, size_t size)
{
    unsigned crc = 0xFFFF;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0xA001U : crc >> 1;
        }
    }
    return (uint16_t)crc;
}

static void put16(uint8_t *bytes, unsigned value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* ---- requests ---- */

static size_t header_size(const struct modbus_client *client)
{
    return client->port.kind == MODBUS_TCP ? MBAP_SIZE : 1;
}

static int send_request(struct modbus_client *client, const struct pdu *request,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint8_t frame[MODBUS_ADU_LIMIT] = {0};
    const size_t header = header_size(client);
    size_t size = header + request->size;

    memcpy(frame + header, request->bytes, request->size);
    frame[header - 1] = client->port.unit;
    if (client->port.kind == MODBUS_TCP) {
        client->transaction++;
        put16(frame, client->transaction);
        put16(frame + 4, (unsigned)request->size + 1U);
    } else {
        uint16_t crc = modbus_crc(frame, size);

        frame[size] = (uint8_t)crc;
        frame[size + 1] = (uint8_t)(crc >> 8);
        size += CRC_SIZE;
    }
    return modbus_client_send_raw(client, frame, size, deadline_ms, diagnostic);
}

static int fail_receive(struct modbus_client *client, int number, struct diagnostic *diagnostic)
{
    if (number == ETIMEDOUT) {
        return modbus_wire_silent(client, diagnostic);
    }
    if (number == EMBBADCRC) {
        return modbus_wire_nonsense(client, "a frame with a wrong checksum", diagnostic);
    }
    return number >= MODBUS_ENOBASE
               ? modbus_wire_nonsense(client, modbus_strerror(number), diagnostic)
               : modbus_wire_gone(client, diagnostic);
}

/* Reads one frame that has begun; *size as libmodbus counts it, by the function code. */
static int receive_frame(struct modbus_client *client, uint8_t frame[MODBUS_ADU_LIMIT],
                         size_t *size, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int64_t left = deadline_ms - process_clock_ms();
    int count;

    left = left > FRAME_MS || deadline_ms == PROCESS_NO_DEADLINE ? FRAME_MS : left;
    left = left < 1 ? 1 : left;
    if (modbus_set_response_timeout(client->modbus, (uint32_t)(left / 1000),
                                    (uint32_t)(left % 1000) * 1000U) != 0 ||
        modbus_set_byte_timeout(client->modbus, 0, 0) != 0) { /* the whole frame within that time */
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: cannot set a time-out: %s",
                               client->place, modbus_strerror(errno));
    }
    count = modbus_receive_confirmation(client->modbus, frame);
    if (count < 0) {
        return fail_receive(client, errno, diagnostic);
    }
    if (count == 0) { /* so says libmodbus of RTU */
        return modbus_wire_nonsense(client, "an answer of another unit", diagnostic);
    }
    *size = (size_t)count;
    return RIG_OK;
}

static bool header_fits(const struct modbus_client *client, const uint8_t *frame, size_t size)
{
    if (client->port.kind == MODBUS_RTU) {
        return frame[0] == client->port.unit;
    }
    return get16(frame) == client->transaction && get16(frame + 2) == 0 &&
           get16(frame + 4) == size - MBAP_SIZE + 1U && frame[6] == client->port.unit;
}

/* Takes the frame apart. `answer` gets function code and data. */
static int open_frame(struct modbus_client *client, const struct pdu *request, const uint8_t *frame,
                      size_t size, struct pdu *answer, struct diagnostic *diagnostic)
{
    const size_t around = header_size(client) + (client->port.kind == MODBUS_RTU ? CRC_SIZE : 0U);

    if (size < around + 2U || !header_fits(client, frame, size)) {
        return modbus_wire_nonsense(client, "an answer to another request, or of a wrong length",
                                    diagnostic);
    }
    answer->size = size - around;
    memcpy(answer->bytes, frame + header_size(client), answer->size);
    if (answer->bytes[0] == (request->bytes[0] | EXCEPTION_FLAG) && answer->size == 2 &&
        answer->bytes[1] != 0) {
        client->exception = answer->bytes[1];
        return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                               "%s: the device refused function %u with exception %u",
                               client->place, request->bytes[0], client->exception);
    }
    return answer->bytes[0] == request->bytes[0]
               ? RIG_OK
               : modbus_wire_nonsense(client, "an answer to another function", diagnostic);
}

static int receive_answer(struct modbus_client *client, const struct pdu *request,
                          struct pdu *answer, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint8_t frame[MODBUS_ADU_LIMIT];
    size_t size = 0;
    int error = descriptor_wait(client->descriptor, POLLIN, deadline_ms, diagnostic);

    if (error == RIG_ERROR_TIMEOUT) {
        return modbus_wire_silent(client, diagnostic);
    }
    if (error == RIG_OK) {
        error = receive_frame(client, frame, &size, deadline_ms, diagnostic);
    }
    return error == RIG_OK ? open_frame(client, request, frame, size, answer, diagnostic) : error;
}

static int transact(struct modbus_client *client, const struct pdu *request, struct pdu *answer,
                    int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error;

    client->exception = 0;
    error = modbus_wire_prepare(client, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    error = modbus_wire_drop(client, client->is_late ? QUIET_MS : 0, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        error = send_request(client, request, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = receive_answer(client, request, answer, deadline_ms, diagnostic);
    }
    client->is_late = error != RIG_OK && client->exception == 0;
    if (client->is_late && client->port.kind == MODBUS_TCP) {
        modbus_wire_disconnect(client);
    }
    return error;
}

static bool count_fits(struct modbus_registers where)
{
    return where.count >= 1 && where.count <= 125;
}

/* Registers of an answer to a function that reads. */
static int take_registers(struct modbus_client *client, const struct pdu *answer, uint16_t count,
                          uint16_t *values, struct diagnostic *diagnostic)
{
    if (answer->size != 2U + 2U * count || answer->bytes[1] != 2U * count) {
        return modbus_wire_nonsense(client, "another number of registers than was asked for",
                                    diagnostic);
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = (uint16_t)get16(answer->bytes + 2 + 2 * i);
    }
    return RIG_OK;
}

/* Asks a function that reads. */
static int ask(struct modbus_client *client, uint8_t function, struct modbus_registers where,
               struct pdu *answer, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct pdu request = {{function}, 5};

    if (!count_fits(where)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%u registers cannot be read at once",
                               where.count);
    }
    put16(request.bytes + 1, where.address);
    put16(request.bytes + 3, where.count);
    return transact(client, &request, answer, deadline_ms, diagnostic);
}

static int read_registers(struct modbus_client *client, uint8_t function,
                          struct modbus_registers where, uint16_t *values, int64_t deadline_ms,
                          struct diagnostic *diagnostic)
{
    struct pdu answer = {{0}, 0};
    int error = ask(client, function, where, &answer, deadline_ms, diagnostic);

    return error == RIG_OK ? take_registers(client, &answer, where.count, values, diagnostic)
                           : error;
}

int modbus_client_read_discrete(struct modbus_client *client, struct modbus_registers where,
                                bool *bits, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct pdu answer = {{0}, 0};
    const size_t bytes = (where.count + 7U) / 8U;
    int error = ask(client, READ_DISCRETE, where, &answer, deadline_ms, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    if (answer.size != 2U + bytes || answer.bytes[1] != bytes) {
        return modbus_wire_nonsense(client, "another number of inputs than was asked for",
                                    diagnostic);
    }
    for (size_t i = 0; i < where.count; i++) {
        bits[i] = (answer.bytes[2 + i / 8] >> (i % 8) & 1) != 0;
    }
    return RIG_OK;
}

int modbus_client_read_inputs(struct modbus_client *client, struct modbus_registers where,
                              uint16_t *values, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return read_registers(client, READ_INPUTS, where, values, deadline_ms, diagnostic);
}

int modbus_client_read_holding(struct modbus_client *client, struct modbus_registers where,
                               uint16_t *values, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return read_registers(client, READ_HOLDING, where, values, deadline_ms, diagnostic);
}

int modbus_client_write_register(struct modbus_client *client, uint16_t address, uint16_t value,
                                 int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct pdu request = {{WRITE_REGISTER}, 5};
    struct pdu answer = {{0}, 0};
    int error;

    put16(request.bytes + 1, address);
    put16(request.bytes + 3, value);
    error = transact(client, &request, &answer, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    return answer.size == request.size && memcmp(answer.bytes, request.bytes, answer.size) == 0
               ? RIG_OK
               : modbus_wire_nonsense(client, "an echo of something else than was written",
                                      diagnostic);
}

int modbus_client_exchange(struct modbus_client *client, struct modbus_registers written,
                           const uint16_t *out, struct modbus_registers read, uint16_t *in,
                           int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct pdu request = {{WRITE_AND_READ}, 10};
    struct pdu answer = {{0}, 0};
    int error;

    if (!count_fits(read) || written.count < 1 || written.count > 121) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "%u registers cannot be written and %u read at once", written.count,
                               read.count);
    }
    put16(request.bytes + 1, read.address);
    put16(request.bytes + 3, read.count);
    put16(request.bytes + 5, written.address);
    put16(request.bytes + 7, written.count);
    request.bytes[9] = (uint8_t)(2U * written.count);
    for (size_t i = 0; i < written.count; i++) {
        put16(request.bytes + request.size, out[i]);
        request.size += 2;
    }
    error = transact(client, &request, &answer, deadline_ms, diagnostic);
    return error == RIG_OK ? take_registers(client, &answer, read.count, in, diagnostic) : error;
}

bool modbus_client_is_late(const struct modbus_client *client)
{
    return client->is_late && client->port.kind == MODBUS_RTU;
}

unsigned modbus_client_exception(const struct modbus_client *client)
{
    return client->exception;
}
