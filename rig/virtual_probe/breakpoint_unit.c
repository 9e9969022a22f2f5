#include "virtual_probe/breakpoint_unit.h"

enum {
    FP_CTRL = 0x000,
    FP_COMP = 0x008, /* the first comparator */
    CTRL_ENABLE = 1U << 0,
    CTRL_KEY = 1U << 1,
    CTRL_COUNT_SHIFT = 4,
    CTRL_VERSION_SHIFT = 28,
    COMPARATOR_ENABLE = 1U << 0,
    V1_ADDRESS = 0x1FFFFFFC,
    V1_REPLACE_SHIFT = 30,
    V1_LOWER = 1, /* REPLACE: break at the lower half word, the upper one, both */
    V1_UPPER = 2,
    V1_BOTH = 3,
    INSTRUCTION = 2, /* bytes, at least */
};

void breakpoint_unit_init(struct breakpoint_unit *unit, bool reaches_all, unsigned count)
{
    *unit = (struct breakpoint_unit){.reaches_all = reaches_all, .count = count};
}

static bool is_comparator(const struct breakpoint_unit *unit, uint32_t offset, size_t *number)
{
    *number = (offset - FP_COMP) / sizeof(uint32_t);
    return offset >= FP_COMP && *number < unit->count;
}

uint32_t breakpoint_unit_read(const struct breakpoint_unit *unit, uint32_t offset)
{
    size_t number;

    if (offset == FP_CTRL) {
        return (unit->reaches_all ? 1U << CTRL_VERSION_SHIFT : 0) |
               unit->count << CTRL_COUNT_SHIFT | (unit->enabled ? (uint32_t)CTRL_ENABLE : 0);
    }
    return is_comparator(unit, offset, &number) ? unit->comparators[number] : 0;
}

void breakpoint_unit_write(struct breakpoint_unit *unit, uint32_t offset, uint32_t value)
{
    size_t number;

    if (offset == FP_CTRL && (value & CTRL_KEY) != 0) {
        unit->enabled = (value & CTRL_ENABLE) != 0;
    } else if (is_comparator(unit, offset, &number)) {
        unit->comparators[number] = value;
    }
}

static void add(struct core_point *points, size_t *count, uint32_t address)
{
    points[(*count)++] = (struct core_point){CORE_POINT_BREAK, address, INSTRUCTION};
}

/* A comparator of version 1 for both half words is one point here: the lower one comes first. */
static void add_comparator(const struct breakpoint_unit *unit, uint32_t comparator,
                           struct core_point *points, size_t *count)
{
    const uint32_t word = comparator & V1_ADDRESS;

    if ((comparator & COMPARATOR_ENABLE) == 0) {
        return;
    }
    if (unit->reaches_all) {
        add(points, count, comparator & ~(uint32_t)COMPARATOR_ENABLE);
        return;
    }
    switch (comparator >> V1_REPLACE_SHIFT) {
    case V1_LOWER:
    case V1_BOTH:
        add(points, count, word);
        break;
    case V1_UPPER:
        add(points, count, word + INSTRUCTION);
        break;
    default: /* a patch */
        break;
    }
}

size_t breakpoint_unit_points(const struct breakpoint_unit *unit, struct core_point *points)
{
    size_t count = 0;

    for (unsigned i = 0; unit->enabled && i < unit->count; i++) {
        add_comparator(unit, unit->comparators[i], points, &count);
    }
    return count;
}
