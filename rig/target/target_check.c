#include "target/target_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hexadecimal.h"
#include "target/hearth_mailbox.h"
#include "target/probe_chip.h"
#include "target/probe_lock.h"
#include "target/target_fill.h"
#include "virtual_probe/probe_fault.h"

#define TEXT_SIZE 512
#define WORD      4
#define ALL       (UINT64_C(1) << 32) /* bytes that an address reaches */

/* What is looked at. */
struct checking {
    struct yaml_place root;
    const struct target *target;
    struct diagnostic *diagnostic;
};

/* Where "storage.slot_a" stands, or as much of it as there is. */
static struct yaml_place place_of(struct yaml_place map, const char *name)
{
    while (*name != '\0' && yaml_kind(map) == YAML_KIND_MAP) {
        char key[TEXT_SIZE];
        const size_t length = strcspn(name, ".");

        (void)snprintf(key, sizeof key, "%.*s", (int)length, name);
        if (!yaml_find(map, key, &map)) {
            break;
        }
        name += length + (name[length] == '.' ? 1 : 0);
    }
    return map;
}

__attribute__((format(printf, 3, 4))) static int refuse(const struct checking *checking,
                                                        const char *name, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0) {
        text[0] = '\0';
    }
    va_end(arguments);
    return yaml_fail(place_of(checking->root, name), checking->diagnostic, "`%s`%s", name, text);
}

/* The number of "storage.slot_a". False when it is not there or is a word. */
static bool find_number(const struct checking *checking, const char *name, uint64_t *number)
{
    char section[TEXT_SIZE];
    const size_t length = strcspn(name, ".");

    (void)snprintf(section, sizeof section, "%.*s", (int)length, name);
    return target_find_number(checking->target, section, name + length + 1, number);
}

/* ---- storage ---- */

static const char *const slot_names[] = {"storage.slot_a", "storage.slot_b"};

#define SLOTS     2
#define SLOT_SIZE "storage.slot_size"

/* Flash, in bytes; of a process, whose file tells its size, as much as there can be. */
struct layout {
    uint64_t flash;
    uint64_t boot;
    uint64_t slots[SLOTS];
    uint64_t slot_size;
    bool has_slots;
};

/* Scenarios would leave out what needs the one that is missing. */
static int read_slots(const struct checking *checking, struct layout *layout)
{
    static const char *const names[] = {"storage.slot_a", "storage.slot_b", SLOT_SIZE};
    uint64_t *const numbers[] = {&layout->slots[0], &layout->slots[1], &layout->slot_size};
    const char *missing = NULL;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (find_number(checking, names[i], numbers[i])) {
            layout->has_slots = true;
        } else {
            missing = names[i];
        }
    }
    return layout->has_slots && missing != NULL
               ? refuse(checking, missing, " is missing; slot_a, slot_b and slot_size go together")
               : RIG_OK;
}

static int check_slot(const struct checking *checking, const struct layout *layout, size_t slot)
{
    const uint64_t from = layout->slots[slot];

    if (from < layout->boot) {
        return refuse(checking, slot_names[slot],
                      " is 0x%" PRIX64 ", and the boot stage reaches to `storage.boot_size`, "
                      "0x%" PRIX64 "; correct one of them",
                      from, layout->boot);
    }
    if (from > layout->flash || layout->slot_size > layout->flash - from) {
        return refuse(checking, slot_names[slot],
                      " is 0x%" PRIX64 ", and 0x%" PRIX64 " bytes from there on do not lie within "
                      "the flash of 0x%" PRIX64 "; correct it, `slot_size` or `size`",
                      from, layout->slot_size, layout->flash);
    }
    return RIG_OK;
}

static int check_slots(const struct checking *checking, const struct layout *layout)
{
    const uint64_t a = layout->slots[0];
    const uint64_t b = layout->slots[1];
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < SLOTS; i++) {
        error = check_slot(checking, layout, i);
    }
    if (error == RIG_OK && (a < b ? b - a : a - b) < layout->slot_size) {
        error = refuse(checking, slot_names[1],
                       " overlaps `storage.slot_a`: they begin at 0x%" PRIX64 " and 0x%" PRIX64
                       ", and each has 0x%" PRIX64 " bytes; correct one of them or `slot_size`",
                       b, a, layout->slot_size);
    }
    return error;
}

static int check_storage(const struct checking *checking)
{
    struct layout layout = {.flash = ALL};
    uint64_t base = 0;
    int error = read_slots(checking, &layout);

    (void)find_number(checking, "storage.base", &base);
    if (find_number(checking, "storage.size", &layout.flash) && layout.flash > ALL - base) {
        return refuse(checking, "storage.size",
                      " is 0x%" PRIX64 ", and from `base`, 0x%" PRIX64
                      ", on reaches beyond the last address; correct one of them",
                      layout.flash, base);
    }
    if (find_number(checking, "storage.boot_size", &layout.boot) && layout.boot >= layout.flash) {
        return refuse(checking, "storage.boot_size",
                      " is 0x%" PRIX64 ", which leaves nothing of the flash of 0x%" PRIX64
                      "; correct it or `size`",
                      layout.boot, layout.flash);
    }
    return error == RIG_OK && layout.has_slots ? check_slots(checking, &layout) : error;
}

/* ---- words ---- */

/* What is read, written or dumped as words. */
static int check_words(const struct checking *checking)
{
    static const char *const names[] = {
        "storage.size",   "storage.base",        "probe.known.address",      "probe.ram.base",
        "probe.ram.size", "probe.seal.address",  "probe.lock.fuse",          "probe.lock.open",
        "probe.lock.set", "probe.lock.protects", "probe.lock.protects_size",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint64_t number = 0;

        if (find_number(checking, names[i], &number) && number % WORD != 0) {
            return refuse(checking, names[i],
                          " is 0x%" PRIX64
                          ", and no multiple of 4; give the address or the size of "
                          "whole words",
                          number);
        }
    }
    return RIG_OK;
}

/* ---- probe ---- */

/* `size` bytes from `base` on have addresses. */
static int check_range(const struct checking *checking, const char *base, const char *size)
{
    uint64_t first = 0;
    uint64_t count = 0;

    if (find_number(checking, base, &first) && find_number(checking, size, &count) &&
        count > ALL - first) {
        return refuse(checking, size,
                      " is 0x%" PRIX64 ", and from 0x%" PRIX64
                      " on reaches beyond the last address; correct one of them",
                      count, first);
    }
    return RIG_OK;
}

/* What is a word of flash lies in it, where the file says how much there is. A debugger's failure at another
 * place would be taken for a protection. */
static int check_flash_words(const struct checking *checking)
{
    static const char *const names[] = {"probe.known.address", "probe.lock.fuse"};
    uint64_t base = 0;
    uint64_t size = 0;

    if (!find_number(checking, "storage.size", &size)) {
        return RIG_OK;
    }
    (void)find_number(checking, "storage.base", &base);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint64_t address = 0;

        if (find_number(checking, names[i], &address) &&
            (address < base || address - base >= size)) {
            return refuse(checking, names[i],
                          " is 0x%" PRIX64 ", and the flash is 0x%" PRIX64 " bytes from 0x%" PRIX64
                          " on; correct it or `storage`",
                          address, size, base);
        }
    }
    return RIG_OK;
}

/* A lock of all memory leaves within reach what its part says: of none nothing, so that the chip could
 * not even be erased. */
static int check_part(const struct checking *checking, const struct chip_lock_model *lock)
{
    const struct chip_profile *chip = NULL;
    struct diagnostic why = {""};

    if (probe_chip_read(checking->target, &chip, &why) != RIG_OK) {
        return refuse(checking, "probe.chip", ": %s", why.text);
    }
    return lock->kind != CHIP_LOCK_MEMORY || chip->spared_count > 0
               ? RIG_OK
               : refuse(checking, "probe.chip",
                        " is missing; the part says what a lock with `protects: all` leaves within "
                        "reach: write nrf51");
}

static int check_lock(const struct checking *checking)
{
    struct chip_lock_model lock;
    struct diagnostic why = {""};

    if (probe_lock_read(checking->target, &lock, &why) != RIG_OK) {
        return refuse(checking, "probe.lock", " %s", why.text);
    }
    return check_part(checking, &lock);
}

static int check_fault(const struct checking *checking)
{
    const char *name = target_find_setting(checking->target, "probe", "fault");
    enum probe_fault fault;

    return name == NULL || probe_fault_find(name, &fault)
               ? RIG_OK
               : refuse(checking, "probe.fault",
                        ": '%.60s' is no fault of a virtual probe; see probe_fault.h, or remove it",
                        name);
}

/* ---- adapter ---- */

/* Of Hearth, which logs nobody in under another id. */
static int check_device_id(const struct checking *checking)
{
    const char *driver = target_find_setting(checking->target, "adapter", "driver");
    const char *id = target_find_setting(checking->target, "adapter", "device_id");
    uint8_t bytes[HEARTH_DEVICE_ID];
    size_t size = 0;

    return driver == NULL || strcmp(driver, "hearth") != 0 || id == NULL || target_is_to_fill(id) ||
                   (hexadecimal_read(id, bytes, sizeof bytes, &size) && size == sizeof bytes)
               ? RIG_OK
               : refuse(checking, "adapter.device_id",
                        ": '%.60s' is not an id of 32 hexadecimal digits; write the label's", id);
}

int target_check(struct yaml_place root, const struct target *target, struct diagnostic *diagnostic)
{
    const struct checking checking = {root, target, diagnostic};
    int error = check_words(&checking);

    if (error == RIG_OK) {
        error = check_storage(&checking);
    }
    if (error == RIG_OK) {
        error = check_range(&checking, "probe.ram.base", "probe.ram.size");
    }
    if (error == RIG_OK) {
        error = check_range(&checking, "probe.lock.protects", "probe.lock.protects_size");
    }
    if (error == RIG_OK) {
        error = check_flash_words(&checking);
    }
    if (error == RIG_OK) {
        error = check_lock(&checking);
    }
    if (error == RIG_OK) {
        error = check_fault(&checking);
    }
    return error == RIG_OK ? check_device_id(&checking) : error;
}
