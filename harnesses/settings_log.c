/*
 * What is kept in flash: any content at start-up, then changes under faults.
 *
 * Oracles (EN 303 645, 5.9-1, unless another clause is named): starts, settings-in-range,
 * mount-is-stable, confirmed-settings-survive, old-or-new, memory-equals-flash, still-writable,
 * flash-rules; attempt-forgotten (5.1-5).
 */
#include "access.h"
#include "byte_order.h"
#include "crc.h"
#include "error_text.h"
#include "harness.h"
#include "history.h"
#include "in_process.h"
#include "settings_codec.h"
#include "settings_log_input.h"
#include "settings_log_mutator.h"
#include "settings_store.h"

#include <setjmp.h>
#include <string.h>

#define CLAUSE      "5.9-1"
#define MAX_STEPS   64U
#define RECORD_HEAD 16U /* as in record_log.c: kind, size, sequence, CRC, spare */

/* What runs on the flash: the two logs that the device keeps. */
struct stored_state {
    struct settings_store settings;
    struct access access;
};

struct values {
    uint8_t settings[SETTINGS_RECORD_SIZE];
    uint32_t failures;
};

static struct stored_state state;
static bool started;
static struct fault next_fault;

static void on_breach(const char *what, uint32_t offset)
{
    harness_oracle_violated(CLAUSE, "flash-rules", "%s at 0x%08x", what, (unsigned)offset);
}

static struct values current_values(void)
{
    struct values values = {.failures = state.access.failures};

    settings_encode(&state.settings.current, values.settings);
    return values;
}

static bool same_settings(const struct values *left, const struct values *right)
{
    return memcmp(left->settings, right->settings, sizeof left->settings) == 0;
}

static void start(void)
{
    int settings_result;
    int access_result;

    in_process_power_on();
    settings_result = settings_start(&state.settings);
    access_result = access_start(&state.access);
    ORACLE(CLAUSE, "starts", settings_result == SETTINGS_OK && access_result == ACCESS_OK,
           "settings: %s; attempts: %s", settings_strerror(settings_result),
           access_strerror(access_result));
    ORACLE(CLAUSE, "settings-in-range", settings_valid(&state.settings.current),
           "out of range after start-up");
}

/* Starts again: what was read once must be read ever after. */
static void check_stable(const char *name, const struct values *expected)
{
    struct values values;

    for (int i = 0; i < 2; i++) {
        start();
        values = current_values();
        ORACLE(CLAUSE, name, same_settings(&values, expected), "settings differ after start-up %d",
               i + 1);
        ORACLE("5.1-5", "attempt-forgotten", values.failures >= expected->failures,
               "%u failures, %u before", (unsigned)values.failures, (unsigned)expected->failures);
    }
}

static void place_bytes(const struct history_step *step)
{
    enum hal_flash_area area;
    struct hal_flash_geometry geometry;
    uint32_t offset;
    size_t length;

    if (step->length < PLACE_BYTES_HEADER) {
        return;
    }
    area = step->body[0] % 2U == 0 ? HAL_FLASH_SETTINGS : HAL_FLASH_ATTEMPTS;
    geometry = hal_flash_geometry(area);
    offset = get_le16(step->body + 1) % geometry.size;
    length = step->length - PLACE_BYTES_HEADER;
    if (length > geometry.size - offset) {
        length = geometry.size - offset;
    }
    memcpy(in_process_change_flash(geometry.offset + offset, length),
           step->body + PLACE_BYTES_HEADER, length);
}

/* A settings record as record_log.c writes it, with the given sequence, payload and mark. */
static void place_record(const struct history_step *step)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(HAL_FLASH_SETTINGS);
    const uint32_t unit = geometry.program_unit;
    const uint32_t body = (RECORD_HEAD + SETTINGS_RECORD_SIZE + unit - 1U) / unit * unit;
    const uint32_t slots = geometry.sector_size / (body + unit);
    uint8_t record[RECORD_HEAD + SETTINGS_RECORD_SIZE] = {0};
    uint32_t crc;
    uint32_t slot;
    uint8_t *place;
    size_t length;

    if (step->length < PLACE_RECORD_HEADER) {
        return;
    }
    length = step->length - PLACE_RECORD_HEADER;
    length = length < SETTINGS_RECORD_SIZE ? length : SETTINGS_RECORD_SIZE;
    put_le16(record, SETTINGS_LOG_KIND);
    put_le16(record + 2, SETTINGS_RECORD_SIZE);
    memcpy(record + 4, step->body + 2, 4);
    memcpy(record + RECORD_HEAD, step->body + PLACE_RECORD_HEADER, length);
    crc = crc32_ieee(0, record, 8);
    put_le32(record + 8, crc32_ieee(crc, record + RECORD_HEAD, SETTINGS_RECORD_SIZE));

    slot = get_le16(step->body) % (slots * (geometry.size / geometry.sector_size));
    place = in_process_change_flash(geometry.offset + slot / slots * geometry.sector_size +
                                        slot % slots * (body + unit),
                                    (size_t)body + unit);
    memcpy(place, record, sizeof record);
    memset(place + body, step->body[6] == 0 ? FLASH_ERASED : 0, unit);
    if (step->body[6] == 1) {
        memset(place + body, 0x55, unit);
    }
}

static bool change_setting(const struct history_step *step)
{
    struct settings draft = state.settings.current;
    int result = settings_set(&draft, step->body[0], step->body + 1, step->length - 1U);

    if (result == SETTINGS_OK) {
        result = settings_commit(&state.settings, &draft);
    }
    check_error_text(CLAUSE, settings_strerror(result));
    return result == SETTINGS_OK;
}

static bool count_attempt(bool success)
{
    int result = access_begin_attempt(&state.access);

    if (result == ACCESS_OK && success) {
        result = access_succeed(&state.access);
    }
    check_error_text("5.1-5", access_strerror(result));
    return result == ACCESS_OK;
}

static bool carry_out(const struct history_step *step)
{
    bool success;

    switch ((int)step->kind) {
    case CHANGE_SETTING:
        return step->length >= 1 && change_setting(step);
    case COUNT_ATTEMPT:
        in_process_advance(ACCESS_MAX_DELAY_MS);
        success = step->length >= 1 && step->body[0] == 1;
        return count_attempt(success);
    default:
        start();
        return true;
    }
}

/* As in history_run.c: once without the fault, to know what is 'new'; then with it. */
static void carry_out_with_fault(const struct history_step *step)
{
    static struct in_process_snapshot board;
    static struct stored_state before_state;
    static struct values before;
    static struct values undisturbed;
    static jmp_buf power_cut;
    struct values after;

    in_process_take(&board, NULL);
    before_state = state;
    before = current_values();
    (void)carry_out(step);
    undisturbed = current_values();
    in_process_restore(&board, NULL);
    state = before_state;

    flash_model_arm(&in_process_board.flash, next_fault);
    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) == 0) {
        (void)carry_out(step);
        in_process_board.flash.fault.kind = FAULT_NONE;
        after = current_values();
        after.failures = 0; /* memory may count an attempt that flash refused */
        check_stable("memory-equals-flash", &after);
    } else {
        start();
        after = current_values();
        check_stable("mount-is-stable", &after);
    }
    in_process_board.power_cut = NULL;
    ORACLE(CLAUSE, "old-or-new",
           same_settings(&after, &before) || same_settings(&after, &undisturbed),
           "neither the old settings nor the new ones after a fault");
}

static void arm(const struct history_step *step)
{
    if (step->length < 4) {
        return;
    }
    next_fault.kind = step->body[0] % 2U == 0 ? FAULT_POWER_CUT : FAULT_FLASH_ERROR;
    next_fault.moment = (enum fault_moment)(step->body[1] % FAULT_MOMENT_COUNT);
    next_fault.operation = step->body[2] % 8U;
    next_fault.units = step->body[3];
}

/* A start that meets a flash error may refuse; a power cut during it must do no harm. */
static bool fault_applies(const struct history_step *step)
{
    return next_fault.kind == FAULT_POWER_CUT ||
           (next_fault.kind == FAULT_FLASH_ERROR && step->kind != (enum history_kind)START_AGAIN);
}

static void run_step(const struct history_step *step)
{
    struct values values;

    if (step->kind == (enum history_kind)NEXT_FAULT) {
        arm(step);
        return;
    }
    if (!started) {
        start();
        started = true;
        harness_gate("start");
        values = current_values();
        check_stable("mount-is-stable", &values);
    }
    if (fault_applies(step)) {
        carry_out_with_fault(step);
        next_fault.kind = FAULT_NONE;
        return;
    }
    if (carry_out(step)) {
        harness_gate("write");
    }
    values = current_values();
    check_stable("confirmed-settings-survive", &values);
}

static void place_or_run(const struct history_step *step)
{
    if (step->kind == (enum history_kind)PLACE_BYTES) {
        if (!started) {
            place_bytes(step);
        }
    } else if (step->kind == (enum history_kind)PLACE_RECORD) {
        if (!started) {
            place_record(step);
        }
    } else {
        run_step(step);
    }
}

/* Whatever happened before, a new value can be written and is kept. */
static void check_still_writable(void)
{
    struct settings draft = state.settings.current;
    struct values expected;
    int result;

    draft.set_point = (int16_t)(draft.set_point == SETTINGS_MIN_SET_POINT ? SETTINGS_MAX_SET_POINT
                                                                          : SETTINGS_MIN_SET_POINT);
    result = settings_commit(&state.settings, &draft);
    if (state.settings.log.sequence == INT32_MAX) {
        return; /* worn out, and says so */
    }
    ORACLE(CLAUSE, "still-writable", result == SETTINGS_OK, "%s", settings_strerror(result));
    expected = current_values();
    check_stable("confirmed-settings-survive", &expected);
}

static void begin(void)
{
    static struct in_process_snapshot fresh;
    static bool ready;

    if (!ready) {
        struct factory_page page = {.initial_password.iterations = PASSWORD_MIN_ITERATIONS};

        in_process_on_breach(on_breach);
        in_process_manufacture(&page);
        in_process_take(&fresh, NULL);
        ready = true;
    }
    in_process_restore(&fresh, NULL);
    memset(&state, 0, sizeof state);
    memset(&next_fault, 0, sizeof next_fault);
    started = false;
}

int harness_run(const uint8_t *data, size_t size)
{
    struct history_step step;
    size_t position = 0;

    begin();
    harness_about("storage");
    for (unsigned i = 0; i < MAX_STEPS && history_next(data, size, &position, &step); i++) {
        place_or_run(&step);
    }
    if (!started) {
        start();
    }
    check_still_writable();
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return settings_log_mutate(data, size, max_size, seed);
}
