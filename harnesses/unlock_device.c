#include "unlock_device.h"

#include "erase.h"
#include "error_text.h"
#include "flash_content.h"
#include "harness.h"
#include "in_process.h"

#include <setjmp.h>
#include <string.h>

#define FIRST_EPOCH 3U

struct unlock_device unlock_device;
struct unlock_model unlock_model;

static void on_breach(const char *what, uint32_t offset)
{
    harness_oracle_violated(UNLOCK_STORAGE_CLAUSE, "flash-rules", "%s at 0x%08x", what,
                            (unsigned)offset);
}

static bool users_data_are_gone(void)
{
    return flash_content_is_blank(HAL_FLASH_SETTINGS) &&
           flash_content_is_blank(HAL_FLASH_EVENT_USERS);
}

/* True if the newest event says that the port is opened by a token for `epoch`. */
static bool unlock_is_logged(uint32_t epoch)
{
    struct event_log log;
    struct event event;

    return event_log_start(&log) == EVENT_LOG_OK &&
           event_log_next(&log, event_log_newest(&log) - 1U, &event) == EVENT_LOG_OK &&
           event.type == EVENT_UNLOCKED && event.detail == epoch;
}

/* The moment at which the port opens: all that has to happen before is in flash. */
static void on_debug_open(void)
{
    static struct in_process_snapshot board;
    struct boot_state_store state;

    ORACLE(UNLOCK_CLAUSE, "opened-without-token", unlock_model.may_open,
           "the port opens at a start that follows no genuine token");
    in_process_take(&board, NULL); /* reading logs may write, of which nothing may remain */
    in_process_board.flash.fault.kind = FAULT_NONE;
    ORACLE(UNLOCK_CLAUSE, "opened-before-epoch",
           boot_state_start(&state) == BOOT_STATE_OK &&
               state.current.unlock_epoch > unlock_model.epoch,
           "the port opens at epoch %u, and the token was for %u",
           (unsigned)state.current.unlock_epoch, (unsigned)unlock_model.epoch);
    ORACLE(UNLOCK_CLAUSE, "opened-before-erase",
           users_data_are_gone() && !state.current.erase_pending,
           "the port opens before the user's data are erased");
    ORACLE(UNLOCK_CLAUSE, "opened-before-event", unlock_is_logged(unlock_model.epoch),
           "the port opens before that is logged");
    in_process_restore(&board, NULL);
    unlock_model.open = true;
    harness_gate("opened");
}

static bool retained_memory_is_wiped(void)
{
    const uint8_t *memory = hal_retained();

    return memory[0] == 0 && memcmp(memory, memory + 1, HAL_RETAINED_SIZE - 1U) == 0;
}

/* What the boot stage does, as far as it matters here. Negative if flash refused. */
static int boot(void)
{
    int result = boot_state_start(&unlock_device.boot);

    if (result != BOOT_STATE_OK) {
        return result;
    }
    result = debug_lock_boot(&unlock_device.boot);
    check_error_text(UNLOCK_CLAUSE, debug_lock_strerror(result));
    ORACLE(UNLOCK_CLAUSE, "genuine-refused",
           !unlock_model.may_open || unlock_model.fault_armed || result == DEBUG_LOCK_OK,
           "a genuine token is refused: %s", debug_lock_strerror(result));
    ORACLE(UNLOCK_CLAUSE, "left-in-memory", retained_memory_is_wiped(),
           "retained memory is not wiped after the boot stage");
    ORACLE(UNLOCK_CLAUSE, "epoch-falls",
           unlock_device.boot.current.unlock_epoch >= unlock_model.epoch, "epoch %u, %u before",
           (unsigned)unlock_device.boot.current.unlock_epoch, (unsigned)unlock_model.epoch);
    ORACLE("5.11-1", "half-unlocked",
           unlock_device.boot.current.unlock_epoch == unlock_model.epoch ||
               unlock_device.boot.current.erase_pending || users_data_are_gone(),
           "the epoch is raised, and the user's data are neither gone nor marked");
    ORACLE(UNLOCK_CLAUSE, "epoch-falls",
           unlock_device.boot.current.unlock_epoch - unlock_model.epoch <=
               (unlock_model.may_open || unlock_model.may_be_spent ? 1U : 0U),
           "the epoch is raised without a token");
    return DEBUG_LOCK_OK;
}

/* What the application does. Negative if flash refused. */
static int run_application(void)
{
    int result;

    if (erase_resume(&unlock_device.boot) != ERASE_OK ||
        factory_load(&unlock_device.factory) != FACTORY_OK ||
        settings_start(&unlock_device.settings) != SETTINGS_OK ||
        access_start(&unlock_device.access) != ACCESS_OK ||
        event_log_start(&unlock_device.events) != EVENT_LOG_OK) {
        return -1;
    }
    result =
        drbg_start(&unlock_device.drbg, unlock_device.factory.device_id, FACTORY_DEVICE_ID_SIZE);
    check_error_text(UNLOCK_CLAUSE, drbg_strerror(result));
    return result;
}

void unlock_device_lose_session(void)
{
    unlock_model.nonce_valid = false;
    unlock_model.token_waits = false;
    unlock_model.open = false;
    in_process_board.on_debug_open = on_debug_open;
}

/* The device after a reset that has just happened. Negative if the power failed or flash refused. */
static int start_or_cut(void)
{
    static jmp_buf power_cut;
    int result;

    flash_model_arm(&in_process_board.flash, unlock_model.next_fault);
    unlock_model.fault_armed = unlock_model.next_fault.kind != FAULT_NONE;
    unlock_model.next_fault.kind = FAULT_NONE;
    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) != 0) {
        return -1;
    }
    result = boot();
    if (result == DEBUG_LOCK_OK) {
        result = run_application();
    }
    in_process_board.power_cut = NULL;
    in_process_board.flash.fault.kind = FAULT_NONE;
    return result;
}

/* The silicon leaves the port open in the factory, and nothing else does. */
static bool silicon_opens(void)
{
    enum factory_life_cycle life_cycle;

    return factory_life_cycle(&life_cycle) == FACTORY_OK && life_cycle == FACTORY_LIFE_OPEN;
}

void unlock_device_check_port(void)
{
    ORACLE(UNLOCK_CLAUSE, "port-state",
           in_process_board.power_bound.debug_open == (unlock_model.open || silicon_opens()),
           "the port is %s", in_process_board.power_bound.debug_open ? "open" : "shut");
}

static void after_start(void)
{
    unlock_model.may_open = false;
    unlock_model.may_be_spent = false;
    unlock_model.epoch = unlock_device.boot.current.unlock_epoch;
    unlock_model.client.claim.epoch = unlock_model.epoch;
    ORACLE("5.1-5", "attempt-not-counted", unlock_device.access.failures >= unlock_model.failures,
           "%u failures, %u before", (unsigned)unlock_device.access.failures,
           (unsigned)unlock_model.failures);
    unlock_model.failures = unlock_device.access.failures;
    unlock_device_check_port();
}

void unlock_device_start(void)
{
    int result = start_or_cut();

    if (result < 0 && in_process_board.flash.fault_fired) {
        harness_gate("fault");
        in_process_power_on();
        unlock_device_lose_session();
        unlock_model.may_be_spent = unlock_model.may_open;
        unlock_model.may_open = false;
        result = start_or_cut();
    }
    ORACLE(UNLOCK_STORAGE_CLAUSE, "starts", result >= 0, "no start without a fault");
    after_start();
}

/* A device that is closed, or still in the factory, at FIRST_EPOCH. */
static void make_board(struct in_process_snapshot *board, enum factory_life_cycle life_cycle)
{
    const struct factory_page page = {.device_id = {0xD0, 0xD1, 0xD2},
                                      .initial_password.iterations = PASSWORD_MIN_ITERATIONS,
                                      .life_cycle = life_cycle};
    const struct boot_state state = {.unlock_epoch = FIRST_EPOCH};
    struct boot_state_store store;

    in_process_manufacture(&page);
    if (boot_state_start(&store) != BOOT_STATE_OK ||
        boot_state_commit(&store, &state) != BOOT_STATE_OK) {
        harness_oracle_violated(UNLOCK_STORAGE_CLAUSE, "starts",
                                "a fresh board cannot be prepared");
    }
    in_process_take(board, NULL);
}

void unlock_device_begin(bool in_factory)
{
    static struct in_process_snapshot closed;
    static struct in_process_snapshot open;
    static bool ready;

    if (!ready) {
        in_process_on_breach(on_breach);
        make_board(&closed, FACTORY_LIFE_CLOSED);
        make_board(&open, FACTORY_LIFE_OPEN);
        ready = true;
    }
    in_process_restore(in_factory ? &open : &closed, NULL);
    memset(&unlock_device, 0, sizeof unlock_device);
    memset(&unlock_model, 0, sizeof unlock_model);
    unlock_model.other_life_cycle = in_factory;
    unlock_model.epoch = FIRST_EPOCH;
    in_process_power_on();
    unlock_device_lose_session();
    unlock_device_start();
    memcpy(unlock_model.client.claim.device_id, unlock_device.factory.device_id,
           FACTORY_DEVICE_ID_SIZE);
}
