#include "scenarios/word.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "scenarios/replay_id.h"

enum {
    MOMENTS = 3,
    PARTS = 1000,    /* thousandths of a duration */
    SEEDS = 1000000, /* so that a word stays short */
};

/* The part that begins with `name` and a colon, and its length; NULL without one. */
static const char *find_part(const char *word, const char *name, size_t *length)
{
    const size_t name_length = strlen(name);

    for (const char *part = word; part != NULL;) {
        const char *comma = strchr(part, ',');

        if (strncmp(part, name, name_length) == 0 && part[name_length] == ':') {
            *length = comma != NULL ? (size_t)(comma - part) : strlen(part);
            return part;
        }
        part = comma != NULL ? comma + 1 : NULL;
    }
    return NULL;
}

/* The name that a part begins with, its colon included. */
static size_t name_length(const char *part)
{
    const size_t length = strcspn(part, ":,");

    return part[length] == ':' ? length + 1 : length;
}

static bool has_name(const char *word, const char *name, size_t length)
{
    for (const char *part = word; part != NULL;) {
        const char *comma = strchr(part, ',');

        if (name_length(part) == length && strncmp(part, name, length) == 0)
            return true;
        part = comma != NULL ? comma + 1 : NULL;
    }
    return false;
}

static bool is_planned(const struct text_list *planned, const char *name, size_t length)
{
    for (size_t i = 0; i < planned->count; i++) {
        if (has_name(planned->items[i], name, length))
            return true;
    }
    return false;
}

bool word_is_known(const char *word, const struct text_list *planned, const char **odd,
                   size_t *length)
{
    for (const char *part = word; part != NULL;) {
        const char *comma = strchr(part, ',');
        const size_t name = name_length(part);

        if (!is_planned(planned, part, name) ||
            (comma != NULL && has_name(comma + 1, part, name))) {
            *odd = part;
            *length = comma != NULL ? (size_t)(comma - part) : strlen(part);
            return false;
        }
        part = comma != NULL ? comma + 1 : NULL;
    }
    return true;
}

int word_text(const char *word, const char *name, char *text, size_t size)
{
    size_t length = 0;
    const char *part = find_part(word, name, &length);
    const size_t skip = strlen(name) + 1;

    if (part == NULL || length - skip >= size)
        return RIG_ERROR_USAGE;
    memcpy(text, part + skip, length - skip);
    text[length - skip] = '\0';
    return RIG_OK;
}

int word_number(const char *word, const char *name, uint64_t *number)
{
    char text[24];

    if (word_text(word, name, text, sizeof text) != RIG_OK ||
        !text_parse_unsigned(text, UINT64_MAX, number))
        return RIG_ERROR_USAGE;
    return RIG_OK;
}

bool word_has(const char *word, const char *name)
{
    size_t length = 0;

    return find_part(word, name, &length) != NULL;
}

int word_parts(const char *word, const char *name, bool *keep, size_t count)
{
    char numbers[SCENARIO_WORD_MAX + 1];
    const char *text = numbers;

    if (word_text(word, name, numbers, sizeof numbers) != RIG_OK)
        return RIG_ERROR_USAGE;
    for (;;) {
        char *end;
        const unsigned long number = strtoul(text, &end, 10);

        if (*text < '0' || *text > '9' || number >= count)
            return RIG_ERROR_USAGE;
        keep[number] = true;
        if (*end == '\0')
            return RIG_OK;
        if (*end != '+')
            return RIG_ERROR_USAGE;
        text = end + 1;
    }
}

bool word_write_parts(const bool *keep, size_t count, char *text, size_t size)
{
    const char *plus = "";
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        if (keep[i]) {
            used += (size_t)snprintf(text + used, size - used, "%s%zu", plus, i);
            plus = "+";
        }
    }
    return used < size;
}

int word_cut(const char *word, struct power_cut *cut)
{
    static const char *const names[] = {"us", "op"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[POWER_CUT_TEXT];
        size_t length = 0;
        const char *part = find_part(word, names[i], &length);

        if (part == NULL || length >= sizeof text)
            continue;
        memcpy(text, part, length);
        text[length] = '\0';
        return power_cut_parse(text, cut);
    }
    return RIG_ERROR_USAGE;
}

int word_cut_within(const char *word, uint32_t duration_us, struct power_cut *cut)
{
    uint64_t part;

    if (word_number(word, "part", &part) != RIG_OK)
        return word_cut(word, cut);
    if (part > PARTS)
        return RIG_ERROR_USAGE;
    *cut = (struct power_cut){.kind = POWER_CUT_TIMED,
                              .after_us = (uint32_t)(part * duration_us / PARTS)};
    return RIG_OK;
}

int word_append(struct text_list *words, const char *format, ...)
{
    char word[SCENARIO_WORD_MAX + 2];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(word, sizeof word, format, arguments);
    va_end(arguments);
    if (length < 0 || !replay_word_is_valid(word))
        return RIG_ERROR_USAGE;
    return text_list_append(words, word);
}

int word_append_seeds(struct text_list *words, const struct plan_options *options, unsigned count)
{
    uint64_t random = options->seed;
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < count; i++)
        error = word_append(words, "seed:%" PRIu64, random_below(&random, SEEDS));
    return error;
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b != 0) {
        const uint32_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* A step about the golden section of `all`, and without a common divisor: it comes to each place once, and
 * few of its steps are spread over all of it. */
static uint32_t stride_of(uint32_t all)
{
    uint32_t stride = (uint32_t)((uint64_t)all * 618 / 1000) + 1;

    while (common_divisor(stride, all) != 1)
        stride++;
    return stride;
}

static void choose_cut(const struct bench *bench, const struct plan_options *options,
                       const struct cut_range *range, unsigned index, unsigned count,
                       uint64_t *state, char text[POWER_CUT_TEXT])
{
    const uint32_t duration = range->duration_us > 0 ? range->duration_us : PARTS;
    const uint32_t slice = duration / count;
    struct power_cut cut = {.kind = POWER_CUT_TIMED};

    if (power_can_arm(&bench->power, POWER_CUT_OPERATION) && range->operations > 0) {
        const uint32_t all = range->operations * MOMENTS;
        const uint32_t place = (uint32_t)((options->seed + (uint64_t)index * stride_of(all)) % all);

        cut.kind = POWER_CUT_OPERATION;
        cut.operation = place / MOMENTS;
        cut.moment = (enum power_cut_moment)(place % MOMENTS);
    } else {
        cut.after_us = slice * index + (uint32_t)random_below(state, slice);
    }
    if (cut.kind == POWER_CUT_TIMED && range->duration_us == 0)
        (void)snprintf(text, POWER_CUT_TEXT, "part:%" PRIu32, cut.after_us);
    else
        power_cut_format(&cut, text);
}

/* One of part `index` of `count` parts of `places`; where these are fewer, they come round again. */
static uint32_t draw_place(uint32_t places, unsigned index, unsigned count, uint64_t *state)
{
    const uint32_t from = (uint32_t)((uint64_t)places * index / count);
    const uint32_t to = (uint32_t)((uint64_t)places * (index + 1) / count);

    return places <= count ? index % places : from + (uint32_t)random_below(state, to - from);
}

unsigned word_spread_count(const struct bench *bench, const struct plan_options *options,
                           const struct cut_spread *spread)
{
    return power_can_arm(&bench->power, POWER_CUT_OPERATION) ? spread->exact[options->depth]
                                                             : spread->timed[options->depth];
}

void word_spread_cut(const struct bench *bench, const struct plan_options *options,
                     const struct cut_spread *spread, unsigned index, uint64_t *state,
                     char text[POWER_CUT_TEXT])
{
    const unsigned count = word_spread_count(bench, options, spread);
    struct power_cut cut = {.kind = POWER_CUT_OPERATION};

    if (power_can_arm(&bench->power, POWER_CUT_OPERATION)) {
        const uint32_t first = options->depth == DEPTH_DEEP ? 0 : spread->log_in;
        const uint32_t places = MOMENTS * (spread->operations - first);
        const uint32_t place = draw_place(places, index, count, state);

        cut.operation = first + place / MOMENTS;
        cut.moment = (enum power_cut_moment)(place % MOMENTS);
        power_cut_format(&cut, text);
    } else {
        /* Denser towards the end, where that is written which follows a log-in. */
        const uint32_t left = PARTS - draw_place(PARTS, index, count, state);

        (void)snprintf(text, POWER_CUT_TEXT, "part:%" PRIu32, PARTS - left * left / PARTS);
    }
}

int word_append_cuts(struct text_list *words, const struct bench *bench,
                     const struct plan_options *options, const struct cut_range *range,
                     unsigned count)
{
    uint64_t state = options->seed;
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < count; i++) {
        char text[POWER_CUT_TEXT];

        choose_cut(bench, options, range, i, count, &state, text);
        error =
            word_append(words, "%s%s%s,seed:%" PRIu64, text, range->suffix[0] != '\0' ? "," : "",
                        range->suffix, random_below(&state, SEEDS));
    }
    return error;
}
