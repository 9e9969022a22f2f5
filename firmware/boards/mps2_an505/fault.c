/*
 * A processor fault ends in one line on the console, made to be read by a program, and a reset:
 *
 *   fault: type=usage cfsr=00100000 hfsr=00000000 mmfar=- bfar=- sp=38000008 exc=fffffff9 r0=- r1=-
 *   r2=- r3=- r12=- lr=- pc=- psr=- causes=stack-overflow                         (in one line)
 *
 * Numbers are hexadecimal; an address register or a stacked frame that does not hold is '-'.
 *
 * Method: the handler runs on a stack of its own, because the one that faulted may be the reason. It
 * believes nothing that it did not check: the frame is read only where stack memory is.
 */
#include "fault_text.h"
#include "peripherals.h"
#include "retained.h"
#include "startup.h"

#include <stdbool.h>
#include <stddef.h>

#define FAULT_STACK_WORDS 256U
#define IPSR_MASK         0x1FFU

uint64_t fault_stack[FAULT_STACK_WORDS / 2U];
_Noreturn void fault_report(const uint32_t *frame, uint32_t exception_return);

static const struct {
    uint32_t bit;
    const char *name;
} causes[] = {
    {1U << 0, "execute-protected"},    {1U << 1, "access-protected"},
    {1U << 3, "unstacking-protected"}, {1U << 4, "stacking-protected"},
    {1U << 8, "instruction-bus"},      {1U << 9, "precise-bus"},
    {1U << 10, "imprecise-bus"},       {1U << 11, "unstacking-bus"},
    {1U << 12, "stacking-bus"},        {1U << 16, "undefined-instruction"},
    {1U << 17, "invalid-state"},       {1U << 18, "invalid-pc"},
    {1U << 19, "no-coprocessor"},      {1U << 20, "stack-overflow"},
    {1U << 24, "unaligned"},           {1U << 25, "divide-by-zero"},
};

#define MMFAR_VALID (1U << 7)
#define BFAR_VALID  (1U << 15)

static const char *type_name(void)
{
    static const char *const names[] = {"hard", "memory", "bus", "usage", "secure"};
    uint32_t exception;

    __asm volatile("mrs %0, ipsr" : "=r"(exception));
    exception = (exception & IPSR_MASK) - 3U;
    return exception < sizeof names / sizeof *names ? names[exception] : "unknown";
}

static void put_causes(uint32_t cfsr)
{
    const char *separator = " causes=";

    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        if ((cfsr & causes[i].bit) != 0) {
            fault_text_put(separator);
            fault_text_put(causes[i].name);
            separator = ",";
        }
    }
    if (*separator != ',') {
        fault_text_put(" causes=-");
    }
    fault_text_put("\r\n");
}

_Noreturn void fault_report(const uint32_t *frame, uint32_t exception_return)
{
    const uint32_t cfsr = SCB_CFSR;
    /* An overflow is found before the frame is written. */
    const bool stacked =
        fault_text_is_frame(frame) && (cfsr & ((1U << 20) | (1U << 4) | (1U << 12))) == 0;

    retained_note_cause(HAL_RESET_FAULT); /* first: the rest may fault */
    fault_text_put("\r\nfault: type=");
    fault_text_put(type_name());
    fault_text_number(" cfsr=", cfsr);
    fault_text_number(" hfsr=", SCB_HFSR);
    fault_text_address(" mmfar=", (cfsr & MMFAR_VALID) != 0, SCB_MMFAR);
    fault_text_address(" bfar=", (cfsr & BFAR_VALID) != 0, SCB_BFAR);
    fault_text_number(" sp=", (uint32_t)(uintptr_t)frame);
    fault_text_number(" exc=", exception_return);
    fault_text_frame(frame, stacked);
    put_causes(cfsr);
    retained_reset(HAL_RESET_FAULT);
}

/* Only the main stack is in use. */
__attribute__((naked)) void fault_entry(void)
{
    __asm volatile("mrs r0, msp\n"
                   "mov r1, lr\n"
                   "ldr r2, =fault_stack\n"
                   "msr msplim, r2\n"
                   "add r2, r2, %0\n"
                   "msr msp, r2\n"
                   "b fault_report\n" ::"i"(FAULT_STACK_WORDS * 4U));
}
