#include "telemetry_command_mutator.h"

#include "harness.h"
#include "random.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MAX_TEXT 512U
#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A text in the making; what does not fit is left out. */
struct text {
    char bytes[MAX_TEXT];
    size_t used;
};

static void add(struct text *text, const char *more)
{
    const size_t length = strlen(more);

    if (length <= sizeof text->bytes - text->used) {
        memcpy(text->bytes + text->used, more, length);
        text->used += length;
    }
}

static void add_blanks(struct random *random, struct text *text)
{
    static const char *const blanks[] = {" ", "\t", "\n", "\r\n", "  ", "\v", "\xC2\xA0"};

    if (random_chance(random, 15)) {
        add(text, blanks[random_below(random, COUNT(blanks))]);
    }
}

/* Usually a set-point, in range or just beside it. */
static void add_number(struct random *random, struct text *text)
{
    char number[24];
    const int tenths = (int)random_below(random, 360);

    if (random_chance(random, 25)) {
        (void)snprintf(number, sizeof number, "%d", tenths / 10);
    } else {
        (void)snprintf(number, sizeof number, "%d.%d", tenths / 10, tenths % 10);
    }
    add(text, random_chance(random, 3) ? "-" : "");
    add(text, random_chance(random, 3) ? "0" : "");
    add(text, number);
    add(text, random_chance(random, 3) ? "0" : "");
    add(text, random_chance(random, 3) ? "e0" : "");
}

static void add_value(struct random *random, struct text *text, unsigned depth)
{
    static const char *const values[] = {"null",
                                         "true",
                                         "\"21.5\"",
                                         "[21]",
                                         "{\"set_point\":21}",
                                         "4.9",
                                         "5",
                                         "5.0",
                                         "30",
                                         "30.0",
                                         "30.1",
                                         "4294967301",
                                         "18446744073709551621",
                                         "65541.5",
                                         "1e1",
                                         "2.05E+1",
                                         "NaN",
                                         "Infinity",
                                         "0x15",
                                         "-0",
                                         ".5",
                                         "21.",
                                         "21.55"};

    if (depth > 0 && random_chance(random, 5)) {
        add(text, "[");
        add_value(random, text, depth - 1U);
        add(text, "]");
    } else if (random_chance(random, 75)) {
        add_number(random, text);
    } else {
        add(text, values[random_below(random, COUNT(values))]);
    }
}

static void add_member(struct random *random, struct text *text)
{
    static const char *const names[] = {
        "\"mode\"",       "\"set_point \"",      "\"Set_point\"",         "set_point",
        "'set_point'",    "\"set\\u005fpoint\"", "\"set_poin\"",          "\"\"",
        "\"set_points\"", "\"set_point\\\"",     "\"telemetry_consent\"", "\"broker\""};

    add_blanks(random, text);
    add(text,
        random_chance(random, 85) ? "\"set_point\"" : names[random_below(random, COUNT(names))]);
    add_blanks(random, text);
    add(text, random_chance(random, 97) ? ":" : "=");
    add_blanks(random, text);
    add_value(random, text, 3);
    add_blanks(random, text);
}

static void make_object(struct random *random, struct text *text)
{
    size_t members = random_chance(random, 80) ? 1U : random_below(random, 4);

    text->used = 0;
    add_blanks(random, text);
    add(text, random_chance(random, 97) ? "{" : "[");
    for (size_t i = 0; i < members; i++) {
        add(text, i > 0 ? "," : "");
        add_member(random, text);
    }
    add(text, random_chance(random, 3) ? "," : "");
    add(text, random_chance(random, 97) ? "}" : "");
    add_blanks(random, text);
    if (random_chance(random, 3)) {
        add(text, "{\"set_point\":21}");
    }
}

/* The length at and around which messages are refused. */
static void pad(struct random *random, struct text *text)
{
    const size_t goal = 62U + random_below(random, 5);

    while (text->used < goal) {
        add(text, " ");
    }
}

size_t telemetry_command_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct random random = random_from(seed);
    struct text text;

    if (size > 0 && random_chance(&random, 40)) {
        return harness_mutate_bytes(data, size, max_size);
    }
    make_object(&random, &text);
    if (random_chance(&random, 5)) {
        pad(&random, &text);
    }
    if (text.used > max_size) {
        text.used = max_size;
    }
    memcpy(data, text.bytes, text.used);
    return random_chance(&random, 20) ? harness_mutate_bytes(data, text.used, max_size) : text.used;
}
