#include "thumb_frame.h"

#include <stdbool.h>

#define MOST_INSTRUCTIONS 64U /* that a prologue is looked for in */

/* What one instruction does to the stack pointer. */
struct effect {
    uint32_t taken;  /* bytes */
    bool arguments;  /* pushes r0 to r3 only */
    bool saves;      /* pushes a register that the caller wants back, or the return address */
    bool gives_back; /* bytes, or control */
};

static uint32_t count_bits(uint32_t bits)
{
    uint32_t count = 0;

    for (; bits != 0; bits &= bits - 1U) {
        count++;
    }
    return count;
}

static struct effect push(uint32_t registers)
{
    return (struct effect){.taken = 4U * count_bits(registers),
                           .arguments = (registers & ~0x000FU) == 0,
                           .saves = (registers & 0x4FF0U) != 0};
}

/* Armv8-M Architecture Reference Manual, C2.4: T1 encodings of PUSH, SUB, POP, ADD, BX. */
static struct effect narrow(uint32_t code)
{
    if ((code & 0xFE00U) == 0xB400U) {
        return push((code & 0xFFU) | ((code & 0x100U) << 6));
    }
    if ((code & 0xFF80U) == 0xB080U) {
        return (struct effect){.taken = 4U * (code & 0x7FU)};
    }
    return (struct effect){.gives_back = (code & 0xFF80U) == 0xB000U ||
                                         (code & 0xFE00U) == 0xBC00U ||
                                         (code & 0xFF00U) == 0x4700U};
}

/* STMDB sp!; STR and STRD with write-back below sp; BL. */
static struct effect wide(uint32_t first, uint32_t second)
{
    if (first == 0xE92DU) {
        return push(second);
    }
    if (first == 0xF84DU && (second & 0x0FFFU) == 0x0D04U) {
        return push(1U << (second >> 12));
    }
    if (first == 0xE96DU) {
        struct effect effect = push(1U << (second >> 12) | 1U << (second >> 8 & 15U));

        effect.taken = 4U * (second & 0xFFU);
        return effect;
    }
    return (struct effect){.gives_back =
                               (first & 0xF800U) == 0xF000U && (second & 0xD000U) == 0xD000U};
}

static uint32_t halfword(const uint8_t *code)
{
    return code[0] | (uint32_t)code[1] << 8;
}

/*
 * Method: the prologue is followed in the order of its instructions, which may stand behind an early
 * return. What is taken before the first push of saved registers is not in GCC's frame. If there is
 * no such push, pushed arguments are not, and a subtraction is only as far as the frame is smaller.
 */
uint32_t thumb_frame(const uint8_t *code, size_t length, uint32_t frame)
{
    uint32_t arguments = 0;
    uint32_t taken = 0;
    size_t at = 0;

    for (unsigned i = 0; i < MOST_INSTRUCTIONS && at + 2U <= length; i++) {
        const uint32_t first = halfword(code + at);
        const bool is_wide = first >= 0xE800U;
        struct effect effect;

        if (is_wide && at + 4U > length) {
            break;
        }
        effect = is_wide ? wide(first, halfword(code + at + 2U)) : narrow(first);
        at += is_wide ? 4U : 2U;
        if (effect.saves) {
            return frame + taken;
        }
        if (effect.gives_back && taken > 0) {
            break;
        }
        taken += effect.taken;
        arguments += effect.arguments ? effect.taken : 0;
    }
    return frame + arguments > taken ? frame + arguments : taken;
}
