#include "findings/fingerprint.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "findings/machinery.h"

/* Functions that count, innermost first, already stripped of suffixes. */
struct stack {
    size_t count;
    bool is_harness; /* the harness's own, since there are no others */
    char names[REPORT_FRAMES][REPORT_FUNCTION_SIZE];
};

/* ---- which frames count ---- */

/* Cuts what a compiler or a linker appends to a name: .part.0, .constprop.1, .isra.2, .cold,
 * .llvm.123, @@VERSION */
static void strip_suffixes(char *function)
{
    static const char *const suffixes[] = {".part.", ".constprop.", ".isra.", ".cold",
                                           ".llvm.", "@",           NULL};

    for (size_t i = 0; suffixes[i] != NULL; i++) {
        char *suffix = strstr(function, suffixes[i]);

        if (suffix != NULL && suffix != function) {
            *suffix = '\0';
        }
    }
}

/* The source that holds the harness's entry, with its folders, since code under test may have a
 * file of the same base name; "" when it is not on the stack. */
static const char *entry_path(const struct sanitizer_report *report)
{
    for (size_t i = 0; i < report->frame_count; i++) {
        if (strcmp(report->frames[i].function, "harness_run") == 0) {
            return report->frames[i].path;
        }
    }
    return "";
}

/* Drops machinery and, if asked to, what belongs to the harness; then names alone are left. */
static void collect(const struct sanitizer_report *report, bool drop_harness, struct stack *stack)
{
    const char *entry = entry_path(report);

    stack->count = 0;
    for (size_t i = 0; i < report->frame_count; i++) {
        const struct report_frame *frame = &report->frames[i];
        bool is_harness =
            frame->is_harness || (entry[0] != '\0' && strcmp(frame->path, entry) == 0);

        if (!report_frame_is_machinery(frame) && !(drop_harness && is_harness)) {
            memcpy(stack->names[stack->count], frame->function, REPORT_FUNCTION_SIZE);
            strip_suffixes(stack->names[stack->count]);
            stack->count++;
        }
    }
}

/* ---- recursion ---- */

static bool repeats(const struct stack *stack, size_t at, size_t period)
{
    if (at < period || at + period > stack->count) {
        return false;
    }
    for (size_t i = 0; i < period; i++) {
        if (strcmp(stack->names[at - period + i], stack->names[at + i]) != 0) {
            return false;
        }
    }
    return true;
}

static void remove_names(struct stack *stack, size_t at, size_t count)
{
    memmove(stack->names[at], stack->names[at + count],
            (stack->count - at - count) * sizeof(stack->names[0]));
    stack->count -= count;
}

/* Removes each sequence that repeats the one before it, shortest sequences first. */
static void collapse(struct stack *stack)
{
    for (size_t period = 1; period <= stack->count / 2; period++) {
        for (size_t at = period; at + period <= stack->count;) {
            if (repeats(stack, at, period)) {
                remove_names(stack, at, period);
            } else {
                at++;
            }
        }
    }
}

static int compare_names(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* Leaves the names that occur at least twice, sorted, each once; all when none does. */
static void keep_recurring(struct stack *stack)
{
    struct stack kept = {.is_harness = stack->is_harness};
    struct stack sorted = *stack;

    qsort(sorted.names, sorted.count, sizeof(sorted.names[0]), compare_names);
    for (size_t i = 1; i < sorted.count; i++) {
        bool again = strcmp(sorted.names[i], sorted.names[i - 1]) == 0;
        bool has = kept.count > 0 && strcmp(kept.names[kept.count - 1], sorted.names[i]) == 0;

        if (again && !has) {
            memcpy(kept.names[kept.count++], sorted.names[i], REPORT_FUNCTION_SIZE);
        }
    }
    if (kept.count > 0) {
        *stack = kept;
    }
}

static void normalise(const struct sanitizer_report *report, struct stack *stack)
{
    collect(report, true, stack);
    stack->is_harness = stack->count == 0;
    if (stack->is_harness) {
        collect(report, false, stack); /* the code under test is part of the harness, or returned */
    }
    if (strcmp(report->kind, "stack-overflow") == 0) {
        keep_recurring(stack);
    }
    collapse(stack);
    if (report->report_class == REPORT_HANG && stack->count > FINGERPRINT_HANG_FRAMES) {
        remove_names(stack, 0, stack->count - FINGERPRINT_HANG_FRAMES);
    }
    if (stack->count > FINGERPRINT_FRAMES) {
        stack->count = FINGERPRINT_FRAMES;
    }
}

/* Whether what the code under test was asked stands in for its stack. */
static bool stands_about(const struct sanitizer_report *report, const struct stack *stack)
{
    return stack->is_harness && report->about[0] != '\0';
}

/* ---- text and hash ---- */

struct hash {
    uint64_t value;
};

static const struct hash hash_start = {UINT64_C(14695981039346656037)};

/* FNV-1a, 64 bits (draft-eastlake-fnv, section 2) */
static void hash_bytes(struct hash *hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        hash->value = (hash->value ^ at[i]) * UINT64_C(1099511628211);
    }
}

static void append(char *signature, const char *separator, const char *text)
{
    size_t used = strlen(signature);

    (void)snprintf(signature + used, FINGERPRINT_SIGNATURE_SIZE - used, "%s%s", separator, text);
}

static void write_signature(const struct sanitizer_report *report, const struct stack *stack,
                            char *signature)
{
    bool named = report->report_class == REPORT_ORACLE || report->report_class == REPORT_HANG;

    signature[0] = '\0';
    append(signature, "", report_class_name(report->report_class));
    if (named) {
        append(signature, ":", report->name);
    }
    if (stands_about(report, stack)) {
        append(signature, "|about=", report->about);
        return;
    }
    if (stack->count == 0) {
        append(signature, "|?", report->kind);
    }
    for (size_t i = 0; i < stack->count; i++) {
        append(signature, i == 0 ? "|" : "<", stack->names[i]);
    }
}

void fingerprint_make(const struct sanitizer_report *report, struct fingerprint *fingerprint)
{
    struct stack stack;
    struct hash hash = hash_start;

    memset(fingerprint, 0, sizeof(*fingerprint));
    if (report->report_class == REPORT_NONE) {
        return;
    }
    normalise(report, &stack);
    write_signature(report, &stack, fingerprint->signature);
    hash_bytes(&hash, fingerprint->signature, strlen(fingerprint->signature));
    (void)snprintf(fingerprint->text, sizeof(fingerprint->text), "%s-%016" PRIx64,
                   report_class_name(report->report_class), hash.value);
    if (stack.count > 0 && !stands_about(report, &stack)) {
        memcpy(fingerprint->function, stack.names[0], REPORT_FUNCTION_SIZE);
    }
}

int fingerprint_functions(const struct sanitizer_report *report, struct text_list *names)
{
    struct stack stack;

    normalise(report, &stack);
    for (size_t i = 0; i < stack.count; i++) {
        int error = text_list_append(names, stack.names[i]);

        if (error != RIG_OK) {
            return error;
        }
    }
    return RIG_OK;
}

void fingerprint_keep_common(struct sanitizer_report *report, const struct sanitizer_report *other)
{
    size_t shared = 0;

    while (shared < report->frame_count && shared < other->frame_count &&
           strcmp(report->frames[report->frame_count - 1 - shared].function,
                  other->frames[other->frame_count - 1 - shared].function) == 0) {
        shared++;
    }
    if (shared > 0 && shared < report->frame_count) {
        memmove(report->frames, report->frames + (report->frame_count - shared),
                shared * sizeof(report->frames[0]));
        report->frame_count = shared;
    }
}

uint64_t fingerprint_raw(const struct sanitizer_report *report)
{
    struct hash hash = hash_start;

    hash_bytes(&hash, report->kind, strlen(report->kind) + 1);
    hash_bytes(&hash, report->about, strlen(report->about));
    if (report->report_class == REPORT_HANG) {
        return hash.value;
    }
    for (size_t i = 0; i < report->frame_count; i++) {
        const struct report_frame *frame = &report->frames[i];

        hash_bytes(&hash, frame->file, strlen(frame->file) + 1);
        hash_bytes(&hash, frame->function, strlen(frame->function) + 1);
        hash_bytes(&hash, &frame->offset, sizeof(frame->offset));
    }
    return hash.value;
}
