/*
 * Flash under the board's own driver: images that replace one another, logs that go round, and a
 * device without any image (EN 303 645, 5.3-2, 5.7-1, 5.9-2).
 */
#include "test_board.h"

#include "image_signer.h"
#include "settings.h"
#include "test_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define LONGER_BY          5000U /* bytes: more than a sector */
#define SECTOR_RECORDS     22U   /* of settings: 184 bytes each (record_log.h, settings_codec.h) */
#define SETTINGS_WRITES    100U
#define SECTORS            2U
#define RECORD_HEADER      16U
#define DAMAGED_BYTE       20U /* in an image's header: its version */
#define RECOVERY_TIMEOUT_S 5
#define SILENCE_S          1

/* ---- images ---- */

/* An image whose body is the complement of another one's, and longer: each bit of the other one that is 1
 * is 0 here. It is genuine, but nothing that runs. */
static void make_complement(const struct update_image *image, struct update_image *complement)
{
    struct image_info info;
    const size_t length = image->length + LONGER_BY;

    assert_in_range(length, 1, sizeof complement->bytes);
    for (size_t i = IMAGE_HEADER_SIZE; i < length; i++) {
        complement->bytes[i] = i < image->length ? (uint8_t)~image->bytes[i] : 0;
    }
    image_decode(&info, image->bytes);
    info.body_length = (uint32_t)(length - IMAGE_HEADER_SIZE);
    assert_int_equal(signer_make_header(test_image_private_key, &info,
                                        complement->bytes + IMAGE_HEADER_SIZE, complement->bytes),
                     SIGNER_OK);
    complement->length = length;
}

static void stage(enum image_slot slot, const struct update_image *image, const char *what)
{
    const int status = update_bench_stage(&board_test.update, image);
    const int error = errno; /* of a transport that is gone */

    if (status == UPDATE_BENCH_GONE) {
        fail_msg("%s cannot be sent: %s", what, modbus_strerror(error));
    }
    if (status != MAILBOX_STATUS_OK) {
        fail_msg("%s cannot be staged: status %d", what, status);
    }
    if (!update_bench_holds(&board_test.update, slot, image)) {
        fail_msg("the slot does not hold %s", what);
    }
}

static void activate(enum image_slot slot, uint32_t number)
{
    const struct board_moment since = board_bench_now(&board_test);
    struct update_status status;

    assert_int_equal(update_bench_try(&board_test.update, MAILBOX_UPDATE_ACTIVATE, NULL, 0),
                     MAILBOX_STATUS_OK);
    board_bench_expect_restart(&board_test, &since, HAL_RESET_SOFTWARE);
    assert_int_equal(update_bench_confirm(&board_test.update), MAILBOX_STATUS_OK);
    status = update_bench_status(&board_test.update);
    assert_int_equal(status.slot, slot);
    assert_int_equal(status.version, UPDATE_BENCH_VERSION(number));
    assert_int_equal(status.flags, MAILBOX_UPDATE_TESTED);
}

/* What flash programs clears bits only: whatever the older image leaves shows in the newer one. */
void test_older_image_leaves_nothing(void **state)
{
    static struct update_image older;
    static struct update_image newer;

    (void)state;
    update_bench_make_image(&newer, IMAGE_SLOT_B, 2);
    make_complement(&newer, &older);
    stage(IMAGE_SLOT_B, &older, "the older image");
    stage(IMAGE_SLOT_B, &newer, "the newer image over an older one");
    activate(IMAGE_SLOT_B, 2);
}

/* ---- settings ---- */

static void write_name(uint32_t number)
{
    struct mailbox_client_answer answer;
    char name[16];
    const int length = snprintf(name, sizeof name, "room %u", (unsigned)number);

    assert_int_equal(
        mailbox_link_set(&board_test.update.mailbox, SETTING_NAME, name, (size_t)length, &answer),
        MAILBOX_CLIENT_OK);
    if (answer.status != MAILBOX_STATUS_OK) {
        fail_msg("setting %u cannot be written: status %d", (unsigned)number, answer.status);
    }
}

static void expect_name(uint32_t number)
{
    struct mailbox_client_answer answer;
    char name[16];
    const int length = snprintf(name, sizeof name, "room %u", (unsigned)number);

    assert_int_equal(mailbox_link_get(&board_test.update.mailbox, SETTING_NAME, &answer),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(answer.length, length);
    assert_memory_equal(answer.payload, name, (size_t)length);
}

/* The first record of each sector. */
static void read_first_records(uint8_t records[SECTORS][RECORD_HEADER])
{
    const struct hal_flash_geometry area = hal_flash_geometry(HAL_FLASH_SETTINGS);

    assert_int_equal(area.size, SECTORS * area.sector_size);
    for (uint32_t i = 0; i < SECTORS; i++) {
        board_bench_read_flash(&board_test, area.offset + i * area.sector_size, records[i],
                               RECORD_HEADER);
    }
}

void test_settings_outlive_their_log(void **state)
{
    uint8_t full[SECTORS][RECORD_HEADER];
    uint8_t wrapped[SECTORS][RECORD_HEADER];

    (void)state;
    for (uint32_t i = 1; i <= SETTINGS_WRITES; i++) {
        write_name(i);
        if (i == SECTORS * SECTOR_RECORDS) {
            read_first_records(full);
        }
    }
    read_first_records(wrapped);
    for (size_t i = 0; i < SECTORS; i++) {
        assert_memory_not_equal(wrapped[i], full[i], RECORD_HEADER); /* it has gone round */
    }
    expect_name(SETTINGS_WRITES);
    update_bench_cut(&board_test.update);
    update_bench_restart(&board_test.update);
    expect_name(SETTINGS_WRITES);
    write_name(SETTINGS_WRITES + 1U);
    expect_name(SETTINGS_WRITES + 1U);
}

/* ---- recovery ---- */

static void damage_header(enum image_slot slot)
{
    const off_t place = (off_t)image_slot_geometry(slot).offset + (off_t)DAMAGED_BYTE;
    const int file = open(board_test.update.device.flash, O_RDWR | O_CLOEXEC);
    uint8_t byte;

    assert_true(file >= 0);
    assert_int_equal(pread(file, &byte, 1, place), 1);
    byte ^= 0x01U;
    assert_int_equal(pwrite(file, &byte, 1, place), 1);
    assert_int_equal(close(file), 0);
}

static void start_into_recovery(void)
{
    uint64_t position = board_bench_now(&board_test).console;
    char line[BOARD_BENCH_LINE_SIZE];

    board_bench_power_on(&board_test);
    board_bench_wait_line(&board_test, "boot: ", &position, line);
    assert_string_equal(line, "boot: power is on");
    board_bench_wait_line(&board_test, "boot: ", &position, line);
    assert_string_equal(line, "boot: no image may run: recovery");
    board_bench_wait_line(&board_test, "start: ", &position, line);
    assert_string_equal(line, "start: recovery, waiting for an update");
}

/* The emulator takes the connection; nobody may answer behind it. */
static void expect_no_tcp(void)
{
    modbus_t *modbus = modbus_new_tcp("127.0.0.1", board_test.update.device.tcp_port);
    uint16_t value;

    assert_non_null(modbus);
    assert_int_equal(modbus_set_slave(modbus, MODBUS_LINK_UNIT), 0);
    assert_int_equal(modbus_set_response_timeout(modbus, SILENCE_S, 0), 0);
    if (modbus_connect(modbus) == 0) {
        assert_int_equal(modbus_read_registers(modbus, 0, 1, &value), -1);
    }
    modbus_link_close(modbus);
}

static void log_in_by_the_bus(void)
{
    struct update_bench *bench = &board_test.update;
    struct mailbox_client_answer answer;

    bench->modbus = modbus_link_open(&bench->device, MODBUS_LINK_RTU);
    assert_int_equal(modbus_set_response_timeout(bench->modbus, RECOVERY_TIMEOUT_S, 0), 0);
    bench->mailbox.modbus = bench->modbus;
    assert_int_equal(mailbox_link_login(&bench->mailbox, UPDATE_BENCH_LABEL, &answer),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(answer.status, MAILBOX_STATUS_OK);
}

void test_recovery_by_the_bus(void **state)
{
    static struct update_image image;

    (void)state;
    update_bench_cut(&board_test.update);
    damage_header(IMAGE_SLOT_A);
    start_into_recovery();
    log_in_by_the_bus();
    expect_no_tcp();
    assert_int_equal(update_bench_status(&board_test.update).flags & MAILBOX_UPDATE_RECOVERY,
                     MAILBOX_UPDATE_RECOVERY);
    update_bench_make_image(&image, IMAGE_SLOT_A, 2);
    stage(IMAGE_SLOT_A, &image, "an image for recovery");
    activate(IMAGE_SLOT_A, 2);
    board_bench_expect_works(&board_test);
}
