/**
 * Child processes of the rig: started without a shell, in a process group of their own, with
 * bounded output and bounded waits, and reaped always.
 *
 * A child dies with the rig: it asks the kernel for SIGKILL when its parent ends
 * (PR_SET_PDEATHSIG, prctl(2)), so SIGKILL of the rig leaves no child behind. What a child starts
 * in turn belongs to its group and is killed with it when the child ends, fails or is stopped; a
 * grandchild that moves to another process group or session is out of reach.
 *
 * The death signal follows the thread that started the child, not the process: start children
 * from a thread that lives as long as they do. The rig has one thread.
 */
#ifndef RIG_BASE_PROCESS_H
#define RIG_BASE_PROCESS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** One running child. Made by process_start(), ended and freed by process_destroy(). */
struct process;

/** Which of the child's two output streams. */
enum process_stream {
    PROCESS_STDOUT = 0,
    PROCESS_STDERR = 1,
    PROCESS_STREAMS = 2,
};

/**
 * Called for each complete line a child writes, without its newline. `line` is hostile: it may hold
 * any byte (NUL too), and ends after `size` bytes with an extra NUL. A line longer than
 * PROCESS_LINE_LIMIT comes shortened to it.
 */
typedef void process_line_function(void *context, enum process_stream stream, const char *line,
                                   size_t size);

/** Called with what a child writes, as it comes: `size` hostile bytes, in pieces of any size. */
typedef void process_bytes_function(void *context, enum process_stream stream, const char *bytes,
                                    size_t size);

enum {
    PROCESS_LINE_LIMIT = 4096,            /**< bytes of a line that reach the callback */
    PROCESS_CAPTURE_DEFAULT = 256 * 1024, /**< bytes kept of each stream */
    PROCESS_NO_DEADLINE = -1,             /**< for a wait that only an interrupt ends */
    PROCESS_WAIT_MAX = 64,                /**< children in one process_wait_any() */
    PROCESS_WATCH_MAX = 8,                /**< descriptors in one process_wait_ready() */
};

/** Where a program is, as execvp(3) looks for it in PATH, for free(); a name with a slash stays as it is,
 * and one that is found nowhere gives "". NULL without memory. */
char *process_find_program(const char *name);

struct process_options {
    /** Program and arguments, ended by NULL. argv[0] with a slash is a path (from working_folder,
     * when it is relative), without one it is sought in PATH. Must live until process_start()
     * returns. No shell is involved in any case. */
    const char *const *argv;

    /** "NAME=value" strings set over the rig's own environment, ended by NULL; NULL for none. */
    const char *const *environment;

    /** Folder the child starts in; NULL for the rig's current one. */
    const char *working_folder;

    /** Descriptor, above 2, that the child gets as its stdin; 0 for /dev/null. It stays the
     * caller's, and stays close-on-exec here. */
    int input;

    /** Likewise as its stdout; 0: what it writes there is read and kept here. */
    int output;

    /** The child waits that many microseconds before it becomes the program, without a descriptor
     * of the rig's; process_start() does not wait for that. A program that then cannot be started is
     * exit code 127, with the reason on stderr. Not with `inherited`. */
    uint32_t delay_us;

    /** Descriptors that the child gets under the same numbers, above 2, ended by -1; NULL for none.
     * They stay the caller's, and stay close-on-exec here: no other child gets them. */
    const int *inherited;

    /** File that both streams are appended to as well, created when missing; NULL for none. A write
     * that fails (full disk) ends the wait with RIG_ERROR_BENCH. */
    const char *log_path;

    /** Bytes kept of each stream: the first half and the last half when there were more, with a
     * line between that says how many are missing. 0 means PROCESS_CAPTURE_DEFAULT. */
    size_t capture_limit;

    /** Called for each line; NULL for none. Capturing goes on beside it. */
    process_line_function *on_line;
    void *on_line_context;

    /** Called for all output, before it is split into lines: for a child that writes no text, or
     * whose line must be seen before it is complete. NULL for none. */
    process_bytes_function *on_bytes;
    void *on_bytes_context;
};

enum process_outcome {
    PROCESS_RUNNING = 0,
    PROCESS_EXITED,   /**< ended by itself: exit_code counts */
    PROCESS_SIGNALED, /**< ended by a signal that the rig did not send: signal_number counts */
    PROCESS_STOPPED,  /**< the rig ended it: its deadline passed, or process_stop() was called */
};

/** How a child ended. */
struct process_end {
    enum process_outcome outcome;
    int exit_code;     /**< 0..255, only with PROCESS_EXITED */
    int signal_number; /**< only with PROCESS_SIGNALED and PROCESS_STOPPED (0 when it still exited)
                        */
    int64_t duration_ms; /**< from its start to its end */
};

/** Milliseconds of a clock that never jumps (CLOCK_MONOTONIC): the time base of every deadline. */
int64_t process_clock_ms(void);

/** What poll(2) takes for a wait that ends at `deadline_ms`: -1 for PROCESS_NO_DEADLINE, 0 once it
 * has passed; a wait of more than an hour comes back after one. */
int process_poll_timeout(int64_t deadline_ms);

/**
 * Starts a child: its own process group, stdin from /dev/null (or `input`), no core file,
 * default signal handling. When the program cannot be started, no child is left.
 *
 * Returns RIG_OK and sets *process; RIG_ERROR_BENCH with a diagnostic (the program's name, the
 * system's reason, a remedy) when it cannot be started; RIG_ERROR_NO_MEMORY.
 */
int process_start(const struct process_options *options, struct process **process,
                  struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Reads the output of all `count` children until one of them has ended, `deadline_ms` (of
 * process_clock_ms(); PROCESS_NO_DEADLINE for none) has passed, or an interrupt was requested.
 * Entries may be NULL; `count` is at most PROCESS_WAIT_MAX. A child that has ended is reaped, its
 * group is killed, and its remaining output has been read; it counts as ended again in each later
 * call.
 *
 * Returns RIG_OK with *ended = index of a child that has ended; RIG_ERROR_TIMEOUT;
 * RIG_ERROR_INTERRUPTED; RIG_ERROR_BENCH with a diagnostic.
 */
int process_wait_any(struct process *const *processes, size_t count, int64_t deadline_ms,
                     size_t *ended, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Same for one child. */
int process_wait(struct process *process, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Same for what must not be left half done: an interrupt does not end it. */
int process_wait_through(struct process *process, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * process_wait() that returns as well once a descriptor of the caller is ready: `watched` is as for
 * poll(2) (a negative descriptor is passed over), at most PROCESS_WATCH_MAX of them. A deadline
 * that has passed still shows what is ready now.
 *
 * Returns RIG_OK when the child has ended (process_end() says so) or when `revents` of some
 * descriptor is not 0; else as process_wait().
 */
int process_wait_ready(struct process *process, struct pollfd *watched, size_t count,
                       int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Ends the whole group: SIGTERM, then SIGKILL after `grace_ms` (0: SIGKILL at once). Reads the
 * output and reaps. Does nothing to a child that has ended. Not cut short by an interrupt. Takes at
 * most the grace and a moment.
 *
 * Returns RIG_OK, or RIG_ERROR_BENCH with a diagnostic when the child does not even end by SIGKILL
 * (it hangs in the kernel).
 */
int process_stop(struct process *process, int64_t grace_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** How it ended; outcome is PROCESS_RUNNING while it has not. Owned by the process. */
const struct process_end *process_end(const struct process *process);

/**
 * What is kept of a stream: `*size` hostile bytes plus a NUL. Owned by the process. Empty until the
 * child has ended.
 */
const char *process_output(const struct process *process, enum process_stream stream, size_t *size);

/** Bytes of a stream that were dropped because of the capture limit. */
uint64_t process_dropped(const struct process *process, enum process_stream stream);

pid_t process_id(const struct process *process);

/** Kills the group if it still runs, reaps it and frees all. NULL is allowed. */
void process_destroy(struct process *process);

/**
 * process_start(), process_wait() for at most `limit_ms`, and process_stop() when that has passed:
 * outcome PROCESS_STOPPED then. On RIG_OK *process has ended and is the caller's to destroy.
 *
 * Returns RIG_OK whatever the child's exit code; RIG_ERROR_BENCH when it could not be started or
 * read; RIG_ERROR_INTERRUPTED (the child is stopped); RIG_ERROR_NO_MEMORY. Nothing is left to the
 * caller on error.
 */
int process_run(const struct process_options *options, int64_t limit_ms, struct process **process,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Lets the time until `deadline_ms` pass, for the pause between two looks at a condition. RIG_OK;
 * RIG_ERROR_INTERRUPTED at once when an interrupt was requested. */
int process_pause_until(int64_t deadline_ms) RIG_MUST_CHECK;

/** One phrase for messages, e.g. "exit code 77", "signal 6 (Aborted)", "stopped after 10.0 s". */
void process_end_describe(const struct process_end *end, char *text, size_t size);

#endif
