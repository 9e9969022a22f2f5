/**
 * What an emulator is made of; for emulator*.c only.
 */
#ifndef RIG_EMULATOR_EMULATOR_STATE_H
#define RIG_EMULATOR_EMULATOR_STATE_H

#include "base/console.h"
#include "emulator/emulator.h"
#include "emulator/link_relay.h"
#include "emulator/nvmc_flash.h"
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
    struct nvmc_flash flash; /**< all zero without one */
    struct emulator_stderr errors;
    uint16_t tcp_port;
    bool link_down;
    bool temperature_set;
    int temperature;          /**< tenths of a degree */
    struct link_relay *relay; /**< NULL without */
    struct net_weather weather;
    struct net_weather_counters weather_before; /**< of relays that have ended */
    struct emulator_debug_lines debug;          /**< -1 without */
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

/** Something that a wait is for; moves on what it can, and says whether it has come. */
typedef bool emulator_condition(struct emulator *emulator, void *context);

/**
 * Pumps until it has come; it is looked at once more after an error. As emulator_pump(); a
 * RIG_ERROR_TIMEOUT is the caller's to explain, who knows what did not come.
 */
int emulator_wait_until(struct emulator *emulator, emulator_condition *condition, void *context,
                        int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Runs `apply` unless the device is off: it is applied at the next start then. */
typedef int emulator_apply_function(struct emulator *emulator, int64_t deadline_ms,
                                    struct diagnostic *diagnostic);
int emulator_apply_unless_off(struct emulator *emulator, emulator_apply_function *apply,
                              int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Sends link, temperature and weather, as they are to be, to a running QEMU. */
int emulator_apply_link(struct emulator *emulator, int64_t deadline_ms,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;
int emulator_apply_temperature(struct emulator *emulator, int64_t deadline_ms,
                               struct diagnostic *diagnostic) RIG_MUST_CHECK;
int emulator_apply_weather(struct emulator *emulator, int64_t deadline_ms,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends the relay, once QEMU has ended, and adds up what it counted. Does nothing without one. */
void emulator_end_relay(struct emulator *emulator);

#endif
