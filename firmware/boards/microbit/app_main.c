/* The application of one slot: the device, and the main loop that turns it. There is no network. */
#include "board.h"
#include "crypto_pool.h"
#include "device.h"
#include "flash_driver.h"
#include "hal.h"
#include "memory_map.h"
#include "retained.h"
#include "startup.h"

#include <stdint.h>

static uint8_t crypto_pool[CRYPTO_POOL_SIZE] __attribute__((aligned(8)));
static struct device device;

/* The slot that this code was linked for. */
static enum image_slot own_slot(void)
{
    return (uint32_t)(uintptr_t)stage_main < SLOT_B ? IMAGE_SLOT_A : IMAGE_SLOT_B;
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
    for (;;) {
        device_poll(&device);
        if (device_wants_restart(&device)) {
            retained_reset(HAL_RESET_SOFTWARE);
        }
        hal_idle();
    }
}
