#include "cli/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/duration.h"

#define LINE_SIZE       256
#define DEFAULT_COLUMNS 80
#define ERASE_LINE      "\r\033[K"
#define HIGHLIGHT       "\033[1;31m"
#define NORMAL          "\033[0m"

void progress_begin(struct progress *progress, const char *label)
{
    const char *terminal = getenv("TERM");
    const char *no_colour = getenv("NO_COLOR");

    memset(progress, 0, sizeof *progress);
    progress->out = stderr;
    progress->label = label;
    progress->redraws = isatty(STDERR_FILENO) == 1 && terminal != NULL && terminal[0] != '\0' &&
                        strcmp(terminal, "dumb") != 0;
    progress->colours = progress->redraws && (no_colour == NULL || no_colour[0] == '\0');
    progress->last_plain_s = -1;
}

/* Seconds, rounded up and never negative, since "0s left" should mean the end. */
static uint64_t whole_seconds(double seconds)
{
    uint64_t whole;

    if (!(seconds > 0) || seconds > 1e15)
        return 0;
    whole = (uint64_t)seconds;
    return (double)whole < seconds ? whole + 1 : whole;
}

void progress_format(const char *label, const struct engine_progress *state, char *text,
                     size_t size)
{
    char left[DURATION_TEXT_SIZE];

    (void)duration_format(whole_seconds(state->total_s - state->elapsed_s), left);
    (void)snprintf(text, size,
                   "%s: %s left, %" PRIu64 " inputs, %.0f/s, %" PRIu64
                   " edges, findings: %u new, %u known",
                   label, left, state->figures.execs, state->figures.execs_per_second,
                   state->figures.edges, state->new_findings, state->known_findings);
}

static size_t terminal_columns(void)
{
    struct winsize size;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
        return size.ws_col;
    return DEFAULT_COLUMNS;
}

static void draw(struct progress *progress, const char *text)
{
    /* One column less: a full line would wrap on some terminals and could not be erased. */
    (void)fprintf(progress->out, ERASE_LINE "%.*s", (int)terminal_columns() - 1, text);
    (void)fflush(progress->out);
    progress->is_drawn = true;
}

void progress_update(struct progress *progress, const struct engine_progress *state)
{
    char text[LINE_SIZE];

    progress_format(progress->label, state, text, sizeof text);
    if (progress->redraws) {
        draw(progress, text);
    } else if (progress->last_plain_s < 0 ||
               state->elapsed_s - progress->last_plain_s >= PROGRESS_PLAIN_INTERVAL_S) {
        (void)fprintf(progress->out, "%s\n", text);
        progress->last_plain_s = state->elapsed_s;
    }
}

void progress_announce(struct progress *progress, const char *message)
{
    char *safe = text_escaped(message);

    progress_end(progress);
    (void)fprintf(progress->out, "%s%s%s\n", progress->colours ? HIGHLIGHT : "",
                  safe != NULL ? safe : "(out of memory)", progress->colours ? NORMAL : "");
    (void)fflush(progress->out);
    free(safe);
}

void progress_end(struct progress *progress)
{
    if (!progress->is_drawn)
        return;
    (void)fputs(ERASE_LINE, progress->out);
    (void)fflush(progress->out);
    progress->is_drawn = false;
}
