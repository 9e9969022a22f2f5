/*
 * Progress of a fuzzing run on standard error: on a terminal one line that is drawn again, with
 * the time left; elsewhere a plain line every ten seconds.
 */
#ifndef ORDEAL_CLI_PROGRESS_H
#define ORDEAL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "fuzz/engine.h"

/* Where and how progress is shown. Borrowed strings must live as long as it. */
struct progress {
    FILE *out;
    const char *label;   /* name of the harness */
    bool redraws;        /* a terminal that can */
    bool colours;        /* it redraws, and NO_COLOR is not set */
    bool is_drawn;       /* a line stands that is not ended */
    double last_plain_s; /* elapsed time of the last plain line; negative before the first */
};

#define PROGRESS_PLAIN_INTERVAL_S 10.0

/* Sets up for standard error: a terminal by isatty() and TERM other than "dumb". NO_COLOR, when
 * set and not empty, turns colour off (no-color.org). */
void progress_begin(struct progress *progress, const char *label);

/* Shows the state; call as often as wanted. */
void progress_update(struct progress *progress, const struct engine_progress *state);

/* Prints a message on a line of its own, above the progress line. Highlighted on a terminal with
 * colour. Control characters are escaped. */
void progress_announce(struct progress *progress, const char *message);

/* Removes the line that stands. */
void progress_end(struct progress *progress);

/* The text of the line, cut to size: label, time left, inputs, rate, edges, findings. */
void progress_format(const char *label, const struct engine_progress *state, char *text,
                     size_t size);

#endif
