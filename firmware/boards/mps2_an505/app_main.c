/* The application of one slot: the device, its network, and the main loop that turns both. */
#include "board.h"
#include "crypto_pool.h"
#include "device.h"
#include "flash_driver.h"
#include "hal.h"
#include "memory_map.h"
#include "mpu.h"
#include "network.h"
#include "retained.h"
#include "startup.h"
#include "test_command.h"

#include <stdint.h>

/* A handshake of TLS 1.2 with its buffers needs the most (net/mbedtls_config_net.h). */
#define CRYPTO_POOL_SIZE (64U * 1024U)

static uint8_t crypto_pool[CRYPTO_POOL_SIZE] __attribute__((aligned(8)));
static struct device device;

/* The slot that this code was linked for. */
static enum image_slot own_slot(void)
{
    return (uint32_t)(uintptr_t)stage_main < SLOT_B ? IMAGE_SLOT_A : IMAGE_SLOT_B;
}

void stage_protect(void)
{
    mpu_start(own_slot() == IMAGE_SLOT_A ? MPU_SLOT_A : MPU_SLOT_B);
}

/* The device must not run: the watchdog, which the boot stage has started, ends this. */
static _Noreturn void give_up(const char *why)
{
    hal_console_line(why);
    for (;;) {
        hal_idle();
    }
}

_Noreturn void stage_main(void)
{
    struct boot_handover running;

    board_start();
    crypto_pool_start(crypto_pool, sizeof crypto_pool);
    if (!retained_take_over(&running) || running.slot != own_slot()) {
        give_up("start: not by the boot stage");
    }
    flash_driver_protect_slot(running.slot);
    if (device_start(&device, &running) != DEVICE_OK) {
        give_up("start: the device cannot start");
    }
    if (network_start(&device) != NETWORK_OK) {
        hal_console_line("start: no network");
    }
    for (;;) {
        device_poll(&device);
        network_poll();
        test_command_poll();
        if (device_wants_restart(&device)) {
            retained_reset(HAL_RESET_SOFTWARE);
        }
        hal_idle();
    }
}
