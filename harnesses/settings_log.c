/*
 * What is kept in flash: any content at start-up, then changes under faults.
 *
 * Oracles (EN 303 645, 5.9-1, unless another clause is named): starts, settings-in-range,
 * mount-is-stable, confirmed-settings-survive, old-or-new, memory-equals-flash, still-writable,
 * flash-rules; attempt-forgotten (5.1-5).
 */
#include "access.h"
#include "byte_order.h"
#include "error_text.h"
#include "flash_content.h"
#include "harness.h"
#include "history.h"
#include "in_process.h"
#include "settings_codec.h"
#include "settings_log_input.h"
#include "settings_log_mutator.h"
#include "settings_store.h"

#include <setjmp.h>
#include <string.h>

#define CLAUSE    "5.9-1"
#define MAX_STEPS 64U

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
    if (step->length >= PLACE_BYTES_HEADER) {
        flash_content_place(step->body[0] % 2U == 0 ? HAL_FLASH_SETTINGS : HAL_FLASH_ATTEMPTS,
                            get_le16(step->body + 1), step->body + PLACE_BYTES_HEADER,
                            step->length - PLACE_BYTES_HEADER);
    }
}

/* A settings record with the given sequence, payload and mark. */
static void place_record(const struct history_step *step)
{
    uint8_t payload[SETTINGS_RECORD_SIZE] = {0};
    struct flash_record record = {.area = HAL_FLASH_SETTINGS,
                                  .kind = SETTINGS_LOG_KIND,
                                  .payload = payload,
                                  .payload_size = sizeof payload};
    size_t length;

    if (step->length < PLACE_RECORD_HEADER) {
        return;
    }
    length = step->length - PLACE_RECORD_HEADER;
    memcpy(payload, step->body + PLACE_RECORD_HEADER,
           length < sizeof payload ? length : sizeof payload);
    record.slot = get_le16(step->body);
    record.sequence = get_le32(step->body + 2);
    record.mark = step->body[6];
    flash_content_place_record(&record);
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
