#include "virtual_probe/virtual_probe.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/process.h"
#include "base/process_freeze.h"
#include "base/workspace.h"
#include "virtual_probe/probe_terminal.h"

enum {
    OURS,
    ITS,
    ENDS,
    LINE_ROOM = 1200,
    END_MS = 1000, /* for a process that has closed its socket to end */
    WORDS = 13,    /* of its command line, its end included */
    INHERITED = 5, /* descriptors, their end included */
    NUMBERS = 5,   /* of them, and of QEMU's process */
    LOCK = 5,      /* of the lock's model */
};

struct virtual_probe {
    struct process *process;
    int control;          /* SEQPACKET: a line is a message */
    bool broken;          /* an order was not answered: what comes is out of step */
    char lost[LINE_ROOM]; /* why it has given QEMU up; "": it has not */
    char path[PROBE_TERMINAL_PATH];
};

int virtual_probe_find(const char *program_folder, char **path, struct diagnostic *diagnostic)
{
    return workspace_find_helper(program_folder, "ordeal-virtual-probe", path, diagnostic);
}

/* ---- what it says ---- */

static int has_ended(const struct virtual_probe *probe, struct diagnostic *diagnostic)
{
    struct diagnostic unused = {""}; /* it may be about to end only: then it says so */
    char end[64];

    (void)!process_wait_through(probe->process, process_clock_ms() + END_MS, &unused);
    process_end_describe(process_end(probe->process), end, sizeof(end));
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the virtual probe ended, %s", end);
}

/* A line that is there, without its newline. Returns what recv(2) does. */
static ssize_t take_line(const struct virtual_probe *probe, char line[LINE_ROOM])
{
    const ssize_t size = recv(probe->control, line, LINE_ROOM - 1, MSG_DONTWAIT);

    line[size > 0 ? size : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return size;
}

/* Waits for a line of it. */
static int receive_line(struct virtual_probe *probe, char line[LINE_ROOM], int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    for (;;) {
        struct pollfd watched = {probe->control, POLLIN, 0};
        int error = process_wait_ready(probe->process, &watched, 1, deadline_ms, diagnostic);
        ssize_t size;

        if (error == RIG_ERROR_TIMEOUT) {
            diagnostic_set(diagnostic, "the virtual probe did not answer before the deadline");
        }
        if (error != RIG_OK) {
            return error;
        }
        size = take_line(probe, line);
        if (size > 0) {
            return RIG_OK;
        }
        if (size == 0 || process_end(probe->process)->outcome != PROCESS_RUNNING) {
            return has_ended(probe, diagnostic);
        }
    }
}

/* What it says unasked: that it has given QEMU up. */
static bool take_loss(struct virtual_probe *probe, const char *line)
{
    static const char lost[] = "lost ";
    const bool is_loss = strncmp(line, lost, strlen(lost)) == 0;

    if (is_loss) {
        (void)snprintf(probe->lost, sizeof(probe->lost), "%.1000s", line + strlen(lost));
    }
    return is_loss;
}

/* A line that begins with `word`; *rest is what follows. "failed" is the other one that may come. */
static int expect(struct virtual_probe *probe, const char *word, char line[LINE_ROOM], char **rest,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    static const char failed[] = "failed ";
    int error;

    do {
        error = receive_line(probe, line, deadline_ms, diagnostic);
    } while (error == RIG_OK && take_loss(probe, line));
    if (error != RIG_OK) {
        return error;
    }
    if (strncmp(line, failed, strlen(failed)) == 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the virtual probe failed: %s",
                               line + strlen(failed));
    }
    if (strncmp(line, word, strlen(word)) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "the virtual probe says '%.60s'", line);
    }
    *rest = line + strlen(word);
    return RIG_OK;
}

/* ---- start and end ---- */

static void close_control(struct virtual_probe *probe)
{
    if (probe->control >= 0) {
        (void)close(probe->control);
        probe->control = -1;
    }
}

static int start_process(struct virtual_probe *probe, const char *program,
                         const int numbers[NUMBERS], const struct chip_lock_model *lock,
                         const char *profile, struct diagnostic *diagnostic)
{
    const uint32_t model[LOCK] = {(uint32_t)lock->kind, lock->fuse, lock->control, lock->protected,
                                  lock->size};
    char texts[NUMBERS + LOCK][16];
    const char *argv[WORDS] = {program};
    const int inherited[INHERITED] = {numbers[0], numbers[1], numbers[2], numbers[3], -1};
    const struct process_options options = {.argv = argv, .inherited = inherited};

    for (int i = 0; i < NUMBERS; i++) {
        (void)snprintf(texts[i], sizeof(texts[i]), "%d", numbers[i]);
    }
    for (int i = 0; i < LOCK; i++) {
        (void)snprintf(texts[NUMBERS + i], sizeof(texts[0]), "%" PRIu32, model[i]);
    }
    for (int i = 0; i < NUMBERS + LOCK; i++) {
        argv[1 + i] = texts[i];
    }
    argv[1 + NUMBERS + LOCK] = profile;
    return process_start(&options, &probe->process, diagnostic);
}

static int open_control(int ends[ENDS], struct diagnostic *diagnostic)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "cannot open a socket for the virtual probe: %s", strerror(errno));
    }
    return RIG_OK;
}

static int wait_ready(struct virtual_probe *probe, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    char line[LINE_ROOM];
    char *path = NULL;
    const int error = expect(probe, "ready ", line, &path, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        (void)snprintf(probe->path, sizeof(probe->path), "%s", path);
    }
    return error;
}

int virtual_probe_start(const char *program, const struct emulator *emulator,
                        const struct chip_lock_model *lock, const struct chip_profile *profile,
                        struct virtual_probe **probe, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    const struct emulator_debug_lines lines = emulator_debug_lines(emulator);
    struct virtual_probe *made = calloc(1, sizeof(*made));
    int ends[ENDS] = {-1, -1};
    int error;

    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    error = open_control(ends, diagnostic);
    made->control = ends[OURS];
    if (error == RIG_OK) {
        const int numbers[NUMBERS] = {ends[ITS], lines.gdb, lines.qtest, lines.monitor,
                                      (int)emulator_process_id(emulator)};

        error = start_process(made, program, numbers, lock, profile->name, diagnostic);
        (void)close(ends[ITS]); /* only the probe holds it: its end tells of its own */
    }
    if (error == RIG_OK) {
        error = wait_ready(made, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        virtual_probe_stop(made);
        return error;
    }
    *probe = made;
    return RIG_OK;
}

void virtual_probe_stop(struct virtual_probe *probe)
{
    if (probe == NULL) {
        return;
    }
    close_control(probe);
    process_destroy(probe->process);
    free(probe);
}

/* Sends an order, and waits until it is carried out. */
static int order(struct virtual_probe *probe, const char *line, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    char answer[LINE_ROOM];
    char *rest = NULL;
    int error;

    if (probe->broken) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "the virtual probe has failed to answer before");
    }
    if (send(probe->control, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT) !=
        (ssize_t)strlen(line)) {
        return has_ended(probe, diagnostic);
    }
    error = expect(probe, "done", answer, &rest, deadline_ms, diagnostic);
    probe->broken = error != RIG_OK;
    return error;
}

int virtual_probe_run_guest(struct virtual_probe *probe, int64_t deadline_ms,
                            struct diagnostic *diagnostic)
{
    return order(probe, "start\n", deadline_ms, diagnostic);
}

int virtual_probe_set_fault(struct virtual_probe *probe, enum probe_fault fault,
                            int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char line[64];

    (void)snprintf(line, sizeof(line), "fault %s\n", probe_fault_name(fault));
    return order(probe, line, deadline_ms, diagnostic);
}

int virtual_probe_hold_at_opening(struct virtual_probe *probe, bool hold, int64_t deadline_ms,
                                  struct diagnostic *diagnostic)
{
    return order(probe, hold ? "hold\n" : "pass\n", deadline_ms, diagnostic);
}

int virtual_probe_check(struct virtual_probe *probe, struct diagnostic *diagnostic)
{
    const int error = process_wait(probe->process, process_clock_ms(), diagnostic);

    if (error == RIG_OK) {
        return has_ended(probe, diagnostic);
    }
    return error == RIG_ERROR_TIMEOUT
               ? process_refuse_frozen(process_id(probe->process), "the virtual probe", diagnostic)
               : error;
}

int virtual_probe_check_qemu(struct virtual_probe *probe, struct diagnostic *diagnostic)
{
    char line[LINE_ROOM];

    if (take_line(probe, line) >
        0) { /* else it is silent, or ends, which is for virtual_probe_check() */
        (void)take_loss(probe, line);
    }
    return probe->lost[0] == '\0'
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                 "the virtual probe has given QEMU up, which may stand still: %s",
                                 probe->lost);
}

const char *virtual_probe_path(const struct virtual_probe *probe)
{
    return probe->path;
}

pid_t virtual_probe_process_id(const struct virtual_probe *probe)
{
    return process_id(probe->process);
}
