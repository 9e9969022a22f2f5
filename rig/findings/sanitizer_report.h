/**
 * What a harness program printed when it failed, read into fields: AddressSanitizer,
 * UndefinedBehaviorSanitizer, libFuzzer, violated oracles and hangs of harness.c, and a death
 * without any report.
 *
 * The text is hostile: it may come from code that an attacker's input has taken over. Nothing of it
 * is used as a format string, a path or a command, and what is kept is shortened and escaped.
 */
#ifndef RIG_FINDINGS_SANITIZER_REPORT_H
#define RIG_FINDINGS_SANITIZER_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/process.h"
#include "base/rig_error.h"

enum {
    REPORT_KIND_SIZE = 64,
    REPORT_CLAUSE_SIZE = 32,
    REPORT_NAME_SIZE = 64,
    REPORT_ABOUT_SIZE = 64,
    REPORT_MESSAGE_SIZE = 512,
    REPORT_FUNCTION_SIZE = 160,
    REPORT_FILE_SIZE = 96,
    REPORT_PATH_SIZE = 512,
    REPORT_FRAMES = 64, /**< innermost frames kept */
    REPORT_TEXT_LIMIT = 1024 * 1024,
};

/** What kind of failure; REPORT_NONE when the program did not fail. */
enum report_class {
    REPORT_NONE = 0,
    REPORT_MEMORY, /**< AddressSanitizer, UndefinedBehaviorSanitizer, a memory limit exceeded */
    REPORT_FAULT,  /**< a deadly signal or an abort without a sanitizer's reason */
    REPORT_ORACLE, /**< a violated property of the harness */
    REPORT_HANG,   /**< budget of virtual time or wall clock exceeded */
};

/** One frame of a stack, escaped. */
struct report_frame {
    char function[REPORT_FUNCTION_SIZE]; /**< "" when not symbolised */
    char file[REPORT_FILE_SIZE];         /**< base name; "" when unknown */
    char path[REPORT_PATH_SIZE];         /**< of the source as the symbolizer printed it, of a
                                            longer one the end; "" when unknown */
    unsigned line;                       /**< 0 when unknown */
    bool is_harness;                     /**< its file is below a folder `harnesses` */
    uint64_t offset; /**< in the program or library `file`, when not symbolised; else 0 */
};

struct sanitizer_report {
    enum report_class report_class;
    char kind[REPORT_KIND_SIZE];     /**< heap-buffer-overflow, signed-integer-overflow, timeout,
                                            SIGSEGV, abort ... */
    char clause[REPORT_CLAUSE_SIZE]; /**< of an oracle or a hang that names one; else "" */
    char name[REPORT_NAME_SIZE];     /**< of the oracle or the hang budget; else "" */
    char about[REPORT_ABOUT_SIZE];   /**< what the code under test was being asked when an oracle or
                                        a hang was reported: "function-6"; "" when it does not say */
    char message[REPORT_MESSAGE_SIZE]; /**< the line that says what happened, escaped */
    size_t frame_count;
    struct report_frame frames[REPORT_FRAMES]; /**< [0] is the innermost */
};

/**
 * Reads what a program printed on stderr (`text`, `size` bytes, need not end with NUL) and how it
 * ended. Only the last REPORT_TEXT_LIMIT bytes are read.
 *
 * The last report decides: after a report no code under test runs any more, while an earlier line
 * that looks like one may be something the input made the code under test print. The reports of an
 * abort itself (AddressSanitizer's ABRT, libFuzzer's deadly signal) count only when there is no
 * other, because they follow from it.
 *
 * A program that ended with exit code 0 gives REPORT_NONE, whatever it printed: each failure ends a
 * harness program otherwise. One that the rig stopped gives REPORT_HANG of kind "deadline" when it
 * printed no report. Without a report a signal gives REPORT_FAULT of its name ("SIGSEGV"), an exit
 * code REPORT_FAULT of kind "exit-N"; the caller decides whether that is a failure of the program
 * under test (see triage.h).
 */
void sanitizer_report_parse(const char *text, size_t size, const struct process_end *end,
                            struct sanitizer_report *report);

/** "memory", "fault", "oracle", "hang", "none". */
const char *report_class_name(enum report_class report_class);

/**
 * The frames as text for people and the store, one a line: `#0 modbus_pdu_handle modbus_pdu.c:42`.
 * At most size - 1 bytes and always NUL-terminated; whole lines only.
 */
void sanitizer_report_frames(const struct sanitizer_report *report, char *text, size_t size);

#endif
