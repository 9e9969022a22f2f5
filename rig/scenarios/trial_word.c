#include "scenarios/trial_word.h"

#include <string.h>

#include "base/text.h"
#include "scenarios/scenario.h"

/* What stands behind `key:`, up to the next comma; NULL when the word has no such key. */
static const char *find(const char *word, const char *key, size_t *size)
{
    const size_t length = strlen(key);

    for (const char *at = word; at != NULL;) {
        if (strncmp(at, key, length) == 0 && at[length] == ':') {
            *size = strcspn(at + length + 1, ",");
            return at + length + 1;
        }
        at = strchr(at, ',');
        at = at == NULL ? NULL : at + 1;
    }
    return NULL;
}

bool trial_word_text(const char *word, const char *key, char *text, size_t size)
{
    size_t length = 0;
    const char *found = find(word, key, &length);

    if (found == NULL || length >= size)
        return false;
    memcpy(text, found, length);
    text[length] = '\0';
    return true;
}

bool trial_word_number(const char *word, const char *key, uint64_t *number)
{
    char text[24];

    return trial_word_text(word, key, text, sizeof text) &&
           text_parse_unsigned(text, UINT64_MAX, number);
}

bool trial_word_is(const char *word, const char *key, const char *text)
{
    char found[SCENARIO_WORD_MAX + 1];

    return trial_word_text(word, key, found, sizeof found) && strcmp(found, text) == 0;
}
