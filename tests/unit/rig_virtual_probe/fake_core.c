#include "fake_core.h"

#include <string.h>

struct fake_core fake_core;

static bool halt(void *context)
{
    (void)context;
    fake_core.halts++;
    return !fake_core.gone;
}

static bool resume(void *context)
{
    (void)context;
    fake_core.resumes++;
    return !fake_core.gone;
}

static bool step(void *context, bool interrupts)
{
    (void)context;
    fake_core.steps++;
    fake_core.stepped_with_interrupts = interrupts;
    return !fake_core.gone;
}

static bool read_register(void *context, unsigned number, uint32_t *value)
{
    (void)context;
    *value = fake_core.registers[number];
    return !fake_core.gone;
}

static bool write_register(void *context, unsigned number, uint32_t value)
{
    (void)context;
    fake_core.registers[number] = value;
    return !fake_core.gone;
}

static bool set_points(void *context, const struct core_point *points, size_t count)
{
    (void)context;
    memcpy(fake_core.points, points, count * sizeof(*points));
    fake_core.point_count = count;
    fake_core.point_calls++;
    return !fake_core.gone;
}

static bool reset(void *context)
{
    (void)context;
    fake_core.resets++;
    return !fake_core.gone;
}

const struct core_control fake_control = {NULL,          halt,           resume,     step,
                                          read_register, write_register, set_points, reset};
