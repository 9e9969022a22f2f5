/*
 * The wired bus on UART 0, received by interrupt (bus_receiver.h), and the console on UART 1, written
 * to only. A console that nobody reads must not stop the device: what does not leave in time is
 * dropped.
 */
#include "uart.h"

#include "bus_receiver.h"
#include "fault_text.h"
#include "hal.h"
#include "peripherals.h"
#include "startup.h"

#include <stdbool.h>

#define BAUD_RATE       115200U
#define BUS_DEADLINE_MS 50U /* for one frame; 256 bytes take 22 ms */
#define LOG_DEADLINE_MS 20U /* for one line */

void uart_start(void)
{
    UART_DIVIDER(UART_BUS) = CPU_CLOCK_HZ / BAUD_RATE;
    UART_CONTROL(UART_BUS) = UART_CONTROL_TX | UART_CONTROL_RX | UART_CONTROL_RX_EVENT;
    UART_DIVIDER(UART_CONSOLE) = CPU_CLOCK_HZ / BAUD_RATE;
    UART_CONTROL(UART_CONSOLE) = UART_CONTROL_TX;
    IRQ_ENABLE(IRQ_UART_BUS_RX);
}

void uart_bus_interrupt(void)
{
    UART_INTERRUPT(UART_BUS) = UART_INTERRUPT_RX;
    while ((UART_STATE(UART_BUS) & UART_STATE_RX_FULL) != 0) {
        bus_receiver_put((uint8_t)UART_DATA(UART_BUS));
    }
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

void fault_text_put(const char *text)
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
