#include "stage_memory.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Of the linker script: addresses, not values. */
extern uint32_t startup_data_source[];
extern uint32_t startup_data_begin[];
extern uint32_t startup_data_end[];
extern uint32_t startup_bss_begin[];
extern uint32_t startup_bss_end[];

/* The linker's symbols belong to no object of C: their distance is one of addresses. */
static size_t distance(const uint32_t *begin, const uint32_t *end)
{
    return (size_t)((uintptr_t)end - (uintptr_t)begin);
}

void stage_memory_fill(void)
{
    memcpy(startup_data_begin, startup_data_source, distance(startup_data_begin, startup_data_end));
    memset(startup_bss_begin, 0, distance(startup_bss_begin, startup_bss_end));
}
