/**
 * An emulated board: one QEMU process that is started and cut off as a device is switched on and
 * off, with its wired bus, its flash file, and the console and the network that it may have.
 *
 * Nothing of it is on a disk but the flash file and the console's log: monitor, console and bus are
 * descriptors that QEMU inherits. QEMU dies with the rig (base/process.h), whatever kills the rig.
 *
 * Time: a deadline is of process_clock_ms(), or PROCESS_NO_DEADLINE. Every call that waits reads the
 * console, the events and QEMU's output meanwhile; between calls nobody does, and a device that
 * says more than the socket takes (about 200 KiB) waits for its UART until the next call.
 *
 * Errors of every call that talks to QEMU, below only "as always":
 *   RIG_ERROR_DEVICE       the guest locked up and QEMU ended for that: the device's fault; the
 *                          diagnostic is QEMU's line, the state EMULATOR_GUEST_LOCKUP
 *   RIG_ERROR_BENCH        QEMU ended in another way (state EMULATOR_DIED; with the last line of its
 *                          stderr), its monitor talks nonsense, or a file cannot be written
 *   RIG_ERROR_USAGE        the device is off, or QEMU refuses the command (with its words)
 *   RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY
 * After a lockup or death each call says the same again until emulator_power_off().
 */
#ifndef RIG_EMULATOR_EMULATOR_H
#define RIG_EMULATOR_EMULATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/process.h"
#include "base/rig_error.h"
#include "emulator/net_weather.h"

/** Made by emulator_create(), freed by emulator_destroy(). */
struct emulator;

struct qmp_command; /* emulator/qmp.h */

/** Where the device's flash is while it runs. */
enum emulator_flash {
    EMULATOR_FLASH_FILE, /**< in the file itself, which is the board's memory */

    /** In QEMU's own memory, behind an NVMC (nvmc_flash.h). The file is read at power-on and replaced at
     * power-off, by a copy and its renaming; between them it holds what flash was when the device was
     * switched on, or at the last emulator_save_flash(). So it does too after a QEMU that ended in any
     * other way than by emulator_power_off(), a lockup of the guest included, or with a rig that died:
     * what the device stored meanwhile is lost. */
    EMULATOR_FLASH_NVMC,
};

/** Strings and `extra` must live as long as the emulator. */
struct emulator_options {
    const char *qemu;    /**< program, a path or a name in PATH; NULL: "qemu-system-arm" */
    const char *machine; /**< QEMU's name of the board; NULL: "mps2-an505" */

    /** ELF file of the boot stage; loaded anew at each reset. NULL: the core starts what is in flash. */
    const char *kernel;

    /** Flash file. It must be a regular file of exactly `flash_size` bytes, which must be what the
     * machine wants (mps2-an505: 16 MiB; microbit: 256 KiB). */
    const char *flash;
    uint64_t flash_size;
    enum emulator_flash flash_kind;

    bool no_console; /**< the machine's only UART is the bus */
    bool no_network; /**< the machine has no network: no tcp_port and no relay either */

    const char *sensor; /**< I2C bus (e.g. "i2c") of a TMP105 at address 0x48; NULL: no sensor */

    /** Guest's TCP port to reach through emulator_tcp_port(); 0: none. The network, user-mode NAT
     * named n0, is there without one too; the guest finds this machine's loopback at 10.0.2.2. */
    uint16_t tcp_port;

    /** Program ordeal-link-relay (emulator_find_relay()), through which all frames of the network
     * then go, so that it can have weather; NULL: it has none. */
    const char *relay;

    /** There is a debugger: QEMU has the lines of emulator_debug_lines(), and the guest stays halted
     * after emulator_power_on() until whoever holds them lets it run. */
    bool debug;

    const char *console_log;  /**< file that the console is appended to; NULL: none */
    const char *const *extra; /**< further arguments of QEMU, ended by NULL; NULL: none */
};

enum emulator_state {
    EMULATOR_OFF,
    EMULATOR_RUNNING,
    EMULATOR_GUEST_LOCKUP, /**< the guest's core locked up; its fault */
    EMULATOR_DIED,         /**< QEMU ended in any other way; the bench's fault */
};

/** Where the link relay is: as workspace_find_helper(). */
int emulator_find_relay(const char *program_folder, char **path,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Makes a board that is switched off; opens its bus and the log.
 *
 * RIG_OK; RIG_ERROR_BENCH with a diagnostic; RIG_ERROR_NO_MEMORY.
 */
int emulator_create(const struct emulator_options *options, struct emulator **emulator,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Cuts the power, and frees all. NULL is allowed. */
void emulator_destroy(struct emulator *emulator);

/**
 * Switches on: starts QEMU with the guest halted, fills its flash, opens the port (the one of the last
 * time if it still is free), sets link and temperature as they were, and lets the guest run. Does
 * nothing when it runs.
 *
 * Returns RIG_OK once the guest may run: a guest that locks up in its first instructions is seen by
 * the next call that waits. RIG_ERROR_CONFIGURATION when the flash file or the kernel is not what it
 * must be; else as always. The state after an error is EMULATOR_OFF.
 */
int emulator_power_on(struct emulator *emulator, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Cuts the power: SIGKILL to QEMU, which is reaped. What the device had said on its console is
 * kept; what is under way on the bus is lost. With EMULATOR_FLASH_NVMC QEMU is stopped first, by
 * SIGSTOP, and the flash is taken from it; the cut is at the stop, and a QEMU that somebody stopped
 * before was cut then. Does nothing when it is off. Not cut short by an interrupt.
 *
 * The state is EMULATOR_OFF afterwards. RIG_OK; RIG_ERROR_DEVICE or RIG_ERROR_BENCH when QEMU had
 * ended by itself and no call had said so yet; RIG_ERROR_BENCH when QEMU does not end by SIGKILL, its
 * flash cannot be taken, or a file cannot be written.
 */
int emulator_power_off(struct emulator *emulator, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Brings the flash file up to date while the device runs; with EMULATOR_FLASH_FILE, and while it is off,
 * it is so already. Torn where the device is just writing. Errors as always.
 */
int emulator_save_flash(struct emulator *emulator, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Resets the board (flash and retained memory stay) and waits until it is done. As always. */
int emulator_reset(struct emulator *emulator, int64_t deadline_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Plugs the network cable in or out; off, from the next start on. Stays so over power cuts.
 * RIG_ERROR_USAGE without a network; else as always. */
int emulator_set_link(struct emulator *emulator, bool up, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Sets the weather of the network, for all frames that come from now on; off, from the next start
 * on. Stays so over power cuts; each call and each start begins the choice of frames anew from the
 * seed. Frames that were under way already arrive. RIG_ERROR_USAGE without a relay or out of range;
 * RIG_ERROR_BENCH when the relay ended by itself, which each call then says again until
 * emulator_power_off(); else as always.
 */
int emulator_set_weather(struct emulator *emulator, const struct net_weather *weather,
                         int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What became of frames since emulator_create(). Works off, too. Errors as above. */
int emulator_weather_counters(struct emulator *emulator, struct net_weather_counters *counters,
                              int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Sets what the sensor measures, in tenths of a degree Celsius, -1280 to 1279 (TMP105); off, from
 * the next start on. Stays so over power cuts. RIG_ERROR_USAGE without a sensor or out of range;
 * else as always.
 */
int emulator_set_temperature(struct emulator *emulator, int tenths, int64_t deadline_ms,
                             struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Looks whether QEMU and its relay still work; waits at most until the deadline, for QEMU's monitor to
 * answer. With a deadline that has passed the monitor is not asked. RIG_OK, also while it is off;
 * RIG_ERROR_BENCH when one of them ended, is stopped (SIGSTOP) or does not answer, with a diagnostic
 * that names it; else as always, but for RIG_ERROR_USAGE and RIG_ERROR_TIMEOUT.
 */
int emulator_check(struct emulator *emulator, int64_t deadline_ms,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether nobody will answer for a device that is on: QEMU has ended or is stopped. Reads nothing and
 * changes nothing. */
bool emulator_is_mute(const struct emulator *emulator);

/**
 * Waits until something happened (output, an event) or the deadline. A deadline in the past reads
 * what is there. As always; RIG_ERROR_TIMEOUT when nothing happened.
 */
int emulator_pump(struct emulator *emulator, int64_t deadline_ms,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Waits until `text` (not empty) stands on the console at or after *position; *position is then the
 * one after it. As always. Text that came before QEMU ended is found all the same.
 */
int emulator_wait_console(struct emulator *emulator, const char *text, uint64_t *position,
                          int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Position after the last byte of the console that was read; goes on over power cuts. */
uint64_t emulator_console_position(const struct emulator *emulator);

/** What is kept of the console from *position on, as console_text() (base/console.h). Hostile. */
const char *emulator_console_text(const struct emulator *emulator, uint64_t *position,
                                  size_t *size);

/** Sends bytes to the device's console, and waits until the line has taken them. RIG_ERROR_USAGE
 * without a console; else as always. */
int emulator_send_console(struct emulator *emulator, const void *bytes, size_t size,
                          int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Waits for QEMU's event `name` (e.g. "RESET", "WATCHDOG") at or after *position; *position is then
 * the one after it. As always.
 */
int emulator_wait_event(struct emulator *emulator, const char *name, uint64_t *position,
                        int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Position after the last event that was read; goes on over power cuts. */
uint64_t emulator_event_position(const struct emulator *emulator);

/**
 * Runs a command of QEMU's monitor, for what no call here does: to look at memory, to record the
 * network. Takes over the arguments, whatever it returns. As always.
 */
int emulator_execute(struct emulator *emulator, const struct qmp_command *command,
                     int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Path of the bus for a Modbus RTU client; the same for the emulator's life. Owned by it. */
const char *emulator_bus_path(const struct emulator *emulator);

/** Port of 127.0.0.1 that leads to options.tcp_port; 0 before the first start and without one. */
uint16_t emulator_tcp_port(const struct emulator *emulator);

/** Connected stream sockets to a QEMU that has a debugger; -1 each without one, but for qtest, by
 * which the flash was filled. */
struct emulator_debug_lines {
    int gdb;     /**< to its gdb stub */
    int qtest;   /**< to qtest */
    int monitor; /**< to a monitor (QMP) of the debugger's own, which has said nothing yet */
};

/** The lines of the present start: the emulator's, which closes them when the power is
 * cut; a child may inherit them. All are -1 while it is off. */
struct emulator_debug_lines emulator_debug_lines(const struct emulator *emulator);

/** QEMU's process; 0 when there is none. */
pid_t emulator_process_id(const struct emulator *emulator);

/** As the last call saw it. */
enum emulator_state emulator_state(const struct emulator *emulator);

#endif
