/**
 * The pins of a chip's debug connector, as an adapter drives them: what a wire protocol
 * (bus_pirate.h) is translated to, and what a TAP (jtag_tap.h) hangs on.
 */
#ifndef RIG_VIRTUAL_PROBE_DEBUG_PINS_H
#define RIG_VIRTUAL_PROBE_DEBUG_PINS_H

#include <stdbool.h>

/** All members must be set. */
struct debug_pins {
    void *context; /**< the first argument of every call */

    /** One cycle of TCK with TMS and TDI as given. Returns TDO as it is before the rising edge. */
    bool (*clock)(void *context, bool tms, bool tdi);

    /** The TAP's reset, nTRST: true while it is driven low. */
    void (*tap_reset)(void *context, bool asserted);

    /** The chip's reset, nSRST: true while it is driven low. */
    void (*system_reset)(void *context, bool asserted);
};

#endif
