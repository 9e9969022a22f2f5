#include "base/command_words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/* Copies the word that *text begins with to `out`, without its quotes, and moves both behind it.
 * False when a quote is not closed. */
static bool copy_word(const char **text, char **out)
{
    bool quoted = false;
    const char *from = *text;
    char *to = *out;
    for (; *from != '\0' && (quoted || !is_blank(*from)); from++) {
        if (*from == '"') {
            quoted = !quoted;
        } else {
            *to++ = *from;
        }
    }
    *to++ = '\0';
    *text = from;
    *out = to;
    return !quoted;
}

/* Method: the words together are no longer than the text, and there are at most half as many of them
 * as characters. So one block holds the pointers and, behind them, the words. */
int command_words_split(const char *text, struct command_words *command)
{
    const size_t length = strlen(text);
    const size_t most = length / 2 + 2;
    size_t count = 0;
    command->argv = calloc(1, most * sizeof *command->argv + length + 2);
    if (command->argv == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    char *words = (char *)(command->argv + most);
    for (;;) {
        while (is_blank(*text)) {
            text++;
        }
        if (*text == '\0') {
            break;
        }
        command->argv[count++] = words;
        if (!copy_word(&text, &words)) {
            command_words_free(command);
            return RIG_ERROR_USAGE;
        }
    }
    if (count == 0 || command->argv[0][0] == '\0') {
        command_words_free(command);
        return RIG_ERROR_USAGE;
    }
    return RIG_OK;
}

void command_words_free(struct command_words *command)
{
    free(command->argv);
    command->argv = NULL;
}
