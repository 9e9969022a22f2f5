/*
 * SMSC LAN9118 (data sheet rev. 1.5): status and data FIFOs, MAC registers behind a command register,
 * and the PHY's behind those. The interrupt only ends the wait; all work is done when asked.
 */
#include "hal_net.h"
#include "idle.h"
#include "peripherals.h"
#include "startup.h"

#include <string.h>

#define LAN9118(offset) REGISTER(0x52000000U + (offset))

#define RX_DATA          LAN9118(0x00)
#define TX_DATA          LAN9118(0x20)
#define RX_STATUS        LAN9118(0x40)
#define TX_STATUS        LAN9118(0x48)
#define INTERRUPT_CONFIG LAN9118(0x54)
#define INTERRUPT_STATUS LAN9118(0x58)
#define INTERRUPT_ENABLE LAN9118(0x5C)
#define BYTE_TEST        LAN9118(0x64)
#define FIFO_LEVELS      LAN9118(0x68)
#define RX_CONFIG        LAN9118(0x6C)
#define TX_CONFIG        LAN9118(0x70)
#define HARDWARE_CONFIG  LAN9118(0x74)
#define RX_FIFO_USED     LAN9118(0x7C)
#define TX_FIFO_FREE     LAN9118(0x80)
#define MAC_COMMAND      LAN9118(0xA4)
#define MAC_DATA         LAN9118(0xA8)

#define BYTE_TEST_VALUE      0x87654321U
#define SOFT_RESET           (1U << 0)
#define TX_FIFO_SIZE         (5U << 16) /* KiB for data and status of what is sent */
#define LEVEL_ANY            0x48000000U
#define TX_ON                (1U << 1)
#define INTERRUPT_RX         (1U << 3)
#define INTERRUPT_PHY        (1U << 18)
#define INTERRUPT_PUSH_PULL  ((22U << 24) | (1U << 8) | (1U << 4) | 1U)
#define TX_FIRST_AND_LAST    ((1U << 13) | (1U << 12))
#define TX_STATUS_ERROR      (1U << 15)
#define RX_STATUS_ERROR      (1U << 15)
#define RX_STATUS_LENGTH(s)  (((s) >> 16) & 0x3FFFU)
#define CHECK_SEQUENCE       4U
#define MAC_BUSY             (1U << 31)
#define MAC_READ             (1U << 30)
#define MAC_CONTROL          1U
#define MAC_ADDRESS_HIGH     2U
#define MAC_ADDRESS_LOW      3U
#define MAC_MII_ACCESS       6U
#define MAC_MII_DATA         7U
#define MAC_RECEIVE_AND_SEND ((1U << 20) | (1U << 3) | (1U << 2))
#define MII_BUSY             (1U << 0)
#define MII_WRITE            (1U << 1)
#define MII_PHY              (1U << 11)
#define PHY_CONTROL          0U
#define PHY_STATUS           1U
#define PHY_INTERRUPT_SOURCE 29U
#define PHY_INTERRUPT_MASK   30U
#define PHY_NEGOTIATE        0x1200U
#define PHY_LINK_IS_UP       (1U << 2)
#define PHY_LINK_CHANGES     0x00D0U /* down, remote fault, negotiated */
#define PATIENCE             100000U /* looks at a register that answers within microseconds */

/* Whether the bits clear in time. A controller that never answers must not stop the device. */
static bool becomes_clear(volatile uint32_t *reg, uint32_t bits)
{
    for (uint32_t i = 0; i < PATIENCE; i++) {
        if ((*reg & bits) == 0) {
            return true;
        }
    }
    return false;
}

static uint32_t mac_read(uint32_t number)
{
    MAC_COMMAND = MAC_BUSY | MAC_READ | number;
    return becomes_clear(&MAC_COMMAND, MAC_BUSY) ? MAC_DATA : 0;
}

static void mac_write(uint32_t number, uint32_t value)
{
    MAC_DATA = value;
    MAC_COMMAND = MAC_BUSY | number;
    (void)becomes_clear(&MAC_COMMAND, MAC_BUSY); /* what comes next would show it */
}

static void mii_wait(void)
{
    for (uint32_t i = 0; i < PATIENCE; i++) {
        if ((mac_read(MAC_MII_ACCESS) & MII_BUSY) == 0) {
            return;
        }
    }
}

static uint32_t phy_read(uint32_t number)
{
    mac_write(MAC_MII_ACCESS, MII_PHY | number << 6 | MII_BUSY);
    mii_wait();
    return mac_read(MAC_MII_DATA);
}

static void phy_write(uint32_t number, uint32_t value)
{
    mac_write(MAC_MII_DATA, value);
    mac_write(MAC_MII_ACCESS, MII_PHY | number << 6 | MII_WRITE | MII_BUSY);
    mii_wait();
}

/* What asked for attention is served by the next poll; until then it keeps silent. */
void ethernet_interrupt(void)
{
    const uint32_t status = INTERRUPT_STATUS;

    INTERRUPT_ENABLE &= ~status;
    INTERRUPT_STATUS = status;
    idle_wake();
}

static bool reset_controller(void)
{
    if (BYTE_TEST != BYTE_TEST_VALUE) {
        return false;
    }
    HARDWARE_CONFIG = SOFT_RESET;
    return becomes_clear(&HARDWARE_CONFIG, SOFT_RESET);
}

int hal_net_start(const uint8_t address[HAL_NET_ADDRESS_SIZE])
{
    if (!reset_controller()) {
        return HAL_ERROR_BUS;
    }
    HARDWARE_CONFIG = TX_FIFO_SIZE;
    FIFO_LEVELS = LEVEL_ANY;
    RX_CONFIG = 0;
    mac_write(MAC_ADDRESS_LOW, (uint32_t)address[0] | (uint32_t)address[1] << 8 |
                                   (uint32_t)address[2] << 16 | (uint32_t)address[3] << 24);
    mac_write(MAC_ADDRESS_HIGH, (uint32_t)address[4] | (uint32_t)address[5] << 8);
    phy_write(PHY_CONTROL, PHY_NEGOTIATE);
    phy_write(PHY_INTERRUPT_MASK, PHY_LINK_CHANGES);
    mac_write(MAC_CONTROL, MAC_RECEIVE_AND_SEND);
    TX_CONFIG = TX_ON;
    INTERRUPT_STATUS = UINT32_MAX;
    INTERRUPT_ENABLE = INTERRUPT_PHY | INTERRUPT_RX;
    INTERRUPT_CONFIG = INTERRUPT_PUSH_PULL;
    IRQ_ENABLE(IRQ_ETHERNET);
    return HAL_OK;
}

bool hal_net_link_is_up(void)
{
    (void)phy_read(PHY_INTERRUPT_SOURCE); /* reading it ends the interrupt */
    INTERRUPT_ENABLE |= INTERRUPT_PHY;
    return (phy_read(PHY_STATUS) & PHY_LINK_IS_UP) != 0;
}

/* Nothing is done about frames that were not sent: protocols above send again. */
static void forget_sent(void)
{
    while (((TX_FIFO_FREE >> 16) & 0xFFU) != 0) {
        (void)TX_STATUS;
    }
}

int hal_net_send(const uint8_t *frame, size_t length)
{
    const uint32_t overhead = 16;

    forget_sent();
    if (length > HAL_NET_MAX_FRAME || (TX_FIFO_FREE & 0xFFFFU) < length + overhead) {
        return HAL_ERROR_BUS;
    }
    TX_DATA = TX_FIRST_AND_LAST | (uint32_t)length;
    TX_DATA = (uint32_t)length << 16 | (uint32_t)length;
    for (size_t at = 0; at < length; at += 4) {
        uint32_t word = 0;

        memcpy(&word, frame + at, length - at < 4 ? length - at : 4);
        TX_DATA = word;
    }
    return HAL_OK;
}

/* Takes a frame out of the FIFO, the first `keep` bytes of it to `frame`. */
static void take(uint8_t *frame, uint32_t length, uint32_t keep)
{
    for (uint32_t at = 0; at < length; at += 4) {
        const uint32_t word = RX_DATA;

        if (at < keep) {
            memcpy(frame + at, &word, keep - at < 4 ? keep - at : 4);
        }
    }
}

size_t hal_net_receive(uint8_t *frame, size_t capacity)
{
    while (((RX_FIFO_USED >> 16) & 0xFFU) != 0) {
        const uint32_t status = RX_STATUS;
        const uint32_t length = RX_STATUS_LENGTH(status);

        if ((status & RX_STATUS_ERROR) == 0 && length > CHECK_SEQUENCE &&
            length - CHECK_SEQUENCE <= capacity) {
            take(frame, length, length - CHECK_SEQUENCE);
            return length - CHECK_SEQUENCE;
        }
        take(frame, length, 0);
    }
    INTERRUPT_ENABLE |= INTERRUPT_RX;
    return 0;
}
