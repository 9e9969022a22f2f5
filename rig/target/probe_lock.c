#include "target/probe_lock.h"

#include <string.h>

enum key { FUSE, OPEN, SET, PROTECTS, SIZE, ALL, KEYS };

#define BIT(key) (1U << (key))

static const char *const names[] = {
    [FUSE] = "lock.fuse",         [OPEN] = "lock.open",          [SET] = "lock.set",
    [PROTECTS] = "lock.protects", [SIZE] = "lock.protects_size",
};

static const struct {
    unsigned keys; /* exactly these */
    enum chip_lock_kind kind;
} kinds[] = {
    {0, CHIP_LOCK_NONE},
    {BIT(FUSE) | BIT(OPEN), CHIP_LOCK_LATCHED},
    {BIT(SET), CHIP_LOCK_LATE},
    {BIT(FUSE) | BIT(PROTECTS) | BIT(SIZE), CHIP_LOCK_READ_OUT},
    {BIT(FUSE) | BIT(ALL), CHIP_LOCK_MEMORY},
};

/* A word in a number's place. */
static bool protects_all(const struct target *target)
{
    const char *protects = target_find_setting(target, "probe", names[PROTECTS]);

    return protects != NULL && strcmp(protects, "all") == 0;
}

int probe_lock_read(const struct target *target, struct chip_lock_model *lock,
                    struct diagnostic *diagnostic)
{
    uint64_t numbers[KEYS] = {0};
    unsigned present = protects_all(target) ? BIT(ALL) : 0;

    for (unsigned key = 0; key < ALL; key++) {
        if (target_find_number(target, "probe", names[key], &numbers[key])) {
            present |= BIT(key);
        }
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].keys == present) {
            *lock = (struct chip_lock_model){kinds[i].kind, (uint32_t)numbers[FUSE],
                                             (uint32_t)(numbers[OPEN] | numbers[SET]),
                                             (uint32_t)numbers[PROTECTS], (uint32_t)numbers[SIZE]};
            return RIG_OK;
        }
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                           "is no lock; give fuse and open, or set, or fuse, protects and "
                           "protects_size, or fuse and `protects: all`");
}
