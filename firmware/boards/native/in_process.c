#include "in_process.h"

#include "native_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTROPY_START 0x9E3779B97F4A7C15ULL

struct in_process_board in_process_board;

const struct boot_handover in_process_running = {
    .slot = IMAGE_SLOT_A, .image = {.product = IMAGE_PRODUCT, .version = IMAGE_VERSION(1, 0, 0)}};

static uint8_t flash_bytes[FLASH_SIZE];
static uint64_t flash_versions[FLASH_SECTORS];

static void abort_on_breach(const char *what, uint32_t offset)
{
    (void)fprintf(stderr, "flash rule broken: %s at 0x%08x\n", what, (unsigned)offset);
    abort();
}

static void (*breach_handler)(const char *what, uint32_t offset) = abort_on_breach;

static void breach(const char *what, uint32_t offset)
{
    breach_handler(what, offset);
    abort();
}

static void cut_power(void)
{
    if (in_process_board.power_cut == NULL) {
        (void)fprintf(stderr, "power cut without anybody to take it\n");
        abort();
    }
    longjmp(*in_process_board.power_cut, 1);
}

static void connect_flash(void)
{
    in_process_board.flash.layout = &native_layout;
    in_process_board.flash.bytes = flash_bytes;
    in_process_board.flash.versions = flash_versions;
    in_process_board.flash.on_power_cut = cut_power;
    in_process_board.flash.on_breach = breach;
}

/* What the silicon latches at reset, before any code runs: open only as long as no bit of the fuse
 * has been cleared. */
static bool latch_debug(void)
{
    const uint8_t *fuse =
        flash_bytes + flash_model_geometry(HAL_FLASH_FACTORY).offset + FACTORY_FUSE_CLOSED;

    for (size_t i = 0; i < FACTORY_FUSE_SIZE; i++) {
        if (fuse[i] != FLASH_ERASED) {
            return false;
        }
    }
    return true;
}

void in_process_manufacture(const struct factory_page *page)
{
    const uint32_t at = flash_model_geometry(HAL_FLASH_FACTORY).offset;

    const uint64_t version = in_process_board.flash.version;

    memset(&in_process_board, 0, sizeof in_process_board);
    connect_flash();
    in_process_board.flash.version = version; /* snapshots of an earlier board may exist */
    memset(in_process_change_flash(0, FLASH_SIZE), FLASH_ERASED, FLASH_SIZE);
    factory_encode(page, flash_bytes + at);
    in_process_board.entropy = ENTROPY_START;
    in_process_board.temperature = 200;
    in_process_board.power_bound.memory_wiped = false;
    in_process_board.power_bound.debug_open = latch_debug();
}

void in_process_reset(enum hal_reset_cause cause)
{
    struct fault none = {.kind = FAULT_NONE};

    memset(&in_process_board.power_bound, 0, sizeof in_process_board.power_bound);
    in_process_board.power_bound.memory_wiped = false;
    in_process_board.power_bound.debug_open = latch_debug();
    in_process_board.flash.fault = none;
    in_process_board.reset_cause = cause;
}

void in_process_power_on(void)
{
    in_process_reset(HAL_RESET_POWER_ON);
    memset(in_process_board.retained, 0xA5, sizeof in_process_board.retained);
}

const uint8_t *in_process_flash(void)
{
    return flash_bytes;
}

uint8_t *in_process_change_flash(uint32_t offset, size_t length)
{
    flash_model_changed(&in_process_board.flash, offset, length);
    return flash_bytes + offset;
}

/* Copies the sectors whose versions differ, with their versions. */
static void copy_flash(uint8_t *to, uint64_t *to_versions, const uint8_t *from,
                       const uint64_t *from_versions)
{
    for (size_t i = 0; i < FLASH_SECTORS; i++) {
        if (to_versions[i] != from_versions[i]) {
            memcpy(to + i * FLASH_SECTOR_SIZE, from + i * FLASH_SECTOR_SIZE, FLASH_SECTOR_SIZE);
            to_versions[i] = from_versions[i];
        }
    }
}

void in_process_take(struct in_process_snapshot *snapshot, const struct device *device)
{
    snapshot->board = in_process_board;
    copy_flash(snapshot->flash, snapshot->flash_versions, flash_bytes, flash_versions);
    if (device != NULL) {
        snapshot->device = *device;
    }
}

void in_process_restore(const struct in_process_snapshot *snapshot, struct device *device)
{
    const uint64_t version = in_process_board.flash.version;

    in_process_board = snapshot->board;
    in_process_board.flash.version = version; /* versions are never given twice */
    copy_flash(flash_bytes, flash_versions, snapshot->flash, snapshot->flash_versions);
    if (device != NULL) {
        *device = snapshot->device;
    }
}

void in_process_advance(uint64_t milliseconds)
{
    in_process_board.power_bound.time_ms += milliseconds;
}

bool in_process_uart_send(const uint8_t *data, size_t length)
{
    struct in_process_volatile *state = &in_process_board.power_bound;

    if (state->uart_in_taken == state->uart_in_used) {
        state->uart_in_taken = 0;
        state->uart_in_used = 0;
    }
    if (length > sizeof state->uart_in - state->uart_in_used) {
        return false;
    }
    memcpy(state->uart_in + state->uart_in_used, data, length);
    state->uart_in_used += length;
    return true;
}

size_t in_process_uart_receive(uint8_t *buffer, size_t capacity)
{
    struct in_process_volatile *state = &in_process_board.power_bound;
    size_t count = state->uart_out_used < capacity ? state->uart_out_used : capacity;

    memcpy(buffer, state->uart_out, count);
    state->uart_out_used = 0;
    return count;
}

void in_process_on_breach(void (*handler)(const char *what, uint32_t offset))
{
    breach_handler = handler;
}
