/**
 * A client of OpenOCD's Tcl port (OpenOCD User's Guide, "Tcl Scripting API"): commands and replies
 * that end in 0x1A, over a TCP connection.
 *
 * OpenOCD answers an error as it answers a result. So each command is sent as `list [catch
 * {COMMAND} r] $r`, whose answer is a number (0: it worked; 1, or OpenOCD's own, as -107) and a
 * value. Events would come between the answers; ask for them on a connection of their own.
 */
#ifndef RIG_TARGET_TCL_RPC_H
#define RIG_TARGET_TCL_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum {
    TCL_COMMAND_MAX = 4096,      /**< bytes of a command */
    TCL_REPLY_MAX = 1024 * 1024, /**< bytes of a reply; more ends the connection */
};

/** One connection. Made by tcl_rpc_connect(), freed by tcl_rpc_close(). */
struct tcl_rpc;

/** What a command gave. Owned by the connection, valid until its next call. */
struct tcl_reply {
    bool failed;      /**< `text` is OpenOCD's message */
    const char *text; /**< the value, without the braces or backslashes of a list; hostile data */
};

/**
 * Connects to 127.0.0.1. RIG_OK; RIG_ERROR_BENCH or RIG_ERROR_TIMEOUT with a diagnostic when nobody
 * accepts by `deadline_ms` of process_clock_ms(); RIG_ERROR_INTERRUPTED; RIG_ERROR_NO_MEMORY.
 */
int tcl_rpc_connect(uint16_t port, int64_t deadline_ms, struct tcl_rpc **rpc,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Closes the connection and frees all. NULL is allowed. */
void tcl_rpc_close(struct tcl_rpc *rpc);

/**
 * Runs a command of balanced braces, without 0x1A. A command that fails is RIG_OK with reply->failed.
 *
 * RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED; RIG_ERROR_BENCH when OpenOCD closes the connection or what
 * it says is no answer; RIG_ERROR_USAGE for a command that is too long or has braces that do not
 * match; RIG_ERROR_NO_MEMORY. All with a diagnostic. After any but RIG_ERROR_USAGE the connection is
 * out of step, and each later call fails.
 */
int tcl_rpc_call(struct tcl_rpc *rpc, const char *command, struct tcl_reply *reply,
                 int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Asks whether it answers, by a command whose result is empty. OpenOCD writes every other result into its
 * log too, and so to a gdb that is attached. Errors as above.
 */
int tcl_rpc_ping(struct tcl_rpc *rpc, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
