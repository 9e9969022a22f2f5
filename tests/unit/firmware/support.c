#include "support.h"

#include "crypto.h"
#include "settings_codec.h"

#include <stdlib.h>
#include <string.h>

struct support_flash_view support_flash;

static uint32_t reads_until_failure = UINT32_MAX;
static bool read_failed;
static uint32_t failed_read; /* offset */
static struct support_operation faulted;

/* With --wrap the linker sends the firmware's calls to the first three, and these call the board.
 */
int seen_read(uint32_t offset, void *buffer, size_t length) __asm__("__wrap_hal_flash_read");
int seen_program(uint32_t offset, const void *data,
                 size_t length) __asm__("__wrap_hal_flash_program");
int seen_erase(uint32_t offset) __asm__("__wrap_hal_flash_erase");
int board_read(uint32_t offset, void *buffer, size_t length) __asm__("__real_hal_flash_read");
int board_program(uint32_t offset, const void *data,
                  size_t length) __asm__("__real_hal_flash_program");
int board_erase(uint32_t offset) __asm__("__real_hal_flash_erase");

int seen_read(uint32_t offset, void *buffer, size_t length)
{
    if (reads_until_failure == 0) {
        reads_until_failure = UINT32_MAX;
        read_failed = true;
        failed_read = offset;
        return HAL_ERROR_FLASH;
    }
    if (reads_until_failure != UINT32_MAX) {
        reads_until_failure--;
    }
    return board_read(offset, buffer, length);
}

static void note(bool erase, uint32_t offset, uint32_t length)
{
    const struct support_operation operation = {.erase = erase, .offset = offset, .length = length};

    if (support_flash.count < SUPPORT_MAX_OPERATIONS) {
        support_flash.operations[support_flash.count] = operation;
    }
    support_flash.count++;
}

int seen_program(uint32_t offset, const void *data, size_t length)
{
    note(false, offset, (uint32_t)length);
    return board_program(offset, data, length);
}

int seen_erase(uint32_t offset)
{
    note(true, offset, FLASH_SECTOR_SIZE);
    return board_erase(offset);
}

void support_watch_flash(void)
{
    memset(&support_flash, 0, sizeof support_flash);
}

void support_fail_read(uint32_t which)
{
    reads_until_failure = which;
    read_failed = false;
}

bool support_read_failed(void)
{
    return read_failed;
}

bool support_lies_in(uint32_t offset, enum hal_flash_area area)
{
    const struct hal_flash_geometry geometry = flash_model_geometry(area);

    return offset >= geometry.offset && offset - geometry.offset < geometry.size;
}

bool support_read_failed_in(enum hal_flash_area area)
{
    return read_failed && support_lies_in(failed_read, area);
}

bool support_faulted_in(enum hal_flash_area area)
{
    return support_lies_in(faulted.offset, area);
}

const struct factory_page *support_page(void)
{
    static struct factory_page page;
    const struct crypto_pbkdf2_input input = {.password = (const uint8_t *)SUPPORT_PASSWORD,
                                              .password_length = strlen(SUPPORT_PASSWORD),
                                              .salt = page.initial_password.salt,
                                              .salt_length = PASSWORD_SALT_SIZE,
                                              .iterations = PASSWORD_MIN_ITERATIONS};

    if (page.initial_password.iterations == 0) {
        for (size_t i = 0; i < FACTORY_DEVICE_ID_SIZE; i++) {
            page.device_id[i] = (uint8_t)(0xD0U + i);
            page.initial_password.salt[i] = (uint8_t)(0x50U + i);
        }
        page.initial_password.iterations = PASSWORD_MIN_ITERATIONS;
        assert_int_equal(crypto_pbkdf2_sha256(&input, page.initial_password.key), CRYPTO_OK);
    }
    return &page;
}

void support_new_board(void)
{
    in_process_manufacture(support_page());
    support_watch_flash();
    support_fail_read(UINT32_MAX);
}

void support_restart(struct device *device)
{
    in_process_power_on();
    assert_int_equal(device_start(device, &in_process_running), DEVICE_OK);
}

void support_new_device(struct device *device)
{
    support_new_board();
    support_restart(device);
    support_watch_flash();
}

bool support_are_defaults(const struct settings *settings)
{
    uint8_t records[2][SETTINGS_RECORD_SIZE];
    struct settings defaults;

    settings_defaults(&defaults);
    settings_encode(&defaults, records[0]);
    settings_encode(settings, records[1]);
    return memcmp(records[0], records[1], sizeof records[0]) == 0;
}

bool support_until_power_cut(void (*act)(void *state), void *state)
{
    jmp_buf power_off;

    in_process_board.power_cut = &power_off;
    if (setjmp(power_off) == 0) {
        act(state);
        in_process_board.power_cut = NULL;
        return false;
    }
    in_process_board.power_cut = NULL;
    in_process_power_on();
    return true;
}

/* Board and state at the beginning of a sweep. */
struct start {
    struct in_process_snapshot board;
    uint8_t state[SUPPORT_MAX_STATE];
};

static void go_back(const struct support_trial *trial, const struct start *start)
{
    in_process_restore(&start->board, NULL);
    memcpy(trial->state, start->state, trial->state_size);
}

/* `wrong` is NULL if all is well. */
static void judge(const struct fault *fault, const char *wrong)
{
    if (wrong != NULL) {
        fail_msg("%s of operation %u, moment %d, %u units: %s",
                 fault->kind == FAULT_POWER_CUT ? "power cut" : "failure",
                 (unsigned)fault->operation, (int)fault->moment, (unsigned)fault->units, wrong);
    }
}

static void try_fault(const struct support_trial *trial, const struct start *start,
                      struct fault fault)
{
    const char *wrong = NULL;
    bool cut;

    go_back(trial, start);
    flash_model_arm(&in_process_board.flash, fault);
    cut = support_until_power_cut(trial->act, trial->state);
    if (!in_process_board.flash.fault_fired) {
        wrong = "the fault did not take effect";
    } else if (cut != (fault.kind == FAULT_POWER_CUT)) {
        wrong = "the fault took another effect";
    } else {
        wrong = trial->check(trial->state, fault.kind);
    }
    judge(&fault, wrong);
}

/* Every way in which one operation can fail; returns how many. */
static uint32_t try_operation(const struct support_trial *trial, const struct start *start,
                              uint32_t number, const struct support_operation *operation)
{
    struct fault fault = {.kind = trial->kind, .moment = FAULT_BEFORE, .operation = number};
    const uint32_t step = operation->erase ? trial->erase_step : 1U;
    uint32_t tried = 2;

    faulted = *operation;
    try_fault(trial, start, fault);
    fault.moment = FAULT_TORN;
    for (; fault.units < operation->length / FLASH_PROGRAM_UNIT; fault.units += step) {
        try_fault(trial, start, fault);
        tried++;
    }
    fault.moment = FAULT_AFTER;
    try_fault(trial, start, fault);
    return tried;
}

uint32_t support_sweep(const struct support_trial *trial)
{
    static struct start start;
    struct support_flash_view view;
    uint32_t tried = 0;

    assert_in_range(trial->state_size, 1, sizeof start.state);
    in_process_take(&start.board, NULL);
    memcpy(start.state, trial->state, trial->state_size);
    support_watch_flash();
    assert_false(support_until_power_cut(trial->act, trial->state));
    view = support_flash;
    assert_in_range(view.count, 1, SUPPORT_MAX_OPERATIONS);
    for (uint32_t i = 0; i < view.count; i++) {
        tried += try_operation(trial, &start, i, &view.operations[i]);
    }
    go_back(trial, &start);
    return tried;
}

size_t support_from_hex(const char *digits, uint8_t *bytes, size_t capacity)
{
    size_t length = 0;

    while (*digits != '\0') {
        const char pair[] = {digits[0], digits[1], '\0'};
        char *end;

        if (*digits == ' ') {
            digits++;
            continue;
        }
        assert_in_range(length, 0, capacity - 1U);
        bytes[length] = (uint8_t)strtoul(pair, &end, 16);
        assert_ptr_equal(end, pair + 2);
        length++;
        digits += 2;
    }
    return length;
}

const uint8_t *support_at_edge(const uint8_t *bytes, size_t length)
{
    static uint8_t edge[2048];

    assert_in_range(length, 0, sizeof edge);
    memcpy(edge + sizeof edge - length, bytes, length);
    return edge + sizeof edge - length;
}

uint32_t support_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

void support_check_texts(const char *(*text)(int error), const int *codes, size_t count)
{
    const char *unknown = text(-9999);

    assert_non_null(unknown);
    for (size_t i = 0; i < count; i++) {
        assert_string_not_equal(text(codes[i]), unknown);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(text(codes[i]), text(codes[j]));
        }
    }
}
