/**
 * What an emulator is made of; for emulator*.c only.
 */
#ifndef RIG_EMULATOR_EMULATOR_STATE_H
#define RIG_EMULATOR_EMULATOR_STATE_H

#include "base/console.h"
#include "emulator/emulator.h"
#include "emulator/qmp.h"
#include "emulator/serial_bus.h"

#define EMULATOR_NETWORK "n0"    /* id of the network */
#define EMULATOR_SENSOR  "temp0" /* id of the temperature sensor */

/** What QEMU said on stderr, of one start. */
struct emulator_stderr {
    char last[512];   /**< its last line that is not empty */
    char lockup[512]; /**< the line that tells of a lockup; empty without */
};

struct emulator {
    struct emulator_options options;
    enum emulator_state state;
    struct diagnostic ended; /**< why, in EMULATOR_GUEST_LOCKUP and EMULATOR_DIED */
    struct serial_bus *bus;
    struct console *console;
    struct qmp_events events;
    struct process *process; /**< NULL without */
    struct qmp *qmp;         /**< freed at power-off: a call of it may meet the end of QEMU */
    struct emulator_stderr errors;
    uint16_t tcp_port;
    bool link_down;
    bool temperature_set;
    int temperature; /**< tenths of a degree */
};

/** Starts QEMU with the guest halted and connects to it; nothing is left on error. */
int emulator_start(struct emulator *emulator, int64_t deadline_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * To be called once the process has ended: reads the rest of what was said, frees the process,
 * and sets the state and `ended`. RIG_OK when the rig had ended it, else what always
 * applies from then on.
 */
int emulator_settle(struct emulator *emulator, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** RIG_OK while QEMU runs, else the error that its state stands for. */
int emulator_check_running(const struct emulator *emulator,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Sends link and temperature, as they are to be, to a running QEMU. */
int emulator_apply_link(struct emulator *emulator, int64_t deadline_ms,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;
int emulator_apply_temperature(struct emulator *emulator, int64_t deadline_ms,
                               struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
