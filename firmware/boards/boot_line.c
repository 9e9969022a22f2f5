#include "boot_line.h"

#include "version_text.h"

#include <stddef.h>
#include <string.h>

static char *put_text(char *line, const char *text)
{
    const size_t length = strlen(text);

    memcpy(line, text, length + 1U);
    return line + length;
}

void boot_line(const struct boot_handover *decision, char line[BOOT_LINE_SIZE])
{
    if (decision->recovery) {
        (void)put_text(line, "boot: no image may run: recovery");
        return;
    }
    line = put_text(line, decision->slot == IMAGE_SLOT_A ? "boot: slot A, version "
                                                         : "boot: slot B, version ");
    line += version_text(decision->image.version, line);
    line = put_text(line, decision->trial ? ", on trial" : "");
    (void)put_text(line, decision->reverted ? ", reverted: the trial was not confirmed" : "");
}

const char *boot_cause_line(enum hal_reset_cause cause)
{
    switch (cause) {
    case HAL_RESET_POWER_ON:
        return "boot: power is on";
    case HAL_RESET_PIN:
        return "boot: after a reset by its pin";
    case HAL_RESET_SOFTWARE:
        return "boot: after a reset by software";
    case HAL_RESET_WATCHDOG:
        return "boot: after a reset by the watchdog";
    case HAL_RESET_FAULT:
        return "boot: after a reset by a processor fault";
    default:
        return "boot: after a reset of unknown cause";
    }
}
