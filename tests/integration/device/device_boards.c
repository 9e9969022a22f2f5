#include "device_boards.h"

#include "microbit_layout.h"
#include "mps2_an505_layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

static const struct device_board boards[] = {
    {.target = "mps2_an505_qemu",
     .name = "mps2_an505",
     .machine = "mps2-an505",
     .layout = &mps2_an505_layout,
     .boot = EMULATED_BOOT,
     .image_a = EMULATED_IMAGE_A,
     .body_a = EMULATED_BODY_A,
     .body_b = EMULATED_BODY_B,
     .images = EMULATED_IMAGES,
     .sensor = "i2c",
     .has_network = true,
     .temperature = 215},
    {.target = "microbit_qemu",
     .name = "microbit",
     .machine = "microbit",
     .layout = &microbit_layout,
     .boot = MICROBIT_FOLDER "/hearth-boot.bin",
     .image_a = MICROBIT_FOLDER "/hearth-a.signed.bin",
     .body_a = MICROBIT_FOLDER "/hearth-a.bin",
     .body_b = MICROBIT_FOLDER "/hearth-b.bin",
     .images = MICROBIT_FOLDER "/images",
     .keeps_flash = true},
};

const struct device_board *device_board(void)
{
    const char *target = getenv("HEARTH_TARGET");

    if (target == NULL || strcmp(target, "native") == 0) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof boards / sizeof boards[0]; i++) {
        if (strcmp(boards[i].target, target) == 0) {
            return &boards[i];
        }
    }
    fail_msg("HEARTH_TARGET is '%s', which is no board of these tests", target);
    return NULL;
}
