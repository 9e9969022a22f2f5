/* The wired bus, on the pins that the board's USB interface chip brings to a PC. Received by interrupt
 * (bus_receiver.h). */
#include "uart.h"

#include "bus_receiver.h"
#include "hal.h"
#include "peripherals.h"
#include "startup.h"

#include <stdbool.h>

#define BUS_DEADLINE_MS 50U /* for one frame; 256 bytes take 22 ms */

/* A pin of the UART is configured as a GPIO, too, for when the UART has no hold of it (RM 29.6). */
void uart_start(void)
{
    GPIO_SET = 1U << PIN_BUS_TX;
    GPIO_SET_DIRECTION = 1U << PIN_BUS_TX;
    UART_PIN_TX = PIN_BUS_TX;
    UART_PIN_RX = PIN_BUS_RX;
    UART_BAUD_RATE = UART_115200;
    UART_CONFIGURATION = 0;
    UART_ENABLE = UART_ENABLED;
    UART_RX_READY = 0;
    UART_INTERRUPTS = UART_INTERRUPT_RX | UART_INTERRUPT_ERROR;
    NVIC_ENABLE = 1U << IRQ_UART;
    UART_START_TX = 1;
    UART_START_RX = 1;
}

/* The event is cleared before the byte is taken, so that one that comes meanwhile raises it again.
 * An error is of a byte, and the frame's CRC tells. */
void uart_interrupt(void)
{
    if (UART_ERROR != 0) {
        UART_ERROR = 0;
        UART_ERROR_SOURCE = UART_ERROR_SOURCE;
    }
    while (UART_RX_READY != 0) {
        UART_RX_READY = 0;
        bus_receiver_put((uint8_t)UART_RX_DATA);
    }
}

/* False if the byte has not left at the deadline. */
static bool send(uint8_t byte, uint64_t deadline_ms)
{
    UART_TX_READY = 0;
    UART_TX_DATA = byte;
    while (UART_TX_READY == 0) {
        if (hal_time_ms() >= deadline_ms) {
            return false;
        }
    }
    return true;
}

int hal_uart_write(const uint8_t *data, size_t length)
{
    const uint64_t deadline_ms = hal_time_ms() + BUS_DEADLINE_MS;

    for (size_t i = 0; i < length; i++) {
        if (!send(data[i], deadline_ms)) {
            return HAL_ERROR_BUS;
        }
    }
    return HAL_OK;
}
