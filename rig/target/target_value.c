#include "target/target_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/command_words.h"
#include "base/file.h"

enum {
    PASSWORD_SIZE = 80, /* ADAPTER_PASSWORD of target/adapter.h */
    SHA256_DIGITS = 64,
};

static bool is_one_line(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool is_command(const char *text)
{
    struct command_words command;
    int error = command_words_split(text, &command);
    command_words_free(&command);
    return error == RIG_OK;
}

/* OpenOCD takes the name as a word of Tcl, and what begins with a dash as an option. */
static bool is_script(const char *text)
{
    static const char others[] = "/._+-";

    if (text[0] == '-' || text[0] == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        const bool is_letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
        const bool is_digit = *text >= '0' && *text <= '9';

        if (!is_letter && !is_digit && strchr(others, *text) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_sha256(const char *text)
{
    return strlen(text) == SHA256_DIGITS && strspn(text, "0123456789abcdef") == SHA256_DIGITS;
}

static bool is_in_range(const struct target_key *key, const char *text)
{
    uint64_t number = 0;
    return text_parse_number(text, &number) && number >= key->range.minimum &&
           number <= key->range.maximum;
}

bool target_value_fits(const struct target_key *key, const char *text)
{
    bool is_word = key->word != NULL && strcmp(text, key->word) == 0;
    switch (key->kind) {
    case TARGET_VALUE_WORD:
        return is_word || (key->word == NULL && text_is_name(text));
    case TARGET_VALUE_NUMBER:
        return is_word || is_in_range(key, text);
    case TARGET_VALUE_FILE:
    case TARGET_VALUE_SCRIPTS:
        return is_script(text) && file_stays_below(text);
    case TARGET_VALUE_PATH:
    case TARGET_VALUE_DEVICE:
        return is_one_line(text) && text[0] == '/';
    case TARGET_VALUE_COMMAND:
        return is_one_line(text) && is_command(text);
    case TARGET_VALUE_SHA256:
        return is_sha256(text);
    case TARGET_VALUE_TEXT_LINE:
        return is_one_line(text);
    case TARGET_VALUE_PASSWORD:
        return is_one_line(text) && text[0] != '\0' && strlen(text) < PASSWORD_SIZE;
    }
    return false;
}

void target_value_describe(const struct target_key *key, char text[TARGET_VALUE_TEXT])
{
    static const char *const descriptions[] = {
        [TARGET_VALUE_WORD] = "a word of [A-Za-z0-9._-]",
        [TARGET_VALUE_FILE] = "a path below the build folder",
        [TARGET_VALUE_SCRIPTS] = "a relative path of [A-Za-z0-9/._+-], without `..` or `-` first",
        [TARGET_VALUE_PATH] = "an absolute path",
        [TARGET_VALUE_DEVICE] = "the absolute path of a device",
        [TARGET_VALUE_COMMAND] = "a program and its arguments on one line, quotes in pairs",
        [TARGET_VALUE_SHA256] = "64 hexadecimal digits of lower case, as `sha256sum` prints them",
        [TARGET_VALUE_TEXT_LINE] = "one line of text",
        [TARGET_VALUE_PASSWORD] = "1 to 79 bytes on one line",
    };
    const char *word = key->word == NULL ? "" : key->word;
    if (key->kind == TARGET_VALUE_NUMBER) {
        (void)snprintf(text, TARGET_VALUE_TEXT, "a number from %" PRIu64 " to %" PRIu64 "%s%s",
                       key->range.minimum, key->range.maximum, key->word == NULL ? "" : " or ",
                       word);
    } else {
        (void)snprintf(text, TARGET_VALUE_TEXT, "%s",
                       key->word == NULL ? descriptions[key->kind] : word);
    }
}
