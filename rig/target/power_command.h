/**
 * Power driver `command`: a relay, a USB hub or a lab supply, switched by command lines of the
 * target's or the bench's file. See base/command_words.h for how they are split; no shell is involved.
 *
 * A command has done its work when it ends with exit code 0, and with it ends all that it started.
 *
 * A timed cut starts the command `off` in the background. The supply fails some time after
 * `after_us`: the start of a process (about a millisecond) and what the command and the relay take.
 * That delay is not known here and differs from time to time, so a replay aims at the same time and
 * does not hit the same instant.
 */
#ifndef RIG_TARGET_POWER_COMMAND_H
#define RIG_TARGET_POWER_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/power.h"

enum {
    POWER_COMMAND_LIMIT_MS = 10000, /**< for one command, when the target does not say */
    POWER_COMMAND_PORT_MS = 20000,  /**< for a port to be back, at most */
};

/** Strings must live as long as the driver. */
struct power_command_options {
    const char *on;
    const char *off;
    const char *cycle; /**< off and on again in one go; NULL: none */
    const char *reset; /**< a reset that leaves power on; NULL: none */
    int64_t limit_ms;  /**< for each command; 0: POWER_COMMAND_LIMIT_MS */

    /** Device file that is there as long as the board has power, as its USB serial port: `on` and `cycle`
     * return once it is there. NULL: none. */
    const char *port;

    const char *folder;             /**< that commands start in; NULL: the rig's current one */
    const char *const *environment; /**< as in base/process.h; NULL for none */
    const char *log_path;           /**< file that their output is appended to; NULL for none */
};

/**
 * Makes the driver; no command runs yet. What the supply does now is unknown, so that the first on
 * and the first off run their command. RIG_OK; RIG_ERROR_CONFIGURATION for a command line that cannot
 * be split; RIG_ERROR_NO_MEMORY. `power` is all zero after an error.
 *
 * Calls of the driver: RIG_ERROR_BENCH when a command cannot be started or ends otherwise than with
 * exit code 0, or does not end in time: it is killed. Each with one line that
 * names the command, how it ended and the last line that it wrote to stderr. Likewise when the port is
 * not there in POWER_COMMAND_PORT_MS, or at the deadline, after a command that has worked.
 */
RIG_MUST_CHECK int power_command_create(const struct power_command_options *options,
                                        struct power *power, struct diagnostic *diagnostic);

/** Whether the driver has switched the supply off, or is just doing so for a cut: what is not there now
 * need not be broken. Takes the driver's `self`. */
bool power_command_is_off(void *self);

/** Ends what still runs and frees all; the supply stays as it is. Makes `power` all zero. */
void power_command_destroy(struct power *power);

#endif
