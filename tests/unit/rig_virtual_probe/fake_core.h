/* A core that does as it is told, and remembers it. */
#ifndef ORDEAL_TESTS_FAKE_CORE_H
#define ORDEAL_TESTS_FAKE_CORE_H

#include "virtual_probe/core_control.h"

struct fake_core {
    bool gone; /* every call fails */
    unsigned halts;
    unsigned resumes;
    unsigned steps;
    unsigned resets;
    bool stepped_with_interrupts;
    uint32_t registers[128];
    struct core_point points[CORE_POINTS_MAX];
    size_t point_count;
    unsigned point_calls;
};

extern struct fake_core fake_core;
extern const struct core_control fake_control;

#endif
