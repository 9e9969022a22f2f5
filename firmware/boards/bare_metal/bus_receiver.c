#include "bus_receiver.h"

#include "hal.h"
#include "idle.h"

#define RING_SIZE      1024U /* a power of two; four of the longest frames */
#define FRAME_GAP_MS   10U   /* 3.5 characters are 0.3 ms at 115200 */
#define QUIET_TICKS    10U
#define NO_SILENCE_YET UINT32_MAX

/* Written by the interrupt (`head`) and by the reader (`tail`), each its own; both run on. */
static struct {
    volatile uint32_t head;
    volatile uint32_t tail;
    volatile uint8_t bytes[RING_SIZE];
} ring;

/* Idle ticks since bytes were read last, up to QUIET_TICKS. */
static uint32_t quiet_ticks;

void bus_receiver_put(uint8_t byte)
{
    if (ring.head - ring.tail < RING_SIZE) {
        ring.bytes[ring.head % RING_SIZE] = byte;
        ring.head++;
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

uint32_t hal_uart_frame_gap_ms(void)
{
    if (quiet_ticks < QUIET_TICKS && idle_has_ticked()) {
        quiet_ticks++;
    }
    return quiet_ticks < QUIET_TICKS ? NO_SILENCE_YET : FRAME_GAP_MS;
}
