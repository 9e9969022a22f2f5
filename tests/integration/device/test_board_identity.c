/*
 * What each device and each start has of its own (EN 303 645, 5.1-1, 5.4-1, 5.5-1), on a board that
 * has no source of entropy: random numbers rest on the seed in flash.
 */
#include "test_board.h"

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "emulator/emulator.h"
#include "emulator/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define CUTS         20U
#define SEED_SIZE    8192U
#define ADDRESS_SIZE 6U
#define LOCAL        0x02U /* first byte of a station address that no vendor assigned */
#define READS        1000
#define INPUTS       12

static void read_seed(const struct board_bench *bench, uint8_t seed[SEED_SIZE])
{
    const struct hal_flash_geometry area = hal_flash_geometry(HAL_FLASH_SEED);

    assert_int_equal(area.size, SEED_SIZE);
    board_bench_read_flash(bench, area.offset, seed, SEED_SIZE);
}

/* The device's random numbers as anybody on the network sees them. */
static void get_nonce(struct board_bench *bench, uint8_t nonce[MAILBOX_NONCE_SIZE])
{
    struct update_bench *update = &bench->update;
    struct mailbox_client_answer answer;
    int result;

    modbus_link_close(update->modbus);
    update->modbus = modbus_link_open(&update->device, MODBUS_LINK_TCP);
    update->mailbox.modbus = update->modbus;
    result = mailbox_link_hello(&update->mailbox, &answer);
    if (result != MAILBOX_CLIENT_OK) {
        fail_msg("no answer to HELLO: %s", mailbox_client_strerror(result));
    }
    memcpy(nonce, update->mailbox.client.device_nonce, MAILBOX_NONCE_SIZE);
}

/* ---- starts ---- */

/* While a session is open nobody else gets an answer to HELLO. */
static void log_out(void)
{
    struct mailbox_client_answer answer;

    assert_int_equal(mailbox_link_log_out(&board_test.update.mailbox, &answer), MAILBOX_CLIENT_OK);
    assert_int_equal(answer.status, MAILBOX_STATUS_OK);
}

/* A start that is cut as soon as the console says `text`. */
static void cut_early(const char *text)
{
    uint64_t position = board_bench_now(&board_test).console;
    char line[BOARD_BENCH_LINE_SIZE];

    board_bench_power_on(&board_test);
    board_bench_wait_line(&board_test, text, &position, line);
    update_bench_cut(&board_test.update);
}

void test_nonces_differ_over_power_cuts(void **state)
{
    static const char *const early[] = {NULL, "boot: power", "boot: slot", "start: Hearth"};
    static uint8_t seed[SEED_SIZE];
    static uint8_t before[SEED_SIZE];
    uint8_t nonces[CUTS + 1U][MAILBOX_NONCE_SIZE];

    (void)state;
    log_out();
    get_nonce(&board_test, nonces[0]);
    for (size_t i = 1; i <= CUTS; i++) {
        const char *text = early[i % (sizeof early / sizeof early[0])];

        update_bench_cut(&board_test.update);
        if (text != NULL) {
            cut_early(text);
        }
        read_seed(&board_test, before);
        device_process_start(&board_test.update.device, NULL);
        read_seed(&board_test, seed);
        get_nonce(&board_test, nonces[i]);
        for (size_t j = 0; j < i; j++) {
            if (memcmp(nonces[i], nonces[j], MAILBOX_NONCE_SIZE) == 0) {
                fail_msg("the nonce of start %zu is that of start %zu", i, j);
            }
        }
        if (memcmp(seed, before, SEED_SIZE) == 0) {
            fail_msg("start %zu leaves the seed in flash as it was", i);
        }
    }
}

/* ---- devices ---- */

static struct board_bench pair[2];

int set_up_two_devices(void **state)
{
    *state = pair;
    memset(pair, 0, sizeof pair);
    for (size_t i = 0; i < 2; i++) {
        struct update_bench *update = &pair[i].update;
        device_process_create(&update->device);
        device_process_start(&update->device, NULL);
        assert_true(update->device.is_new);
        mailbox_link_init(&update->mailbox, NULL, &update->device);
    }
    return 0;
}

int tear_down_two_devices(void **state)
{
    (void)state;
    board_bench_destroy(&pair[0]);
    board_bench_destroy(&pair[1]);
    return 0;
}

/* Has QEMU record what goes over the network, in a file that is gone when `file` is closed. */
static void start_recording(const struct board_bench *bench, const char *path, int *file)
{
    struct qmp_command add = {"object-add", NULL, NULL};
    struct diagnostic diagnostic = {""};

    *file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(*file >= 0);
    add.arguments = json_pack("{s:s, s:s, s:s, s:s}", "qom-type", "filter-dump", "id", "record",
                              "netdev", "n0", "file", path);
    assert_non_null(add.arguments);
    EXPECT_RIG(
        emulator_execute(bench->update.device.emulator, &add, board_bench_deadline(), &diagnostic),
        diagnostic);
    (void)unlink(path);
}

/*
 * The source of the first frame that a station of no vendor has sent.
 *
 * A record of libpcap: a header of 24 bytes; then for each frame 16 bytes, at 8 of them the length
 * that follows, in the order of this machine; then the frame: destination 6, source 6. QEMU's own
 * station on that network is no local one that begins with 02.
 */
static bool find_station(int file, uint8_t station[ADDRESS_SIZE])
{
    uint8_t frame[2U * ADDRESS_SIZE];
    off_t at = 24;
    uint32_t length;

    while (pread(file, &length, sizeof length, at + 8) == (ssize_t)sizeof length &&
           pread(file, frame, sizeof frame, at + 16) == (ssize_t)sizeof frame) {
        if (frame[ADDRESS_SIZE] == LOCAL) {
            memcpy(station, frame + ADDRESS_SIZE, ADDRESS_SIZE);
            return true;
        }
        at += 16 + (off_t)length;
    }
    return false;
}

static void get_station(const struct board_bench *bench, uint8_t station[ADDRESS_SIZE])
{
    const uint64_t deadline = device_process_now_ms() + BOARD_BENCH_DEADLINE_MS;
    struct emulator *emulator = bench->update.device.emulator;
    struct diagnostic diagnostic = {""};
    char path[DEVICE_PROCESS_PATH_SIZE + 8U];
    int file;

    (void)snprintf(path, sizeof path, "%s/frames", bench->update.device.folder);
    start_recording(bench, path, &file);
    EXPECT_RIG(emulator_reset(emulator, board_bench_deadline(), &diagnostic), diagnostic);
    while (!find_station(file, station)) {
        assert_true(device_process_now_ms() < deadline);
        device_process_pause(2);
    }
    assert_int_equal(close(file), 0);
}

void test_devices_share_nothing(void **state)
{
    static uint8_t seeds[2][SEED_SIZE];
    uint8_t nonces[2][MAILBOX_NONCE_SIZE];
    uint8_t stations[2][ADDRESS_SIZE];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct device_process *device = &pair[i].update.device;

        read_seed(&pair[i], seeds[i]);
        get_nonce(&pair[i], nonces[i]);
        get_station(&pair[i], stations[i]);
        assert_int_equal(stations[i][0], LOCAL);
        assert_memory_equal(stations[i] + 1, device->device_id, ADDRESS_SIZE - 1U);
        assert_in_range(strlen(device->label_password), 16, sizeof device->label_password);
    }
    assert_memory_not_equal(stations[0], stations[1], ADDRESS_SIZE);
    assert_memory_not_equal(pair[0].update.device.device_id, pair[1].update.device.device_id,
                            DEVICE_PROCESS_ID_SIZE);
    assert_string_not_equal(pair[0].update.device.label_password,
                            pair[1].update.device.label_password);
    assert_memory_not_equal(seeds[0], seeds[1], SEED_SIZE);
    assert_memory_not_equal(nonces[0], nonces[1], MAILBOX_NONCE_SIZE);
}

/* ---- and that they answer ---- */

static void read_thousand_times(enum modbus_link_kind kind)
{
    modbus_t *modbus = modbus_link_open(&board_test.update.device, kind);
    uint16_t first[INPUTS];
    uint16_t values[INPUTS];

    EXPECT_DONE(modbus_read_registers(modbus, 0, INPUTS, first), INPUTS);
    for (int i = 0; i < READS; i++) {
        if (modbus_read_registers(modbus, 0, INPUTS, values) != INPUTS) {
            fail_msg("read %d of %d failed: %s", i + 1, READS, modbus_strerror(errno));
        }
        assert_memory_equal(values, first, sizeof first);
    }
    modbus_link_close(modbus);
}

void test_thousand_reads_over_tcp(void **state)
{
    (void)state;
    read_thousand_times(MODBUS_LINK_TCP);
}

void test_thousand_reads_over_rtu(void **state)
{
    (void)state;
    read_thousand_times(MODBUS_LINK_RTU);
}
