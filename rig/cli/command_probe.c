#include "cli/commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/lab.h"
#include "cli/output.h"
#include "target/bench_file.h"
#include "target/bench_probe.h"

#define DEFAULT_TARGET "mps2_an505_qemu"

enum {
    START_MS = 30000, /* for each step until a person can work */
    TURN_MS = 200,    /* between two looks at the console */
    ASK_MS = 5000,    /* between two questions whether all still answer */
    LINE_ROOM = 1024, /* bytes of the console that are printed at once, escaped */
};

/* Zero it before use; end_session() in each case. */
struct session {
    struct target target;
    struct bench bench;
    bool is_open; /* the bench was opened */
    struct probe probe;
    char *folder;
    uint64_t console_at; /* what was printed of the console */
};

static int64_t deadline(void)
{
    return process_clock_ms() + START_MS;
}

/* ---- opening ---- */

static int find_target(struct session *session, const struct command_line *line,
                       const struct lab *lab, struct diagnostic *diagnostic)
{
    const char *name = line->given[OPTION_TARGET] ? line->text[OPTION_TARGET] : DEFAULT_TARGET;
    int error = target_find(lab->workspace, name, &session->target, diagnostic);

    if (error == RIG_OK && line->given[OPTION_BENCH])
        error = target_apply_bench(&session->target, line->text[OPTION_BENCH], diagnostic);
    if (error == RIG_OK && target_find_setting(&session->target, "probe", "driver") == NULL)
        return diagnostic_fail(
            diagnostic, RIG_ERROR_CONFIGURATION,
            "%s: has no section `probe`; name a driver and OpenOCD's scripts in it",
            session->target.path);
    return error;
}

/* The device's files, and what it and OpenOCD say; the process's own, so that two do not meet. */
static int make_folder(struct session *session, const struct command_line *line,
                       struct diagnostic *diagnostic)
{
    session->folder = text_format("%s/probe-%ld", lab_store_folder(line), (long)getpid());
    return session->folder != NULL ? file_make_directories(session->folder, diagnostic)
                                   : RIG_ERROR_NO_MEMORY;
}

static int open_bench(struct session *session, const struct lab *lab, struct diagnostic *diagnostic)
{
    const struct bench_options options = {.target = &session->target,
                                          .workspace = lab->workspace,
                                          .folder = session->folder,
                                          .evidence = session->folder,
                                          .needs = CAN_PROBE};
    struct bench *bench = &session->bench;
    int error = bench_open(bench, &options, diagnostic);

    session->is_open = true;
    bench->debug_is_open = true;
    if (error == RIG_OK && (bench->capabilities & CAN_MAKE_NEW) != 0)
        error = bench_make_new(bench, deadline(), diagnostic);
    if (error == RIG_OK && power_exists(&bench->power))
        error = bench_switch_on(bench, deadline(), diagnostic);
    return error;
}

static void end_session(struct session *session)
{
    struct diagnostic unused = {""};

    probe_close(&session->probe);
    if (session->is_open)
        bench_close(&session->bench);
    if (session->folder != NULL)
        (void)!file_remove(session->folder, &unused);
    free(session->folder);
    target_clear(&session->target);
}

/* ---- telling ---- */

static json_t *describe(const struct session *session, const struct probe_finding *finding)
{
    const struct openocd *openocd = session->probe.openocd;

    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:s}", "target", session->target.name, "state",
                     probe_state_name(finding->state), "evidence", finding->evidence, "gdb_port",
                     (int)openocd_gdb_port(openocd), "tcl_port", (int)openocd_tcl_port(openocd),
                     "openocd", openocd_version(openocd));
}

static int print_gdb(const struct session *session, struct diagnostic *diagnostic)
{
    const uint16_t port = openocd_gdb_port(session->probe.openocd);
    char *symbols = NULL;
    int error = RIG_OK;

    if (target_find_setting(&session->target, "firmware", "symbols_a") != NULL)
        error = workspace_find_firmware(
            session->bench.workspace, session->target.folder,
            target_find_setting(&session->target, "firmware", "symbols_a"), &symbols, diagnostic);
    if (error == RIG_OK && port != 0)
        output_print("  gdb-multiarch -ex 'target extended-remote localhost:%u'%s%s\n",
                     (unsigned)port, symbols != NULL ? " " : "", symbols != NULL ? symbols : "");
    free(symbols);
    return error;
}

static int tell(const struct session *session, const struct command_line *line,
                const struct probe_finding *finding, struct diagnostic *diagnostic)
{
    int error;

    if (line->given[OPTION_JSON]) {
        error = output_json(describe(session, finding));
        return error == RIG_OK ? output_finish(diagnostic) : error;
    }
    output_print("%s: its debug port is %s (", session->target.name,
                 probe_state_name(finding->state));
    output_text(finding->evidence);
    output_print(")\n");
    error = print_gdb(session, diagnostic);
    if (error != RIG_OK)
        return error;
    output_print("  OpenOCD %s takes Tcl at localhost:%u; Ctrl-C ends all of it\n",
                 openocd_version(session->probe.openocd),
                 (unsigned)openocd_tcl_port(session->probe.openocd));
    return output_finish(diagnostic);
}

/* For a person's own OpenOCD. */
static int tell_way(const struct session *session, const struct command_line *line,
                    struct diagnostic *diagnostic)
{
    char *way = NULL;
    int error = bench_describe_attachment(&session->bench, &way, diagnostic);

    if (error == RIG_OK && line->given[OPTION_JSON])
        error = output_json(
            json_pack("{s:s, s:s}", "target", session->target.name, "openocd_options", way));
    if (error == RIG_OK && !line->given[OPTION_JSON]) {
        output_print("%s: its probe is left to you; Ctrl-C ends all of it\n  openocd ",
                     session->target.name);
        output_text(way);
        output_print("\n");
    }
    free(way);
    return error == RIG_OK ? output_finish(diagnostic) : error;
}

/* ---- waiting ---- */

static size_t without_return(const char *line, size_t length)
{
    return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
}

/* Whole lines, each as text that a terminal can take. */
static int print_console(struct session *session, struct diagnostic *diagnostic)
{
    size_t size = 0;
    const char *text = console_port_text(&session->bench.console, &session->console_at, &size);
    const char *end = memchr(text, '\n', size);

    while (end != NULL) {
        const size_t length = (size_t)(end - text);
        char line[LINE_ROOM];

        (void)text_escape(line, sizeof line, text, without_return(text, length));
        output_print("%s\n", line);
        session->console_at += length + 1;
        text += length + 1;
        size -= length + 1;
        end = memchr(text, '\n', size);
    }
    return output_finish(diagnostic);
}

/* What hangs answers nothing. */
static int ask_all(struct session *session, int64_t *asked_ms, struct diagnostic *diagnostic)
{
    int error = bench_check(&session->bench, diagnostic);

    if (error == RIG_OK && session->probe.openocd != NULL)
        error = openocd_ping(session->probe.openocd, deadline(), diagnostic);
    *asked_ms = process_clock_ms();
    return error == RIG_ERROR_TIMEOUT ? RIG_ERROR_BENCH : error;
}

/* Until Ctrl-C, or until QEMU, the virtual probe or an OpenOCD of ours ends or hangs. */
static int wait_for_end(struct session *session, bool quiet, struct diagnostic *diagnostic)
{
    int64_t asked_ms = process_clock_ms();
    int error = RIG_OK;

    while (error == RIG_OK) {
        error = bench_let_pass(&session->bench, TURN_MS, diagnostic);
        if (error == RIG_OK && session->probe.openocd != NULL)
            error = openocd_check(session->probe.openocd, diagnostic);
        if (error == RIG_OK && process_clock_ms() >= asked_ms + ASK_MS)
            error = ask_all(session, &asked_ms, diagnostic);
        if (error == RIG_OK && !quiet)
            error = print_console(session, diagnostic);
    }
    return error;
}

/* OpenOCD at the probe, and what it is used by. */
static int attach(struct session *session, const struct command_line *line,
                  struct diagnostic *diagnostic)
{
    struct probe_finding finding = {PROBE_DEAD_ADAPTER, ""};
    int error = bench_attach(&session->bench, &session->probe, deadline(), diagnostic);

    if (error == RIG_OK)
        error = probe_find_state(&session->probe, &finding, deadline(), diagnostic);
    if (error == RIG_OK && finding.state == PROBE_DEAD_ADAPTER)
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the probe cannot be used: %.400s",
                                finding.evidence);
    return error == RIG_OK ? tell(session, line, &finding, diagnostic) : error;
}

static int open_to_debugger(struct session *session, const struct command_line *line,
                            const struct lab *lab, struct diagnostic *diagnostic)
{
    int error = find_target(session, line, lab, diagnostic);

    if (error == RIG_OK)
        error = make_folder(session, line, diagnostic);
    if (error == RIG_OK)
        error = open_bench(session, lab, diagnostic);
    if (error == RIG_OK)
        error = line->given[OPTION_NO_OPENOCD] ? tell_way(session, line, diagnostic)
                                               : attach(session, line, diagnostic);
    return error == RIG_OK ? wait_for_end(session, line->given[OPTION_JSON], diagnostic) : error;
}

int command_probe(const struct command_line *line, enum exit_code *exit_code,
                  struct diagnostic *diagnostic)
{
    struct lab lab = {NULL, NULL, NULL, NULL};
    struct session session;
    int error = lab_open_workspace(&lab, line, diagnostic);

    (void)exit_code;
    memset(&session, 0, sizeof session);
    if (error == RIG_OK)
        error = open_to_debugger(&session, line, &lab, diagnostic);
    if (error == RIG_ERROR_INTERRUPTED)
        diagnostic_set(diagnostic, "interrupted");
    end_session(&session);
    lab_close(&lab);
    return error;
}
