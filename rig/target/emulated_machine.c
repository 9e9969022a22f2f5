#include "target/emulated_machine.h"

#include <string.h>

#include "emulator/machine_check.h"

int emulated_machine_check(const struct target *target, struct diagnostic *diagnostic)
{
    const char *driver = target_find_setting(target, "storage", "driver");
    struct machine_wanted wanted = {.machine = target_find_setting(target, "power", "machine")};
    struct diagnostic why = {.text = ""};
    enum machine_flaw flaw = MACHINE_SOUND;
    int error;

    if (target->class != TARGET_EMULATED || wanted.machine == NULL || driver == NULL ||
        !target_find_number(target, "storage", "size", &wanted.flash_size)) {
        return RIG_OK;
    }
    if (strcmp(driver, "nvmc") == 0) {
        wanted.flash_kind = EMULATOR_FLASH_NVMC;
    }
    error = machine_check(&wanted, &flaw, &why);
    if (error != RIG_OK) {
        return diagnostic_fail(diagnostic, error, "%s", why.text);
    }
    return flaw == MACHINE_SOUND
               ? RIG_OK
               : diagnostic_fail(
                     diagnostic, RIG_ERROR_CONFIGURATION, "%s: `%s`: %s; correct it", target->path,
                     flaw == MACHINE_UNKNOWN ? "power.machine" : "storage.size", why.text);
}
