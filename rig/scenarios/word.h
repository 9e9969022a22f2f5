/**
 * A trial's word: parts with commas between them, each a name, a colon and a value, for instance
 * `op:3:torn,seed:7`.
 */
#ifndef RIG_SCENARIOS_WORD_H
#define RIG_SCENARIOS_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rig_error.h"
#include "base/text.h"
#include "scenarios/scenario.h"
#include "target/power.h"

/** The decimal number of the part with that name. RIG_ERROR_USAGE without one. */
int word_number(const char *word, const char *name, uint64_t *number) RIG_MUST_CHECK;

/** The text of that part; RIG_ERROR_USAGE without one, or when it does not fit. */
int word_text(const char *word, const char *name, char *text, size_t size) RIG_MUST_CHECK;

/** Whether there is such a part. */
bool word_has(const char *word, const char *name);

/** The numbers of that part, for instance "3+17+18": keep[i] for each of them, which must be below
 * `count`. RIG_ERROR_USAGE without one. The others are left alone. */
int word_parts(const char *word, const char *name, bool *keep, size_t count) RIG_MUST_CHECK;

/** Writes the numbers of those that are kept in that way. False when they do not fit. */
bool word_write_parts(const bool *keep, size_t count, char *text, size_t size) RIG_MUST_CHECK;

/** The part that is a power cut ("op:3:torn", "us:12000"). RIG_ERROR_USAGE without one. */
int word_cut(const char *word, struct power_cut *cut) RIG_MUST_CHECK;

/** Likewise, or a part of something that takes `duration_us`, as the trial has measured it: "part:370" is
 * a cut after 370 thousandths of it. */
int word_cut_within(const char *word, uint32_t duration_us, struct power_cut *cut) RIG_MUST_CHECK;

/**
 * Whether a word has no name twice, and none that no word of `planned` has. If not, *odd is the part and
 * its length is in *length.
 */
bool word_is_known(const char *word, const struct text_list *planned, const char **odd,
                   size_t *length);

/** Appends a formatted word. RIG_ERROR_USAGE when it is none. */
__attribute__((format(printf, 2, 3))) int word_append(struct text_list *words, const char *format,
                                                      ...) RIG_MUST_CHECK;

/** Appends `count` words `seed:N`, drawn from the options' seed. */
int word_append_seeds(struct text_list *words, const struct plan_options *options,
                      unsigned count) RIG_MUST_CHECK;

/** Cuts that are spread over a log-in and something behind it. */
struct cut_spread {
    uint32_t log_in;             /**< flash operations of the log-in: only a deep run cuts there */
    uint32_t operations;         /**< with those of the log-in */
    unsigned exact[DEPTH_COUNT]; /**< how many cuts, where they come at an operation */
    unsigned timed[DEPTH_COUNT]; /**< ... elsewhere */
};

/** How many cuts that is on this bench. */
unsigned word_spread_count(const struct bench *bench, const struct plan_options *options,
                           const struct cut_spread *spread);

/**
 * Writes cut number `index` of word_spread_count(). Method: all places (each operation with each moment;
 * elsewhere each part of the duration, as word_cut_within()) are divided into as many parts as there are
 * cuts, and one is drawn from each. With as many cuts as there are places, these are all of them, in
 * order. Of a duration the end gets more cuts than the beginning.
 */
void word_spread_cut(const struct bench *bench, const struct plan_options *options,
                     const struct cut_spread *spread, unsigned index, uint64_t *state,
                     char text[POWER_CUT_TEXT]);

/** Where power may be cut while something is under way. */
struct cut_range {
    uint32_t operations;  /**< flash operations that it takes; where cuts are exact */
    uint32_t duration_us; /**< time that it takes; elsewhere. 0: the trial measures that itself, and
                               the words say which part of it */
    const char *suffix;   /**< behind the cut in each word; "" for none */
};

/**
 * Appends `count` words `CUT[,SUFFIX],seed:N`. Method: where cuts are exact, there are 3 moments
 * (before, torn, after) of each operation; `count` of them are taken, spread over all, from one on
 * that the seed chooses, so that 3 times `operations` words are all there are; elsewhere the
 * duration is cut into `count` equal parts, and each part has a cut at a random time within it.
 */
int word_append_cuts(struct text_list *words, const struct bench *bench,
                     const struct plan_options *options, const struct cut_range *range,
                     unsigned count) RIG_MUST_CHECK;

#endif
