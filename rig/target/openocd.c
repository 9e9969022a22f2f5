/*
 * Method: which ports OpenOCD has, it says in a line of its log: "Listening on port N for tcl
 * connections". A configuration that it refuses ends it before that line.
 */
#include "target/openocd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/process_freeze.h"
#include "base/text.h"
#include "target/last_line.h"

#define LISTENING "Info : Listening on port "
#define ERROR     "Error: "

/* `init`, whose failure is kept in a variable: it must run in the context of OpenOCD itself, of which
 * those of gdb and Tcl are copies. */
#define INIT "set ordeal_init [list [catch {init} ordeal_why] $ordeal_why]"

enum {
    GRACE_MS = 1000,
    TURN_MS = 10,
    END_MS = 1000, /* for a process that has closed its socket to end */
    LINE_ROOM = 512,
    VERSION_ROOM = 32,
    FIXED_WORDS = 16, /* of its command line, besides files and commands */
};

struct openocd {
    struct process *process;
    struct tcl_rpc *rpc;
    uint16_t tcl_port;
    uint16_t gdb_port;
    char version[VERSION_ROOM];
    char first_error[LINE_ROOM];
};

/* ---- its output ---- */

/* "Info : Listening on port N for SERVICE connections" */
static void take_port(struct openocd *openocd, const char *line)
{
    const char *at = line + strlen(LISTENING);
    uint64_t port = 0;

    if (strncmp(line, LISTENING, strlen(LISTENING)) != 0 || !text_take_number(&at, 10, &port) ||
        port > UINT16_MAX) {
        return;
    }
    if (strncmp(at, " for tcl ", 9) == 0) {
        openocd->tcl_port = (uint16_t)port;
    } else if (strncmp(at, " for gdb ", 9) == 0) {
        openocd->gdb_port = (uint16_t)port;
    }
}

/* What a line tells of an error: "Error: WHY" of OpenOCD's, or "FILE:LINE: Error: WHY" of a script,
 * which is kept whole. NULL when it tells of none. */
static const char *error_of(const char *line)
{
    const char *at = strstr(line, ": " ERROR);

    if (strncmp(line, ERROR, strlen(ERROR)) == 0) {
        return line + strlen(ERROR);
    }
    return at != NULL && at > line && at[-1] >= '0' && at[-1] <= '9' ? line : NULL;
}

static void take_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct openocd *openocd = context;
    const char *error = error_of(line);

    (void)stream;
    take_port(openocd, line);
    if (openocd->first_error[0] == '\0' && error != NULL) {
        (void)text_escape(openocd->first_error, sizeof(openocd->first_error), error,
                          size - (size_t)(error - line));
    }
}

/* ---- starting ---- */

static size_t count_of(const char *const *list)
{
    size_t count = 0;

    while (list != NULL && list[count] != NULL) {
        count++;
    }
    return count;
}

static void add_pairs(const char **words, size_t *used, const char *option, const char *const *list)
{
    for (size_t i = 0; i < count_of(list); i++) {
        words[(*used)++] = option;
        words[(*used)++] = list[i];
    }
}

/* The command line, for free(); NULL without memory. What is ours comes last, so that no file says
 * otherwise. */
static const char **make_words(const struct openocd_options *options)
{
    static const char *const ours[] = {"bindto 127.0.0.1",     "tcl_port 0", "gdb_port 0",
                                       "telnet_port disabled", INIT,         NULL};
    const size_t room = FIXED_WORDS + 2 * (count_of(options->adapter) + count_of(options->files));
    const char **words = calloc(room, sizeof(*words));
    size_t used = 0;

    if (words == NULL) {
        return NULL;
    }
    words[used++] = options->program != NULL ? options->program : "openocd";
    if (options->search != NULL) {
        words[used++] = "-s";
        words[used++] = options->search;
    }
    add_pairs(words, &used, "-c", options->adapter);
    add_pairs(words, &used, "-f", options->files);
    add_pairs(words, &used, "-c", ours);
    return words;
}

/* How it ended, and what it said of that: its first error, or what it said last, which once it takes
 * commands is the result of one and says nothing of its end. */
static int describe_end(const struct openocd *openocd, int error, struct diagnostic *diagnostic)
{
    char end[64];
    char last[LAST_LINE_TEXT] = "";
    const char *words = openocd->first_error;

    process_end_describe(process_end(openocd->process), end, sizeof(end));
    if (words[0] == '\0') {
        if (openocd->rpc == NULL) {
            last_line_of(openocd->process, last);
        }
        words = last[0] != '\0' ? last : "it told of no error";
    }
    return diagnostic_fail(diagnostic, error, "OpenOCD ended, %s: %s", end, words);
}

/* Takes what it says until `until_ms`. RIG_OK when it still runs then. */
static int read_output(struct openocd *openocd, int64_t until_ms, struct diagnostic *diagnostic)
{
    const int error = process_wait(openocd->process, until_ms, diagnostic);

    if (error == RIG_OK) {
        return describe_end(openocd, RIG_ERROR_BENCH, diagnostic);
    }
    return error == RIG_ERROR_TIMEOUT ? RIG_OK : error;
}

/* OpenOCD ends so when a configuration file is not to its taste, or tells it to end. What cannot be loaded,
 * or crashes, has not come as far as that. */
static bool has_refused(const struct openocd *openocd)
{
    const struct process_end *end = process_end(openocd->process);

    return end->outcome == PROCESS_EXITED &&
           (end->exit_code == EXIT_FAILURE || end->exit_code == EXIT_SUCCESS);
}

/* Reads its output until it has a Tcl port: a line of it ends no wait, hence the turns. */
static int wait_for_port(struct openocd *openocd, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    while (openocd->tcl_port == 0) {
        const int error = read_output(openocd, process_clock_ms() + TURN_MS, diagnostic);

        if (error == RIG_ERROR_BENCH && has_refused(openocd)) {
            return RIG_ERROR_CONFIGURATION;
        }
        if (error != RIG_OK) {
            return error;
        }
        if (process_poll_timeout(deadline_ms) == 0) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                                   "OpenOCD did not open its Tcl port in time");
        }
    }
    return RIG_OK;
}

/* "Open On-Chip Debugger 0.12.0" and perhaps more. */
static int ask_version(struct openocd *openocd, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct tcl_reply reply;
    const int error = openocd_call(openocd, "version", &reply, deadline_ms, diagnostic);

    if (error == RIG_OK &&
        (reply.failed || sscanf(reply.text, "Open On-Chip Debugger %31s", openocd->version) != 1)) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "what answers is no OpenOCD: %.60s",
                               reply.text);
    }
    return error;
}

int openocd_start(const struct openocd_options *options, struct openocd **openocd,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct openocd *made = calloc(1, sizeof(*made));
    const char **words = make_words(options);
    const struct process_options process = {.argv = words,
                                            .log_path = options->log_path,
                                            .on_line = take_line,
                                            .on_line_context = made};
    int error = made != NULL && words != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK) {
        error = process_start(&process, &made->process, diagnostic);
    }
    if (error == RIG_OK) {
        error = wait_for_port(made, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = tcl_rpc_connect(made->tcl_port, deadline_ms, &made->rpc, diagnostic);
    }
    if (error == RIG_OK) {
        error = ask_version(made, deadline_ms, diagnostic);
    }
    free(words);
    if (error != RIG_OK) {
        openocd_stop(made);
        return error;
    }
    *openocd = made;
    return RIG_OK;
}

void openocd_stop(struct openocd *openocd)
{
    struct diagnostic nobody = {""};

    if (openocd == NULL) {
        return;
    }
    tcl_rpc_close(openocd->rpc);
    if (openocd->process != NULL) {
        (void)process_stop(openocd->process, GRACE_MS, &nobody);
    }
    process_destroy(openocd->process);
    free(openocd);
}

/* ---- calls ---- */

/* What is behind an error of the connection: OpenOCD may have ended, or stand still. */
static int explain(struct openocd *openocd, int error, struct diagnostic *diagnostic)
{
    struct diagnostic read = {""};

    if (error == RIG_ERROR_TIMEOUT) {
        diagnostic_set(diagnostic,
                       "OpenOCD's Tcl port does not answer: OpenOCD hangs, or its probe does");
        return process_refuse_frozen(process_id(openocd->process), "OpenOCD", diagnostic) == RIG_OK
                   ? error
                   : RIG_ERROR_BENCH;
    }
    if (error == RIG_OK || error == RIG_ERROR_BENCH) {
        const int64_t patience = error == RIG_OK ? 0 : END_MS;
        const int end = read_output(openocd, process_clock_ms() + patience, &read);

        if (end != RIG_OK) {
            *diagnostic = read;
            return end;
        }
    }
    return error;
}

int openocd_call(struct openocd *openocd, const char *command, struct tcl_reply *reply,
                 int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return explain(openocd, tcl_rpc_call(openocd->rpc, command, reply, deadline_ms, diagnostic),
                   diagnostic);
}

int openocd_ping(struct openocd *openocd, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return explain(openocd, tcl_rpc_ping(openocd->rpc, deadline_ms, diagnostic), diagnostic);
}

int openocd_has_initialised(struct openocd *openocd, bool *done, int64_t deadline_ms,
                            struct diagnostic *diagnostic)
{
    struct tcl_reply reply;
    const int error =
        openocd_call(openocd, "lindex $ordeal_init 0", &reply, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        *done = !reply.failed && strcmp(reply.text, "0") == 0;
    }
    return error;
}

int openocd_check(struct openocd *openocd, struct diagnostic *diagnostic)
{
    const int error = read_output(openocd, process_clock_ms(), diagnostic);

    return error == RIG_OK
               ? process_refuse_frozen(process_id(openocd->process), "OpenOCD", diagnostic)
               : error;
}

bool openocd_is_running(const struct openocd *openocd)
{
    return process_end(openocd->process)->outcome == PROCESS_RUNNING;
}

const char *openocd_version(const struct openocd *openocd)
{
    return openocd->version;
}

const char *openocd_first_error(const struct openocd *openocd)
{
    return openocd->first_error;
}

void openocd_forget_error(struct openocd *openocd)
{
    openocd->first_error[0] = '\0';
}

uint16_t openocd_tcl_port(const struct openocd *openocd)
{
    return openocd->tcl_port;
}

uint16_t openocd_gdb_port(const struct openocd *openocd)
{
    return openocd->gdb_port;
}

pid_t openocd_process_id(const struct openocd *openocd)
{
    return process_id(openocd->process);
}
