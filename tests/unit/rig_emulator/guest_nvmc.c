/*
 * The smallest guest whose flash is behind an NVMC, for QEMU's microbit: programs one more word of a
 * page at each start, says 'r' on the bus (its only UART), and answers each byte from there with one.
 */
#include <stdint.h>

#define UART   0x40002000U
#define NVMC   0x4001E000U
#define STARTS 0x00000400U /* page: a word of zeros for each start */
#define WORK   0x00000800U /* page: filled and erased without end */
#define LAST   0x0003FFFCU /* word */

enum {
    PAGE = 1024,
    ERASED = 0xFF,
    /* UART */
    START_RX = 0x000,
    START_TX = 0x008,
    RX_READY = 0x108,
    ENABLE = 0x500,
    RXD = 0x518,
    TXD = 0x51C,
    ENABLED = 4,
    /* NVMC */
    CONFIG = 0x504,
    ERASE_PAGE = 0x508,
    READING = 0,
    WRITING = 1,
    ERASING = 2,
};

static volatile uint32_t *at(uint32_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

static void put(uint32_t byte)
{
    *at(UART, TXD) = byte;
}

static uint32_t get(void)
{
    while (*at(UART, RX_READY) == 0) {
    }
    *at(UART, RX_READY) = 0;
    return *at(UART, RXD);
}

static void program(uint32_t address, uint32_t value)
{
    *at(NVMC, CONFIG) = WRITING;
    *at(address, 0) = value;
    *at(NVMC, CONFIG) = READING;
}

static void erase(uint32_t page)
{
    *at(NVMC, CONFIG) = ERASING;
    *at(NVMC, ERASE_PAGE) = page;
    *at(NVMC, CONFIG) = READING;
}

static uint32_t count_starts(void)
{
    uint32_t count = 0;

    while (count < PAGE / 4 && *at(STARTS, 4 * count) == 0) {
        count++;
    }
    return count;
}

/* A fault in the handler of a fault: the core locks up. */
static void fault(void)
{
    __asm volatile("udf #0");
}

static void work(void)
{
    for (uint32_t round = 0;; round++) {
        for (uint32_t i = 0; i < PAGE; i += 4) {
            program(WORK + i, i);
        }
        erase(WORK);
    }
}

static void obey(uint32_t byte)
{
    switch (byte) {
    case 's':
        put('0' + count_starts());
        break;
    case 'l': /* the last byte of flash */
        put(*at(LAST, 0) >> 24);
        break;
    case 'e':
        erase(STARTS);
        put('e');
        break;
    case 'w':
        put('w');
        work();
        break;
    case 'f':
        fault();
        break;
    default:
        put(byte);
        break;
    }
}

static void start(void)
{
    *at(UART, ENABLE) = ENABLED;
    *at(UART, START_RX) = 1;
    *at(UART, START_TX) = 1;
    program(STARTS + 4 * count_starts(), 0);
    put('r');
    for (;;) {
        obey(get());
    }
}

__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    (void (*)(void))0x20004000U,
    start,
    fault,
    fault,
};
