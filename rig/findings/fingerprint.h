/**
 * Identity of a defect within a rung: failure family + normalised unwound call stack.
 *
 * The family keeps a broken oracle and a memory error apart; it leaves the sanitizer's sub-kind
 * out, because one defect shows up as heap-buffer-overflow, SEGV or an integer overflow depending
 * on the input. The stack keeps one faulty function that is reached from two handlers apart. The
 * address of the crash is never part of it.
 */
#ifndef RIG_FINDINGS_FINGERPRINT_H
#define RIG_FINDINGS_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "findings/sanitizer_report.h"

enum {
    FINGERPRINT_TEXT_SIZE = 64,
    FINGERPRINT_SIGNATURE_SIZE = 2048,
    FINGERPRINT_FRAMES = 16,     /**< innermost frames of the code under test that count */
    FINGERPRINT_HANG_FRAMES = 3, /**< outermost ones that count for a hang */
};

struct fingerprint {
    /** "memory-8f14e45fceea167a": family name and 64-bit FNV-1a hash of the signature. Stable
     * between runs, machines and versions of Ordeal. */
    char text[FINGERPRINT_TEXT_SIZE];

    /** What is hashed, readable: `memory|modbus_pdu_handle<modbus_tcp_poll<device_step`, innermost
     * function first, or `oracle:change-needs-login|about=function-6`. */
    char signature[FINGERPRINT_SIGNATURE_SIZE];

    /** Innermost function that counts; "" when none does. */
    char function[REPORT_FUNCTION_SIZE];
};

/**
 * Method:
 * 1. Family: memory, fault, oracle:NAME, hang:NAME.
 * 2. Frames of the C run-time, the sanitizers, libFuzzer, interceptors (memcpy, strlen ...), the
 *    oracle reporting functions and the harness's entry (harness_*, main, LLVMFuzzer*) are dropped,
 *    as are frames without a symbol: what is left is code under test.
 *    So are functions of the harness (below a folder `harnesses`, or in the file of
 *    harness_run(), by its full path): by which step it called the code under test says nothing about the defect.
 *    An oracle is often checked after that code has returned, when only the harness is left on the
 *    stack. Then the word that says what the code was asked (`about`, "function-6") stands in: one
 *    defect that is met by two paths of the harness is one, two requests that break the same oracle
 *    are two. Without that word the harness's own functions stand in.
 * 3. Function names lose the suffixes that a compiler adds (.part.N, .constprop.N, .isra.N, .cold,
 *    .llvm.N). Lines and addresses are not used: an edit above the defect must not rename it.
 * 4. Recursion is collapsed: a sequence of functions that repeats at once counts a single time, so
 *    depth does not matter.
 * 5. Of a hang only the outermost FINGERPRINT_HANG_FRAMES functions count. A sample of a loop
 *    stops anywhere below it, in whatever helper it was calling; the entry and the handler that
 *    never returns are what two samples have in common. See fingerprint_keep_common().
 * 6. A stack overflow is sampled at an arbitrary point of its recursion, so only the functions that
 *    occur twice or more count, in alphabetical order.
 * 7. With no function left, the sub-kind stands in, so that failures without a stack are not all
 *    one.
 */
void fingerprint_make(const struct sanitizer_report *report, struct fingerprint *fingerprint);

/**
 * Method: two samples of one hang agree from the outermost frame inwards, up to the function that
 * loops. Removes from `report` the inner frames that `other` does not share; does nothing when they
 * share none.
 */
void fingerprint_keep_common(struct sanitizer_report *report, const struct sanitizer_report *other);

/**
 * Appends the names of the functions that count, innermost first, to `names`; where the `about`
 * word stands in for them, those of the harness, for people to read. Returns RIG_OK or
 * RIG_ERROR_NO_MEMORY.
 */
int fingerprint_functions(const struct sanitizer_report *report,
                          struct text_list *names) RIG_MUST_CHECK;

/**
 * Hash of a report without symbols: kind, `about` and the frames' places in their programs. Equal
 * only for the same program; cheap, for recognising a flood. All hangs of one kind are equal (about
 * the same thing), because their samples differ.
 */
uint64_t fingerprint_raw(const struct sanitizer_report *report);

#endif
