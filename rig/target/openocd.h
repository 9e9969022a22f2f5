/**
 * An OpenOCD process of the rig's own, driven over its Tcl port. It serves one probe from
 * openocd_start() to openocd_stop(); it dies with the rig.
 *
 * What goes wrong when it looks for the chip (`init`) does not end it: openocd_has_initialised() tells.
 * Its ports are of 127.0.0.1, and the system chooses their numbers.
 */
#ifndef RIG_TARGET_OPENOCD_H
#define RIG_TARGET_OPENOCD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/tcl_rpc.h"

/** Strings and lists must live until openocd_start() returns. */
struct openocd_options {
    const char *program;        /**< a path or a name in PATH; NULL: "openocd" */
    const char *const *adapter; /**< commands before the files (-c), as those that name an adapter;
                                      ended by NULL; NULL for none */
    const char *const *files;   /**< configuration files, in their order (-f); ended by NULL */
    const char *search;         /**< folder in which files are sought, too (-s); NULL for none */
    const char *log_path;       /**< file that its output is appended to; NULL for none */
};

/** One process. Made by openocd_start(), freed by openocd_stop(). */
struct openocd;

/**
 * Starts it, lets it look for the chip, connects to its Tcl port and asks for its version. RIG_OK;
 * RIG_ERROR_CONFIGURATION when a configuration file is refused, with OpenOCD's own line;
 * RIG_ERROR_BENCH when it cannot be started or ends; RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED,
 * RIG_ERROR_NO_MEMORY. All with a diagnostic; nothing is left on error.
 */
int openocd_start(const struct openocd_options *options, struct openocd **openocd,
                  int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends it, in at most two seconds, and frees all. NULL is allowed. */
void openocd_stop(struct openocd *openocd);

/**
 * Runs a Tcl command: as tcl_rpc_call(). When OpenOCD has ended, or is stopped (SIGSTOP), the diagnostic of
 * RIG_ERROR_BENCH says how, and its first error line.
 */
int openocd_call(struct openocd *openocd, const char *command, struct tcl_reply *reply,
                 int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Asks whether it answers: as tcl_rpc_ping() and as above. */
int openocd_ping(struct openocd *openocd, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** *done: `init` has worked. If not, openocd_first_error() is the reason. Errors as above. */
int openocd_has_initialised(struct openocd *openocd, bool *done, int64_t deadline_ms,
                            struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Reads what it says. RIG_OK while it runs; RIG_ERROR_BENCH with a diagnostic once it has ended, or is
 * stopped (SIGSTOP); RIG_ERROR_INTERRUPTED. */
int openocd_check(struct openocd *openocd, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether it runs, as the last call saw it. */
bool openocd_is_running(const struct openocd *openocd);

/** "0.12.0"; owned by it. */
const char *openocd_version(const struct openocd *openocd);

/** Its first line of output that told of an error since the last openocd_forget_error(): those that
 * follow are of what came of it. "" without one. Hostile data, escaped. */
const char *openocd_first_error(const struct openocd *openocd);
void openocd_forget_error(struct openocd *openocd);

/** Port of 127.0.0.1 for Tcl. */
uint16_t openocd_tcl_port(const struct openocd *openocd);

/** Port of 127.0.0.1 for gdb; 0 when `init` has not opened one. */
uint16_t openocd_gdb_port(const struct openocd *openocd);

/** Its process; 0 when there is none. */
pid_t openocd_process_id(const struct openocd *openocd);

#endif
