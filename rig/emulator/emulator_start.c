#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emulator/emulator_state.h"
#include "emulator/qemu_arguments.h"

#define LOCKUP "qemu: fatal: Lockup" /* how QEMU's lines about it begin (target/arm/m_helper.c) */

/* The rig's and QEMU's end of a line. */
enum { RIG_END, QEMU_END, ENDS };

/* The lines of a debugger. */
enum { DEBUG_GDB, DEBUG_QTEST, DEBUG_MONITOR, DEBUG_LINES };

enum { INHERITED_MAX = 11 /* descriptors that QEMU inherits, and the end of their list */ };

struct lines {
    int monitor[ENDS]; /* -1 once closed or handed on */
    int console[ENDS];
    struct qemu_network network; /* QEMU's ends; the relay has the others */
    int debug[DEBUG_LINES][ENDS];
};

static void close_pair(int *ends)
{
    for (int i = 0; i < ENDS; i++) {
        if (ends[i] >= 0) {
            (void)close(ends[i]);
            ends[i] = -1;
        }
    }
}

static bool open_pair(int *ends)
{
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
}

static int open_lines(struct lines *lines, const struct emulator_options *options,
                      struct diagnostic *diagnostic)
{
    bool opened = open_pair(lines->monitor) && (options->no_console || open_pair(lines->console));

    for (int i = 0; opened && i < DEBUG_LINES; i++) {
        if (options->debug || (i == DEBUG_QTEST && qemu_has_qtest(options))) {
            opened = open_pair(lines->debug[i]);
        }
    }
    return opened ? RIG_OK
                  : diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                    "cannot open a socket for QEMU: %s", strerror(errno));
}

static struct emulator_debug_lines debug_ends(const struct lines *lines, int end)
{
    return (struct emulator_debug_lines){lines->debug[DEBUG_GDB][end],
                                         lines->debug[DEBUG_QTEST][end],
                                         lines->debug[DEBUG_MONITOR][end]};
}

/* Keeps what matters of QEMU's stderr. A guest cannot write there. */
static void take_stderr(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct emulator_stderr *errors = context;

    if (stream != PROCESS_STDERR || size == 0) {
        return;
    }
    (void)text_escape(errors->last, sizeof(errors->last), line, size);
    if (strncmp(line, LOCKUP, strlen(LOCKUP)) == 0) {
        (void)text_escape(errors->lockup, sizeof(errors->lockup), line, size);
    }
}

/* Those that are open, ended by -1. */
static void list_inherited(const struct qemu_descriptors *descriptors, int list[INHERITED_MAX])
{
    const struct qemu_network *network = &descriptors->network;
    const struct emulator_debug_lines *debug = &descriptors->debug;
    const int all[INHERITED_MAX - 1] = {
        descriptors->monitor,   descriptors->console, descriptors->bus,       network->to_relay[0],
        network->from_relay[0], network->to_relay[1], network->from_relay[1], debug->gdb,
        debug->qtest,           debug->monitor};
    size_t used = 0;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i] >= 0) {
            list[used++] = all[i];
        }
    }
    list[used] = -1;
}

static int start_process(struct emulator *emulator, const struct qemu_descriptors *descriptors,
                         struct diagnostic *diagnostic)
{
    int inherited[INHERITED_MAX];
    struct process_options options = {
        .inherited = inherited, .on_line = take_stderr, .on_line_context = &emulator->errors};
    struct text_list arguments = {0};
    const char **argv = NULL;
    int error = qemu_arguments(&emulator->options, descriptors, &arguments);

    list_inherited(descriptors, inherited);
    if (error == RIG_OK) {
        argv = calloc(arguments.count + 1, sizeof(*argv));
        error = argv != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
    }
    for (size_t i = 0; error == RIG_OK && i < arguments.count; i++) {
        argv[i] = arguments.items[i];
    }
    if (error == RIG_OK) {
        options.argv = argv;
        error = process_start(&options, &emulator->process, diagnostic);
    }
    free(argv);
    text_list_free(&arguments);
    return error;
}

/* The wait of the monitor's commands: the emulator's own loop. */
static int wait_for_qemu(void *context, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return emulator_pump(context, deadline_ms, diagnostic);
}

/* Hands the rig's ends to console and monitor. */
static int attach_lines(struct emulator *emulator, struct lines *lines)
{
    const struct qmp_options options = {lines->monitor[RIG_END], &emulator->events, wait_for_qemu,
                                        emulator};

    if (lines->console[RIG_END] >= 0) {
        console_attach(emulator->console, lines->console[RIG_END]);
    }
    lines->console[RIG_END] = -1;
    lines->monitor[RIG_END] = -1;
    emulator->debug = debug_ends(lines, RIG_END);
    for (int i = 0; i < DEBUG_LINES; i++) {
        lines->debug[i][RIG_END] = -1;
    }
    return qmp_create(&options, &emulator->qmp);
}

int emulator_start(struct emulator *emulator, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct lines lines = {{-1, -1}, {-1, -1}, {{-1, -1}, {-1, -1}}, {{-1, -1}, {-1, -1}, {-1, -1}}};
    struct qemu_descriptors descriptors;
    int error = open_lines(&lines, &emulator->options, diagnostic);

    if (error == RIG_OK && emulator->options.relay != NULL) {
        error =
            link_relay_start(emulator->options.relay, &lines.network, &emulator->relay, diagnostic);
    }
    if (error == RIG_OK) {
        memset(&emulator->errors, 0, sizeof(emulator->errors));
        descriptors = (struct qemu_descriptors){lines.monitor[QEMU_END], lines.console[QEMU_END],
                                                serial_bus_descriptor(emulator->bus), lines.network,
                                                debug_ends(&lines, QEMU_END)};
        error = start_process(emulator, &descriptors, diagnostic);
    }
    if (error == RIG_OK) {
        emulator->state = EMULATOR_RUNNING;
        error = attach_lines(emulator, &lines);
    }
    close_pair(lines.monitor); /* QEMU's ends above all: only QEMU may hold them open */
    close_pair(lines.console);
    for (int i = 0; i < DEBUG_LINES; i++) {
        close_pair(lines.debug[i]);
    }
    link_relay_close_network(&lines.network);
    return error == RIG_OK ? qmp_connect(emulator->qmp, deadline_ms, diagnostic) : error;
}
