/*
 * What a command prints. Data goes to standard output through these functions alone; the first
 * write that fails (a full disk, a closed pipe) is remembered and reported at the end by
 * output_finish(), so nothing that was cut short looks complete. Messages go to standard error.
 */
#ifndef ORDEAL_CLI_OUTPUT_H
#define ORDEAL_CLI_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/*
 * Makes sure that descriptors 0 to 2 are taken: what is opened later would else take the place of
 * one that the caller has closed, and be printed into. Writing to such a one fails, as before.
 */
RIG_MUST_CHECK int output_open(struct diagnostic *diagnostic);

/* Prints to standard output. FORMAT is the rig's own text; hostile text goes through %s only after
 * text_escape(), or through output_text(). */
__attribute__((format(printf, 1, 2))) void output_print(const char *format, ...);

/* Prints TEXT to standard output with control characters escaped. */
void output_text(const char *text);

/* Prints SIZE bytes as they are. */
void output_bytes(const char *bytes, size_t size);

/*
 * Prints VALUE, indented, with a newline, and gives up the caller's reference. RIG_ERROR_NO_MEMORY
 * when VALUE is NULL, which is what jansson returns when memory is short.
 */
RIG_MUST_CHECK int output_json(json_t *value);

/* Flushes standard output. RIG_ERROR_BENCH with a diagnostic when anything could not be written. */
RIG_MUST_CHECK int output_finish(struct diagnostic *diagnostic);

/*
 * Prints one line to standard error, control characters escaped: arguments may be hostile. A line
 * longer than 2047 bytes is cut. Standard error has no other place to report a failure to.
 */
__attribute__((format(printf, 1, 2))) void message_print(const char *format, ...);

#endif
