/* An emulated board, the virtual probe on it, and a real OpenOCD: what the tests begin with. */
#ifndef ORDEAL_TESTS_PROBE_LAB_H
#define ORDEAL_TESTS_PROBE_LAB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/process.h"
#include "emulator/emulator.h"
#include "target/probe.h"
#include "virtual_probe/virtual_probe.h"

enum {
    LAB_LIMIT_MS = 30000, /* far more than any step here needs */
    LAB_FLASH = (int)0x80000000,
    LAB_FLASH_SIZE = 16 * 1024 * 1024,
    LAB_FUSE = (int)0x80001000, /* of a part with a lock; the guest leaves both alone */
    LAB_OPENER = (int)0x80002000,
    LAB_CODE = 0x10000000, /* what a part that protects its code alone does not let be read */
    LAB_CODE_SIZE = 0x1000,

    LAB_MICROBIT_FLASH_SIZE = 256 * 1024,
    LAB_MICROBIT_FUSE = 0x10000,
    LAB_MICROBIT_RAM = 0x20000000,
    LAB_MICROBIT_RAM_SIZE = 16 * 1024,
};

/* A board with its flash, and how OpenOCD comes to it. */
struct lab_board {
    const char *machine; /* NULL: the emulator's own choice */
    const char *kernel;
    uint32_t flash_base;
    uint32_t flash_size;
    enum emulator_flash flash_kind;
    bool is_bare; /* no console, no network */
    const char *chip;
    const char *scripts[4]; /* of OpenOCD, ended by NULL */
};

struct lab {
    const struct lab_board *board;
    struct chip_lock_model lock;
    char *folder;
    char *flash;
    struct emulator *emulator;
    struct virtual_probe *virtual_probe;
    struct probe probe;
    struct diagnostic diagnostic; /* of the last call */
};

/* Writes a word into the flash behind the device's back: where it is in the file, also while it runs. */
void lab_put_flash(struct lab *lab, uint32_t address, uint32_t value);
uint32_t lab_get_flash(struct lab *lab, uint32_t address);

/* As lab_set_up(), with a lock whose fuse is not blown; with one that software sets; with code that cannot be
 * read once the fuse is blown. */
int lab_set_up_lock(void **state);
int lab_set_up_late_lock(void **state);
int lab_set_up_read_out(void **state);

/* A BBC micro:bit without a program, whose lock of all memory has its fuse in flash: not blown. */
int lab_set_up_microbit(void **state);

/* All of it, with the guest of the emulator's tests running; *state is the lab. For cmocka. */
int lab_set_up(void **state);
int lab_tear_down(void **state);

/* A new OpenOCD in the old one's place. The second may fail, as probe_open() does, and reads `script`
 * behind the board's configuration; NULL for none. */
void lab_attach(struct lab *lab);
int lab_try_attach(struct lab *lab, const char *script, int64_t deadline_ms);

/* Cuts the power, and ends all that runs; the second begins anew with what flash held. */
void lab_switch_off(struct lab *lab);
void lab_switch_on(struct lab *lab);

int64_t lab_deadline(void);

/* Fails unless the call gave RIG_OK, and shows the diagnostic. */
#define LAB_OK(lab, call) lab_expect_ok((lab), (call), #call)
void lab_expect_ok(struct lab *lab, int error, const char *call);

#endif
