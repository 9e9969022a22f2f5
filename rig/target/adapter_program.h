/**
 * The program behind the adapter driver `command`: started without a shell, asked by one line on
 * stdin, answering by one line on stdout. It may keep connections and sessions between requests.
 *
 * What it writes is hostile: a line has at most ADAPTER_PROGRAM_LINE bytes, and one that was not
 * asked for is an error. After any failure the program is ended, since what it says next could be
 * the answer to an older question; the next request starts it anew.
 */
#ifndef RIG_TARGET_ADAPTER_PROGRAM_H
#define RIG_TARGET_ADAPTER_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/command_words.h"
#include "base/diagnostic.h"
#include "base/process.h"
#include "base/rig_error.h"
#include "base/stream_socket.h"

enum {
    ADAPTER_PROGRAM_LINE = 64 * 1024, /**< bytes of an answer, without its newline */
};

struct adapter_program {
    const char *name; /**< command line, for messages */
    struct command_words command;
    const char *folder;
    const char *const *environment;
    const char *log_path;
    struct process *process; /**< NULL: not started */
    struct stream_socket socket;
    char *line; /**< ADAPTER_PROGRAM_LINE + 1 bytes */
    size_t size;
};

/** Whether it runs, or died without being asked to: adapter_program_ask() tells. */
bool adapter_program_is_started(const struct adapter_program *program);

RIG_MUST_CHECK int adapter_program_start(struct adapter_program *program,
                                         struct diagnostic *diagnostic);

/**
 * Sends a request (one line, without its newline) and reads the answer: *answer is valid until the
 * next call. A program that does not answer before `deadline_ms` is killed: RIG_ERROR_BENCH, since it
 * must say by itself that its device does not answer. RIG_ERROR_BENCH as well when it ended or wrote
 * too much; RIG_ERROR_INTERRUPTED; RIG_ERROR_NO_MEMORY.
 */
RIG_MUST_CHECK int adapter_program_ask(struct adapter_program *program, const char *request,
                                       int64_t deadline_ms, const char **answer,
                                       struct diagnostic *diagnostic);

/** RIG_ERROR_BENCH with a line that names the program and quotes its answer; ends the program. */
int adapter_program_refuse(struct adapter_program *program, const char *wrong,
                           struct diagnostic *diagnostic);

/** Closes its stdin, and kills it unless it ends soon. Does nothing when it is not started. */
void adapter_program_stop(struct adapter_program *program);

#endif
