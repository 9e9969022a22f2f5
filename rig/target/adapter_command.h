/**
 * Adapter driver `command`: a program of the product's maker answers for the device, so that a
 * product that speaks something else than Hearth joins without a line of C. This comment is its manual.
 *
 * The program is started without a shell (base/command_words.h) and runs for many requests. Each request
 * is one JSON object on one line of its stdin, each answer one JSON object on one line of its stdout,
 * of at most 64 KiB of UTF-8; stderr goes to a log. At the end of stdin it ends, else it is killed.
 *
 * Every request has `verb` (a text) and `deadline_ms` (how many milliseconds the program has to answer;
 * it is killed soon after). Every answer is {"ok": true, ...} or {"error": E, "detail": text}, with E
 *   "timeout"      the device does not answer
 *   "device"       the device answers nonsense
 *   "unsupported"  the program cannot do that
 *   "bench"        anything else: a port that is missing, a program that is broken
 * Members that are not named here are ignored; those named are checked strictly. Texts have the sizes
 * of target/adapter.h. A password is adapter->password, "" when none is known.
 *
 *   hello         -> protocol: 1, verbs: [text, ...] of those below. The first request.
 *   identity      -> product, version, [device_id], [slot: "" or "a" or "b"], [on_trial: bool]
 *   health        channel -> [healthy: bool, true when missing], uptime_s, [starts], [link_up: bool],
 *                 [uplink_connected: bool], [queued], [dropped], [acknowledged],
 *                 [function_ok: bool, as healthy when missing], [reset_cause]
 *   dump          password -> settings: [{name, value, [is_open: bool]}, ...], at most 64
 *   login         channel, password: one attempt; what is accepted is logged out again -> OUTCOME
 *   set           name, value, password -> OUTCOME
 *   set_password  new_password, password -> OUTCOME
 *   update        channel, image: absolute path, [stop_after: bytes], activate: bool, password -> OUTCOME
 *   confirm       password -> OUTCOME
 *   erase         password -> OUTCOME
 *   challenge     password: asks for what an unlock token is made for -> OUTCOME, and where it is
 *                 accepted challenge: text of at most 1024 hexadecimal digits
 *   unlock        token: likewise a text, password: offers it, once -> OUTCOME; accepted: the debug port
 *                 opens now, or with the restart that the device begins
 *   unlock_log    password -> opened, refused: how many unlocks, and how many tokens that were refused, the
 *                 device's log tells of
 * `channel` is "local" or "network". Numbers are not negative. OUTCOME is outcome: "accepted",
 * "refused", "wait" or "busy", [wait_ms], [reason: the device's].
 * Scenarios write the setting `name`, a free text of 20 characters or more: a product that has none maps
 * it to one that a user may change without harm. `uptime_s` and `starts` are the device's own, never the
 * program's. identity and health are a must; `update` in verbs stands for confirm
 * too, and `unlock` for challenge.
 */
#ifndef RIG_TARGET_ADAPTER_COMMAND_H
#define RIG_TARGET_ADAPTER_COMMAND_H

#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/adapter.h"

/** Strings must live as long as the driver. */
struct adapter_command_options {
    const char *program;            /**< command line */
    const char *folder;             /**< that it starts in; NULL: the rig's current one */
    const char *const *environment; /**< as in base/process.h; NULL for none */
    const char *log_path;           /**< file that its stderr is appended to; NULL for none */
    int64_t hello_ms;               /**< for its start and first answer; 0: 10 s */
};

/**
 * Starts the program and asks for its verbs. `adapter` must stay where it is as long as the driver
 * lives, since its password goes into requests. RIG_OK; RIG_ERROR_CONFIGURATION for a command line that
 * cannot be split; RIG_ERROR_BENCH for a program that is missing, fails, or speaks another protocol;
 * RIG_ERROR_INTERRUPTED; RIG_ERROR_NO_MEMORY. `adapter` has no driver after an
 * error; its password is left alone.
 *
 * In calls of the driver, what the program does wrong is RIG_ERROR_BENCH with one line that names the
 * program and quotes its answer. A program that has ended is started anew by the next call, as after
 * forget(). A text that is no UTF-8 cannot be sent: RIG_ERROR_USAGE. adapter->driver->destroy() ends
 * the program.
 */
RIG_MUST_CHECK int adapter_command_create(const struct adapter_command_options *options,
                                          struct adapter *adapter, struct diagnostic *diagnostic);

#endif
