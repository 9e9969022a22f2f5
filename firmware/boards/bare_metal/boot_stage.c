#include "boot_stage.h"

#include "boot.h"
#include "boot_line.h"
#include "device.h"
#include "hal.h"
#include "retained.h"

static struct device device;

/* Nothing may run: the watchdog ends this, and all is tried again. */
static _Noreturn void wait_for_the_watchdog(const char *why)
{
    hal_console_line(why);
    hal_watchdog_start(DEVICE_WATCHDOG_MS);
    for (;;) {
        hal_idle();
    }
}

/* Update only, over the wired bus. */
static _Noreturn void recover(const struct boot_handover *decision)
{
    if (device_start(&device, decision) != DEVICE_OK) {
        wait_for_the_watchdog("boot: recovery cannot start");
    }
    for (;;) {
        device_poll(&device);
        if (device_wants_restart(&device)) {
            retained_reset(HAL_RESET_SOFTWARE);
        }
        hal_idle();
    }
}

static void print_decision(const struct boot_handover *decision)
{
    char line[BOOT_LINE_SIZE];

    boot_line(decision, line);
    hal_console_line(line);
}

enum image_slot boot_stage_decide(void)
{
    struct boot_handover decision;

    hal_watchdog_start(DEVICE_WATCHDOG_MS);
    hal_console_line(boot_cause_line(hal_reset_cause()));
    if (boot_run(&decision) != BOOT_OK) {
        wait_for_the_watchdog("boot: boot state cannot be read");
    }
    print_decision(&decision);
    if (decision.recovery) {
        recover(&decision);
    }
    retained_hand_over(&decision);
    hal_watchdog_kick();
    return decision.slot;
}
