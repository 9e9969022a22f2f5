#include "virtual_probe/watchpoint_unit.h"

enum {
    DWT_CTRL = 0x000,
    DWT_COMP = 0x020, /* of the first comparator; 16 bytes each */
    DWT_DEVARCH = 0xFBC,
    COMPARATOR_SIZE = 0x10,
    PLACE_ADDRESS = 0x0,
    PLACE_MASK = 0x4,
    PLACE_FUNCTION = 0x8,
    CTRL_COUNT_SHIFT = 28,
    CTRL_NOTHING_ELSE = 0x0F000000, /* NOTRCPKT, NOEXTTRIG, NOCYCCNT, NOPRFCNT */
    V8_DEVARCH = 0x47701A02,
    FUNCTION_MATCHED = 1U << 24,
    MASK_MAX = 15,
};

/* Functions of Armv7-M, and their kind. */
enum { V7_FUNCTION = 0xF, V7_READ = 5, V7_WRITE = 6, V7_ACCESS = 7 };

/* Armv8-M: what is compared, what happens then, and over how many bytes. */
enum {
    V8_MATCH = 0xF,
    V8_ACCESS = 4,
    V8_WRITE = 5,
    V8_READ = 6,
    V8_ACTION_SHIFT = 4,
    V8_ACTION = 0x3,
    V8_ACTION_HALT = 1,
    V8_SIZE_SHIFT = 10,
    V8_SIZE = 0x3,
};

static const uint32_t v8_identity = 0xAU << 27; /* ID: addresses of instructions and of data */
static const uint32_t v8_kept = 0xC3F;          /* MATCH, ACTION, DATAVSIZE */
static const uint32_t v7_kept = 0xF;

void watchpoint_unit_init(struct watchpoint_unit *unit, bool is_v8, unsigned count)
{
    *unit = (struct watchpoint_unit){.is_v8 = is_v8, .count = count};
}

static struct watchpoint_comparator *comparator_at(struct watchpoint_unit *unit, uint32_t offset)
{
    const uint32_t number = (offset - DWT_COMP) / COMPARATOR_SIZE;

    return offset >= DWT_COMP && number < unit->count ? &unit->comparators[number] : NULL;
}

static uint32_t read_function(const struct watchpoint_unit *unit,
                              struct watchpoint_comparator *comparator)
{
    const uint32_t value = comparator->function | (unit->is_v8 ? v8_identity : 0) |
                           (comparator->matched ? (uint32_t)FUNCTION_MATCHED : 0);

    comparator->matched = false;
    return value;
}

uint32_t watchpoint_unit_read(struct watchpoint_unit *unit, uint32_t offset)
{
    struct watchpoint_comparator *comparator = comparator_at(unit, offset);

    if (offset == DWT_CTRL) {
        return unit->count << CTRL_COUNT_SHIFT | CTRL_NOTHING_ELSE;
    }
    if (offset == DWT_DEVARCH) {
        return unit->is_v8 ? V8_DEVARCH : 0;
    }
    if (comparator == NULL) {
        return 0;
    }
    switch (offset % COMPARATOR_SIZE) {
    case PLACE_ADDRESS:
        return comparator->address;
    case PLACE_MASK:
        return unit->is_v8 ? 0 : comparator->mask;
    case PLACE_FUNCTION:
        return read_function(unit, comparator);
    default:
        return 0;
    }
}

/* A mask that is too wide is kept as wide as it can be: that is how a debugger finds out. */
void watchpoint_unit_write(struct watchpoint_unit *unit, uint32_t offset, uint32_t value)
{
    struct watchpoint_comparator *comparator = comparator_at(unit, offset);

    if (comparator == NULL) {
        return;
    }
    switch (offset % COMPARATOR_SIZE) {
    case PLACE_ADDRESS:
        comparator->address = value;
        break;
    case PLACE_MASK:
        comparator->mask = value < MASK_MAX ? value : MASK_MAX;
        break;
    case PLACE_FUNCTION:
        comparator->function = value & (unit->is_v8 ? v8_kept : v7_kept);
        break;
    default:
        break;
    }
}

static bool v7_kind(uint32_t function, enum core_point_kind *kind)
{
    switch (function & V7_FUNCTION) {
    case V7_READ:
        *kind = CORE_POINT_READ;
        return true;
    case V7_WRITE:
        *kind = CORE_POINT_WRITE;
        return true;
    case V7_ACCESS:
        *kind = CORE_POINT_ACCESS;
        return true;
    default:
        return false;
    }
}

static bool v8_kind(uint32_t function, enum core_point_kind *kind)
{
    if ((function >> V8_ACTION_SHIFT & V8_ACTION) != V8_ACTION_HALT) {
        return false;
    }
    switch (function & V8_MATCH) {
    case V8_READ:
        *kind = CORE_POINT_READ;
        return true;
    case V8_WRITE:
        *kind = CORE_POINT_WRITE;
        return true;
    case V8_ACCESS:
        *kind = CORE_POINT_ACCESS;
        return true;
    default:
        return false;
    }
}

/* False when the comparator is off, or does what is not modelled. */
static bool point_of(const struct watchpoint_unit *unit,
                     const struct watchpoint_comparator *comparator, struct core_point *point)
{
    const uint32_t size = unit->is_v8 ? 1U << (comparator->function >> V8_SIZE_SHIFT & V8_SIZE)
                                      : 1U << comparator->mask;

    point->address = comparator->address & ~(size - 1);
    point->size = size;
    return unit->is_v8 ? v8_kind(comparator->function, &point->kind)
                       : v7_kind(comparator->function, &point->kind);
}

size_t watchpoint_unit_points(const struct watchpoint_unit *unit, struct core_point *points)
{
    size_t count = 0;

    for (unsigned i = 0; i < unit->count; i++) {
        count += point_of(unit, &unit->comparators[i], &points[count]);
    }
    return count;
}

void watchpoint_unit_matched(struct watchpoint_unit *unit, uint32_t address)
{
    for (unsigned i = 0; i < unit->count; i++) {
        struct core_point point;

        if (point_of(unit, &unit->comparators[i], &point) && address - point.address < point.size) {
            unit->comparators[i].matched = true;
        }
    }
}
