#include "scenarios/replay_id.h"

#include <stdio.h>
#include <string.h>

static const char letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:.,_+-";

void replay_id_format(const char *scenario, const char *target, const char *word,
                      const char *firmware_hash, char text[REPLAY_ID_SIZE])
{
    (void)snprintf(text, REPLAY_ID_SIZE, "%s/%s/%s%s%.*s", scenario, target, word,
                   firmware_hash[0] != '\0' ? "@" : "", (int)REPLAY_HASH_DIGITS, firmware_hash);
}

bool replay_word_is_valid(const char *text)
{
    const size_t length = strlen(text);

    return length > 0 && length <= SCENARIO_WORD_MAX && strspn(text, letters) == length;
}

/* Copies what stands before `end` and moves *text behind it; false when it does not fit. */
static bool take(const char **text, char end, char *part, size_t size)
{
    const char *found = strchr(*text, end);
    const size_t length = found == NULL ? 0 : (size_t)(found - *text);

    if (length == 0 || length >= size)
        return false;
    memcpy(part, *text, length);
    part[length] = '\0';
    *text = found + 1;
    return true;
}

static bool read_hash(const char *text, char hash[REPLAY_HASH_DIGITS + 1])
{
    const size_t length = strlen(text);

    if (length != REPLAY_HASH_DIGITS || strspn(text, "0123456789abcdef") != length)
        return false;
    memcpy(hash, text, length + 1);
    return true;
}

int replay_id_parse(const char *text, struct replay_id *id, struct diagnostic *diagnostic)
{
    struct replay_id parsed;
    const char *rest = text;
    bool good;

    memset(&parsed, 0, sizeof parsed);
    good = take(&rest, '/', parsed.scenario, sizeof parsed.scenario) &&
           take(&rest, '/', parsed.target, sizeof parsed.target);
    if (good && strchr(rest, '@') == NULL)
        good = text_copy(parsed.word, sizeof parsed.word, rest) == RIG_OK;
    else if (good)
        good = take(&rest, '@', parsed.word, sizeof parsed.word) && read_hash(rest, parsed.hash);
    if (!good || !replay_word_is_valid(parsed.word))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "'%.200s' is no replay id: they look like "
                               "outage.power-settings/native/op:3:torn,rounds:20@1f2e3d4c5b6a",
                               text);
    *id = parsed;
    return RIG_OK;
}
