#ifndef RIG_EMULATOR_QEMU_ARGUMENTS_H
#define RIG_EMULATOR_QEMU_ARGUMENTS_H

#include "base/rig_error.h"
#include "base/text.h"
#include "emulator/emulator.h"

enum {
    QEMU_NETWORK_DIRECTIONS = 2, /**< out of the guest, and into it */
};

/** Stream sockets that frames of the network go through, for each direction; -1 for none. */
struct qemu_network {
    int to_relay[QEMU_NETWORK_DIRECTIONS];
    int from_relay[QEMU_NETWORK_DIRECTIONS];
};

/** Descriptors that QEMU inherits. */
struct qemu_descriptors {
    int monitor;                       /**< stream socket for QMP */
    int console;                       /**< stream socket for UART 1; counts only with a console */
    int bus;                           /**< master of a pseudo-terminal for UART 0 */
    struct qemu_network network;       /**< counts only when options.relay is set */
    struct emulator_debug_lines debug; /**< QEMU's ends; qtest counts with qemu_has_qtest(), the
                                          others when options.debug is set */
};

/** Whether this QEMU has a qtest line: for a debugger, or to fill its flash. */
bool qemu_has_qtest(const struct emulator_options *options);

/**
 * Appends QEMU's command line to `arguments`, the program first. The guest is halted until the
 * monitor says `cont`. A comma in a path or name is doubled, as QEMU wants it.
 * RIG_OK or RIG_ERROR_NO_MEMORY.
 */
int qemu_arguments(const struct emulator_options *options,
                   const struct qemu_descriptors *descriptors,
                   struct text_list *arguments) RIG_MUST_CHECK;

#endif
