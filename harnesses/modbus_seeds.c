#include "modbus_seeds.h"

#include "byte_order.h"
#include "debug_lock.h"
#include "history.h"
#include "image.h"
#include "mailbox.h"
#include "seed_writer.h"
#include "settings.h"

#include <string.h>

#define REQUEST(...)                                                                               \
    do {                                                                                           \
        static const uint8_t pdu_[] = {__VA_ARGS__};                                               \
        seed_add(HISTORY_REQUEST, 0, pdu_, sizeof pdu_);                                           \
    } while (0)

static void set_setting(uint8_t id, const void *value, size_t length)
{
    uint8_t payload[1U + SETTINGS_MAX_VALUE] = {id};

    memcpy(payload + 1, value, length);
    seed_message(MAILBOX_SET_SETTING, 0, payload, 1U + length);
}

static void set_password(uint8_t fill)
{
    uint8_t payload[PASSWORD_VERIFIER_SIZE];

    memset(payload, fill, sizeof payload);
    put_le32(payload + PASSWORD_SALT_SIZE, PASSWORD_MIN_ITERATIONS);
    seed_message(MAILBOX_SET_PASSWORD, 0, payload, sizeof payload);
}

static void reads(void)
{
    REQUEST(1, 0, 0, 0, 2);
    REQUEST(2, 0, 0, 0, 4);
    REQUEST(3, 0, 0, 0, 12);
    REQUEST(4, 0, 0, 0, 14);
    seed_save_for_both("reads");
    REQUEST(3, 0, 11, 0, 2);
    REQUEST(4, 0, 13, 0, 2);
    REQUEST(3, 0, 0, 0, 126);
    REQUEST(1, 0, 0, 0, 0);
    REQUEST(3, 0x10, 0, 0, 1);
    REQUEST(65, 1, 2, 3);
    seed_save_for_both("refused-reads");
}

static void writes(void)
{
    REQUEST(5, 0, 0, 0xFF, 0);
    REQUEST(6, 0, 0, 0, 210);
    REQUEST(15, 0, 0, 0, 2, 1, 3);
    REQUEST(16, 0, 0, 0, 2, 4, 0, 190, 0, 1);
    REQUEST(22, 0, 0, 0xFF, 0, 0, 205);
    REQUEST(23, 0, 0, 0, 4, 0, 0, 0, 1, 2, 0, 200);
    seed_save_for_both("writes");
    REQUEST(6, 0, 0, 0x7F, 0xFF);
    REQUEST(16, 0, 1, 0, 2, 4, 0, 2, 0, 1);
    REQUEST(15, 0, 0, 0, 2, 2, 3, 0);
    REQUEST(5, 0, 0, 1, 0);
    seed_save_for_both("refused-writes");
}

static void identification(void)
{
    REQUEST(43, 14, 1, 0);
    REQUEST(43, 14, 3, 1);
    REQUEST(43, 14, 4, 2);
    REQUEST(43, 14, 4, 9);
    seed_save_for_both("identification");
}

static void framing(void)
{
    static const uint8_t wrong_protocol[] = {0, 1, 0, 7, 0, 2, 1, 3};
    static const uint8_t pipelined[] = {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1,
                                        0, 2, 0, 0, 0, 6, 1, 4, 0, 0, 0, 1};
    static const uint8_t wrong_crc[] = {1, 3, 0, 0, 0, 1, 0, 0};
    static const uint8_t set_point[] = {6, 0, 0, 0, 200};

    uint8_t longest[260] = {0, 1, 0, 0, 0, 254, 1, 3}; /* the longest ADU there may be */

    seed_add(HISTORY_RAW, 0, longest, sizeof longest);
    seed_save("modbus_tcp", "longest");
    seed_add(HISTORY_RAW, 0, wrong_protocol, sizeof wrong_protocol);
    seed_add(HISTORY_RAW, HISTORY_SPLIT, pipelined, sizeof pipelined);
    seed_save("modbus_tcp", "stream");
    seed_add(HISTORY_RAW, 0, wrong_crc, sizeof wrong_crc);
    seed_add(HISTORY_REQUEST, HISTORY_BROADCAST, set_point, sizeof set_point);
    seed_add(HISTORY_REQUEST, HISTORY_SPLIT, set_point, sizeof set_point);
    seed_save("modbus_rtu", "frames");
}

static void sessions(void)
{
    static const uint8_t hysteresis[] = {10, 0};
    static const uint8_t schedule[] = {10, 0, 180, 0, 200, 0, 210, 0,
                                       44, 1, 170, 0, 100, 5, 220, 0};
    static const uint8_t address[] = {192, 0, 2, 17};
    static const uint8_t consent[] = {1};
    static const uint8_t id = SETTING_NAME;

    seed_log_in();
    set_setting(SETTING_HYSTERESIS, hysteresis, sizeof hysteresis);
    set_setting(SETTING_SCHEDULE, schedule, sizeof schedule);
    set_setting(SETTING_NAME, "kitchen", 7);
    set_setting(SETTING_ADDRESS, address, sizeof address);
    set_setting(SETTING_BROKER, "broker.example", 14);
    set_setting(SETTING_BROKER, "broker.example:8884", 19);
    set_setting(SETTING_BROKER, "broker.example:65536", 20);
    set_setting(SETTING_BROKER, "broker.example:1a", 17);
    set_setting(SETTING_BROKER, "broker.example:0", 16);
    set_setting(SETTING_BROKER, ":8883", 5);
    set_setting(SETTING_CONSENT, consent, sizeof consent);
    seed_message(MAILBOX_GET_SETTING, 0, &id, 1);
    seed_message(MAILBOX_LOG_OUT, 0, NULL, 0);
    seed_save_for_both("settings");
    seed_log_in();
    set_password(0x11);
    seed_message(MAILBOX_LOG_OUT, 0, NULL, 0);
    seed_log_in();
    seed_add(HISTORY_RESTART, 0, NULL, 0);
    seed_log_in();
    seed_save_for_both("password");
    seed_message(MAILBOX_HELLO, 0, NULL, 0);
    seed_message(MAILBOX_LOGIN, HISTORY_OTHER_KEY, NULL, 0);
    seed_log_in();
    seed_wait(1000);
    seed_message(MAILBOX_HELLO, 0, NULL, 0);
    seed_message(MAILBOX_LOGIN, HISTORY_OTHER_KEY, NULL, 0);
    seed_add(HISTORY_RESTART, 0, NULL, 0);
    seed_wait(2000);
    seed_log_in();
    seed_save_for_both("wrong-password");
    seed_log_in();
    seed_message(MAILBOX_GET_SETTING, HISTORY_TAMPER, &id, 1);
    seed_message(MAILBOX_GET_SETTING, HISTORY_REPLAY, &id, 1);
    seed_message(MAILBOX_GET_SETTING, HISTORY_OTHER_PLACE, &id, 1);
    seed_wait(60000);
    seed_message(MAILBOX_GET_SETTING, 0, &id, 1);
    seed_save_for_both("misbehaviour");
}

static void power_cuts(void)
{
    static const uint8_t frost_limit[] = {90, 0};

    seed_log_in();
    seed_fault(0, 1, 0, 3);
    set_setting(SETTING_FROST_LIMIT, frost_limit, sizeof frost_limit);
    seed_log_in();
    seed_fault(0, 1, 1, 0);
    set_setting(SETTING_FROST_LIMIT, frost_limit, sizeof frost_limit);
    seed_save_for_both("cut-setting");
    seed_message(MAILBOX_HELLO, 0, NULL, 0);
    seed_fault(1, 0, 0, 0);
    seed_message(MAILBOX_LOGIN, HISTORY_OTHER_KEY, NULL, 0);
    seed_wait(2000);
    seed_message(MAILBOX_HELLO, 0, NULL, 0);
    seed_fault(0, 2, 1, 0);
    seed_message(MAILBOX_LOGIN, HISTORY_OTHER_KEY, NULL, 0);
    seed_save_for_both("cut-login");
}

/* What the rest of the mailbox is for, each message at least once. */
static void services(void)
{
    static const uint8_t after[4] = {0};
    static const uint8_t short_data[5] = {0};
    uint8_t header[IMAGE_HEADER_SIZE] = {0};
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE] = {1};

    seed_log_in();
    seed_message(MAILBOX_UPDATE_STATUS, 0, NULL, 0);
    seed_message(MAILBOX_UPDATE_BEGIN, 0, header, sizeof header);
    seed_message(MAILBOX_UPDATE_DATA, 0, short_data, sizeof short_data);
    seed_message(MAILBOX_UPDATE_FINISH, 0, NULL, 0);
    seed_message(MAILBOX_UPDATE_ACTIVATE, 0, NULL, 0);
    seed_message(MAILBOX_UPDATE_CONFIRM, 0, NULL, 0);
    seed_message(MAILBOX_READ_EVENTS, 0, after, sizeof after);
    seed_message(MAILBOX_DEBUG_TOKEN, 0, token, sizeof token);
    seed_message(MAILBOX_DEBUG_CHALLENGE, 0, NULL, 0);
    seed_message(MAILBOX_DEBUG_TOKEN, 0, token, sizeof token);
    seed_message(MAILBOX_LOG_OUT, 0, NULL, 0);
    seed_save_for_both("services");
    seed_log_in();
    set_setting(SETTING_NAME, "kitchen", 7);
    set_password(0x22);
    seed_message(MAILBOX_ERASE, 0, NULL, 0);
    seed_log_in();
    seed_message(MAILBOX_READ_EVENTS, 0, after, sizeof after);
    seed_save_for_both("erase");
    seed_message(MAILBOX_HELLO_LABEL, 0, NULL, 0);
    seed_message(MAILBOX_LOGIN, 0, NULL, 0);
    set_setting(SETTING_NAME, "kitchen", 7);
    seed_fault(0, 1, 2, 100);
    seed_message(MAILBOX_ERASE, 0, NULL, 0);
    seed_save("modbus_rtu", "erase-with-the-label");
}

void modbus_seeds(void)
{
    reads();
    writes();
    identification();
    framing();
    sessions();
    power_cuts();
    services();
}
