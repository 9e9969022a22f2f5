#include "virtual_probe/guest_memory.h"

enum { BYTE_BITS = 8 };

void guest_memory_init(struct guest_memory *memory, struct core_run *run,
                       const struct guest_map *map, const struct guest_ram *ram)
{
    *memory = (struct guest_memory){.run = run, .map = map, .ram = ram};
}

static const struct guest_region *find(const struct guest_memory *memory,
                                       const struct memory_access *access)
{
    return memory->run->kind->is_v8 && !access->secure
               ? NULL
               : guest_map_find(memory->map, access->address, access->size);
}

/* Whether the host knows where it lies. */
static bool is_known(const struct guest_memory *memory, const struct guest_region *region)
{
    return memory->ram->places[region - memory->map->regions] != 0;
}

static bool is_ram(const struct guest_memory *memory, const struct guest_region *region)
{
    return region->kind != GUEST_ROM && is_known(memory, region);
}

bool guest_memory_is_ram(const struct guest_memory *memory, uint32_t address)
{
    const struct guest_region *region = guest_map_find(memory->map, address, 1);

    return region != NULL && is_ram(memory, region);
}

/* ---- by way of the core ---- */

/* What is done with a halted core; false: it failed. */
typedef bool halted_function(struct guest_memory *memory, void *context);

/* Does it, for which a core that runs is stopped. */
static bool while_halted(struct guest_memory *memory, halted_function *function, void *context)
{
    const struct core_control control = core_run_control(memory->run);
    const bool runs = core_run_is_running(memory->run);
    bool done;

    if (runs && !control.halt(control.context)) {
        return false;
    }
    done = function(memory, context);
    return runs ? control.resume(control.context) && done : done;
}

struct transfer {
    uint32_t address;
    uint8_t *bytes;
    size_t size;
};

static bool read_halted(struct guest_memory *memory, void *context)
{
    const struct transfer *transfer = context;

    return core_run_read_memory(memory->run, transfer->address, transfer->bytes, transfer->size);
}

static bool write_halted(struct guest_memory *memory, void *context)
{
    const struct transfer *transfer = context;
    size_t done = 0;

    while (done < transfer->size) {
        const size_t left = transfer->size - done;
        const size_t size = left < GDB_TRANSFER_MAX ? left : GDB_TRANSFER_MAX;

        if (!core_run_write_memory(memory->run, transfer->address + (uint32_t)done,
                                   transfer->bytes + done, size)) {
            return false;
        }
        done += size;
    }
    return true;
}

bool guest_memory_flush(struct guest_memory *memory)
{
    struct write_buffer *buffer = &memory->buffer;
    struct transfer transfer = {buffer->address, buffer->bytes, buffer->size};

    if (buffer->size == 0) {
        return true;
    }
    buffer->size = 0;
    return while_halted(memory, write_halted, &transfer);
}

/* ---- accesses ---- */

bool guest_memory_read(struct guest_memory *memory, const struct memory_access *access,
                       uint32_t *value)
{
    const struct guest_region *region = find(memory, access);
    uint8_t bytes[sizeof(*value)] = {0};
    struct transfer transfer = {access->address, bytes, access->size};
    struct diagnostic unused = {""}; /* the core has what the process does not give */
    bool done;

    if (region == NULL || !guest_memory_flush(memory)) {
        return false;
    }
    done = is_known(memory, region) &&
           guest_ram_read(memory->ram, access->address, bytes, access->size, &unused) == RIG_OK;
    if (!done) {
        done = while_halted(memory, read_halted, &transfer);
    }
    *value = 0;
    for (unsigned i = 0; i < access->size; i++) {
        *value |= (uint32_t)bytes[i] << BYTE_BITS * i;
    }
    return done;
}

/* What QEMU's stub writes to devices is dropped: the core itself must store it. */
static bool store_halted(struct guest_memory *memory, void *context)
{
    const struct transfer *transfer = context;
    uint32_t value = 0;

    for (size_t i = 0; i < transfer->size; i++) {
        value |= (uint32_t)transfer->bytes[i] << BYTE_BITS * i;
    }
    return core_run_store(memory->run, transfer->address, (unsigned)transfer->size, value);
}

static bool write_device(struct guest_memory *memory, const struct memory_access *access,
                         uint32_t value)
{
    uint8_t bytes[sizeof(value)];
    struct transfer transfer = {access->address, bytes, access->size};

    for (unsigned i = 0; i < sizeof(value); i++) {
        bytes[i] = (uint8_t)(value >> BYTE_BITS * i);
    }
    return while_halted(memory, store_halted, &transfer);
}

bool guest_memory_write(struct guest_memory *memory, const struct memory_access *access,
                        uint32_t value)
{
    const struct guest_region *region = find(memory, access);
    struct write_buffer *buffer = &memory->buffer;

    if (region == NULL) {
        return false;
    }
    if (is_ram(memory, region) && write_buffer_add(buffer, access->address, access->size, value)) {
        return true;
    }
    if (!guest_memory_flush(memory)) {
        return false;
    }
    return is_ram(memory, region) ? write_buffer_add(buffer, access->address, access->size, value)
                                  : write_device(memory, access, value);
}
