/*
 * A processor fault ends in one line on the console, made to be read by a program, and a reset:
 *
 *   fault: type=hard sp=20000f48 exc=fffffff9 r0=00000000 r1=00000001 r2=00000002 r3=00000003
 *   r12=00000004 lr=00016201 pc=00016300 psr=61000000                              (in one line)
 *
 * This core does not say why it faulted. A stack that overflowed has no frame: its registers are '-'.
 * A fault that the core cannot take any more is a lock-up, which the chip turns into a reset (board.c).
 *
 * Method: the handler has a stack of its own, because the one that faulted may be next to its end. It
 * believes nothing that it did not check: the frame is read only where stack memory is.
 */
#include "fault_text.h"
#include "retained.h"
#include "startup.h"

#define FAULT_STACK_WORDS 64U

uint64_t fault_stack[FAULT_STACK_WORDS / 2U];
_Noreturn void fault_report(const uint32_t *frame, uint32_t exception_return);

_Noreturn void fault_report(const uint32_t *frame, uint32_t exception_return)
{
    retained_note_cause(HAL_RESET_FAULT); /* first: the rest may fault */
    fault_text_put("fault: type=hard");
    fault_text_number(" sp=", (uint32_t)(uintptr_t)frame);
    fault_text_number(" exc=", exception_return);
    fault_text_frame(frame, fault_text_is_frame(frame));
    fault_text_put("\n");
    retained_reset(HAL_RESET_FAULT);
}

/* Only the main stack is in use. */
__attribute__((naked)) void fault_entry(void)
{
    __asm volatile("mrs r0, msp\n"
                   "mov r1, lr\n"
                   "ldr r2, 1f\n"
                   "msr msp, r2\n"
                   "ldr r2, 2f\n"
                   "bx r2\n"
                   ".balign 4\n"
                   "1: .word fault_stack + %c0\n"
                   "2: .word fault_report\n" ::"i"(FAULT_STACK_WORDS * 4U));
}
