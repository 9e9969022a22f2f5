#include "virtual_probe/mem_ap.h"

#include <stddef.h>

enum {
    LARGEST_SIZE = 2,    /* in CSW: 32 bits */
    WRAP = 0x3FF,        /* TAR counts within a kilobyte (IHI 0031, C2.2.2) */
    BANK_MASK = 0xF,     /* of TAR, for the banked words */
    BANK_REGISTER = 0xC, /* of a banked register's address */
    LANE_BITS = 8,
    WORD = 4,
};

static const uint32_t read_only = MEM_AP_DEVICE_ENABLED | MEM_AP_SECURE_ENABLED;

void mem_ap_init(struct mem_ap *port, const struct mem_ap_memory *memory,
                 const struct mem_ap_identity *identity)
{
    *port = (struct mem_ap){
        .memory = *memory, .identity = *identity, .csw = identity->csw_reset & ~read_only};
}

static unsigned access_size(const struct mem_ap *port)
{
    return 1U << (port->csw & MEM_AP_SIZE);
}

/* Without the Security Extension there is one kind of access; it is called secure here. */
static bool is_secure(const struct mem_ap *port)
{
    return !port->identity.has_security || (port->csw & MEM_AP_NON_SECURE) == 0;
}

static bool may_access(const struct mem_ap *port)
{
    const struct mem_ap_memory *memory = &port->memory;

    if (!memory->is_open(memory->context)) {
        return false;
    }
    return !port->identity.has_security || !is_secure(port) ||
           memory->is_secure_open(memory->context);
}

/* ---- CSW ---- */

static uint32_t csw_value(const struct mem_ap *port)
{
    const struct mem_ap_memory *memory = &port->memory;
    uint32_t value = port->csw;

    if (memory->is_open(memory->context)) {
        value |= MEM_AP_DEVICE_ENABLED;
    }
    if (port->identity.has_security && memory->is_secure_open(memory->context)) {
        value |= MEM_AP_SECURE_ENABLED;
    }
    return value;
}

/* A size or an increment that the port has not is not kept: that is how a debugger finds out. */
static void write_csw(struct mem_ap *port, uint32_t value)
{
    if ((value & MEM_AP_INCREMENT) != MEM_AP_INCREMENT_SINGLE) {
        value &= ~(uint32_t)MEM_AP_INCREMENT;
    }
    if ((value & MEM_AP_SIZE) > LARGEST_SIZE) {
        value = (value & ~(uint32_t)MEM_AP_SIZE) | LARGEST_SIZE;
    }
    port->csw = value & ~read_only;
}

/* ---- data ---- */

static void count_on(struct mem_ap *port)
{
    if ((port->csw & MEM_AP_INCREMENT) == MEM_AP_INCREMENT_SINGLE) {
        port->tar = (port->tar & ~(uint32_t)WRAP) | ((port->tar + access_size(port)) & WRAP);
    }
}

/* Bytes stand in the lanes that their address names (IHI 0031, C2.2.6). */
static unsigned lane_of(const struct memory_access *access)
{
    return LANE_BITS * (access->address % WORD);
}

static uint32_t only_size(const struct memory_access *access, uint32_t value)
{
    return access->size == WORD ? value : value & ((1U << (LANE_BITS * access->size)) - 1);
}

static struct memory_access data_access(const struct mem_ap *port)
{
    const unsigned size = access_size(port);

    return (struct memory_access){port->tar & ~(size - 1), size, is_secure(port)};
}

static bool read_data(struct mem_ap *port, uint32_t *value)
{
    const struct memory_access access = data_access(port);
    uint32_t data = 0;

    if (!may_access(port) || !port->memory.read(port->memory.context, &access, &data)) {
        return false;
    }
    *value = only_size(&access, data) << lane_of(&access);
    count_on(port);
    return true;
}

static bool write_data(struct mem_ap *port, uint32_t value)
{
    const struct memory_access access = data_access(port);

    if (!may_access(port) || !port->memory.write(port->memory.context, &access,
                                                 only_size(&access, value >> lane_of(&access)))) {
        return false;
    }
    count_on(port);
    return true;
}

static struct memory_access banked_access(const struct mem_ap *port, uint8_t address)
{
    const uint32_t bank = port->tar & ~(uint32_t)BANK_MASK;

    return (struct memory_access){bank | (address & BANK_REGISTER), WORD, is_secure(port)};
}

static bool is_banked(uint8_t address)
{
    return (address & ~BANK_REGISTER) == MEM_AP_BANKED;
}

/* ---- registers ---- */

static bool read_constant(const struct mem_ap *port, uint8_t address, uint32_t *value)
{
    switch (address) {
    case MEM_AP_CSW:
        *value = csw_value(port);
        return true;
    case MEM_AP_TAR:
        *value = port->tar;
        return true;
    case MEM_AP_BASE:
        *value = port->identity.base;
        return true;
    case MEM_AP_IDR:
        *value = port->identity.idr;
        return true;
    default: /* CFG too: little-endian, no large addresses, no large data */
        *value = 0;
        return true;
    }
}

bool mem_ap_read(void *context, uint8_t address, uint32_t *value)
{
    struct mem_ap *port = context;

    *value = 0;
    if (port->identity.idr == 0) {
        return true;
    }
    if (address == MEM_AP_DRW) {
        return read_data(port, value);
    }
    if (is_banked(address)) {
        const struct memory_access access = banked_access(port, address);

        return may_access(port) && port->memory.read(port->memory.context, &access, value);
    }
    return read_constant(port, address, value);
}

bool mem_ap_write(void *context, uint8_t address, uint32_t value)
{
    struct mem_ap *port = context;

    if (port->identity.idr == 0) {
        return true;
    }
    if (address == MEM_AP_DRW) {
        return write_data(port, value);
    }
    if (is_banked(address)) {
        const struct memory_access access = banked_access(port, address);

        return may_access(port) && port->memory.write(port->memory.context, &access, value);
    }
    if (address == MEM_AP_CSW) {
        write_csw(port, value);
    } else if (address == MEM_AP_TAR) {
        port->tar = value;
    }
    return true;
}

bool mem_ap_settle(void *context)
{
    const struct mem_ap_memory *memory = &((struct mem_ap *)context)->memory;

    return memory->settle == NULL || memory->settle(memory->context);
}
