/*
 * The log of security events: any content of both its areas, then events, reads and erases under
 * faults.
 *
 * Oracles: numbers-rise, event-lost, event-made-up, user-of-another-event, user-lost, still-writable
 * (EN 303 645, 5.10-1); starts, reads, read-is-stable, flash-rules (5.9-1); users-left (5.11-1).
 */
#include "event_log.h"

#include "boot_state.h"
#include "byte_order.h"
#include "erase.h"
#include "error_text.h"
#include "event_log_input.h"
#include "event_log_mutator.h"
#include "event_model.h"
#include "flash_content.h"
#include "harness.h"
#include "history.h"
#include "in_process.h"

#include <setjmp.h>
#include <string.h>

#define CLAUSE          "5.10-1"
#define STORAGE_CLAUSE  "5.9-1"
#define MAX_STEPS       32U
#define READ_AT_MOST    8U /* events of one READ_EVENTS message */
#define ALMOST_WORN_OUT 0x7FFF0000U

static struct event_log events;
static struct boot_state_store boot_state;
static bool started;
static struct fault next_fault;

static void on_breach(const char *what, uint32_t offset)
{
    harness_oracle_violated(STORAGE_CLAUSE, "flash-rules", "%s at 0x%08x", what, (unsigned)offset);
}

/* What a start does of all this. Negative if flash refused. */
static int boot(void)
{
    int result;

    in_process_power_on();
    flash_model_arm(&in_process_board.flash, next_fault);
    next_fault.kind = FAULT_NONE;
    result = boot_state_start(&boot_state);
    if (result == BOOT_STATE_OK) {
        result = erase_resume(&boot_state);
    }
    if (result == ERASE_OK) {
        result = event_log_start(&events);
    }
    if (started) {
        event_model_mounted();
    }
    return result;
}

/* Likewise; negative as well if the power failed. */
static int boot_or_cut(void)
{
    static jmp_buf power_cut;
    int result;

    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) != 0) {
        return EVENT_LOG_ERROR_STORAGE;
    }
    result = boot();
    in_process_board.power_cut = NULL;
    in_process_board.flash.fault.kind = FAULT_NONE; /* too late for one that did not fire */
    return result;
}

/* Starts, a second time if a fault got in the way. */
static void start(void)
{
    int result = boot_or_cut();

    if (result < 0 && in_process_board.flash.fault_fired) {
        result = boot_or_cut();
    }
    ORACLE(STORAGE_CLAUSE, "starts", result >= 0, "no start without a fault");
    if (started && flash_content_is_blank(HAL_FLASH_EVENT_USERS)) {
        event_model_users_erased();
    }
}

static void place(const struct history_step *step)
{
    const bool users = step->length > 0 && step->body[0] % 2U != 0;
    const enum hal_flash_area area = users ? HAL_FLASH_EVENT_USERS : HAL_FLASH_EVENTS;
    uint8_t payload[LOG_EVENT_RECORD_SIZE] = {0};
    struct flash_record record = {.area = area,
                                  .kind = users ? EVENT_LOG_USER_KIND : EVENT_LOG_KIND,
                                  .payload = payload,
                                  .payload_size =
                                      users ? LOG_USER_RECORD_SIZE : LOG_EVENT_RECORD_SIZE};
    size_t length;

    if (step->kind == (enum history_kind)LOG_PLACE_BYTES) {
        if (step->length > LOG_PLACE_BYTES_HEADER) {
            flash_content_place(area, get_le16(step->body + 1), step->body + LOG_PLACE_BYTES_HEADER,
                                step->length - LOG_PLACE_BYTES_HEADER);
        }
        return;
    }
    if (step->length < LOG_PLACE_RECORD_HEADER) {
        return;
    }
    length = step->length - LOG_PLACE_RECORD_HEADER;
    memcpy(payload, step->body + LOG_PLACE_RECORD_HEADER,
           length < sizeof payload ? length : sizeof payload);
    record.slot = get_le16(step->body + 1);
    record.sequence = get_le32(step->body + 3);
    record.mark = step->body[7];
    flash_content_place_record(&record);
}

static void add_events(const struct history_step *step)
{
    struct event_user user = {.interface = EVENT_FROM_NOBODY};

    if (step->length < LOG_ADD_SIZE) {
        return;
    }
    user.interface = (enum event_interface)(step->body[5] % 3U);
    memcpy(user.address, step->body + 6, sizeof user.address);
    for (uint32_t i = 0; i <= step->body[10] % LOG_MAX_REPEAT; i++) {
        const enum event_type type = (enum event_type)(step->body[0] % EVENT_ERASED + 1U);
        const uint32_t detail = get_le32(step->body + 1) + i;
        int result;

        user.address[3] = (uint8_t)(step->body[9] + i);
        event_model_add(event_log_newest(&events) + 1U, type, detail, &user);
        result = event_log_add(&events, type, detail, &user);
        check_error_text(STORAGE_CLAUSE, event_log_strerror(result));
        event_model_added(result == EVENT_LOG_OK);
        if (result == EVENT_LOG_OK) {
            harness_gate("add");
        }
    }
}

static bool same_event(const struct event *left, const struct event *right)
{
    return left->number == right->number && left->type == right->type &&
           left->detail == right->detail && left->uptime_s == right->uptime_s &&
           left->user.interface == right->user.interface &&
           memcmp(left->user.address, right->user.address, sizeof left->user.address) == 0;
}

/* Reads on from a number, as a client does, message by message. */
static void read_events(const struct history_step *step)
{
    const uint32_t newest = event_log_newest(&events);
    const uint32_t back = step->length >= 2 ? get_le16(step->body) : UINT16_MAX;
    uint32_t after = newest > back ? newest - back : 0;

    for (uint32_t i = 0; i < READ_AT_MOST; i++) {
        struct event event;
        struct event again;
        int result = event_log_next(&events, after, &event);

        check_error_text(STORAGE_CLAUSE, event_log_strerror(result));
        ORACLE(STORAGE_CLAUSE, "reads", result >= 0, "%s", event_log_strerror(result));
        event_model_check(&events, after, result == EVENT_LOG_OK ? &event : NULL);
        if (result == EVENT_LOG_END) {
            break;
        }
        ORACLE(STORAGE_CLAUSE, "read-is-stable",
               i > 0 || (event_log_next(&events, after, &again) == EVENT_LOG_OK &&
                         same_event(&event, &again)),
               "event %u is read as another the second time", (unsigned)event.number);
        after = event.number;
        harness_gate("read");
    }
}

static void erase(void)
{
    if (erase_user_data(&boot_state) == ERASE_OK) {
        ORACLE("5.11-1", "users-left", flash_content_is_blank(HAL_FLASH_EVENT_USERS),
               "something is left of the users after their erase");
        harness_gate("erase");
    }
    /* Done or not, what was read before is stale; a start goes on with one that is not done. */
    start();
}

static void carry_out(const struct history_step *step)
{
    switch ((int)step->kind) {
    case LOG_ADD:
        add_events(step);
        break;
    case LOG_READ:
        read_events(step);
        break;
    case LOG_ERASE:
        erase();
        break;
    default:
        start();
        break;
    }
}

/* True if the power failed. */
static bool carry_out_until_cut(const struct history_step *step)
{
    static jmp_buf power_cut;

    in_process_board.power_cut = &power_cut;
    if (setjmp(power_cut) != 0) {
        return true;
    }
    carry_out(step);
    in_process_board.power_cut = NULL;
    return false;
}

static void arm(const struct history_step *step)
{
    if (step->length < 4) {
        return;
    }
    next_fault.kind = step->body[0] % 2U == 0 ? FAULT_POWER_CUT : FAULT_FLASH_ERROR;
    next_fault.moment = (enum fault_moment)(step->body[1] % FAULT_MOMENT_COUNT);
    next_fault.operation = step->body[2];
    next_fault.units = step->body[3] * 2U;
}

static void run_step(const struct history_step *step)
{
    const bool restarts = step->kind == (enum history_kind)LOG_RESTART;

    if (step->kind == (enum history_kind)LOG_FAULT) {
        arm(step);
        return;
    }
    if (!restarts) { /* a restart arms it after the power has come back */
        flash_model_arm(&in_process_board.flash, next_fault);
        next_fault.kind = FAULT_NONE;
    }
    if (carry_out_until_cut(step)) {
        start();
        event_model_settle(&events);
    } else if (restarts) {
        event_model_settle(&events);
    }
    if (in_process_board.flash.fault_fired) {
        harness_gate("fault");
    }
    in_process_board.flash.fault.kind = FAULT_NONE;
}

static void place_or_run(const struct history_step *step)
{
    if (step->kind == (enum history_kind)LOG_PLACE_BYTES ||
        step->kind == (enum history_kind)LOG_PLACE_RECORD) {
        if (!started) {
            place(step);
        }
        return;
    }
    if (!started) {
        start();
        started = true;
        event_model_begin(&events);
        harness_gate("start");
    }
    run_step(step);
}

static bool is_worn_out(void)
{
    return events.events.sequence >= ALMOST_WORN_OUT || events.users.sequence >= ALMOST_WORN_OUT ||
           event_log_newest(&events) >= ALMOST_WORN_OUT;
}

/* Whatever happened before, a new event can be added, and is there after a restart. */
static void check_still_writable(void)
{
    static const uint8_t one[LOG_ADD_SIZE] = {EVENT_RESET, 1, 2, 3, 4, EVENT_FROM_TCP, 192, 0, 2};
    const struct history_step step = {
        .kind = (enum history_kind)LOG_ADD, .body = one, .length = sizeof one};
    const uint32_t newest = event_log_newest(&events);
    struct event event;

    if (is_worn_out()) {
        return;
    }
    add_events(&step);
    start();
    event_model_settle(&events);
    ORACLE(CLAUSE, "still-writable",
           event_log_next(&events, newest, &event) == EVENT_LOG_OK && event.number == newest + 1U &&
               event.user.interface == EVENT_FROM_TCP,
           "an event added at the end is not there");
}

static void begin(void)
{
    static struct in_process_snapshot fresh;
    static bool ready;

    if (!ready) {
        const struct factory_page page = {.initial_password.iterations = PASSWORD_MIN_ITERATIONS};

        in_process_on_breach(on_breach);
        in_process_manufacture(&page);
        in_process_take(&fresh, NULL);
        ready = true;
    }
    in_process_restore(&fresh, NULL);
    memset(&events, 0, sizeof events);
    memset(&boot_state, 0, sizeof boot_state);
    memset(&next_fault, 0, sizeof next_fault);
    started = false;
}

int harness_run(const uint8_t *data, size_t size)
{
    struct history_step step;
    size_t position = 0;

    begin();
    harness_about("events");
    for (unsigned i = 0; i < MAX_STEPS && history_next(data, size, &position, &step); i++) {
        place_or_run(&step);
    }
    next_fault.kind = FAULT_NONE;
    if (!started) {
        start();
        started = true;
        event_model_begin(&events);
    }
    check_still_writable();
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return event_log_mutate(data, size, max_size, seed);
}
