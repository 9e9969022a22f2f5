/*
 * The wired bus on UART 0, received by interrupt into a ring, and the console on UART 1, written to
 * only. A console that nobody reads must not stop the device: what does not leave in time is dropped.
 *
 * Method: on a busy host the bytes of one frame come any time apart, so time alone is no silence. The
 * emulator's main loop delivers bytes, and idle ticks as well: a tick without a byte means that none
 * was waiting. Only after some of these does the gap count that ends a frame.
 */
#include "uart.h"

#include "hal.h"
#include "idle.h"
#include "peripherals.h"
#include "startup.h"

#include <stdbool.h>

#define BAUD_RATE       115200U
#define RING_SIZE       1024U /* a power of two; four of the longest frames */
#define BUS_DEADLINE_MS 50U   /* for one frame; 256 bytes take 22 ms */
#define LOG_DEADLINE_MS 20U   /* for one line */
#define FRAME_GAP_MS    10U   /* 3.5 characters are 0.3 ms at this rate */
#define QUIET_TICKS     10U
#define NO_SILENCE_YET  UINT32_MAX

/* Written by the interrupt (`head`) and by the reader (`tail`), each its own; both run on. */
static struct {
    volatile uint32_t head;
    volatile uint32_t tail;
    volatile uint8_t bytes[RING_SIZE];
} ring;

/* Idle ticks since bytes were read last, up to QUIET_TICKS. */
static uint32_t quiet_ticks;

void uart_start(void)
{
    UART_DIVIDER(UART_BUS) = CPU_CLOCK_HZ / BAUD_RATE;
    UART_CONTROL(UART_BUS) = UART_CONTROL_TX | UART_CONTROL_RX | UART_CONTROL_RX_EVENT;
    UART_DIVIDER(UART_CONSOLE) = CPU_CLOCK_HZ / BAUD_RATE;
    UART_CONTROL(UART_CONSOLE) = UART_CONTROL_TX;
    IRQ_ENABLE(IRQ_UART_BUS_RX);
}

/* A full ring drops what arrives: the frame's CRC tells. */
void uart_bus_interrupt(void)
{
    UART_INTERRUPT(UART_BUS) = UART_INTERRUPT_RX;
    while ((UART_STATE(UART_BUS) & UART_STATE_RX_FULL) != 0) {
        const uint8_t byte = (uint8_t)UART_DATA(UART_BUS);

        if (ring.head - ring.tail < RING_SIZE) {
            ring.bytes[ring.head % RING_SIZE] = byte;
            ring.head++;
        }
    }
    idle_wake();
}

size_t hal_uart_read(uint8_t *buffer, size_t capacity)
{
    size_t count = 0;

    while (count < capacity && ring.head != ring.tail) {
        buffer[count] = ring.bytes[ring.tail % RING_SIZE];
        ring.tail++;
        count++;
    }
    if (count > 0) {
        quiet_ticks = 0;
    }
    return count;
}

/* False if the transmitter is still busy at the deadline. */
static bool send(uint32_t uart, uint8_t byte, uint64_t deadline_ms)
{
    while ((UART_STATE(uart) & UART_STATE_TX_FULL) != 0) {
        if (hal_time_ms() >= deadline_ms) {
            return false;
        }
    }
    UART_DATA(uart) = byte;
    return true;
}

int hal_uart_write(const uint8_t *data, size_t length)
{
    const uint64_t deadline_ms = hal_time_ms() + BUS_DEADLINE_MS;

    for (size_t i = 0; i < length; i++) {
        if (!send(UART_BUS, data[i], deadline_ms)) {
            return HAL_ERROR_BUS;
        }
    }
    return HAL_OK;
}

/* Reading SysTick's state clears the flag of its last tick. */
uint32_t hal_uart_frame_gap_ms(void)
{
    if (quiet_ticks < QUIET_TICKS && (SYSTICK_CONTROL & SYSTICK_HAS_TICKED) != 0) {
        quiet_ticks++;
    }
    return quiet_ticks < QUIET_TICKS ? NO_SILENCE_YET : FRAME_GAP_MS;
}

void hal_console_line(const char *line)
{
    const uint64_t deadline_ms = hal_time_ms() + LOG_DEADLINE_MS;

    while (*line != '\0') {
        if (!send(UART_CONSOLE, (uint8_t)*line, deadline_ms)) {
            return;
        }
        line++;
    }
    (void)(send(UART_CONSOLE, '\r', deadline_ms) && send(UART_CONSOLE, '\n', deadline_ms));
}

void uart_console_urgent(const char *text)
{
    /* Time may not be trusted any more: a bounded number of looks instead. */
    for (; *text != '\0'; text++) {
        for (uint32_t i = 0; i < 100000U; i++) {
            if ((UART_STATE(UART_CONSOLE) & UART_STATE_TX_FULL) == 0) {
                break;
            }
        }
        UART_DATA(UART_CONSOLE) = (uint8_t)*text;
    }
}
