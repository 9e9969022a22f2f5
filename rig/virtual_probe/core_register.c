/*
 * Method: a special register is not in the gdb stub. The bytes at the program counter become MRS or MSR
 * (a store to a device: STR), the core makes one step without interrupts, and bytes and registers get
 * their values back. The step needs the T bit, and no IT block around it. A program counter outside RAM
 * is led into RAM for that step: flash is none of a debugger's to change, and that of a chip without a
 * program is nowhere.
 */
#include <string.h>

#include "virtual_probe/core_run_state.h"
#include "virtual_probe/special_register.h"

enum {
    R0 = 0,
    R1 = 1,
    PC = 15,
    STORE_CODE = 2,     /* bytes */
    FIRST_SPECIAL = 17, /* numbers of DCRSR up to 16 are places in `registers` */
    NUMBER_FPSCR = 0x21,
    NUMBER_S0 = 0x40, /* to S31 */
    NUMBER_S31 = 0x5F,
    WORD = 4,
    BYTE_BITS = 8,
};

static const uint32_t xpsr_it = 0x0600FC00;

bool core_run_fetch_registers(struct core_run *run)
{
    if (!run->has_registers) {
        run->has_registers =
            core_run_check(run, gdb_client_read_registers(run->gdb, run->registers,
                                                          core_run_deadline(), &run->failure));
    }
    return run->has_registers;
}

static bool put_register(struct core_run *run, unsigned number, uint32_t value)
{
    run->registers[number] = value;
    return core_run_check(run, gdb_client_write_register(run->gdb, number, value,
                                                         core_run_deadline(), &run->failure));
}

/* An instruction that the core is made to run, and what R0 and R1 are before it, and after. */
struct instruction {
    uint8_t code[SPECIAL_CODE];
    size_t size; /* bytes */
    uint32_t values[2];
};

/* What it changed: only these four registers, whatever it was. */
static bool restore(struct core_run *run, const uint32_t before[GDB_REGISTERS])
{
    bool restored = put_register(run, R0, before[R0]);

    restored = put_register(run, R1, before[R1]) && restored;
    restored = put_register(run, GDB_REGISTER_XPSR, before[GDB_REGISTER_XPSR]) && restored;
    return put_register(run, PC, before[PC]) && restored;
}

/* Where it can be put: at the program counter, or at the begin of the first RAM. */
static uint32_t find_place(const struct core_run *run)
{
    const uint32_t counter = run->registers[PC] & ~1U;
    const struct guest_region *region = guest_map_find(run->map, counter, SPECIAL_CODE);

    if (region != NULL && region->kind != GUEST_ROM && region->kind != GUEST_DEVICE) {
        return counter;
    }
    for (size_t i = 0; i < run->map->count; i++) {
        if (run->map->regions[i].kind == GUEST_RAM) {
            return run->map->regions[i].first;
        }
    }
    return counter;
}

static bool step_instruction(struct core_run *run, const struct instruction *instruction,
                             uint32_t place)
{
    const uint32_t xpsr = (run->registers[GDB_REGISTER_XPSR] & ~xpsr_it) | CORE_RUN_THUMB;
    struct gdb_stop stop;

    return put_register(run, R0, instruction->values[R0]) &&
           put_register(run, R1, instruction->values[R1]) &&
           put_register(run, GDB_REGISTER_XPSR, xpsr) &&
           (place == (run->registers[PC] & ~1U) || put_register(run, PC, place)) &&
           core_run_step(run, false, &stop);
}

/* False: it did not run, and all is as before. */
static bool run_instruction(struct core_run *run, struct instruction *instruction)
{
    uint32_t before[GDB_REGISTERS];
    uint8_t bytes[SPECIAL_CODE];
    uint32_t place;
    bool done;

    if (!core_run_fetch_registers(run)) {
        return false;
    }
    memcpy(before, run->registers, sizeof(before));
    place = find_place(run);
    if (!core_run_read_memory(run, place, bytes, instruction->size) ||
        !core_run_write_memory(run, place, instruction->code, instruction->size)) {
        return false;
    }
    done = step_instruction(run, instruction, place) &&
           run->registers[PC] == place + instruction->size;
    memcpy(instruction->values, run->registers, sizeof(instruction->values));
    return core_run_write_memory(run, place, bytes, instruction->size) && restore(run, before) &&
           done;
}

static bool read_special(struct core_run *run, const struct special_register *special,
                         uint32_t *value)
{
    *value = 0;
    for (size_t i = 0; i < special->count; i++) {
        const struct special_part *part = &special->parts[i];
        struct instruction read = {.size = SPECIAL_CODE};

        special_register_read_code(part->number, read.code);
        if (!run_instruction(run, &read)) {
            return false;
        }
        *value |= (read.values[R0] & part->mask) << part->shift;
    }
    return true;
}

static bool write_special(struct core_run *run, const struct special_register *special,
                          uint32_t value)
{
    for (size_t i = 0; i < special->count; i++) {
        const struct special_part *part = &special->parts[i];
        struct instruction write = {.size = SPECIAL_CODE};

        write.values[R0] = value >> part->shift & part->mask;
        special_register_write_code(part->number, write.code);
        if (!run_instruction(run, &write)) {
            return false;
        }
    }
    run->has_registers = false; /* R13 is one of the stack pointers */
    return true;
}

/* Two single-precision registers are halves of a double-precision one. */
static bool find_float(unsigned number, enum gdb_float *register_number, size_t *place)
{
    if (number == NUMBER_FPSCR) {
        *register_number = GDB_FLOAT_FPSCR;
        *place = 0;
        return true;
    }
    *register_number = (enum gdb_float)((number - NUMBER_S0) / 2);
    *place = (number - NUMBER_S0) % 2 * WORD;
    return number >= NUMBER_S0 && number <= NUMBER_S31;
}

/* Reads a word of one, or changes it. */
static bool access_float(struct core_run *run, unsigned number, uint32_t *value, bool write)
{
    uint8_t bytes[GDB_FLOAT_SIZE];
    enum gdb_float register_number;
    size_t place;

    if (!find_float(number, &register_number, &place) ||
        !core_run_check(run, gdb_client_read_float(run->gdb, register_number, bytes,
                                                   core_run_deadline(), &run->failure))) {
        return false;
    }
    for (unsigned i = 0; write && i < WORD; i++) {
        bytes[place + i] = (uint8_t)(*value >> BYTE_BITS * i);
    }
    *value = 0;
    for (unsigned i = 0; i < WORD; i++) {
        *value |= (uint32_t)bytes[place + i] << BYTE_BITS * i;
    }
    return !write ||
           core_run_check(run, gdb_client_write_float(run->gdb, register_number, bytes,
                                                      core_run_deadline(), &run->failure));
}

static bool find_special(const struct core_run *run, unsigned number,
                         struct special_register *special)
{
    return special_register_find(number, run->kind->has_main, run->kind->is_v8, special);
}

bool core_run_read_register(void *context, unsigned number, uint32_t *value)
{
    struct core_run *run = context;
    struct special_register special;

    if (run->gone || !core_run_fetch_registers(run)) {
        return false;
    }
    if (number < FIRST_SPECIAL) {
        *value = run->registers[number];
        return true;
    }
    return find_special(run, number, &special) ? read_special(run, &special, value)
                                               : access_float(run, number, value, false);
}

bool core_run_write_register(void *context, unsigned number, uint32_t value)
{
    struct core_run *run = context;
    struct special_register special;

    if (run->gone || !core_run_fetch_registers(run)) {
        return false;
    }
    if (number < FIRST_SPECIAL) {
        return put_register(run, number, value);
    }
    return find_special(run, number, &special) ? write_special(run, &special, value)
                                               : access_float(run, number, &value, true);
}

bool core_run_store(struct core_run *run, uint32_t address, unsigned size, uint32_t value)
{
    static const uint8_t codes[] = {[1] = 0x70, [2] = 0x80, [4] = 0x60}; /* STRB, STRH, STR */
    struct instruction store = {{0x01, codes[size]}, STORE_CODE, {address, value}}; /* R1, [R0] */

    return !run->gone && run_instruction(run, &store);
}
