#include "live_device.h"

#include "byte_order.h"
#include "crc.h"
#include "demo_image.h"
#include "error_text.h"
#include "harness.h"

#include <string.h>

#define FRAME_SILENCE_MS 5U
#define BUS_PART         1024U
#define LONG_WAIT_TURNS  4U

struct device live_device;

static struct modbus_tcp connection;
static enum live_board live_board;

static void on_breach(const char *what, uint32_t offset)
{
    harness_oracle_violated("5.9-1", "flash-rules", "%s at 0x%08x", what, (unsigned)offset);
}

const char *live_input_clause(enum live_bus bus)
{
    return bus == LIVE_TCP ? "5.13-1B" : "5.13-1A";
}

/* A factory page like any other, but the same for every run; the test client knows its key. */
static void make_factory_page(struct factory_page *page)
{
    memset(page, 0, sizeof *page);
    for (size_t i = 0; i < sizeof page->device_id; i++) {
        page->device_id[i] = (uint8_t)(0xD0U + i);
    }
    for (size_t i = 0; i < PASSWORD_SALT_SIZE; i++) {
        page->initial_password.salt[i] = (uint8_t)(0x50U + i);
    }
    for (size_t i = 0; i < PASSWORD_KEY_SIZE; i++) {
        page->initial_password.key[i] = (uint8_t)(0x80U + i);
    }
    page->initial_password.iterations = PASSWORD_MIN_ITERATIONS;
}

static void install_image(void)
{
    const struct demo_image image = {.slot = IMAGE_SLOT_A,
                                     .version = LIVE_IMAGE_VERSION,
                                     .security_counter = LIVE_IMAGE_COUNTER,
                                     .body_length = LIVE_IMAGE_LENGTH};
    const size_t size = IMAGE_HEADER_SIZE + LIVE_IMAGE_LENGTH;

    ORACLE("5.3-2", "image-can-be-made",
           demo_image_make(&image, in_process_change_flash(image_slot_geometry(IMAGE_SLOT_A).offset,
                                                           size)) == 0,
           "the test image cannot be signed");
}

/* What follows a reset. */
static void start(void)
{
    struct boot_handover running = in_process_running;
    int result;

    connection.used = 0;
    if (live_board == LIVE_WITH_IMAGE) {
        result = boot_run(&running);
        ORACLE("5.9-1", "boots", result == BOOT_OK, "boot stage: %s", boot_strerror(result));
    }
    result = device_start(&live_device, &running);
    check_error_text("5.9-1", device_strerror(result));
    ORACLE("5.9-1", "starts", result == DEVICE_OK, "after a reset: %s", device_strerror(result));
    device_poll(&live_device);
}

void live_begin(enum live_board board)
{
    static struct in_process_snapshot booted;
    static bool ready;

    if (!ready) {
        struct factory_page page;

        live_board = board;
        make_factory_page(&page);
        in_process_on_breach(on_breach);
        in_process_manufacture(&page);
        if (board == LIVE_WITH_IMAGE) {
            install_image();
        }
        live_restart();
        in_process_take(&booted, &live_device);
        ready = true;
    }
    in_process_restore(&booted, &live_device);
    connection.used = 0;
}

void live_restart(void)
{
    in_process_power_on();
    start();
}

void live_reset(void)
{
    in_process_reset(HAL_RESET_SOFTWARE);
    start();
}

void live_take(struct live_point *point)
{
    in_process_take(&point->snapshot, &live_device);
    point->connection = connection;
}

void live_return_to(const struct live_point *point)
{
    in_process_restore(&point->snapshot, &live_device);
    connection = point->connection;
}

size_t live_frame(enum live_bus bus, const uint8_t *pdu, size_t length, bool broadcast,
                  uint8_t wire[LIVE_MAX_WIRE])
{
    uint16_t crc;

    if (bus == LIVE_TCP) {
        memset(wire, 0, MODBUS_TCP_HEADER);
        put_be16(wire + 4, (uint16_t)(length + 1U));
        wire[6] = MODBUS_RTU_ADDRESS;
        memcpy(wire + MODBUS_TCP_HEADER, pdu, length);
        return MODBUS_TCP_HEADER + length;
    }
    wire[0] = broadcast ? MODBUS_RTU_BROADCAST : MODBUS_RTU_ADDRESS;
    memcpy(wire + 1, pdu, length);
    crc = crc16_modbus(wire, length + 1U);
    put_le16(wire + 1 + length, crc);
    return length + 3U;
}

static void keep_reply(struct live_reply *reply, const uint8_t *pdu, size_t length)
{
    memcpy(reply->pdu, pdu, length);
    reply->length = length;
    reply->count++;
}

static void check_tcp_reply(const uint8_t *adu, size_t size)
{
    ORACLE("5.13-1B", "well-formed-reply",
           size >= MODBUS_TCP_HEADER + 2U && get_be16(adu + 2) == 0 &&
               get_be16(adu + 4) == size - 6U,
           "%zu bytes, header announces %u", size, (unsigned)get_be16(adu + 4));
}

static void exchange_tcp(const uint8_t *wire, size_t length, struct live_reply *reply)
{
    uint8_t response[MODBUS_TCP_MAX_ADU];

    while (length > 0) {
        size_t taken = length;
        int size = modbus_tcp_receive(&connection, &live_device, wire, &taken, response);

        ORACLE("5.13-1B", "stream-advances", size != 0 || taken > 0, "no byte of %zu taken",
               length);
        if (size < 0) {
            connection.used = 0; /* the server closes; the client connects again */
            return;
        }
        if (size > 0) {
            check_tcp_reply(response, (size_t)size);
            keep_reply(reply, response + MODBUS_TCP_HEADER, (size_t)size - MODBUS_TCP_HEADER);
        }
        wire += taken;
        length -= taken;
    }
}

/* One reply, whole; several in a row (raw input may hold several requests) are only counted. */
static void take_rtu_reply(struct live_reply *reply)
{
    uint8_t adu[IN_PROCESS_UART_SIZE];
    size_t size = in_process_uart_receive(adu, sizeof adu);

    if (size == 0) {
        return;
    }
    if (size > MODBUS_RTU_MAX_ADU || size < 5 ||
        get_le16(adu + size - 2) != crc16_modbus(adu, size - 2)) {
        reply->count++;
        reply->length = 0;
        return;
    }
    keep_reply(reply, adu + 1, size - 3);
}

static void exchange_rtu(const uint8_t *wire, size_t length, struct live_reply *reply)
{
    while (length > 0) {
        size_t part = length < BUS_PART ? length : BUS_PART;

        (void)in_process_uart_send(wire, part); /* BUS_PART always fits: the last one was taken */
        wire += part;
        length -= part;
        device_poll(&live_device);
        device_poll(&live_device);
        take_rtu_reply(reply);
    }
}

void live_exchange(enum live_bus bus, const uint8_t *wire, size_t length, size_t first_part,
                   struct live_reply *reply)
{
    reply->length = 0;
    reply->count = 0;
    if (first_part > length) {
        first_part = length;
    }
    if (bus == LIVE_TCP) {
        exchange_tcp(wire, first_part, reply);
        exchange_tcp(wire + first_part, length - first_part, reply);
        return;
    }
    exchange_rtu(wire, first_part, reply);
    exchange_rtu(wire + first_part, length - first_part, reply);
    in_process_advance(FRAME_SILENCE_MS);
    device_poll(&live_device);
    take_rtu_reply(reply);
}

void live_new_connection(void)
{
    connection.used = 0;
}

bool live_between_requests(void)
{
    return connection.used == 0 && live_device.rtu.used == 0;
}

void live_wait(uint64_t milliseconds)
{
    for (unsigned turn = 0; turn < LONG_WAIT_TURNS; turn++) {
        in_process_advance(milliseconds / LONG_WAIT_TURNS);
        device_poll(&live_device);
    }
}

const uint8_t *live_password_key(void)
{
    return live_device.settings.current.has_password ? live_device.settings.current.password.key
                                                     : live_device.factory.initial_password.key;
}

/* Mounting may write, so flash is put back afterwards; no fault may fire meanwhile. */
static void save_board(struct in_process_snapshot *saved)
{
    const struct fault none = {.kind = FAULT_NONE};

    in_process_take(saved, NULL);
    flash_model_arm(&in_process_board.flash, none);
}

uint32_t live_failures_in_flash(void)
{
    static struct in_process_snapshot saved;
    struct access access;
    int result;

    save_board(&saved);
    result = access_start(&access);
    in_process_restore(&saved, NULL);
    ORACLE("5.1-5", "attempts-readable", result == ACCESS_OK, "attempts: %s",
           access_strerror(result));
    return access.failures;
}

struct settings live_settings_in_flash(void)
{
    static struct in_process_snapshot saved;
    static struct settings_store store;
    int result;

    save_board(&saved);
    result = settings_start(&store);
    in_process_restore(&saved, NULL);
    ORACLE("5.9-1", "settings-readable", result == SETTINGS_OK, "settings: %s",
           settings_strerror(result));
    return store.current;
}
