#include "fault_text.h"

#include <stddef.h>

#define FRAME_WORDS 8U /* r0-r3, r12, lr, pc, psr (Armv8-M ARM, B3.19; Armv6-M ARM, B1.5.6) */

extern uint32_t startup_stack_limit[];
extern uint32_t startup_stack_top[];

void fault_text_number(const char *name, uint32_t number)
{
    char text[9] = {0};

    for (int i = 7; i >= 0; i--) {
        text[i] = "0123456789abcdef"[number & 0xFU];
        number >>= 4;
    }
    fault_text_put(name);
    fault_text_put(text);
}

void fault_text_address(const char *name, bool valid, uint32_t address)
{
    if (valid) {
        fault_text_number(name, address);
    } else {
        fault_text_put(name);
        fault_text_put("-");
    }
}

bool fault_text_is_frame(const uint32_t *frame)
{
    const uintptr_t begin = (uintptr_t)frame;

    return begin % 4U == 0 && begin >= (uintptr_t)startup_stack_limit &&
           begin <= (uintptr_t)startup_stack_top - FRAME_WORDS * 4U;
}

void fault_text_frame(const uint32_t *frame, bool stacked)
{
    static const char *const names[FRAME_WORDS] = {
        " r0=", " r1=", " r2=", " r3=", " r12=", " lr=", " pc=", " psr="};

    for (size_t i = 0; i < FRAME_WORDS; i++) {
        fault_text_address(names[i], stacked, stacked ? frame[i] : 0);
    }
}
