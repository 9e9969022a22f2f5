#include "virtual_probe/core_debug.h"

enum {
    DHCSR_KEY = 0xA05F,
    AIRCR_KEY = 0x05FA,
    KEY_SHIFT = 16,
    AIRCR_SYSRESETREQ = 1U << 2,
    AIRCR_VECTRESET = 1U << 0, /* Armv7-M; resets all here, as SYSRESETREQ */
    DCRSR_NUMBER = 0x7F,
    DCRSR_WRITES = 1U << 16,
    DEMCR_CATCH_RESET = 1U << 0,
    DSCSR_KEPT = 0x3,        /* SBRSELEN, SBRSEL */
    DSCSR_SECURE = 1U << 16, /* CDS */
    DSCSR_CDSKEY = 1U << 17, /* a write of CDS counts only when it is 0 */
};

/* DAUTHSTATUS (D1.2.15): two bits each, 2 not permitted, 3 permitted. */
enum {
    PERMITTED = 3,
    NOT_PERMITTED = 2,
    NON_SECURE_SHIFT = 0,
    NON_SECURE_QUIET_SHIFT = 2,
    SECURE_SHIFT = 4,
    SECURE_QUIET_SHIFT = 6,
};

static const uint32_t request_bits =
    DHCSR_C_DEBUGEN | DHCSR_C_HALT | DHCSR_C_STEP | DHCSR_C_MASKINTS | DHCSR_C_SNAPSTALL;

void core_debug_init(struct core_debug *core, const struct core_control *control, bool has_security)
{
    *core = (struct core_debug){.control = *control, .has_security = has_security};
    core_debug_power_lost(core);
}

void core_debug_power_lost(struct core_debug *core)
{
    core->halted = false;
    core->resume_due = false;
    core->locked_up = false;
    core->requests = 0;
    core->demcr = 0;
    core->dfsr = 0;
    core->dcrdr = 0;
    core->dscsr = core->has_security ? DSCSR_SECURE : 0;
    core->reset_seen = true;
    core->retired_seen = true;
}

/* ---- what happens to the core ---- */

void core_debug_stopped(struct core_debug *core, uint32_t causes)
{
    core->halted = true;
    core->resume_due = false;
    core->dfsr |= causes;
    core->requests |= DHCSR_C_HALT;
}

/* Before Armv8-M, a reset clears C_HALT: only a vector catch holds the core (Cortex-M3 Technical Reference
 * Manual, DDI 0337, on DHCSR). */
static void note_reset(struct core_debug *core)
{
    if (!core->has_security) {
        core->requests &= ~(uint32_t)DHCSR_C_HALT;
    }
    core->reset_seen = true;
    core->resume_due = false;
    core->locked_up = false;
    core->dscsr = core->has_security ? DSCSR_SECURE : 0;
}

static bool do_resume(struct core_debug *core)
{
    if (!core->control.resume(core->control.context)) {
        return false;
    }
    core->halted = false;
    core->retired_seen = true;
    return true;
}

bool core_debug_settle(struct core_debug *core)
{
    const bool was_due = core->resume_due;

    core->resume_due = false;
    return !was_due || core->control.resume(core->control.context);
}

static void resume_soon(struct core_debug *core)
{
    core->resume_due = true;
    core->halted = false;
    core->retired_seen = true;
}

/* Behind a reset, with the core halted: it stays so for a vector catch, or because it was told to. */
static bool hold_or_run(struct core_debug *core)
{
    const bool debugs = core->permitted && (core->requests & DHCSR_C_DEBUGEN) != 0;

    if (debugs && (core->demcr & DEMCR_CATCH_RESET) != 0) {
        core_debug_stopped(core, DFSR_VCATCH);
    } else if (debugs && (core->requests & DHCSR_C_HALT) != 0) {
        core_debug_stopped(core, DFSR_HALTED);
    } else {
        return do_resume(core);
    }
    return true;
}

bool core_debug_was_reset(struct core_debug *core)
{
    note_reset(core);
    return !core->halted || hold_or_run(core);
}

bool core_debug_reset(struct core_debug *core)
{
    if (!core->control.reset(core->control.context)) {
        return false;
    }
    note_reset(core);
    return hold_or_run(core);
}

/* ---- DHCSR ---- */

static bool do_halt(struct core_debug *core)
{
    if (!core->control.halt(core->control.context)) {
        return false;
    }
    core_debug_stopped(core, DFSR_HALTED);
    return true;
}

static bool do_step(struct core_debug *core)
{
    const bool interrupts = (core->requests & DHCSR_C_MASKINTS) == 0;

    if (!core->control.step(core->control.context, interrupts)) {
        return false;
    }
    core->retired_seen = true;
    core_debug_stopped(core, DFSR_HALTED);
    return true;
}

/* C_HALT halts; without it a halted core makes a step, or runs: a debugger that goes lets it run at once. */
static bool write_dhcsr(struct core_debug *core, uint32_t value)
{
    if (value >> KEY_SHIFT != DHCSR_KEY) {
        return true;
    }
    core->requests = value & request_bits;
    if ((value & DHCSR_C_DEBUGEN) == 0) {
        core->requests = 0;
        return core->halted ? do_resume(core) : true;
    }
    if ((value & DHCSR_C_HALT) != 0) {
        return core->halted ? true : do_halt(core);
    }
    if (!core->halted) {
        return true;
    }
    if ((value & DHCSR_C_STEP) != 0) {
        return do_step(core);
    }
    resume_soon(core);
    return true;
}

static uint32_t read_dhcsr(struct core_debug *core)
{
    uint32_t value = core->requests | DHCSR_S_REGRDY;

    value |= core->halted ? (uint32_t)DHCSR_S_HALT : 0;
    value |= core->locked_up ? (uint32_t)DHCSR_S_LOCKUP : 0;
    value |= core->has_security && core->permitted ? (uint32_t)DHCSR_S_SDE : 0;
    value |= core->reset_seen ? (uint32_t)DHCSR_S_RESET_ST : 0;
    value |= core->retired_seen || !core->halted ? (uint32_t)DHCSR_S_RETIRE_ST : 0;
    core->reset_seen = false;
    core->retired_seen = false;
    return value;
}

/* ---- the others ---- */

/* Only of a halted core; what a running one would give is not defined, and is nothing here. */
static bool write_dcrsr(struct core_debug *core, uint32_t value)
{
    const struct core_control *control = &core->control;
    const unsigned number = value & DCRSR_NUMBER;

    if (!core->halted) {
        return true;
    }
    if ((value & DCRSR_WRITES) != 0) {
        return control->write_register(control->context, number, core->dcrdr);
    }
    return control->read_register(control->context, number, &core->dcrdr);
}

bool core_debug_asks_reset(uint32_t address, uint32_t value)
{
    return address == CORE_DEBUG_AIRCR && value >> KEY_SHIFT == AIRCR_KEY &&
           (value & (AIRCR_SYSRESETREQ | AIRCR_VECTRESET)) != 0;
}

static void write_dscsr(struct core_debug *core, uint32_t value)
{
    uint32_t kept = DSCSR_KEPT;

    if (!core->has_security) {
        return;
    }
    if ((value & DSCSR_CDSKEY) == 0) {
        kept |= DSCSR_SECURE;
    }
    core->dscsr = (core->dscsr & ~kept) | (value & kept);
}

/* Non-secure debug is permitted whenever anybody can read this. */
static uint32_t authentication(const struct core_debug *core)
{
    const uint32_t secure = core->permitted ? PERMITTED : NOT_PERMITTED;
    const uint32_t value = (uint32_t)PERMITTED << NON_SECURE_SHIFT | (uint32_t)PERMITTED
                                                                         << NON_SECURE_QUIET_SHIFT;

    return core->has_security ? value | secure << SECURE_SHIFT | secure << SECURE_QUIET_SHIFT
                              : value;
}

bool core_debug_has(uint32_t address)
{
    switch (address) {
    case CORE_DEBUG_DFSR:
    case CORE_DEBUG_DHCSR:
    case CORE_DEBUG_DCRSR:
    case CORE_DEBUG_DCRDR:
    case CORE_DEBUG_DEMCR:
    case CORE_DEBUG_DAUTHCTRL:
    case CORE_DEBUG_DSCSR:
    case CORE_DEBUG_DAUTHSTATUS:
        return true;
    default:
        return false;
    }
}

bool core_debug_read(struct core_debug *core, uint32_t address, uint32_t *value)
{
    switch (address) {
    case CORE_DEBUG_DHCSR:
        *value = read_dhcsr(core);
        break;
    case CORE_DEBUG_DCRDR:
        *value = core->dcrdr;
        break;
    case CORE_DEBUG_DEMCR:
        *value = core->demcr;
        break;
    case CORE_DEBUG_DFSR:
        *value = core->dfsr;
        break;
    case CORE_DEBUG_DSCSR:
        *value = core->dscsr;
        break;
    case CORE_DEBUG_DAUTHSTATUS:
        *value = authentication(core);
        break;
    default: /* DCRSR is only written, DAUTHCTRL never permits more than the chip does */
        *value = 0;
        break;
    }
    return true;
}

bool core_debug_write(struct core_debug *core, uint32_t address, uint32_t value)
{
    switch (address) {
    case CORE_DEBUG_DHCSR:
        return write_dhcsr(core, value);
    case CORE_DEBUG_DCRSR:
        return write_dcrsr(core, value);
    case CORE_DEBUG_DCRDR:
        core->dcrdr = value;
        return true;
    case CORE_DEBUG_DEMCR:
        core->demcr = value;
        return true;
    case CORE_DEBUG_DFSR:
        core->dfsr &= ~value;
        return true;
    case CORE_DEBUG_DSCSR:
        write_dscsr(core, value);
        return true;
    default:
        return true;
    }
}
