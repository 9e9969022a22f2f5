#define _GNU_SOURCE /* environ, pipe2, syscall */
#include "base/process_launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

/* The pipe that tells the parent what failed; a successful exec closes it. */
enum { FAILURE = PROCESS_STREAMS, PIPES = PROCESS_STREAMS + 1 };

/* What the child needs between fork() and exec, made before so that it allocates nothing. */
struct launch {
    const struct process_options *options;
    char *program; /* argv[0] with its folder */
    char **environment;
    pid_t parent;
    int pipes[PIPES][2]; /* the child's stdout and stderr, and FAILURE */
};

struct launch_failure {
    int error; /* errno */
    bool in_folder;
};

static bool names_same_variable(const char *one, const char *other)
{
    size_t length = strcspn(one, "=");

    return strncmp(one, other, length) == 0 && other[length] == '=';
}

/* The rig's environment with the additions set over it; the strings are not copied. */
static char **merge_environment(const char *const *additions)
{
    size_t own = 0;
    size_t added = 0;
    size_t used = 0;
    char **merged;

    while (environ[own] != NULL) {
        own++;
    }
    while (additions != NULL && additions[added] != NULL) {
        added++;
    }
    merged = calloc(own + added + 1, sizeof(*merged));
    for (size_t i = 0; merged != NULL && i < own; i++) {
        bool replaced = false;

        for (size_t k = 0; k < added && !replaced; k++) {
            replaced = names_same_variable(additions[k], environ[i]);
        }
        if (!replaced) {
            merged[used++] = environ[i];
        }
    }
    for (size_t k = 0; merged != NULL && k < added; k++) {
        merged[used++] = (char *)additions[k]; /* exec takes char *, and does not change it */
    }
    return merged;
}

/* execvp() itself is not used because it hands a file it cannot execute to a shell. A name that is found
 * nowhere gives "", which execve() refuses as missing. */
char *process_find_program(const char *name)
{
    const char *search = getenv("PATH");
    struct text_list folders = {0};
    char *found = NULL;

    if (strchr(name, '/') != NULL) {
        return text_duplicate(name);
    }
    if (text_list_split(&folders, search != NULL ? search : "/usr/bin:/bin", ':') != RIG_OK) {
        return NULL;
    }
    for (size_t i = 0; i < folders.count; i++) {
        found = file_join(folders.items[i], name);
        if (found == NULL || file_is_program(found)) {
            break;
        }
        free(found);
        found = NULL;
    }
    text_list_free(&folders);
    return found != NULL ? found : text_duplicate("");
}

static _Noreturn void child_fail(const struct launch *launch, bool in_folder)
{
    const struct launch_failure failure = {errno, in_folder};
    ssize_t written = write(launch->pipes[FAILURE][1], &failure, sizeof(failure));

    (void)written; /* nobody is left to tell */
    _exit(127);
}

/* Only in the child: what it is to keep survives exec under the same number. */
static bool keep_inherited(const int *inherited)
{
    for (; inherited != NULL && *inherited >= 0; inherited++) {
        if (*inherited <= STDERR_FILENO) {
            errno = EBADF; /* 0 to 2 are the child's own streams */
            return false;
        }
        if (fcntl(*inherited, F_SETFD, 0) != 0) {
            return false;
        }
    }
    return true;
}

/* Only in the child: one of its streams; USUAL unless the options name a descriptor. */
static bool set_stream(int stream, int named, int usual)
{
    if (named != 0 && named <= STDERR_FILENO) {
        errno = EBADF; /* those are the rig's own streams */
        return false;
    }
    return dup2(named != 0 ? named : usual, stream) >= 0;
}

/* Only in the child. Closing FAILURE tells the parent that it need not wait; closing the rest keeps
 * connections that the rig closes meanwhile from living on here. */
static _Noreturn void start_later(const struct launch *launch)
{
    const uint32_t delay_us = launch->options->delay_us;
    const struct timespec delay = {delay_us / 1000000, (long)(delay_us % 1000000) * 1000};
    const char *reason;

    (void)syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &delay, NULL);
    (void)execve(launch->program, (char *const *)launch->options->argv, launch->environment);
    reason = strerrordesc_np(errno);
    (void)!write(STDERR_FILENO, "cannot start: ", 14);
    (void)!write(STDERR_FILENO, reason, strlen(reason));
    _exit(127);
}

/* Runs in the child, with all signals blocked: only calls that are safe after fork(). */
static _Noreturn void child_start(const struct launch *launch)
{
    const struct rlimit no_core = {0, 0};
    sigset_t none;

    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
        child_fail(launch, false);
    }
    if (getppid() != launch->parent) {
        _exit(127); /* the rig died before the death signal was set */
    }
    for (int number = 1; number < NSIG; number++) {
        (void)signal(number, SIG_DFL); /* fails for SIGKILL and SIGSTOP, as it should */
    }
    if (!set_stream(STDIN_FILENO, launch->options->input,
                    open("/dev/null", O_RDONLY | O_CLOEXEC)) ||
        !set_stream(STDOUT_FILENO, launch->options->output, launch->pipes[PROCESS_STDOUT][1]) ||
        dup2(launch->pipes[PROCESS_STDERR][1], STDERR_FILENO) < 0 ||
        setrlimit(RLIMIT_CORE, &no_core) != 0 || !keep_inherited(launch->options->inherited)) {
        child_fail(launch, false);
    }
    if (launch->options->working_folder != NULL && chdir(launch->options->working_folder) != 0) {
        child_fail(launch, true);
    }
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (launch->options->delay_us > 0) {
        start_later(launch);
    }
    (void)execve(launch->program, (char *const *)launch->options->argv, launch->environment);
    child_fail(launch, false);
}

static void close_all(struct launch *launch)
{
    for (int i = 0; i < PIPES; i++) {
        for (int end = 0; end < 2; end++) {
            if (launch->pipes[i][end] >= 0) {
                (void)close(launch->pipes[i][end]);
                launch->pipes[i][end] = -1;
            }
        }
    }
}

static int open_pipes(struct launch *launch)
{
    memset(launch->pipes, -1, sizeof(launch->pipes));
    for (int i = 0; i < PIPES; i++) {
        if (pipe2(launch->pipes[i], O_CLOEXEC) != 0) {
            return -1;
        }
    }
    for (int i = 0; i < PROCESS_STREAMS; i++) {
        if (fcntl(launch->pipes[i][0], F_SETFL, O_NONBLOCK) != 0) {
            return -1;
        }
    }
    return 0;
}

/* fork() with all signals blocked in the child, so that no handler of the rig runs in it. */
static pid_t fork_child(const struct launch *launch)
{
    sigset_t all;
    sigset_t before;
    pid_t pid;

    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0) {
        child_start(launch);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

/* Waits until the child has become the program, or has said why not. */
static bool read_failure(struct launch *launch, struct launch_failure *failure)
{
    ssize_t size;

    (void)close(launch->pipes[FAILURE][1]);
    launch->pipes[FAILURE][1] = -1;
    do {
        size = read(launch->pipes[FAILURE][0], failure, sizeof(*failure));
    } while (size < 0 && errno == EINTR);
    return size == (ssize_t)sizeof(*failure);
}

static const char *remedy(int error)
{
    switch (error) {
    case ENOENT:
        return "build or install it (`ordeal doctor` says what is missing)";
    case EACCES:
    case ENOEXEC:
        return "it must be an executable file for this machine";
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return "this machine is out of processes, memory or descriptors: use fewer jobs";
    default:
        return "check the program and this system's limits";
    }
}

static int report_failure(const struct launch *launch, const struct launch_failure *failure,
                          struct diagnostic *diagnostic)
{
    if (failure->in_folder) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "cannot start '%s' in folder '%s': %s; the folder must exist",
                               launch->options->argv[0], launch->options->working_folder,
                               strerror(failure->error));
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot start '%s': %s; %s",
                           launch->options->argv[0], strerror(failure->error),
                           remedy(failure->error));
}

static void kill_and_reap(pid_t pid)
{
    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* Starts the child; on success *launched is complete, else *failure says what went wrong. */
static bool start_child(struct launch *launch, struct process_launched *launched,
                        struct launch_failure *failure)
{
    launched->pid = fork_child(launch);
    if (launched->pid < 0) {
        failure->error = errno;
        return false;
    }
    (void)setpgid(launched->pid, launched->pid); /* the child does it too: no race either way */
    launched->pidfd = (int)syscall(SYS_pidfd_open, launched->pid, 0); /* close-on-exec by itself */
    if (launched->pidfd < 0) {
        failure->error = errno;
        kill_and_reap(launched->pid);
        return false;
    }
    if (read_failure(launch, failure)) {
        (void)close(launched->pidfd);
        kill_and_reap(launched->pid);
        return false;
    }
    for (int i = 0; i < PROCESS_STREAMS; i++) {
        launched->outputs[i] = launch->pipes[i][0];
        launch->pipes[i][0] = -1;
    }
    return true;
}

int process_launch(const struct process_options *options, struct process_launched *launched,
                   struct diagnostic *diagnostic)
{
    struct launch launch = {.options = options, .parent = getpid()};
    struct launch_failure failure = {0, false};
    int result = RIG_OK;

    if (open_pipes(&launch) != 0) {
        failure.error = errno;
        result = report_failure(&launch, &failure, diagnostic);
        goto out;
    }
    launch.program = process_find_program(options->argv[0]);
    launch.environment = merge_environment(options->environment);
    if (launch.program == NULL || launch.environment == NULL) {
        result = RIG_ERROR_NO_MEMORY;
        goto out;
    }
    if (!start_child(&launch, launched, &failure)) {
        result = report_failure(&launch, &failure, diagnostic);
    }
out:
    close_all(&launch);
    free(launch.program);
    free(launch.environment);
    return result;
}
