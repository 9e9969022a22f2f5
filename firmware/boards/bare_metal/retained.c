#include "retained.h"

#include "crc.h"
#include "memory_map.h"
#include "peripherals.h"

#include <string.h>

#define MAGIC       0x4E544552U /* "RETN"; anything else: the power was lost */
#define NOBODY_SAID ((uint32_t)HAL_RESET_FAULT + 1U)

/* Boot stage and application are linked apart: the section is all that it holds, and its layout is a
 * contract between them. */
static struct {
    uint32_t magic;
    uint32_t next_cause; /* enum hal_reset_cause, or NOBODY_SAID */
    uint32_t last_cause;
    uint32_t handover_crc;
    struct boot_handover handover;
    uint8_t lock[HAL_RETAINED_SIZE];
} retained __attribute__((section(".retained")));

_Static_assert(sizeof retained <= RETAINED_SIZE, "fits");

void retained_begin(enum hal_reset_cause otherwise)
{
    if (retained.magic != MAGIC || retained.next_cause > NOBODY_SAID) {
        retained.last_cause = HAL_RESET_POWER_ON;
    } else if (retained.next_cause == NOBODY_SAID) {
        retained.last_cause = (uint32_t)otherwise;
    } else {
        retained.last_cause = retained.next_cause;
    }
    retained.magic = MAGIC;
    retained.next_cause = NOBODY_SAID;
    retained.handover_crc = 0;
    memset(&retained.handover, 0, sizeof retained.handover);
}

void retained_note_cause(enum hal_reset_cause cause)
{
    retained.next_cause = (uint32_t)cause;
}

static uint32_t handover_crc(void)
{
    return ~crc32_ieee(0, (const uint8_t *)&retained.handover, sizeof retained.handover);
}

void retained_hand_over(const struct boot_handover *handover)
{
    memcpy(&retained.handover, handover, sizeof retained.handover);
    retained.handover_crc = handover_crc();
}

bool retained_take_over(struct boot_handover *handover)
{
    if (retained.magic != MAGIC || retained.handover_crc != handover_crc()) {
        return false;
    }
    memcpy(handover, &retained.handover, sizeof *handover);
    return true;
}

_Noreturn void retained_reset(enum hal_reset_cause cause)
{
    retained_note_cause(cause);
    __asm volatile("dsb" ::: "memory");
    SCB_AIRCR = AIRCR_KEY | AIRCR_SYSTEM_RESET;
    __asm volatile("dsb" ::: "memory");
    for (;;) {
    }
}

enum hal_reset_cause hal_reset_cause(void)
{
    return (enum hal_reset_cause)retained.last_cause;
}

uint8_t *hal_retained(void)
{
    return retained.lock;
}
