/*
 * The smallest guest that the tests need, for QEMU's mps2-an505: counts its starts in flash, says so
 * on the console (UART1), echoes the bus (UART0), and does what a byte from the console asks.
 */
#include <stdint.h>

#define BUS     0x50200000U
#define CONSOLE 0x50201000U
#define FLASH   0x80000000U
#define LAN9118 0x52000000U

enum {
    /* CMSDK UART */
    DATA = 0x0,
    STATE = 0x4,
    CTRL = 0x8,
    BAUDDIV = 0x10,
    TX_FULL = 1,
    RX_FULL = 2,
    /* LAN9118: registers of the MAC behind a command register, those of the PHY behind the MAC's */
    MAC_CSR_CMD = 0xA4,
    MAC_CSR_DATA = 0xA8,
    MII_ACC = 6,
    MII_DATA = 7,
    PHY_STATUS = 1,
    LINK_UP = 1U << 2,
};

static volatile uint32_t *at(uint32_t base, uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(base + offset);
}

static void open_uart(uint32_t uart)
{
    *at(uart, BAUDDIV) = 16;
    *at(uart, CTRL) = 3;
}

static void put(uint32_t uart, uint32_t byte)
{
    while ((*at(uart, STATE) & TX_FULL) != 0) {
    }
    *at(uart, DATA) = byte;
}

static int get(uint32_t uart)
{
    return (*at(uart, STATE) & RX_FULL) != 0 ? (int)(*at(uart, DATA) & 0xFFU) : -1;
}

static void say(const char *text)
{
    while (*text != '\0') {
        put(CONSOLE, (uint8_t)*text++);
    }
}

static int link_is_up(void)
{
    *at(LAN9118, MAC_CSR_DATA) = 1U << 11 | PHY_STATUS << 6;
    *at(LAN9118, MAC_CSR_CMD) = 0x80000000U | MII_ACC;
    *at(LAN9118, MAC_CSR_CMD) = 0xC0000000U | MII_DATA;
    return (*at(LAN9118, MAC_CSR_DATA) & LINK_UP) != 0;
}

/* A fault in the handler of a fault: the core locks up. */
static void fault(void)
{
    __asm volatile("udf #0");
}

static void obey(int byte)
{
    switch (byte) {
    case 'f':
        for (;;) {
            say("flood\n");
        }
    case 'l':
        fault();
        break;
    case 'n':
        say(link_is_up() ? "link up\n" : "link down\n");
        break;
    default:
        break;
    }
}

static void start(void)
{
    open_uart(BUS);
    open_uart(CONSOLE);
    *at(FLASH, 0) += 1;
    say("start ");
    put(CONSOLE, '0' + *at(FLASH, 0) % 10U);
    say("\n");
    for (;;) {
        int byte = get(BUS);

        if (byte >= 0) {
            put(BUS, (uint32_t)byte);
        }
        obey(get(CONSOLE));
    }
}

__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    (void (*)(void))0x38010000U, start, fault, fault, fault, fault, fault,
};
