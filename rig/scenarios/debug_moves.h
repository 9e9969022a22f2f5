/**
 * Moves of the debug_lock family: a debugger comes to a device, tries all that a debugger can do, and
 * what of it came through is counted.
 *
 * A port that is neither open nor shut (nobody answers, the wire is stuck, the adapter is dead) shows
 * nothing about a lock: such a bench is RIG_ERROR_BENCH with the evidence, never a device that is locked.
 */
#ifndef RIG_SCENARIOS_DEBUG_MOVES_H
#define RIG_SCENARIOS_DEBUG_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/trial.h"
#include "target/bench_probe.h"

/** What all scenarios of the family need. */
#define DEBUG_NEEDS (CAN_POWER | CAN_ADAPTER | CAN_PROBE | CAN_DEBUG)

/** Checks that debug_measure() measures; each scenario that uses it declares them. */
#define DEBUG_SHUT_CHECKS                                                                          \
    {"halted",                                                                                     \
     "times",                                                                                      \
     CHECK_EQUALS,                                                                                 \
     0,                                                                                            \
     NULL,                                                                                         \
     "5.6-4A",                                                                                     \
     FINDING_ORACLE,                                                                               \
     SEVERITY_CRITICAL,                                                                            \
     "a debugger halts a closed device"},                                                          \
        {"read",                                                                                   \
         "words",                                                                                  \
         CHECK_EQUALS,                                                                             \
         0,                                                                                        \
         NULL,                                                                                     \
         "5.6-4A",                                                                                 \
         FINDING_ORACLE,                                                                           \
         SEVERITY_CRITICAL,                                                                        \
         "a debugger reads the memory of a closed device"},                                        \
        {"written",                                                                                \
         "words",                                                                                  \
         CHECK_EQUALS,                                                                             \
         0,                                                                                        \
         NULL,                                                                                     \
         "5.6-4A",                                                                                 \
         FINDING_ORACLE,                                                                           \
         SEVERITY_CRITICAL,                                                                        \
         "a debugger writes to the memory of a closed device"},                                    \
    {                                                                                              \
        "registers", "times", CHECK_EQUALS, 0, NULL, "5.6-4A", FINDING_ORACLE, SEVERITY_CRITICAL,  \
            "a debugger reads the registers of a closed device"                                    \
    }

/** A debugger in a trial. Ended by debug_detach(). */
struct debug_session {
    struct trial *trial;
    struct probe probe; /**< attached, with the word of the target's file that is `known` */
    bool is_attached;
    struct probe_word canary; /**< a secret that the trial has given to the device */
    struct probe_range ram;   /**< memory that may be written while the core is halted */
};

/** What came through, how often. */
struct debug_breach {
    unsigned rounds;
    unsigned halted;
    unsigned read;
    unsigned written;
    unsigned registers;
    unsigned canary;
};

/** An error of a call to the probe: one that has not come back in time is the bench's, RIG_ERROR_BENCH, since
 * OpenOCD answers for a silent chip, too. Others stay what they are. */
int debug_no_silence(int error) RIG_MUST_CHECK;

/** Reads from the target's file what is tried; nobody is attached yet. */
void debug_begin(struct debug_session *session, struct trial *trial);

/** A debugger comes, or comes anew; the device is on. RIG_OK whatever the chip does. */
int debug_attach(struct debug_session *session, struct diagnostic *diagnostic) RIG_MUST_CHECK;
void debug_detach(struct debug_session *session);

/** Whether the port is open. RIG_ERROR_BENCH when it is neither open nor shut. */
int debug_look(struct debug_session *session, bool *open,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * One round: looks, halts, reads the known word and the canary, writes and reads back, reads the program
 * counter; a core that was halted goes on. What comes through is added to *breach.
 */
int debug_try(struct debug_session *session, struct debug_breach *breach,
              struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Rounds until the device answers, and measures "answers". *up: it does. */
int debug_try_until_up(struct debug_session *session, struct debug_breach *breach,
                       struct adapter_health *health, bool *up,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Likewise until it has started again since it spoke *health, and answers; records the proof of that. */
int debug_try_until_restarted(struct debug_session *session, struct debug_breach *breach,
                              struct adapter_health *health, bool *up,
                              struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Reads memory of a core that stands still into *content, which is freed before; for file_content_free().
 * Errors of probe_dump() and file_read().
 */
int debug_dump(struct debug_session *session, struct probe_range range,
               struct file_content *content, int64_t deadline_ms,
               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Measures a check of what a debugger does with the core, out of so many tries; where the lock claims memory
 * alone, it is disclaimed (trial.h). */
void debug_measure_core(struct trial *trial, const char *check, unsigned count, const char *when,
                        unsigned tries);

/** Measures the checks of DEBUG_SHUT_CHECKS, and "canary-read" where a canary was planted; `when` is what
 * the device was doing. */
void debug_measure(struct debug_session *session, const struct debug_breach *breach,
                   const char *when);

/** Resets the chip by its core's own request, AIRCR. RIG_ERROR_DEVICE when the chip refuses. */
int debug_reset_core(struct debug_session *session, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Resets it by its reset line. RIG_ERROR_DEVICE where the configuration knows of none. */
int debug_reset_line(struct debug_session *session, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Makes the core do nothing for ever, so that its watchdog has to end it: a branch to itself, as every
 * program has some, is sought behind the known word, and executed with interrupts masked.
 * RIG_ERROR_NOT_FOUND without one; RIG_ERROR_DEVICE when the chip refuses.
 */
int debug_hang_core(struct debug_session *session, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A round in which all comes through, as on an open device, as a control that names it `what`. */
int debug_control_round(struct debug_session *session, const char *what,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A new device, closed or with its debug port open; it is off. */
int debug_make_new(struct trial *trial, bool open, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Control: on a device that has not been closed, each of these attempts comes through. Without that a
 * debugger that cannot do anything would look like a lock. Afterwards a new, closed device is there; it is
 * off. *held: the control held.
 */
int debug_control_open(struct debug_session *session, bool *held,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
