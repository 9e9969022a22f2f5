/* The core's debug registers: halting, stepping, registers, catches and resets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_core.h"
#include "virtual_probe/core_debug.h"

enum { KEY = (int)0xA05F0000 };

static struct core_debug core;

static int set_up(void **state)
{
    (void)state;
    memset(&fake_core, 0, sizeof(fake_core));
    core_debug_init(&core, &fake_control, true);
    core.permitted = true;
    return 0;
}

static uint32_t get(uint32_t address)
{
    uint32_t value = 0;

    assert_true(core_debug_has(address));
    assert_true(core_debug_read(&core, address, &value));
    return value;
}

static void put(uint32_t address, uint32_t value)
{
    assert_true(core_debug_write(&core, address, value));
}

static void order(uint32_t requests)
{
    put(CORE_DEBUG_DHCSR, (uint32_t)KEY | requests);
}

static int set_up_halted(void **state)
{
    (void)set_up(state);
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    (void)get(CORE_DEBUG_DHCSR);
    put(CORE_DEBUG_DFSR, UINT32_MAX);
    return 0;
}

static void test_halt_and_resume(void **state)
{
    (void)state;
    order(DHCSR_C_DEBUGEN);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, 0);
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    assert_int_equal(fake_core.halts, 1);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & 0xFFFFF,
                     DHCSR_S_HALT | DHCSR_S_REGRDY | DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    assert_int_equal(get(CORE_DEBUG_DFSR), DFSR_HALTED);
    order(DHCSR_C_DEBUGEN);
    assert_true(core_debug_settle(&core));
    assert_true(core_debug_settle(&core));
    assert_int_equal(fake_core.resumes, 1);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, 0);
}

/* What a debugger lets run and then resets, or halts, has not run in between. */
static void test_resume_that_is_overtaken(void **state)
{
    (void)state;
    order(DHCSR_C_DEBUGEN);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, 0);
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    assert_true(core_debug_settle(&core));
    assert_int_equal(fake_core.resumes, 0);
    order(DHCSR_C_DEBUGEN);
    put(CORE_DEBUG_DEMCR, 1);
    assert_true(core_debug_reset(&core));
    assert_true(core_debug_settle(&core));
    assert_int_equal(fake_core.resumes, 0);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, DHCSR_S_HALT);
}

static void test_key_is_needed(void **state)
{
    (void)state;
    put(CORE_DEBUG_DHCSR, DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    put(CORE_DEBUG_DHCSR, 0x05FA0003);
    assert_int_equal(fake_core.halts, 0);
    order(DHCSR_C_HALT); /* without C_DEBUGEN */
    assert_int_equal(fake_core.halts, 0);
}

static void test_end_of_debugging_lets_it_run(void **state)
{
    (void)state;
    order(0);
    assert_int_equal(fake_core.resumes, 1);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & 0xF, 0);
}

static void test_step(void **state)
{
    (void)state;
    order(DHCSR_C_DEBUGEN | DHCSR_C_STEP | DHCSR_C_MASKINTS);
    assert_int_equal(fake_core.steps, 1);
    assert_false(fake_core.stepped_with_interrupts);
    assert_int_equal(get(CORE_DEBUG_DFSR), DFSR_HALTED);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & (DHCSR_S_HALT | DHCSR_S_RETIRE_ST),
                     DHCSR_S_HALT | DHCSR_S_RETIRE_ST);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_RETIRE_ST, 0);
    order(DHCSR_C_DEBUGEN | DHCSR_C_STEP);
    assert_true(fake_core.stepped_with_interrupts);
}

static void test_registers(void **state)
{
    (void)state;
    fake_core.registers[15] = 0x10000100;
    put(CORE_DEBUG_DCRSR, 15);
    assert_int_equal(get(CORE_DEBUG_DCRDR), 0x10000100);
    put(CORE_DEBUG_DCRDR, 0x1234);
    put(CORE_DEBUG_DCRSR, 1U << 16 | 0x7F);
    assert_int_equal(fake_core.registers[0x7F], 0x1234);
    order(DHCSR_C_DEBUGEN);
    fake_core.registers[15] = 0;
    put(CORE_DEBUG_DCRSR, 15); /* of a core that runs */
    assert_int_equal(get(CORE_DEBUG_DCRDR), 0x1234);
}

static void test_stops_by_itself(void **state)
{
    (void)state;
    order(DHCSR_C_DEBUGEN);
    core_debug_stopped(&core, DFSR_BKPT);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, DHCSR_S_HALT);
    core_debug_stopped(&core, DFSR_DWTTRAP);
    assert_int_equal(get(CORE_DEBUG_DFSR), DFSR_BKPT | DFSR_DWTTRAP);
    put(CORE_DEBUG_DFSR, DFSR_BKPT);
    assert_int_equal(get(CORE_DEBUG_DFSR), DFSR_DWTTRAP);
    core.locked_up = true;
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_LOCKUP, DHCSR_S_LOCKUP);
}

static void test_reset_by_the_debugger(void **state)
{
    (void)state;
    assert_true(core_debug_asks_reset(CORE_DEBUG_AIRCR, 0x05FA0004));
    assert_true(core_debug_asks_reset(CORE_DEBUG_AIRCR, 0x05FA0001));
    assert_false(core_debug_asks_reset(CORE_DEBUG_AIRCR, 0x00000004));
    assert_false(core_debug_asks_reset(CORE_DEBUG_AIRCR, 0x05FA0300));
    assert_false(core_debug_asks_reset(CORE_DEBUG_DEMCR, 0x05FA0004));
    order(DHCSR_C_DEBUGEN);
    (void)get(CORE_DEBUG_DHCSR);
    assert_true(core_debug_reset(&core));
    assert_int_equal(fake_core.resumes, 1);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & (DHCSR_S_RESET_ST | DHCSR_S_HALT), DHCSR_S_RESET_ST);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_RESET_ST, 0);
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT); /* what was halted stays so */
    assert_true(core_debug_reset(&core));
    assert_int_equal(fake_core.resumes, 1);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, DHCSR_S_HALT);
}

static void test_vector_catch(void **state)
{
    (void)state;
    put(CORE_DEBUG_DEMCR, 1);
    assert_true(core_debug_reset(&core)); /* debugging is off */
    assert_int_equal(fake_core.resumes, 1);
    order(DHCSR_C_DEBUGEN);
    assert_true(core_debug_reset(&core));
    assert_int_equal(fake_core.resumes, 1);
    assert_int_equal(get(CORE_DEBUG_DFSR), DFSR_VCATCH);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, DHCSR_S_HALT);
    assert_int_equal(get(CORE_DEBUG_DEMCR), 1); /* stays over a reset */
}

/* A chip that is shut runs, whatever a debugger asked for before. */
/* Before Armv8-M a reset lets a halted core go, unless it is caught. */
static void test_reset_of_an_older_core(void **state)
{
    (void)set_up(state);
    core.has_security = false;
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    assert_true(core_debug_reset(&core));
    assert_int_equal(fake_core.resumes, 1);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & (DHCSR_S_HALT | DHCSR_C_HALT | DHCSR_C_DEBUGEN),
                     DHCSR_C_DEBUGEN);
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    assert_true(core_debug_was_reset(&core)); /* by a watchdog */
    assert_int_equal(fake_core.resumes, 2);
    put(CORE_DEBUG_DEMCR, 1);
    assert_true(core_debug_reset(&core));
    assert_int_equal(fake_core.resumes, 2);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, DHCSR_S_HALT);
    assert_int_equal(get(CORE_DEBUG_DFSR) & DFSR_VCATCH, DFSR_VCATCH);
}

static void test_reset_of_a_chip_that_is_shut(void **state)
{
    (void)state;
    put(CORE_DEBUG_DEMCR, 1);
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    core.permitted = false;
    assert_true(core_debug_reset(&core));
    assert_int_equal(fake_core.resumes, 1);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, 0);
}

static void test_reset_by_itself(void **state)
{
    (void)state;
    order(DHCSR_C_DEBUGEN);
    (void)get(CORE_DEBUG_DHCSR);
    core.locked_up = true;
    assert_true(core_debug_was_reset(&core));
    assert_int_equal(get(CORE_DEBUG_DHCSR) & (DHCSR_S_RESET_ST | DHCSR_S_LOCKUP), DHCSR_S_RESET_ST);
    assert_int_equal(fake_core.resets + fake_core.resumes, 0);
    order(DHCSR_C_DEBUGEN | DHCSR_C_HALT);
    assert_true(core_debug_was_reset(&core)); /* a halted core stays halted */
    assert_int_equal(fake_core.resumes, 0);
    core.permitted = false;
    assert_true(core_debug_was_reset(&core));
    assert_int_equal(fake_core.resumes, 1);
}

static void test_security(void **state)
{
    (void)state;
    assert_int_equal(get(CORE_DEBUG_DAUTHSTATUS), 0xFF);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_SDE, DHCSR_S_SDE);
    core.permitted = false;
    assert_int_equal(get(CORE_DEBUG_DAUTHSTATUS), 0xAF);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_SDE, 0);
    put(CORE_DEBUG_DAUTHCTRL, UINT32_MAX); /* permits nothing */
    assert_int_equal(get(CORE_DEBUG_DAUTHSTATUS), 0xAF);
    assert_int_equal(get(CORE_DEBUG_DSCSR), 1U << 16);
    put(CORE_DEBUG_DSCSR, 1U << 17 | 3); /* CDS is kept */
    assert_int_equal(get(CORE_DEBUG_DSCSR), 1U << 16 | 3);
    put(CORE_DEBUG_DSCSR, 0);
    assert_int_equal(get(CORE_DEBUG_DSCSR), 0);
}

static void test_core_without_security(void **state)
{
    (void)state;
    core_debug_init(&core, &fake_control, false);
    assert_int_equal(get(CORE_DEBUG_DAUTHSTATUS), 0x0F);
    put(CORE_DEBUG_DSCSR, UINT32_MAX);
    assert_int_equal(get(CORE_DEBUG_DSCSR), 0);
}

static void test_core_that_is_gone(void **state)
{
    (void)state;
    fake_core.gone = true;
    assert_false(core_debug_write(&core, CORE_DEBUG_DHCSR, (uint32_t)KEY | 3));
    assert_int_equal(get(CORE_DEBUG_DHCSR) & DHCSR_S_HALT, 0);
    assert_false(core_debug_reset(&core));
}

static void test_power_lost(void **state)
{
    (void)state;
    put(CORE_DEBUG_DEMCR, 1);
    core_debug_power_lost(&core);
    assert_int_equal(get(CORE_DEBUG_DEMCR) | get(CORE_DEBUG_DFSR), 0);
    assert_int_equal(get(CORE_DEBUG_DHCSR) & (DHCSR_S_HALT | 0xF), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_halt_and_resume, set_up),
        cmocka_unit_test_setup(test_key_is_needed, set_up),
        cmocka_unit_test_setup(test_end_of_debugging_lets_it_run, set_up_halted),
        cmocka_unit_test_setup(test_step, set_up_halted),
        cmocka_unit_test_setup(test_registers, set_up_halted),
        cmocka_unit_test_setup(test_stops_by_itself, set_up),
        cmocka_unit_test_setup(test_resume_that_is_overtaken, set_up_halted),
        cmocka_unit_test_setup(test_reset_by_the_debugger, set_up),
        cmocka_unit_test_setup(test_vector_catch, set_up),
        cmocka_unit_test_setup(test_reset_of_an_older_core, set_up),
        cmocka_unit_test_setup(test_reset_of_a_chip_that_is_shut, set_up),
        cmocka_unit_test_setup(test_reset_by_itself, set_up),
        cmocka_unit_test_setup(test_security, set_up),
        cmocka_unit_test_setup(test_core_without_security, set_up),
        cmocka_unit_test_setup(test_core_that_is_gone, set_up),
        cmocka_unit_test_setup(test_power_lost, set_up_halted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
