#ifndef RIG_BASE_EXIT_CODE_H
#define RIG_BASE_EXIT_CODE_H

/** How a command ends. Other programs rely on these numbers. */
enum exit_code {
    EXIT_CLEAN = 0,         /**< judged something, and found nothing */
    EXIT_FINDING = 1,       /**< at least one open finding or failed check */
    EXIT_CONFIGURATION = 2, /**< wrong usage, or a file that is not what it must be */
    EXIT_BENCH = 3,         /**< the lab failed; says nothing about the device */
    EXIT_INCONCLUSIVE = 4,  /**< a control failed, or nothing was judged */
    EXIT_INTERRUPTED = 130, /**< SIGINT or SIGTERM */
};

/** The exit code for an `enum rig_error`. RIG_OK gives EXIT_CLEAN, an unknown value EXIT_BENCH. */
enum exit_code exit_code_from_error(int error);

/** The code that stands when both apply: the first of 130, 2, 1, 3, 4, 0. */
enum exit_code exit_code_combine(enum exit_code left, enum exit_code right);

#endif
