/*
 * hearth-native cuts its own power where it is told to: exactly there, each time alike, and without a
 * word.
 */
#include "modbus_link.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

enum moment { BEFORE, TORN, AFTER };

/* The flash operations of a write of settings (record_log.h). */
enum operation { RECORD, MARK, WRITE_OPERATIONS };

#define SECTOR_SIZE       4096U
#define FLASH_SIZE        184320U
#define SETTINGS          (3U * SECTOR_SIZE)
#define SETTINGS_SIZE     (2U * SECTOR_SIZE)
#define ERASED            0xFF
#define OLD_SET_POINT     201
#define NEW_SET_POINT     215
#define MOST_OPERATIONS   40U
#define MOST_WRITES       300U
#define START_DEADLINE_MS 10000

struct flash {
    uint8_t bytes[FLASH_SIZE];
};

static struct device_process device;
static struct flash fresh; /* of a device with OLD_SET_POINT: the next write is RECORD and MARK */
static struct flash last;
static struct flash found[2];

static void read_flash(struct flash *flash)
{
    FILE *file = fopen(device.flash, "rb");

    assert_non_null(file);
    assert_int_equal(fread(flash->bytes, 1, FLASH_SIZE, file), FLASH_SIZE);
    assert_int_equal(fclose(file), 0);
}

static void write_flash(const struct flash *flash)
{
    FILE *file = fopen(device.flash, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(flash->bytes, 1, FLASH_SIZE, file), FLASH_SIZE);
    assert_int_equal(fclose(file), 0);
}

static void cut_later(unsigned operation, unsigned moment)
{
    const union sigval value = {.sival_int = (int)(4U * operation + moment)};

    assert_int_equal(sigqueue(device.pid, SIGUSR1, value), 0);
}

static void expect_cut(void)
{
    char console[1024];
    int status = device_process_wait(&device);

    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    device_process_read_console(&device, console, sizeof console);
    assert_null(strstr(console, "hearth-native"));
    assert_null(strstr(console, "power"));
}

/* A write that the cut hits has no answer. */
static bool write_set_point(modbus_t *modbus, unsigned value)
{
    return modbus_write_register(modbus, 0, (uint16_t)value) == 1;
}

/* The first write erases the sector that it goes to. */
static int set_up(void **state)
{
    modbus_t *modbus;

    *state = &device;
    device_process_create(&device);
    device_process_start(&device, NULL);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    assert_true(write_set_point(modbus, OLD_SET_POINT));
    modbus_link_close(modbus);
    device_process_kill(&device);
    read_flash(&fresh);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_process_destroy(&device);
    return 0;
}

static unsigned set_point_after_start(void)
{
    uint16_t value = 0;
    modbus_t *modbus;

    device_process_start(&device, NULL);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    EXPECT_DONE(modbus_read_registers(modbus, 0, 1, &value), 1);
    modbus_link_close(modbus);
    device_process_kill(&device);
    return value;
}

/* ---- a signal, and the write that is sent after it ---- */

static void cut_the_write(unsigned operation, enum moment moment, struct flash *left)
{
    modbus_t *modbus;

    write_flash(&fresh);
    device_process_start(&device, NULL);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    cut_later(operation, moment);
    assert_false(write_set_point(modbus, NEW_SET_POINT));
    modbus_link_close(modbus);
    expect_cut();
    read_flash(left);
}

/* Seed and events differ from start to start: what the write touches does not. */
static void test_a_cut_is_exact_and_repeatable(void **state)
{
    static const struct {
        unsigned operation;
        enum moment moment;
        unsigned set_point;
    } rows[] = {
        {RECORD, BEFORE, OLD_SET_POINT}, {RECORD, TORN, OLD_SET_POINT},
        {RECORD, AFTER, OLD_SET_POINT},  {MARK, BEFORE, OLD_SET_POINT},
        {MARK, TORN, NEW_SET_POINT},     {MARK, AFTER, NEW_SET_POINT},
    };
    const uint8_t *settings = found[0].bytes + SETTINGS;

    (void)state;
    last = fresh;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cut_the_write(rows[i].operation, rows[i].moment, &found[0]);
        cut_the_write(rows[i].operation, rows[i].moment, &found[1]);
        assert_memory_equal(settings, found[1].bytes + SETTINGS, SETTINGS_SIZE);
        /* Each row leaves something else, but for the pause between two operations. */
        assert_int_equal(memcmp(settings, last.bytes + SETTINGS, SETTINGS_SIZE) == 0,
                         rows[i].moment == BEFORE);
        last = found[0];
        assert_int_equal(set_point_after_start(), rows[i].set_point);
    }
}

static void test_operations_are_counted_from_the_signal_on(void **state)
{
    modbus_t *modbus;

    (void)state;
    device_process_start(&device, NULL);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    assert_true(write_set_point(modbus, NEW_SET_POINT));
    cut_later(2 * WRITE_OPERATIONS, BEFORE);
    assert_true(write_set_point(modbus, NEW_SET_POINT + 1));
    assert_true(write_set_point(modbus, NEW_SET_POINT + 2));
    assert_false(write_set_point(modbus, NEW_SET_POINT + 3));
    modbus_link_close(modbus);
    expect_cut();
    assert_int_equal(set_point_after_start(), NEW_SET_POINT + 2);
}

static void test_a_later_signal_takes_the_place_of_the_first(void **state)
{
    modbus_t *modbus;
    uint16_t value;

    (void)state;
    device_process_start(&device, NULL);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    cut_later(0, BEFORE);
    EXPECT_DONE(modbus_read_registers(modbus, 0, 1, &value), 1); /* so that it has been read */
    cut_later(WRITE_OPERATIONS, BEFORE);
    assert_true(write_set_point(modbus, NEW_SET_POINT));
    assert_false(write_set_point(modbus, NEW_SET_POINT + 1));
    modbus_link_close(modbus);
    expect_cut();
}

static void test_a_signal_without_a_moment_cuts_nothing(void **state)
{
    char console[1024];
    modbus_t *modbus;

    (void)state;
    device_process_start(&device, NULL);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    device_process_signal(&device, SIGUSR1);
    assert_true(write_set_point(modbus, NEW_SET_POINT));
    device_process_read_console(&device, console, sizeof console);
    assert_non_null(strstr(console, "SIGUSR1"));
    cut_later(0, AFTER + 1);
    assert_true(write_set_point(modbus, NEW_SET_POINT + 1));
    modbus_link_close(modbus);
}

/* ---- a torn erase ---- */

/* The sector of the settings that has lost bytes from `before` to `after`, or NULL. */
static const uint8_t *erased_sector(const struct flash *before, const struct flash *after)
{
    for (size_t i = SETTINGS; i < SETTINGS + SETTINGS_SIZE; i++) {
        if (before->bytes[i] != ERASED && after->bytes[i] == ERASED) {
            return after->bytes + i / SECTOR_SIZE * SECTOR_SIZE;
        }
    }
    return NULL;
}

/* Writes until a sector that was in use is erased, and gives it, after it was; found[0] is the flash
 * before it was. Returns how many writes went before. */
static unsigned writes_before_an_erase(const uint8_t **sector)
{
    unsigned writes = 0;
    modbus_t *modbus;

    *sector = NULL;
    write_flash(&fresh);
    device_process_start(&device, NULL);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    read_flash(&found[1]);
    while (*sector == NULL) {
        assert_in_range(writes, 0, MOST_WRITES);
        found[0] = found[1];
        assert_true(write_set_point(modbus, OLD_SET_POINT + 1U + writes % 2U));
        read_flash(&found[1]);
        *sector = erased_sector(&found[0], &found[1]);
        writes++;
    }
    modbus_link_close(modbus);
    device_process_kill(&device);
    return writes - 1U;
}

static void test_a_torn_erase_leaves_half_a_sector(void **state)
{
    const uint8_t *sector;
    unsigned writes = writes_before_an_erase(&sector);
    const size_t offset = (size_t)(sector - found[1].bytes);
    modbus_t *modbus;

    (void)state;
    write_flash(&fresh);
    device_process_start(&device, NULL);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    /* And one more: the other sector was erased before its first use. */
    cut_later(WRITE_OPERATIONS * writes + 1U, TORN);
    for (unsigned i = 0; i < writes; i++) {
        assert_true(write_set_point(modbus, OLD_SET_POINT + 1U + i % 2U));
    }
    assert_false(write_set_point(modbus, NEW_SET_POINT));
    modbus_link_close(modbus);
    expect_cut();
    read_flash(&found[1]);
    for (size_t i = 0; i < SECTOR_SIZE / 2U; i++) {
        assert_int_equal(found[1].bytes[offset + i], ERASED);
    }
    assert_memory_equal(found[1].bytes + offset + SECTOR_SIZE / 2U,
                        found[0].bytes + offset + SECTOR_SIZE / 2U, SECTOR_SIZE / 2U);
    assert_int_equal(set_point_after_start(), OLD_SET_POINT + 1U + (writes - 1U) % 2U);
}

/* ---- from the start on ---- */

/* Whether a start with this cut comes to its end. What is left of it then is killed. */
static bool starts_with_cut(const char *cut)
{
    const char *const arguments[] = {"--flash",     device.flash, "--uart", device.link,
                                     "--power-cut", cut,          NULL};
    struct pollfd output;
    char byte;
    bool is_up;

    write_flash(&fresh);
    device_process_launch(&device, arguments);
    output = (struct pollfd){.fd = device.output, .events = POLLIN};
    assert_int_equal(poll(&output, 1, START_DEADLINE_MS), 1);
    is_up = read(device.output, &byte, 1) == 1;
    if (is_up) {
        device_process_kill(&device);
    } else {
        expect_cut();
    }
    return is_up;
}

static void test_each_operation_of_a_start_can_be_cut(void **state)
{
    static const char *const moments[] = {"", ":before", ":torn", ":after"};
    unsigned least = MOST_OPERATIONS;
    unsigned most = 0;

    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        unsigned operation = 0;
        char cut[32];

        do {
            assert_in_range(operation, 0, MOST_OPERATIONS);
            (void)snprintf(cut, sizeof cut, "%u%s", operation, moments[i]);
            operation++;
        } while (!starts_with_cut(cut));
        least = operation < least ? operation : least;
        most = operation > most ? operation : most;
    }
    /* The same flash, the same operations: at least the next seed, and the start as an event. */
    assert_int_equal(least, most);
    assert_in_range(most, 3, MOST_OPERATIONS);
}

#define CUT_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CUT_TEST(test_a_cut_is_exact_and_repeatable),
        CUT_TEST(test_operations_are_counted_from_the_signal_on),
        CUT_TEST(test_a_later_signal_takes_the_place_of_the_first),
        CUT_TEST(test_a_signal_without_a_moment_cuts_nothing),
        CUT_TEST(test_a_torn_erase_leaves_half_a_sector),
        CUT_TEST(test_each_operation_of_a_start_can_be_cut),
    };

    return cmocka_run_group_tests_name("device.power_cut", tests, NULL, NULL);
}
