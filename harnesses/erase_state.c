/*
 * The user's erase: any state of flash, the user's data, an erase, and power cuts and flash errors
 * in it and in the starts after it.
 *
 * Oracles: users-data-left, canary-left, done-but-marked, unfinished-and-unmarked, erase-completes,
 * done-stays-done, defaults-hold, initial-password-valid, other-data-changed (EN 303 645, 5.11-1);
 * starts, flash-rules (5.9-1).
 */
#include "erase.h"

#include "access.h"
#include "boot_state.h"
#include "byte_order.h"
#include "canary_data.h"
#include "credentials.h"
#include "erase_state_input.h"
#include "erase_state_mutator.h"
#include "error_text.h"
#include "event_log.h"
#include "flash_content.h"
#include "harness.h"
#include "history.h"
#include "in_process.h"
#include "settings_codec.h"
#include "settings_store.h"

#include <setjmp.h>
#include <string.h>

#define CLAUSE          "5.11-1"
#define STORAGE_CLAUSE  "5.9-1"
#define MAX_STEPS       32U
#define ALMOST_WORN_OUT 0x7FFF0000U

/* What a device that has started holds. */
static struct {
    struct boot_state_store boot;
    struct settings_store settings;
    struct access access;
    struct event_log events;
} device;

/* What must not change: as it was when the device started first, or by what it did since. */
static struct {
    struct boot_state boot;
    uint32_t failures;
    uint32_t newest_event;
} kept;

static struct {
    struct fault list[ERASE_MAX_FAULTS];
    size_t count;
    size_t taken;
} faults;

static struct in_process_snapshot fresh; /* before anything has happened */
static bool started;
static bool done; /* the last erase is complete, and no data have come in since */

static void on_breach(const char *what, uint32_t offset)
{
    harness_oracle_violated(STORAGE_CLAUSE, "flash-rules", "%s at 0x%08x", what, (unsigned)offset);
}

static void arm_next_fault(void)
{
    const struct fault none = {.kind = FAULT_NONE};

    flash_model_arm(&in_process_board.flash,
                    faults.taken < faults.count ? faults.list[faults.taken] : none);
    if (faults.taken < faults.count) {
        faults.taken++;
    }
}

static bool same_boot_state(const struct boot_state *left, const struct boot_state *right)
{
    return left->active == right->active && left->trial == right->trial &&
           left->security_counter == right->security_counter &&
           left->unlock_epoch == right->unlock_epoch;
}

/* Areas that nothing here writes to are as they were at first. */
static bool untouched(enum hal_flash_area area)
{
    const struct hal_flash_geometry geometry = hal_flash_geometry(area);

    return memcmp(in_process_flash() + geometry.offset, fresh.flash + geometry.offset,
                  geometry.size) == 0;
}

static void check_kept(void)
{
    ORACLE(CLAUSE, "other-data-changed", same_boot_state(&device.boot.current, &kept.boot),
           "slot %u, trial %u, counter %u, epoch %u are not what they were",
           (unsigned)device.boot.current.active, (unsigned)device.boot.current.trial,
           (unsigned)device.boot.current.security_counter,
           (unsigned)device.boot.current.unlock_epoch);
    ORACLE(CLAUSE, "other-data-changed", device.access.failures == kept.failures,
           "%u failed attempts, %u before", (unsigned)device.access.failures,
           (unsigned)kept.failures);
    ORACLE(CLAUSE, "other-data-changed", event_log_newest(&device.events) >= kept.newest_event,
           "newest event is %u, was %u", (unsigned)event_log_newest(&device.events),
           (unsigned)kept.newest_event);
}

/* A start, until it is done, flash refuses, or the power fails (which does not return). */
static bool boot(void)
{
    if (boot_state_start(&device.boot) != BOOT_STATE_OK) {
        return false;
    }
    ORACLE(CLAUSE, "done-stays-done", !done || !device.boot.current.erase_pending,
           "a finished erase is marked as under way again");
    if (device.boot.current.erase_pending) {
        if (erase_resume(&device.boot) != ERASE_OK) {
            return false;
        }
        ORACLE(CLAUSE, "users-data-left", canary_data_is_gone(),
               "something is left after an erase that was gone on with");
        done = true;
        harness_gate("resume");
    }
    return settings_start(&device.settings) == SETTINGS_OK &&
           access_start(&device.access) == ACCESS_OK &&
           event_log_start(&device.events) == EVENT_LOG_OK;
}

static bool boot_or_cut(void)
{
    static jmp_buf power_cut;
    bool result;

    in_process_power_on();
    arm_next_fault();
    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) != 0) {
        return false;
    }
    result = boot();
    in_process_board.power_cut = NULL;
    done = done || (result && canary_data_is_gone());
    return result;
}

/* An erase that cannot be finished since the boot state cannot be written any more. */
static bool is_worn_out(void)
{
    return device.boot.log.sequence >= ALMOST_WORN_OUT;
}

/* Starts as often as faults get in the way. False if the device cannot go on. */
static bool start(void)
{
    bool running = boot_or_cut();

    for (size_t i = 0; i < ERASE_MAX_FAULTS && !running && in_process_board.flash.fault_fired;
         i++) {
        harness_gate("fault");
        running = boot_or_cut();
    }
    in_process_board.flash.fault.kind = FAULT_NONE;
    ORACLE(CLAUSE, "erase-completes",
           running || is_worn_out() || !device.boot.current.erase_pending,
           "an erase is not finished by a start without faults");
    ORACLE(STORAGE_CLAUSE, "starts", running || is_worn_out(), "no start without a fault");
    return running;
}

static bool settings_are_default(void)
{
    uint8_t current[SETTINGS_RECORD_SIZE];
    uint8_t expected[SETTINGS_RECORD_SIZE];
    struct settings defaults;

    settings_defaults(&defaults);
    settings_encode(&defaults, expected);
    settings_encode(&device.settings.current, current);
    return memcmp(current, expected, sizeof current) == 0;
}

/* What the broker knows the device by; its bytes do not matter here. */
static const struct credentials made_credentials = {.broker_ca = "broker's",
                                                    .broker_ca_length = 8,
                                                    .certificate = "certificate",
                                                    .certificate_length = 11,
                                                    .private_key = "key",
                                                    .private_key_length = 3};

static bool credentials_are_kept(void)
{
    static struct credentials loaded;

    return credentials_load(&loaded) == CREDENTIALS_OK &&
           memcmp(&loaded, &made_credentials, sizeof loaded) == 0;
}

/* What holds once an erase is done and the device has started. */
static void check_done(void)
{
    struct factory_page factory;

    ORACLE(CLAUSE, "users-data-left", canary_data_is_gone(), "the user's data have come back");
    ORACLE(CLAUSE, "defaults-hold", settings_are_default(), "settings are not the defaults");
    ORACLE(CLAUSE, "initial-password-valid",
           factory_load(&factory) == FACTORY_OK && !device.settings.current.has_password &&
               factory.initial_password.iterations == PASSWORD_MIN_ITERATIONS &&
               untouched(HAL_FLASH_FACTORY),
           "the password on the label would not do");
    ORACLE(CLAUSE, "other-data-changed", untouched(HAL_FLASH_SLOT_A) && untouched(HAL_FLASH_SLOT_B),
           "an image has changed");
    ORACLE(CLAUSE, "other-data-changed", credentials_are_kept(),
           "the broker would not know the device any more");
    ORACLE(CLAUSE, "canary-left", !canary_data_is_elsewhere(),
           "user data in an area to which no erase comes");
}

static bool restart(void)
{
    if (!start()) {
        return false;
    }
    if (done) {
        check_done();
    }
    check_kept();
    return true;
}

static void place(const struct history_step *step)
{
    static const enum hal_flash_area areas[ERASE_AREAS] = {
        HAL_FLASH_SETTINGS, HAL_FLASH_EVENT_USERS, HAL_FLASH_BOOT_STATE};
    static const uint16_t kinds[ERASE_AREAS] = {SETTINGS_LOG_KIND, EVENT_LOG_USER_KIND,
                                                BOOT_STATE_LOG_KIND};
    static const uint16_t sizes[ERASE_AREAS] = {SETTINGS_RECORD_SIZE, 12, BOOT_STATE_RECORD_SIZE};
    const size_t which = step->length > 0 ? step->body[0] % ERASE_AREAS : 0;
    uint8_t payload[SETTINGS_RECORD_SIZE] = {0};
    struct flash_record record = {.area = areas[which],
                                  .kind = kinds[which],
                                  .payload = payload,
                                  .payload_size = sizes[which]};

    if (step->kind == (enum history_kind)ERASE_PLACE_BYTES) {
        if (step->length > ERASE_PLACE_BYTES_HEADER) {
            flash_content_place(areas[which], get_le16(step->body + 1),
                                step->body + ERASE_PLACE_BYTES_HEADER,
                                step->length - ERASE_PLACE_BYTES_HEADER);
        }
    } else if (step->length >= ERASE_PLACE_RECORD_HEADER) {
        const size_t length = step->length - ERASE_PLACE_RECORD_HEADER;

        memcpy(payload, step->body + ERASE_PLACE_RECORD_HEADER,
               length < sizeof payload ? length : sizeof payload);
        record.slot = get_le16(step->body + 1);
        record.sequence = get_le32(step->body + 3);
        record.mark = step->body[7];
        flash_content_place_record(&record);
    }
}

static void use(const struct history_step *step)
{
    if (step->length < 2) {
        return;
    }
    done = false;
    canary_data_write(&device.settings, &device.events, step->body[0] % 32U + 1U,
                      step->body[1] % 64U + 1U);
    kept.newest_event = event_log_newest(&device.events);
    harness_gate("use");
}

static void count_attempt(void)
{
    in_process_advance(ACCESS_MAX_DELAY_MS);
    if (access_begin_attempt(&device.access) == ACCESS_OK) {
        kept.failures = device.access.failures;
    }
}

/* The mark in flash, or what memory believes if that cannot be read. */
static bool is_marked(void)
{
    static struct in_process_snapshot board;
    struct boot_state_store store;
    bool marked;

    in_process_take(&board, NULL);
    marked = boot_state_start(&store) != BOOT_STATE_OK || store.current.erase_pending;
    in_process_restore(&board, NULL);
    return marked;
}

/* Until it is done, flash refuses, or the power fails: negative then. */
static int erase_or_cut(void)
{
    static jmp_buf power_cut;
    int result;

    arm_next_fault();
    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) != 0) {
        in_process_power_on();
        return ERASE_ERROR_STORAGE;
    }
    result = erase_user_data(&device.boot);
    check_error_text(CLAUSE, erase_strerror(result));
    in_process_board.power_cut = NULL;
    in_process_board.flash.fault.kind = FAULT_NONE;
    return result;
}

static void erase(void)
{
    static struct canary_data before;
    static struct canary_data after;

    done = false;
    canary_data_copy(&before);
    if (erase_or_cut() == ERASE_OK) {
        ORACLE(CLAUSE, "users-data-left", canary_data_is_gone(),
               "something is left after an erase");
        ORACLE(CLAUSE, "done-but-marked", !is_marked(), "an erase is done, and its mark is there");
        done = true;
        harness_gate("erase");
        return;
    }
    canary_data_copy(&after);
    ORACLE(CLAUSE, "unfinished-and-unmarked",
           is_marked() || canary_data_is_gone() || memcmp(&before, &after, sizeof before) == 0,
           "an erase has begun and nothing says so");
    done = canary_data_is_gone() && !is_marked();
}

static void arm(const struct history_step *step)
{
    struct fault *fault = &faults.list[faults.count];

    if (step->length < 4 || faults.count == ERASE_MAX_FAULTS) {
        return;
    }
    fault->kind = step->body[0] % 2U == 0 ? FAULT_POWER_CUT : FAULT_FLASH_ERROR;
    fault->moment = (enum fault_moment)(step->body[1] % FAULT_MOMENT_COUNT);
    fault->operation = step->body[2] % 16U;
    fault->units = step->body[3] * 2U;
    faults.count++;
}

/* False if the device cannot go on. */
static bool run_step(const struct history_step *step)
{
    switch ((int)step->kind) {
    case ERASE_USE:
        use(step);
        return true;
    case ERASE_ATTEMPT:
        count_attempt();
        return true;
    case ERASE_FAULT:
        arm(step);
        return true;
    case ERASE_BEGIN:
        erase();
        return restart();
    default:
        return restart();
    }
}

/* The first start: what it finds is what has to stay. */
static bool start_first(void)
{
    in_process_take(&fresh, NULL);
    started = true;
    if (!start()) {
        return false;
    }
    kept.boot = device.boot.current;
    kept.failures = device.access.failures;
    harness_gate("start");
    if (done) {
        check_done();
    }
    return true;
}

/* Whatever happened before, an erase without faults is done at once, and stays done. */
static void check_still_erasable(void)
{
    faults.taken = faults.count;
    if (is_worn_out()) {
        return;
    }
    erase();
    ORACLE(CLAUSE, "erase-completes", done, "an erase without faults is not finished");
    for (int i = 0; i < 2; i++) {
        (void)restart();
    }
}

static void manufacture(void)
{
    const struct factory_page page = {.initial_password.iterations = PASSWORD_MIN_ITERATIONS};
    const uint32_t credentials_at =
        hal_flash_geometry(HAL_FLASH_FACTORY).offset + CREDENTIALS_OFFSET;
    uint32_t length = 0;

    in_process_manufacture(&page);
    memset(in_process_change_flash(hal_flash_geometry(HAL_FLASH_SLOT_A).offset, 64), 0x5A, 64);
    ORACLE(CLAUSE, "other-data-changed",
           credentials_encode(&made_credentials,
                              in_process_change_flash(credentials_at, CREDENTIALS_MAX_SIZE),
                              &length) == CREDENTIALS_OK,
           "credentials cannot be encoded");
}

static void begin(void)
{
    static struct in_process_snapshot manufactured;
    static bool ready;

    if (!ready) {
        in_process_on_breach(on_breach);
        manufacture();
        in_process_take(&manufactured, NULL);
        ready = true;
    }
    in_process_restore(&manufactured, NULL);
    memset(&device, 0, sizeof device);
    memset(&kept, 0, sizeof kept);
    memset(&faults, 0, sizeof faults);
    started = false;
    done = false;
}

int harness_run(const uint8_t *data, size_t size)
{
    struct history_step step;
    size_t position = 0;
    bool alive = true;

    begin();
    harness_about("erase");
    for (unsigned i = 0; alive && i < MAX_STEPS && history_next(data, size, &position, &step);
         i++) {
        const bool places = step.kind == (enum history_kind)ERASE_PLACE_BYTES ||
                            step.kind == (enum history_kind)ERASE_PLACE_RECORD;

        if (places && !started) {
            place(&step);
        } else if (!places) {
            alive = (started || start_first()) && run_step(&step);
        }
    }
    if (alive && (started || start_first())) {
        check_still_erasable();
    }
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return erase_state_mutate(data, size, max_size, seed);
}
