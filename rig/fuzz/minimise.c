#include "fuzz/minimise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"

enum {
    STACKS_MAX = 64, /* stacks that are remembered; others are looked at with symbols each time */
};

/* A stack that was looked at with symbols. */
struct known_stack {
    uint64_t raw; /* fingerprint_raw() */
    bool is_same; /* its failure is the one that must stay */
};

struct minimiser {
    const struct minimise_request *request;
    struct reproducer quick;   /* without symbols */
    struct reproducer precise; /* with symbols */
    uint8_t *bytes;            /* the smallest input until now */
    size_t size;
    uint8_t *candidate; /* room for as many bytes */
    unsigned tries;
    struct known_stack stacks[STACKS_MAX];
    size_t stack_count;
    struct diagnostic *diagnostic;
};

/* ---- one try ---- */

/* Not file_write(): a passing file need not be on disk when the power fails. */
static int write_output(const struct minimiser *minimiser, const uint8_t *bytes, size_t size)
{
    const char *path = minimiser->request->output_path;
    FILE *file = fopen(path, "wb");
    bool written;

    if (file == NULL) {
        return file_fail(path, "write", minimiser->diagnostic);
    }
    written = fwrite(bytes, 1, size, file) == size;
    if (fclose(file) != 0 || !written) {
        return file_fail(path, "write", minimiser->diagnostic);
    }
    return RIG_OK;
}

/* Runs output_path with symbols. */
static int look_closely(struct minimiser *minimiser, bool *is_same)
{
    struct triage_result result;
    int error = triage_run_input(&minimiser->precise, minimiser->request->output_path, &result,
                                 minimiser->diagnostic);

    minimiser->tries++;
    if (error == RIG_OK) {
        *is_same = result.hits > 0;
        triage_result_clear(&result);
    }
    return error;
}

static const struct known_stack *find_stack(const struct minimiser *minimiser, uint64_t raw)
{
    for (size_t i = 0; i < minimiser->stack_count; i++) {
        if (minimiser->stacks[i].raw == raw) {
            return &minimiser->stacks[i];
        }
    }
    return NULL;
}

/* Whether a report without symbols is of the failure that must stay. */
static int compare(struct minimiser *minimiser, const struct sanitizer_report *report,
                   bool *is_same)
{
    const uint64_t raw = fingerprint_raw(report);
    const bool is_sample = report->report_class == REPORT_HANG;
    const struct known_stack *known = is_sample ? NULL : find_stack(minimiser, raw);
    int error;

    if (known != NULL) {
        *is_same = known->is_same;
        return RIG_OK;
    }
    error = look_closely(minimiser, is_same);
    if (error == RIG_OK && !is_sample && minimiser->stack_count < STACKS_MAX) {
        minimiser->stacks[minimiser->stack_count++] = (struct known_stack){raw, *is_same};
    }
    return error;
}

/* Runs an input and says whether it fails as the original does. */
static int try_bytes(struct minimiser *minimiser, const uint8_t *bytes, size_t size, bool *is_same)
{
    struct triage_result result;
    int error = write_output(minimiser, bytes, size);

    *is_same = false;
    if (error == RIG_OK) {
        error = triage_run_input(&minimiser->quick, minimiser->request->output_path, &result,
                                 minimiser->diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    minimiser->tries++;
    if (result.hits > 0) {
        error = compare(minimiser, &result.report, is_same);
    }
    triage_result_clear(&result);
    return error;
}

/* ---- taking out ---- */

static bool may_try(const struct minimiser *minimiser)
{
    return minimiser->tries < minimiser->request->tries &&
           process_clock_ms() < minimiser->request->deadline_ms;
}

/* Takes `length` bytes at `at` out when the failure stays. */
static int try_without(struct minimiser *minimiser, size_t at, size_t length, bool *removed)
{
    const size_t rest = minimiser->size - at - length;
    uint8_t *shorter = minimiser->candidate;
    int error;

    memcpy(shorter, minimiser->bytes, at);
    memcpy(shorter + at, minimiser->bytes + at + length, rest);
    error = try_bytes(minimiser, shorter, at + rest, removed);
    if (error == RIG_OK && *removed) {
        minimiser->candidate = minimiser->bytes;
        minimiser->bytes = shorter;
        minimiser->size = at + rest;
    }
    return error;
}

/* One pass with chunks of one length, from the end. *removed says whether any went. */
static int pass(struct minimiser *minimiser, size_t length, bool *removed)
{
    size_t end = minimiser->size;
    int error = RIG_OK;

    *removed = false;
    while (error == RIG_OK && end > 0 && may_try(minimiser)) {
        const size_t at = end > length ? end - length : 0;
        bool went = false;

        error = try_without(minimiser, at, end - at, &went);
        *removed = *removed || went;
        end = at;
    }
    return error;
}

static int reduce(struct minimiser *minimiser)
{
    bool removed = true;
    int error = RIG_OK;

    for (size_t length = minimiser->size; error == RIG_OK && length > 1; length = length / 2) {
        error = pass(minimiser, length, &removed);
    }
    for (removed = true; error == RIG_OK && removed && may_try(minimiser);) {
        error = pass(minimiser, 1, &removed);
    }
    return error;
}

/* ---- the whole ---- */

/* Puts the result into output_path. What fails now and then only is worth less than the original,
 * which was looked at often enough. */
static int settle(struct minimiser *minimiser, const struct file_content *original)
{
    struct reproducer often = minimiser->precise;
    struct triage_result result;
    int error = write_output(minimiser, minimiser->bytes, minimiser->size);

    if (error != RIG_OK || minimiser->size == original->size) {
        return error;
    }
    often.attempts = TRIAGE_ATTEMPTS;
    error =
        triage_run_input(&often, minimiser->request->output_path, &result, minimiser->diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    if (result.hits < result.attempts) {
        minimiser->size = original->size;
        error = write_output(minimiser, original->bytes, original->size);
    }
    triage_result_clear(&result);
    return error;
}

static int run(struct minimiser *minimiser, const struct file_content *original,
               struct minimise_result *result)
{
    bool fails = false;
    int error = try_bytes(minimiser, minimiser->bytes, minimiser->size, &fails);

    if (error == RIG_OK && fails) {
        error = reduce(minimiser);
    }
    result->is_minimal = fails && may_try(minimiser);
    if (error == RIG_OK) {
        error = settle(minimiser, original);
    }
    result->size_before = original->size;
    result->size_after = minimiser->size;
    result->tries = minimiser->tries;
    return error;
}

static void set_reproducers(struct minimiser *minimiser)
{
    minimiser->quick = *minimiser->request->reproducer;
    minimiser->quick.attempts = 1;
    minimiser->quick.expected = NULL;
    minimiser->quick.without_symbols = true;
    if (minimiser->quick.timeout_s > MINIMISE_TRY_S) {
        minimiser->quick.timeout_s = MINIMISE_TRY_S;
    }
    minimiser->precise = minimiser->quick;
    minimiser->precise.without_symbols = false;
    minimiser->precise.expected = minimiser->request->fingerprint;
}

int minimise_input(const struct minimise_request *request, struct minimise_result *result,
                   struct diagnostic *diagnostic)
{
    struct minimiser *minimiser = calloc(1, sizeof(*minimiser));
    struct file_content original = {NULL, 0};
    int error = RIG_ERROR_NO_MEMORY;

    memset(result, 0, sizeof(*result));
    if (minimiser == NULL) {
        return error;
    }
    minimiser->request = request;
    minimiser->diagnostic = diagnostic;
    set_reproducers(minimiser);
    error = file_read(request->input_path, STORE_INPUT_LIMIT, &original, diagnostic);
    if (error == RIG_OK) {
        minimiser->size = original.size;
        minimiser->bytes = malloc(original.size + 1);
        minimiser->candidate = malloc(original.size + 1);
        error =
            minimiser->bytes != NULL && minimiser->candidate != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
    }
    if (error == RIG_OK) {
        memcpy(minimiser->bytes, original.bytes, original.size);
        error = run(minimiser, &original, result);
    }
    file_content_free(&original);
    free(minimiser->bytes);
    free(minimiser->candidate);
    free(minimiser);
    return error;
}
