/* settings.h: ranges of every field, the settings by their ids, and all-or-nothing writes. */
#include "support.h"

#include "byte_order.h"
#include "settings_codec.h"
#include "settings_store.h"

#include <limits.h>
#include <string.h>

#define FIRST_UNKNOWN 10U

static void assert_same(const struct settings *left, const struct settings *right)
{
    uint8_t left_record[SETTINGS_RECORD_SIZE];
    uint8_t right_record[SETTINGS_RECORD_SIZE];

    settings_encode(left, left_record);
    settings_encode(right, right_record);
    assert_memory_equal(left_record, right_record, sizeof left_record);
}

/* Sets a value that must be refused, and that nothing changes. */
static void assert_refused(uint8_t id, const uint8_t *value, size_t length)
{
    struct settings settings;
    struct settings before;

    settings_defaults(&settings);
    before = settings;
    assert_int_equal(settings_set(&settings, id, value, length), SETTINGS_ERROR_VALUE);
    assert_same(&settings, &before);
}

/* Sets a value that must be taken, and gets it back. */
static void assert_taken(uint8_t id, const uint8_t *value, size_t length)
{
    struct settings settings;
    uint8_t read[SETTINGS_MAX_VALUE];

    settings_defaults(&settings);
    assert_int_equal(settings_set(&settings, id, value, length), SETTINGS_OK);
    assert_true(settings_valid(&settings));
    assert_int_equal(settings_get(&settings, id, read), length);
    assert_memory_equal(read, value, length);
}

static void defaults_are_valid(void **state)
{
    struct settings settings;

    (void)state;
    memset(&settings, 0xFF, sizeof settings);
    settings_defaults(&settings);
    assert_true(settings_valid(&settings));
    assert_false(settings.has_password);
    assert_false(settings.telemetry_consent);
    assert_int_equal(settings.broker[0], '\0');
}

static void numbers_have_their_ranges(void **state)
{
    static const struct {
        uint8_t id;
        int low;
        int high;
    } rows[] = {{SETTING_SET_POINT, 50, 300},
                {SETTING_MODE, 0, 2},
                {SETTING_HYSTERESIS, 2, 30},
                {SETTING_FROST_LIMIT, 30, 120}};
    uint8_t value[2];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        for (int number = SHRT_MIN; number <= SHRT_MAX; number++) {
            put_le16(value, (uint16_t)number);
            if (number >= rows[i].low && number <= rows[i].high) {
                assert_taken(rows[i].id, value, sizeof value);
            } else {
                assert_refused(rows[i].id, value, sizeof value);
            }
        }
    }
}

static void schedule_must_rise_within_the_day(void **state)
{
    static const struct {
        uint16_t minutes[SETTINGS_SCHEDULE_ENTRIES];
        int16_t set_points[SETTINGS_SCHEDULE_ENTRIES];
        bool valid;
    } rows[] = {
        {{0, 1, 2, 3}, {50, 300, 50, 300}, true},
        {{1436, 1437, 1438, 1439}, {200, 200, 200, 200}, true},
        {{0, 1, 2, 1440}, {200, 200, 200, 200}, false},
        {{0, 1, 2, 65535}, {200, 200, 200, 200}, false},
        {{0, 0, 2, 3}, {200, 200, 200, 200}, false},
        {{0, 1, 2, 2}, {200, 200, 200, 200}, false},
        {{0, 5, 4, 6}, {200, 200, 200, 200}, false},
        {{0, 1, 2, 3}, {49, 200, 200, 200}, false},
        {{0, 1, 2, 3}, {200, 200, 200, 301}, false},
        {{0, 1, 2, 3}, {200, -1, 200, 200}, false},
    };
    uint8_t value[4U * SETTINGS_SCHEDULE_ENTRIES];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        for (size_t entry = 0; entry < SETTINGS_SCHEDULE_ENTRIES; entry++) {
            put_le16(value + 4U * entry, rows[i].minutes[entry]);
            put_le16(value + 4U * entry + 2U, (uint16_t)rows[i].set_points[entry]);
        }
        if (rows[i].valid) {
            assert_taken(SETTING_SCHEDULE, value, sizeof value);
        } else {
            assert_refused(SETTING_SCHEDULE, value, sizeof value);
        }
    }
}

static bool is_host_character(unsigned c)
{
    return c < 128U && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-",
                              (int)c) != NULL;
}

/* Every character, alone and at the end of the longest text. */
static void texts_hold_their_characters_only(void **state)
{
    uint8_t text[SETTINGS_BROKER_SIZE];

    (void)state;
    for (unsigned c = 1; c <= 0xFFU; c++) {
        memset(text, 'x', sizeof text);
        text[0] = (uint8_t)c;
        text[SETTINGS_NAME_SIZE - 1U] = (uint8_t)c;
        text[SETTINGS_BROKER_SIZE - 1U] = (uint8_t)c;
        for (size_t length = 1; length <= SETTINGS_NAME_SIZE; length += SETTINGS_NAME_SIZE - 1U) {
            if (c >= ' ' && c <= '~') {
                assert_taken(SETTING_NAME, text, length);
            } else {
                assert_refused(SETTING_NAME, text, length);
            }
        }
        if (is_host_character(c)) {
            assert_taken(SETTING_BROKER, text, sizeof text);
        } else {
            assert_refused(SETTING_BROKER, text, sizeof text);
        }
    }
}

/* What an address is: test_broker_address.c. */
static void broker_may_have_a_port(void **state)
{
    static const struct {
        const char *text;
        bool valid;
    } rows[] = {{"broker.example:1883", true},
                {"a-name-of-forty-characters.in.a.ce:65535", true},
                {"broker.example:0", false},
                {"broker.example:", false},
                {":8883", false},
                {"a-name-of-forty-characters.in.a.cel:65535", false}};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        const uint8_t *text = (const uint8_t *)rows[i].text;

        if (rows[i].valid) {
            assert_taken(SETTING_BROKER, text, strlen(rows[i].text));
        } else {
            assert_refused(SETTING_BROKER, text, strlen(rows[i].text));
        }
    }
}

static void nothing_follows_the_end_of_a_text(void **state)
{
    static const uint8_t hidden[] = {'a', '\0', 'b'};

    (void)state;
    assert_refused(SETTING_NAME, hidden, sizeof hidden);
    assert_refused(SETTING_BROKER, hidden, sizeof hidden);
    assert_taken(SETTING_NAME, hidden, 1);
    assert_taken(SETTING_NAME, hidden, 0);
    assert_taken(SETTING_BROKER, hidden, 0);
}

static void shorter_text_leaves_nothing_of_the_longer_one(void **state)
{
    static const uint8_t longer[] = {'l', 'i', 'v', 'i', 'n', 'g'};
    struct settings settings;
    uint8_t read[SETTINGS_MAX_VALUE];

    (void)state;
    settings_defaults(&settings);
    assert_int_equal(settings_set(&settings, SETTING_NAME, longer, sizeof longer), SETTINGS_OK);
    assert_int_equal(settings_set(&settings, SETTING_NAME, longer, 2), SETTINGS_OK);
    assert_int_equal(settings_get(&settings, SETTING_NAME, read), 2);
}

static void flag_and_address_take_their_values(void **state)
{
    static const uint8_t address[] = {192, 0, 2, 255};
    uint8_t flag;

    (void)state;
    assert_taken(SETTING_ADDRESS, address, sizeof address);
    for (unsigned value = 0; value <= 0xFFU; value++) {
        flag = (uint8_t)value;
        if (value <= 1) {
            assert_taken(SETTING_CONSENT, &flag, 1);
        } else {
            assert_refused(SETTING_CONSENT, &flag, 1);
        }
    }
}

/* Zeros are a valid text of any length, so texts are told apart by their limit only. */
static void lengths_are_exact(void **state)
{
    static const struct {
        uint8_t id;
        size_t length;
    } rows[] = {{SETTING_SET_POINT, 2},   {SETTING_MODE, 2},      {SETTING_HYSTERESIS, 2},
                {SETTING_FROST_LIMIT, 2}, {SETTING_SCHEDULE, 16}, {SETTING_ADDRESS, 4},
                {SETTING_CONSENT, 1}};
    uint8_t value[256] = {0};

    (void)state;
    for (size_t length = 0; length <= sizeof value; length++) {
        for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
            if (length != rows[i].length) {
                assert_refused(rows[i].id, value, length);
            }
        }
        if (length > SETTINGS_NAME_SIZE) {
            assert_refused(SETTING_NAME, value, length);
        }
        if (length > SETTINGS_BROKER_SIZE) {
            assert_refused(SETTING_BROKER, value, length);
        }
    }
}

static void unknown_ids_are_refused(void **state)
{
    struct settings settings;
    uint8_t value[SETTINGS_MAX_VALUE] = {0};

    (void)state;
    settings_defaults(&settings);
    for (unsigned id = 0; id <= 0xFFU; id = id == 0 ? FIRST_UNKNOWN : id + 1U) {
        assert_int_equal(settings_set(&settings, (uint8_t)id, value, 2), SETTINGS_ERROR_UNKNOWN);
        assert_int_equal(settings_get(&settings, (uint8_t)id, value), SETTINGS_ERROR_UNKNOWN);
    }
}

static void password_needs_enough_iterations(void **state)
{
    static const struct {
        uint32_t iterations;
        bool valid;
    } rows[] = {{0, false},
                {PASSWORD_MIN_ITERATIONS - 1U, false},
                {PASSWORD_MIN_ITERATIONS, true},
                {PASSWORD_MAX_ITERATIONS, true},
                {PASSWORD_MAX_ITERATIONS + 1U, false},
                {UINT32_MAX, false}};
    struct settings settings;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        settings_defaults(&settings);
        settings.password.iterations = rows[i].iterations;
        assert_true(settings_valid(&settings));
        settings.has_password = true;
        assert_int_equal(settings_valid(&settings), rows[i].valid);
    }
}

static void start(struct settings_store *store)
{
    in_process_power_on();
    assert_int_equal(settings_start(store), SETTINGS_OK);
}

/* Settings that differ from the defaults in every field. */
static void make_other(struct settings *settings)
{
    settings_defaults(settings);
    settings->set_point = 123;
    settings->mode = HEATING_SCHEDULE;
    settings->hysteresis = 11;
    settings->frost_limit = 88;
    settings->schedule[0].minute = 1;
    settings->schedule[3].set_point = 299;
    memcpy(settings->name, "attic", 5);
    settings->address[3] = 9;
    memcpy(settings->broker, "broker.example", 14);
    settings->telemetry_consent = true;
    settings->has_password = true;
    settings->password.iterations = PASSWORD_MIN_ITERATIONS;
    memset(settings->password.salt, 0x5A, sizeof settings->password.salt);
    memset(settings->password.key, 0xA5, sizeof settings->password.key);
}

static void fresh_device_has_defaults_and_writes_nothing(void **state)
{
    struct settings_store store;
    struct settings defaults;

    (void)state;
    support_new_board();
    start(&store);
    settings_defaults(&defaults);
    assert_same(&store.current, &defaults);
    assert_int_equal(settings_commit(&store, &defaults), SETTINGS_OK);
    assert_int_equal(support_flash.count, 0);
}

static void commit_survives_a_restart(void **state)
{
    struct settings_store store;
    struct settings other;

    (void)state;
    support_new_board();
    start(&store);
    make_other(&other);
    assert_int_equal(settings_commit(&store, &other), SETTINGS_OK);
    assert_same(&store.current, &other);
    support_watch_flash();
    assert_int_equal(settings_commit(&store, &other), SETTINGS_OK);
    assert_int_equal(support_flash.count, 0);
    memset(&store, 0xFF, sizeof store);
    start(&store);
    assert_same(&store.current, &other);
}

static void invalid_settings_are_not_committed(void **state)
{
    struct settings_store store;
    struct settings invalid;
    struct settings defaults;

    (void)state;
    support_new_board();
    start(&store);
    settings_defaults(&defaults);
    make_other(&invalid);
    invalid.frost_limit = 121;
    assert_int_equal(settings_commit(&store, &invalid), SETTINGS_ERROR_VALUE);
    assert_same(&store.current, &defaults);
    assert_int_equal(support_flash.count, 0);
}

/* A record of the right shape whose content no valid device writes. */
static void unusable_record_gives_defaults(void **state)
{
    struct settings_store store;
    struct settings defaults;
    uint8_t record[SETTINGS_RECORD_SIZE];

    (void)state;
    support_new_board();
    start(&store);
    memset(record, 0xEE, sizeof record);
    assert_int_equal(record_log_append(&store.log, record), RECORD_LOG_OK);
    start(&store);
    settings_defaults(&defaults);
    assert_same(&store.current, &defaults);
}

static void record_decodes_to_what_was_encoded(void **state)
{
    struct settings other;
    struct settings decoded;
    uint8_t record[SETTINGS_RECORD_SIZE];

    (void)state;
    make_other(&other);
    settings_encode(&other, record);
    memset(&decoded, 0xFF, sizeof decoded);
    assert_int_equal(settings_decode(&decoded, record), SETTINGS_OK);
    assert_same(&decoded, &other);
    assert_int_equal(decoded.password.iterations, other.password.iterations);
    assert_memory_equal(decoded.password.key, other.password.key, PASSWORD_KEY_SIZE);
}

static void decode_refuses_what_is_out_of_range(void **state)
{
    static const struct {
        size_t at; /* place in the record, see settings_codec.c */
        uint8_t value;
    } rows[] = {
        {0, 0},    {0, 2},     {1, 1},                                  /* format */
        {3, 0x40}, {5, 1},     {6, 1},  {7, 1},     {8, 29},    {9, 1}, /* numbers */
        {11, 6},   {13, 0x7F}, {26, 7}, {26, 0x80}, {27, 0},            /* schedule, name */
        {54, '/'}, {55, 0},    {94, 2}, {95, 2},    {95, 0xFF},         /* broker, flags */
        {113, 0},  {115, 1},                                            /* iterations */
    };
    struct settings settings;
    uint8_t record[SETTINGS_RECORD_SIZE];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        make_other(&settings);
        settings_encode(&settings, record);
        assert_int_not_equal(record[rows[i].at], rows[i].value);
        record[rows[i].at] = rows[i].value;
        assert_int_equal(settings_decode(&settings, record), SETTINGS_ERROR_VALUE);
    }
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {SETTINGS_OK, SETTINGS_ERROR_UNKNOWN, SETTINGS_ERROR_VALUE,
                                SETTINGS_ERROR_STORAGE};

    (void)state;
    support_check_texts(settings_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_valid),
        cmocka_unit_test(numbers_have_their_ranges),
        cmocka_unit_test(schedule_must_rise_within_the_day),
        cmocka_unit_test(texts_hold_their_characters_only),
        cmocka_unit_test(broker_may_have_a_port),
        cmocka_unit_test(nothing_follows_the_end_of_a_text),
        cmocka_unit_test(shorter_text_leaves_nothing_of_the_longer_one),
        cmocka_unit_test(flag_and_address_take_their_values),
        cmocka_unit_test(lengths_are_exact),
        cmocka_unit_test(unknown_ids_are_refused),
        cmocka_unit_test(password_needs_enough_iterations),
        cmocka_unit_test(fresh_device_has_defaults_and_writes_nothing),
        cmocka_unit_test(commit_survives_a_restart),
        cmocka_unit_test(invalid_settings_are_not_committed),
        cmocka_unit_test(unusable_record_gives_defaults),
        cmocka_unit_test(record_decodes_to_what_was_encoded),
        cmocka_unit_test(decode_refuses_what_is_out_of_range),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
