#include "base/near_name.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LONGEST    64
#define MOST_NAMES 3
#define FAR        SIZE_MAX

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*
 * Method: the table of optimal string alignment, three rows of it at a time. now[j] is the
 * distance between the first `i` characters of `a` and the first `j` of `b`; a swap of neighbours looks
 * two rows back.
 */
size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *now = rows[2];
    const size_t a_length = strnlen(a, LONGEST);
    const size_t b_length = strnlen(b, LONGEST);

    for (size_t j = 0; j <= b_length; j++) {
        before[j] = j;
        last[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            now[j] = least(replaced, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = least(now[j], before[j - 2] + 1);
            }
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[b_length];
}

static size_t nearness(const char *name, const char *candidate)
{
    size_t allowed = strlen(name) / 3;
    size_t distance = edit_distance(name, candidate);

    if (allowed < 1) {
        allowed = 1;
    }
    if (allowed > 3) {
        allowed = 3;
    }
    if (distance <= allowed) {
        return distance;
    }
    if (strlen(name) >= 3 && (strstr(candidate, name) != NULL || strstr(name, candidate) != NULL)) {
        return allowed + distance;
    }
    return FAR;
}

/* Fills `best` with the nearest candidates, nearest first; equally near ones keep their order. */
static size_t rank(const char *name, const char *const *candidates, size_t count,
                   const char *best[MOST_NAMES])
{
    size_t score[MOST_NAMES];
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        size_t distance = nearness(name, candidates[i]);
        size_t place = found;
        if (distance == FAR) {
            continue;
        }
        while (place > 0 && score[place - 1] > distance) {
            place--;
        }
        if (place >= MOST_NAMES) {
            continue;
        }
        if (found < MOST_NAMES) {
            found++;
        }
        for (size_t k = found - 1; k > place; k--) {
            best[k] = best[k - 1];
            score[k] = score[k - 1];
        }
        best[place] = candidates[i];
        score[place] = distance;
    }
    return found;
}

size_t near_names(const char *name, const char *const *candidates, size_t count, char *text,
                  size_t text_size)
{
    const char *best[MOST_NAMES];
    size_t found = rank(name, candidates, count, best);
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < found; i++) {
        const char *before = "";
        if (i > 0) {
            before = i + 1 == found ? " or " : ", ";
        }
        int written = snprintf(text + used, text_size - used, "%s%s", before, best[i]);
        if (written < 0 || (size_t)written >= text_size - used) {
            text[used] = '\0';
            return i;
        }
        used += (size_t)written;
    }
    return found;
}

const char *nearest_name(const char *name, const char *const *candidates, size_t count)
{
    const char *best[MOST_NAMES];

    return rank(name, candidates, count, best) > 0 ? best[0] : NULL;
}
