/* hal.h on the in-process board. */
#include "hal.h"
#include "in_process.h"
#include "native_layout.h"
#include "tmp105_model.h"

#include <string.h>

#define FRAME_GAP_MS 2U

static const struct flash_layout *told_layout = &native_layout;

void in_process_use_layout(const struct flash_layout *layout)
{
    told_layout = layout;
}

struct hal_flash_geometry hal_flash_geometry(enum hal_flash_area area)
{
    return flash_layout_geometry(told_layout, area);
}

int hal_flash_read(uint32_t offset, void *buffer, size_t length)
{
    return flash_model_read(&in_process_board.flash, offset, buffer, length);
}

int hal_flash_program(uint32_t offset, const void *data, size_t length)
{
    return flash_model_program(&in_process_board.flash, offset, data, length);
}

int hal_flash_erase(uint32_t offset)
{
    return flash_model_erase(&in_process_board.flash, offset);
}

uint64_t hal_time_ms(void)
{
    return in_process_board.power_bound.time_ms;
}

enum hal_reset_cause hal_reset_cause(void)
{
    return in_process_board.reset_cause;
}

uint8_t *hal_retained(void)
{
    return in_process_board.retained;
}

void hal_wipe_memory(void)
{
    in_process_board.power_bound.memory_wiped = true;
}

void hal_debug_open(void)
{
    if (in_process_board.on_debug_open != NULL) {
        in_process_board.on_debug_open();
    }
    in_process_board.power_bound.debug_open = true;
}

void hal_idle(void)
{
    in_process_advance(1);
}

size_t hal_uart_read(uint8_t *buffer, size_t capacity)
{
    struct in_process_volatile *state = &in_process_board.power_bound;
    size_t count = state->uart_in_used - state->uart_in_taken;

    if (count > capacity) {
        count = capacity;
    }
    memcpy(buffer, state->uart_in + state->uart_in_taken, count);
    state->uart_in_taken += count;
    return count;
}

int hal_uart_write(const uint8_t *data, size_t length)
{
    struct in_process_volatile *state = &in_process_board.power_bound;

    if (in_process_board.uart_fails || length > sizeof state->uart_out - state->uart_out_used) {
        return HAL_ERROR_BUS;
    }
    memcpy(state->uart_out + state->uart_out_used, data, length);
    state->uart_out_used += length;
    return HAL_OK;
}

uint32_t hal_uart_frame_gap_ms(void)
{
    return FRAME_GAP_MS;
}

void hal_console_line(const char *line)
{
    in_process_board.last_line = line;
}

int hal_i2c_transfer(uint8_t address, const uint8_t *write, size_t write_length, uint8_t *read,
                     size_t read_length)
{
    if (in_process_board.sensor_absent) {
        return HAL_ERROR_BUS;
    }
    return tmp105_model_transfer(in_process_board.temperature, address, write, write_length, read,
                                 read_length);
}

void hal_relay_set(bool closed)
{
    in_process_board.power_bound.relay_closed = closed;
}

/* xorshift64*: repeatable, and never meant to be secret. */
static uint8_t next_byte(void)
{
    uint64_t *state = &in_process_board.entropy;

    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint8_t)((*state * 0x2545F4914F6CDD1DULL) >> 56);
}

int hal_entropy(uint8_t *buffer, size_t length)
{
    if (in_process_board.entropy_fails) {
        return HAL_ERROR_ENTROPY;
    }
    for (size_t i = 0; i < length; i++) {
        buffer[i] = next_byte();
    }
    return HAL_OK;
}

void hal_watchdog_start(uint32_t timeout_ms)
{
    (void)timeout_ms;
    in_process_board.power_bound.watchdog_started = true;
    hal_watchdog_kick();
}

void hal_watchdog_kick(void)
{
    in_process_board.power_bound.watchdog_fed_ms = in_process_board.power_bound.time_ms;
}
