#include "target/probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/text.h"

enum {
    TURN_MS = 5,      /* between two looks at a core that is to halt */
    WORDS_ROOM = 301, /* for what OpenOCD says when it refuses */
};

/* ---- OpenOCD ---- */

/* A refusal of OpenOCD's, as an error of the rig's. It says nothing of the chip when nobody is left to
 * refuse. */
static int refused(struct probe *probe, const char *what, const char *words, int64_t deadline_ms,
                   struct diagnostic *diagnostic)
{
    struct probe_finding finding = {PROBE_OPEN, ""};
    char kept[WORDS_ROOM];
    int error;

    (void)snprintf(kept, sizeof(kept), "%s", words[0] != '\0' ? words : "OpenOCD refuses");
    error = probe_find_state(probe, &finding, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (finding.state == PROBE_DEAD_ADAPTER || finding.state == PROBE_DEAD_TARGET) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: %s; the probe's state is '%s': %s",
                               what, kept, probe_state_name(finding.state), finding.evidence);
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "%s: %s", what, kept);
}

/* The first name that a command lists. */
static int ask_name(struct probe *probe, const char *command, char name[PROBE_NAME],
                    int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct tcl_reply reply = {false, ""};
    const int error = openocd_call(probe->openocd, command, &reply, deadline_ms, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    if (reply.failed || sscanf(reply.text, "%63s", name) != 1 ||
        strpbrk(name, "{}[]$\\\";") != NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "OpenOCD's configuration names no core with a debug access port "
                               "(`%s` gives '%.60s')",
                               command, reply.text);
    }
    return RIG_OK;
}

/* What went wrong when OpenOCD looked for the chip is kept for probe_find_state(). */
static int note_initialisation(struct probe *probe, int64_t deadline_ms,
                               struct diagnostic *diagnostic)
{
    const char *first = openocd_first_error(probe->openocd);
    const int error =
        openocd_has_initialised(probe->openocd, &probe->initialised, deadline_ms, diagnostic);

    if (error == RIG_OK && !probe->initialised) {
        return text_copy(probe->refusal, sizeof(probe->refusal),
                         first[0] != '\0' ? first : "OpenOCD does not say why");
    }
    return error;
}

int probe_open(struct probe *probe, const struct openocd_options *options, int64_t deadline_ms,
               struct diagnostic *diagnostic)
{
    int error;

    memset(probe, 0, sizeof(*probe));
    error = openocd_start(options, &probe->openocd, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        error = note_initialisation(probe, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = ask_name(probe, "target names", probe->target, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = ask_name(probe, "dap names", probe->dap, deadline_ms, diagnostic);
    }
    return error;
}

void probe_close(struct probe *probe)
{
    openocd_stop(probe->openocd);
    memset(probe, 0, sizeof(*probe));
}

/* A command of the core's: RIG_ERROR_DEVICE when it is refused. */
static int order(struct probe *probe, const char *what, struct tcl_reply *reply,
                 const char *command, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error;

    if (!probe->initialised) {
        return refused(probe, what, probe->refusal, deadline_ms, diagnostic);
    }
    error = openocd_call(probe->openocd, command, reply, deadline_ms, diagnostic);
    return error == RIG_OK && reply->failed
               ? refused(probe, what, reply->text, deadline_ms, diagnostic)
               : error;
}

/* ---- run control ---- */

int probe_is_halted(struct probe *probe, bool *halted, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    char command[2 * PROBE_NAME];
    struct tcl_reply reply = {false, ""};
    int error;

    (void)snprintf(command, sizeof(command), "poll; %s curstate", probe->target);
    error = order(probe, "look at the core", &reply, command, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        *halted = strcmp(reply.text, "halted") == 0;
    }
    return error;
}

/* Waits until the core is, or is not, halted. */
static int wait_until(struct probe *probe, bool wanted, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    for (;;) {
        bool halted = !wanted;
        int error = probe_is_halted(probe, &halted, deadline_ms, diagnostic);

        if (error != RIG_OK || halted == wanted) {
            return error;
        }
        if (process_poll_timeout(deadline_ms) == 0) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "the core did not %s in time",
                                   wanted ? "halt" : "run");
        }
        error = process_pause_until(process_clock_ms() + TURN_MS);
        if (error != RIG_OK) {
            return error;
        }
    }
}

int probe_wait_halted(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return wait_until(probe, true, deadline_ms, diagnostic);
}

int probe_halt(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct tcl_reply reply = {false, ""};
    const int error = order(probe, "halt", &reply, "halt 0", deadline_ms, diagnostic);

    return error == RIG_OK ? wait_until(probe, true, deadline_ms, diagnostic) : error;
}

/* OpenOCD does not tell that what lets the core run has failed: a look at the core does. */
int probe_resume(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct tcl_reply reply = {false, ""};
    bool halted = false; /* it may be, at a breakpoint */
    const int error = order(probe, "resume", &reply, "resume", deadline_ms, diagnostic);

    return error == RIG_OK ? probe_is_halted(probe, &halted, deadline_ms, diagnostic) : error;
}

int probe_step(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct tcl_reply reply = {false, ""};
    const int error = order(probe, "step", &reply, "step", deadline_ms, diagnostic);

    return error == RIG_OK ? wait_until(probe, true, deadline_ms, diagnostic) : error;
}

/* OpenOCD takes a core for running only when it has looked, and ignores a halt before that. */
int probe_reset(struct probe *probe, enum probe_reset kind, int64_t deadline_ms,
                struct diagnostic *diagnostic)
{
    const bool halts = kind == PROBE_RESET_HALT;
    struct tcl_reply reply = {false, ""};
    const int error =
        order(probe, "reset", &reply, halts ? "reset halt" : "reset run", deadline_ms, diagnostic);

    return error == RIG_OK ? wait_until(probe, halts, deadline_ms, diagnostic) : error;
}

/* ---- memory and registers ---- */

static int read_number(const struct tcl_reply *reply, uint64_t *value,
                       struct diagnostic *diagnostic)
{
    char *end = NULL;

    *value = strtoull(reply->text, &end, 0);
    if (reply->text[0] < '0' || reply->text[0] > '9' || *end != '\0') {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "OpenOCD says '%.60s' for a number",
                               reply->text);
    }
    return RIG_OK;
}

int probe_read_word(struct probe *probe, uint32_t address, uint32_t *value, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    char command[2 * PROBE_NAME];
    struct tcl_reply reply = {false, ""};
    uint64_t read = 0;
    int error;

    (void)snprintf(command, sizeof(command), "%s read_memory 0x%" PRIx32 " 32 1", probe->target,
                   address);
    error = order(probe, "read memory", &reply, command, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        error = read_number(&reply, &read, diagnostic);
    }
    if (error == RIG_OK) {
        *value = (uint32_t)read;
    }
    return error;
}

int probe_write_word(struct probe *probe, uint32_t address, uint32_t value, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    char command[2 * PROBE_NAME];
    struct tcl_reply reply = {false, ""};

    (void)snprintf(command, sizeof(command), "%s write_memory 0x%" PRIx32 " 32 {0x%" PRIx32 "}",
                   probe->target, address, value);
    return order(probe, "write memory", &reply, command, deadline_ms, diagnostic);
}

static int check_word(const char *word, struct diagnostic *diagnostic)
{
    if (word[0] == '\0' || strpbrk(word, " \t\r\n{}[]$\\\";") != NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "'%.60s' cannot be given to OpenOCD",
                               word);
    }
    return RIG_OK;
}

/* "name 0xvalue": get_reg answers with a dictionary. */
int probe_read_register(struct probe *probe, const char *name, uint64_t *value, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    char command[3 * PROBE_NAME];
    struct tcl_reply reply = {false, ""};
    int error = check_word(name, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    (void)snprintf(command, sizeof(command), "dict get [%s get_reg -force {%.60s}] {%.60s}",
                   probe->target, name, name);
    error = order(probe, "read a register", &reply, command, deadline_ms, diagnostic);
    return error == RIG_OK ? read_number(&reply, value, diagnostic) : error;
}

int probe_write_register(struct probe *probe, const char *name, uint64_t value, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    char command[3 * PROBE_NAME];
    struct tcl_reply reply = {false, ""};
    const int error = check_word(name, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    (void)snprintf(command, sizeof(command), "%s set_reg {%.60s 0x%" PRIx64 "}", probe->target,
                   name, value);
    return order(probe, "write a register", &reply, command, deadline_ms, diagnostic);
}

/* ---- files ---- */

/* A command on a file, `rest` behind the address. */
static int order_file(struct probe *probe, const char *verb, const char *path, uint32_t address,
                      const char *rest, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[TCL_COMMAND_MAX + 2];
    struct tcl_reply reply = {false, ""};

    if (strpbrk(path, "{}\\") != NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "%s: OpenOCD takes no path with braces or backslashes", path);
    }
    (void)snprintf(command, sizeof(command), "%s_image {%s} 0x%" PRIx32 " %s", verb, path, address,
                   rest);
    return order(probe, verb, &reply, command, deadline_ms, diagnostic);
}

int probe_load(struct probe *probe, const char *path, uint32_t address, int64_t deadline_ms,
               struct diagnostic *diagnostic)
{
    return order_file(probe, "load", path, address, "bin", deadline_ms, diagnostic);
}

int probe_verify(struct probe *probe, const char *path, uint32_t address, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    return order_file(probe, "verify", path, address, "bin", deadline_ms, diagnostic);
}

int probe_dump(struct probe *probe, const char *path, uint32_t address, uint32_t size,
               int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char count[16];

    (void)snprintf(count, sizeof(count), "0x%" PRIx32, size);
    return order_file(probe, "dump", path, address, count, deadline_ms, diagnostic);
}

int probe_erase_all(struct probe *probe, const char *command, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    struct tcl_reply reply = {false, ""};
    const int error = probe_halt(probe, deadline_ms, diagnostic);

    return error == RIG_OK ? order(probe, "erase all", &reply, command, deadline_ms, diagnostic)
                           : error;
}

int probe_examine(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[2 * PROBE_NAME];
    struct tcl_reply reply = {false, ""};

    (void)snprintf(command, sizeof(command), "%s arp_examine", probe->target);
    return order(probe, "look at the chip", &reply, command, deadline_ms, diagnostic);
}

/* ---- breakpoints and watchpoints ---- */

int probe_set_breakpoint(struct probe *probe, uint32_t address, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    char command[PROBE_NAME];
    struct tcl_reply reply = {false, ""};

    (void)snprintf(command, sizeof(command), "bp 0x%" PRIx32 " 2 hw", address);
    return order(probe, "set a breakpoint", &reply, command, deadline_ms, diagnostic);
}

int probe_clear_breakpoint(struct probe *probe, uint32_t address, int64_t deadline_ms,
                           struct diagnostic *diagnostic)
{
    char command[PROBE_NAME];
    struct tcl_reply reply = {false, ""};

    (void)snprintf(command, sizeof(command), "rbp 0x%" PRIx32, address);
    return order(probe, "clear a breakpoint", &reply, command, deadline_ms, diagnostic);
}

int probe_set_watchpoint(struct probe *probe, uint32_t address, unsigned size,
                         enum probe_watch watch, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    static const char letters[] = {
        [PROBE_WATCH_READ] = 'r', [PROBE_WATCH_WRITE] = 'w', [PROBE_WATCH_ACCESS] = 'a'};
    char command[PROBE_NAME];
    struct tcl_reply reply = {false, ""};

    if ((size != 1 && size != 2 && size != 4) || address % size != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "%u bytes at 0x%08" PRIx32
                               " cannot be watched: 1, 2 or 4 can, at a multiple of their number",
                               size, address);
    }
    (void)snprintf(command, sizeof(command), "wp 0x%" PRIx32 " %u %c", address, size,
                   letters[watch]);
    return order(probe, "set a watchpoint", &reply, command, deadline_ms, diagnostic);
}

int probe_clear_watchpoint(struct probe *probe, uint32_t address, int64_t deadline_ms,
                           struct diagnostic *diagnostic)
{
    char command[PROBE_NAME];
    struct tcl_reply reply = {false, ""};

    (void)snprintf(command, sizeof(command), "rwp 0x%" PRIx32, address);
    return order(probe, "clear a watchpoint", &reply, command, deadline_ms, diagnostic);
}
