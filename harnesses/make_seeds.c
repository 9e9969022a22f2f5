/*
 * make-seeds FOLDER: writes the seeds of this tree's harnesses to FOLDER/<harness>/seeds/. The
 * seeds are committed; this program says what they are, and a test compares the two.
 */
#include "byte_order.h"
#include "history.h"
#include "mailbox.h"
#include "modbus_pdu.h"
#include "settings_codec.h"
#include "settings_log_input.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_SEED 4096U
#define MAX_PATH 1024U

/* The seed in the making. */
static uint8_t seed[MAX_SEED];
static size_t seed_size;
static const char *output_folder;

static void fail(const char *what, const char *path)
{
    (void)fprintf(stderr, "make-seeds: %s %s: %s\n", what, path, strerror(errno));
    exit(2);
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        fail("cannot make", path);
    }
}

static void add(int kind, uint8_t options, const void *body, size_t length)
{
    const struct history_step step = {
        .kind = (enum history_kind)kind, .options = options, .body = body, .length = length};

    if (!history_append(seed, &seed_size, sizeof seed, &step)) {
        (void)fprintf(stderr, "make-seeds: a seed is too long\n");
        exit(2);
    }
}

/* Writes the seed for `harness` and begins another. */
static void save(const char *harness, const char *name)
{
    char path[MAX_PATH];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", output_folder, harness);
    make_folder(path);
    (void)snprintf(path, sizeof path, "%s/%s/seeds", output_folder, harness);
    make_folder(path);
    (void)snprintf(path, sizeof path, "%s/%s/seeds/%s", output_folder, harness, name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(seed, 1, seed_size, file) != seed_size || fclose(file) != 0) {
        fail("cannot write", path);
    }
    seed_size = 0;
}

static void save_for_both(const char *name)
{
    const size_t size = seed_size;

    save("modbus_tcp", name);
    seed_size = size;
    save("modbus_rtu", name);
}

#define REQUEST(...)                                                                               \
    do {                                                                                           \
        static const uint8_t pdu_[] = {__VA_ARGS__};                                               \
        add(HISTORY_REQUEST, 0, pdu_, sizeof pdu_);                                                \
    } while (0)

static void message(uint8_t type, uint8_t options, const void *payload, size_t length)
{
    uint8_t body[1U + MAILBOX_MAX_PAYLOAD];

    body[0] = type;
    if (length > 0) {
        memcpy(body + 1, payload, length);
    }
    add(HISTORY_MAILBOX, options, body, 1U + length);
}

static void log_in(void)
{
    message(MAILBOX_HELLO, 0, NULL, 0);
    message(MAILBOX_LOGIN, 0, NULL, 0);
}

static void wait_ms(uint32_t milliseconds)
{
    uint8_t body[4];

    put_le32(body, milliseconds);
    add(HISTORY_WAIT, 0, body, sizeof body);
}

static void fault(uint8_t kind, uint8_t moment, uint8_t operation, uint8_t units)
{
    const uint8_t body[4] = {kind, moment, operation, units};

    add(HISTORY_FAULT, 0, body, sizeof body);
}

static void set_setting(uint8_t id, const void *value, size_t length)
{
    uint8_t payload[1U + SETTINGS_MAX_VALUE] = {id};

    memcpy(payload + 1, value, length);
    message(MAILBOX_SET_SETTING, 0, payload, 1U + length);
}

static void set_password(uint8_t fill)
{
    uint8_t payload[PASSWORD_VERIFIER_SIZE];

    memset(payload, fill, sizeof payload);
    put_le32(payload + PASSWORD_SALT_SIZE, PASSWORD_MIN_ITERATIONS);
    message(MAILBOX_SET_PASSWORD, 0, payload, sizeof payload);
}

static void reads(void)
{
    REQUEST(1, 0, 0, 0, 2);
    REQUEST(2, 0, 0, 0, 4);
    REQUEST(3, 0, 0, 0, 12);
    REQUEST(4, 0, 0, 0, 6);
    save_for_both("reads");
    REQUEST(3, 0, 11, 0, 2);
    REQUEST(3, 0, 0, 0, 126);
    REQUEST(1, 0, 0, 0, 0);
    REQUEST(3, 0x10, 0, 0, 1);
    REQUEST(65, 1, 2, 3);
    save_for_both("refused-reads");
}

static void writes(void)
{
    REQUEST(5, 0, 0, 0xFF, 0);
    REQUEST(6, 0, 0, 0, 210);
    REQUEST(15, 0, 0, 0, 2, 1, 3);
    REQUEST(16, 0, 0, 0, 2, 4, 0, 190, 0, 1);
    REQUEST(22, 0, 0, 0xFF, 0, 0, 205);
    REQUEST(23, 0, 0, 0, 4, 0, 0, 0, 1, 2, 0, 200);
    save_for_both("writes");
    REQUEST(6, 0, 0, 0x7F, 0xFF);
    REQUEST(16, 0, 1, 0, 2, 4, 0, 2, 0, 1);
    REQUEST(15, 0, 0, 0, 2, 2, 3, 0);
    REQUEST(5, 0, 0, 1, 0);
    save_for_both("refused-writes");
}

static void identification(void)
{
    REQUEST(43, 14, 1, 0);
    REQUEST(43, 14, 3, 1);
    REQUEST(43, 14, 4, 2);
    REQUEST(43, 14, 4, 9);
    save_for_both("identification");
}

static void framing(void)
{
    static const uint8_t wrong_protocol[] = {0, 1, 0, 7, 0, 2, 1, 3};
    static const uint8_t pipelined[] = {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1,
                                        0, 2, 0, 0, 0, 6, 1, 4, 0, 0, 0, 1};
    static const uint8_t wrong_crc[] = {1, 3, 0, 0, 0, 1, 0, 0};
    static const uint8_t set_point[] = {6, 0, 0, 0, 200};

    uint8_t longest[260] = {0, 1, 0, 0, 0, 254, 1, 3}; /* the longest ADU there may be */

    add(HISTORY_RAW, 0, longest, sizeof longest);
    save("modbus_tcp", "longest");
    add(HISTORY_RAW, 0, wrong_protocol, sizeof wrong_protocol);
    add(HISTORY_RAW, HISTORY_SPLIT, pipelined, sizeof pipelined);
    save("modbus_tcp", "stream");
    add(HISTORY_RAW, 0, wrong_crc, sizeof wrong_crc);
    add(HISTORY_REQUEST, HISTORY_BROADCAST, set_point, sizeof set_point);
    add(HISTORY_REQUEST, HISTORY_SPLIT, set_point, sizeof set_point);
    save("modbus_rtu", "frames");
}

static void sessions(void)
{
    static const uint8_t hysteresis[] = {10, 0};
    static const uint8_t schedule[] = {10, 0, 180, 0, 200, 0, 210, 0,
                                       44, 1, 170, 0, 100, 5, 220, 0};
    static const uint8_t address[] = {192, 0, 2, 17};
    static const uint8_t consent[] = {1};
    static const uint8_t id = SETTING_NAME;

    log_in();
    set_setting(SETTING_HYSTERESIS, hysteresis, sizeof hysteresis);
    set_setting(SETTING_SCHEDULE, schedule, sizeof schedule);
    set_setting(SETTING_NAME, "kitchen", 7);
    set_setting(SETTING_ADDRESS, address, sizeof address);
    set_setting(SETTING_BROKER, "broker.example", 14);
    set_setting(SETTING_CONSENT, consent, sizeof consent);
    message(MAILBOX_GET_SETTING, 0, &id, 1);
    message(MAILBOX_LOG_OUT, 0, NULL, 0);
    save_for_both("settings");
    log_in();
    set_password(0x11);
    message(MAILBOX_LOG_OUT, 0, NULL, 0);
    log_in();
    add(HISTORY_RESTART, 0, NULL, 0);
    log_in();
    save_for_both("password");
    message(MAILBOX_HELLO, 0, NULL, 0);
    message(MAILBOX_LOGIN, HISTORY_OTHER_KEY, NULL, 0);
    log_in();
    wait_ms(1000);
    message(MAILBOX_HELLO, 0, NULL, 0);
    message(MAILBOX_LOGIN, HISTORY_OTHER_KEY, NULL, 0);
    add(HISTORY_RESTART, 0, NULL, 0);
    wait_ms(2000);
    log_in();
    save_for_both("wrong-password");
    log_in();
    message(MAILBOX_GET_SETTING, HISTORY_TAMPER, &id, 1);
    message(MAILBOX_GET_SETTING, HISTORY_REPLAY, &id, 1);
    message(MAILBOX_GET_SETTING, HISTORY_OTHER_PLACE, &id, 1);
    wait_ms(60000);
    message(MAILBOX_GET_SETTING, 0, &id, 1);
    save_for_both("misbehaviour");
}

static void power_cuts(void)
{
    static const uint8_t frost_limit[] = {90, 0};

    log_in();
    fault(0, 1, 0, 3);
    set_setting(SETTING_FROST_LIMIT, frost_limit, sizeof frost_limit);
    log_in();
    fault(0, 1, 1, 0);
    set_setting(SETTING_FROST_LIMIT, frost_limit, sizeof frost_limit);
    save_for_both("cut-setting");
    message(MAILBOX_HELLO, 0, NULL, 0);
    fault(1, 0, 0, 0);
    message(MAILBOX_LOGIN, HISTORY_OTHER_KEY, NULL, 0);
    wait_ms(2000);
    message(MAILBOX_HELLO, 0, NULL, 0);
    fault(0, 2, 1, 0);
    message(MAILBOX_LOGIN, HISTORY_OTHER_KEY, NULL, 0);
    save_for_both("cut-login");
}

static void place_settings_record(uint16_t slot, uint32_t sequence, uint8_t mark)
{
    uint8_t body[PLACE_RECORD_HEADER + SETTINGS_RECORD_SIZE];
    struct settings settings;

    settings_defaults(&settings);
    settings.set_point = (int16_t)(SETTINGS_MIN_SET_POINT + (int)(sequence % 200U));
    put_le16(body, slot);
    put_le32(body + 2, sequence);
    body[6] = mark;
    settings_encode(&settings, body + PLACE_RECORD_HEADER);
    add(PLACE_RECORD, 0, body, sizeof body);
}

static void change_set_point(uint16_t value)
{
    uint8_t body[3] = {SETTING_SET_POINT};

    put_le16(body + 1, value);
    add(CHANGE_SETTING, 0, body, sizeof body);
}

static void flash_contents(void)
{
    static const uint8_t junk[] = {0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t failed = 0;
    static const uint8_t cut_in_mark[] = {0, 1, 1, 0};

    change_set_point(210);
    add(START_AGAIN, 0, NULL, 0);
    change_set_point(215);
    save("settings_log", "changes");
    place_settings_record(20, 7, 2);
    place_settings_record(21, 8, 1);
    add(NEXT_FAULT, 0, cut_in_mark, sizeof cut_in_mark);
    change_set_point(220);
    save("settings_log", "full-sector");
    add(PLACE_BYTES, 0, junk, sizeof junk);
    place_settings_record(3, 5, 0);
    place_settings_record(4, 4, 2);
    change_set_point(225);
    save("settings_log", "unmarked");
    add(COUNT_ATTEMPT, 0, &failed, 1);
    add(NEXT_FAULT, 0, cut_in_mark, sizeof cut_in_mark);
    add(COUNT_ATTEMPT, 0, &failed, 1);
    save("settings_log", "attempts");
}

int main(int argument_count, char **arguments)
{
    if (argument_count != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 2;
    }
    output_folder = arguments[1];
    make_folder(output_folder);
    reads();
    writes();
    identification();
    framing();
    sessions();
    power_cuts();
    flash_contents();
    return 0;
}
