/*
 * The server side of libmodbus: modbus_receive() and modbus_reply() of its RTU and TCP back ends,
 * against any peer. Input: libmodbus_server_input.h. Oracles: libmodbus_server_judge.h.
 *
 * Method: the server application here does what libmodbus's manual and its example servers do, with
 * as little memory as the manual allows: a query buffer of the longest ADU, a request of exactly
 * the bytes that modbus_receive() reported, registers of their exact size. SETUP_ROOMY is the
 * other extreme.
 *
 * Two defects of the library would end nearly every campaign before it began, and share their place
 * on the stack with others that are worth finding. The application goes round them, unless the
 * environment says LIBMODBUS_SERVER_GUARD=off (see libmodbus_server.baseline.yaml):
 *   - a request without an address is padded to where modbus_reply() reads one;
 *   - after a failed attempt to connect again it connects before it waits for the next request.
 */
#include "byte_order.h"
#include "harness.h"
#include "history.h"
#include "libmodbus_server_frame.h"
#include "libmodbus_server_input.h"
#include "libmodbus_server_judge.h"
#include "libmodbus_server_link.h"
#include "libmodbus_server_mapping.h"
#include "libmodbus_server_mutator.h"

#include "modbus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM            512U /* of a roomy buffer */
#define MOST_REQUESTS   64U  /* of one input */
#define ADDRESS_LENGTH  3U   /* function code and address */
#define MOST_RECONNECTS 8

struct server {
    modbus_t *context;
    uint8_t setup[SETUP_LENGTH];
    uint8_t *query;
    unsigned requests;
};

static struct server server;

static bool has(uint8_t flag)
{
    return (server.setup[SETUP_FLAGS] & flag) != 0;
}

/* A call failed that has no reason to. */
static void give_up(const char *what)
{
    harness_oracle_violated(JUDGE_CLAUSE, "server-starts", "%s: %s", what, modbus_strerror(errno));
}

static bool is_unguarded(void)
{
    static int unguarded = -1;

    if (unguarded < 0) {
        const char *guard = getenv("LIBMODBUS_SERVER_GUARD");

        unguarded = guard != NULL && strcmp(guard, "off") == 0 ? 1 : 0;
    }
    return unguarded == 1;
}

/* A block that is made once; its contents are the same at the start of every input. */
static uint8_t *query_buffer(void)
{
    static uint8_t *rtu;
    static uint8_t *tcp;
    static uint8_t roomy[ROOM];

    if (rtu == NULL || tcp == NULL) {
        rtu = malloc(MODBUS_RTU_MAX_ADU_LENGTH);
        tcp = malloc(MODBUS_TCP_MAX_ADU_LENGTH);
        if (rtu == NULL || tcp == NULL) {
            give_up("no memory");
        }
    }
    if (has(SETUP_ROOMY)) {
        return memset(roomy, 0, sizeof roomy);
    }
    return has(SETUP_RTU) ? memset(rtu, 0, MODBUS_RTU_MAX_ADU_LENGTH)
                          : memset(tcp, 0, MODBUS_TCP_MAX_ADU_LENGTH);
}

/* ---- starting and ending ---- */

static void open_context(void)
{
    int listener = LINK_DESCRIPTOR;
    int result;

    if (has(SETUP_RTU)) {
        server.context = modbus_new_rtu("/dev/virtual", 19200, 'E', 8, 1);
        result = modbus_set_slave(server.context, server.setup[SETUP_UNIT]);
        result = result == 0 ? modbus_connect(server.context) : result;
        if (result == 0 && has(SETUP_SERIAL_RTS)) {
            result = modbus_rtu_set_rts(server.context, MODBUS_RTU_RTS_UP);
        }
    } else {
        server.context = modbus_new_tcp("192.0.2.1", MODBUS_TCP_DEFAULT_PORT);
        result = modbus_tcp_accept(server.context, &listener);
    }
    if (server.context == NULL || result < 0) {
        give_up("no context");
    }
}

static void set_modes(void)
{
    int recovery = MODBUS_ERROR_RECOVERY_NONE;
    int result;

    recovery |= has(SETUP_LINK_RECOVERY) ? MODBUS_ERROR_RECOVERY_LINK : 0;
    recovery |= has(SETUP_PROTOCOL_RECOVERY) ? MODBUS_ERROR_RECOVERY_PROTOCOL : 0;
    result = modbus_set_error_recovery(server.context, (modbus_error_recovery_mode)recovery);
    if (has(SETUP_NO_BYTE_TIMEOUT)) {
        result |= modbus_set_byte_timeout(server.context, 0, 0);
    }
    if (has(SETUP_INDICATION_TIMEOUT)) {
        result |= modbus_set_indication_timeout(server.context, 1, 0);
    }
    if (result != 0) {
        give_up("a mode");
    }
}

static void start(const uint8_t *data, size_t size)
{
    struct history_step first;
    size_t position = 0;

    memset(server.setup, 0, sizeof server.setup);
    if (history_next(data, size, &position, &first) && (unsigned)first.kind == SERVER_SETUP) {
        memcpy(server.setup, first.body, first.length < SETUP_LENGTH ? first.length : SETUP_LENGTH);
    }
    server.setup[SETUP_UNIT] = (uint8_t)(1U + server.setup[SETUP_UNIT] % 247U);
    link_start(data, size, 0);
    server_link.rtu = has(SETUP_RTU);
    server_link.unit = server.setup[SETUP_UNIT];
    server.requests = 0;
    server.query = query_buffer();
    if (!mapping_start(has(SETUP_ROOMY), server.setup + SETUP_FIRST_AREA)) {
        give_up("no mapping");
    }
    open_context();
    set_modes();
}

static void end(void)
{
    modbus_close(server.context);
    modbus_free(server.context);
    mapping_end();
}

/* ---- the application ---- */

static int reply_to(const uint8_t *request, size_t length, unsigned exception)
{
    return exception != 0
               ? modbus_reply_exception(server.context, request, exception)
               : modbus_reply(server.context, request, (int)length, server_mapping.mapping);
}

/*
 * Hands over exactly the request. Method: it lies at the end of a block that is made once, so that
 * the first byte beyond it is beyond the block as well.
 */
static int reply_to_exactly(const uint8_t *request, size_t length, unsigned exception)
{
    static uint8_t *block;
    const size_t least = frame_header(has(SETUP_RTU)) + ADDRESS_LENGTH;
    const size_t size = length < least && !is_unguarded() ? least : length;
    uint8_t *place;

    if (block == NULL) {
        block = malloc(MODBUS_MAX_ADU_LENGTH);
        if (block == NULL) {
            give_up("no memory");
            return -1;
        }
    }
    place = block + MODBUS_MAX_ADU_LENGTH - size;
    memcpy(place, request, length);
    memset(place + length, 0, size - length);
    return reply_to(place, length, exception);
}

static void answer(size_t length)
{
    struct judged_request request = {.rtu = has(SETUP_RTU),
                                     .strict =
                                         get_be16(server.setup + SETUP_STRICT) == SETUP_STRICT_KEY,
                                     .frame = server.query,
                                     .length = length,
                                     .received_us = server_link.now_us};
    const bool to_all = request.rtu && server.query[0] == MODBUS_BROADCAST_ADDRESS;

    judge_request(&request);
    harness_gate("framing");
    if (server_link.refuse_next && !to_all) {
        request.refused_with = MODBUS_EXCEPTION_SLAVE_OR_SERVER_BUSY;
    }
    server_link.refuse_next = false;
    link_forget_sent();
    /* That a reply could not be sent is seen on the link. */
    if (has(SETUP_ROOMY)) {
        (void)reply_to(server.query, length, request.refused_with);
    } else {
        (void)reply_to_exactly(server.query, length, request.refused_with);
    }
    judge_answer(&request);
}

/* After an error: the next connection, unless the library looks after that itself. */
static void recover(void)
{
    int listener = LINK_DESCRIPTOR;

    if (has(SETUP_LINK_RECOVERY)) {
        return;
    }
    server_link.connects_failing = 0;
    if (has(SETUP_RTU)) {
        link_take_next_connection();
        return;
    }
    modbus_close(server.context);
    if (modbus_tcp_accept(server.context, &listener) < 0) {
        give_up("no connection");
    }
}

/* The library may have tried to connect again and failed. */
static void keep_connected(void)
{
    for (int i = 0; i < MOST_RECONNECTS && modbus_get_socket(server.context) < 0; i++) {
        if (is_unguarded()) {
            return;
        }
        (void)modbus_connect(server.context);
    }
}

/* One request, or an error. False when nothing more can come. */
static bool turn(void)
{
    int length;

    keep_connected();
    length = modbus_receive(server.context, server.query);
    if (length > 0) {
        answer((size_t)length);
        server.requests++;
        return server.requests < MOST_REQUESTS;
    }
    if (length < 0) {
        if (link_is_over()) {
            return false;
        }
        recover();
    }
    return true;
}

int harness_run(const uint8_t *data, size_t size)
{
    start(data, size);
    while (turn()) {
    }
    end();
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return libmodbus_server_mutate(data, size, max_size, seed);
}
