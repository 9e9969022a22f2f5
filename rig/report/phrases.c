#include "report/phrases.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define END_OF_YEAR_9999 INT64_C(253402300799)

const char *time_phrase(int64_t seconds, char text[TIME_PHRASE_SIZE])
{
    const time_t moment = (time_t)seconds;
    struct tm parts;

    if (seconds <= 0 || seconds > END_OF_YEAR_9999 || gmtime_r(&moment, &parts) == NULL ||
        strftime(text, TIME_PHRASE_SIZE, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        (void)snprintf(text, TIME_PHRASE_SIZE, "-");
    return text;
}

static bool is_shell_word(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "./_-+:@%,";

    return text[0] != '\0' && text[0] != '-' && strspn(text, plain) == strlen(text);
}

/* TEXT within single quotes, each quote inside as '\''. */
static char *shell_quoted(const char *text)
{
    char *quoted = malloc(4 * strlen(text) + 3);
    char *at = quoted;

    if (quoted == NULL)
        return NULL;
    *at++ = '\'';
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            memcpy(at, "'\\''", 4);
            at += 4;
        } else {
            *at++ = *text;
        }
    }
    memcpy(at, "'", 2);
    return quoted;
}

char *repro_command(const char *store_folder, int64_t id)
{
    char *quoted;
    char *command;

    if (strcmp(store_folder, DEFAULT_STORE_FOLDER) == 0)
        return text_format("ordeal repro F-%" PRId64, id);
    if (is_shell_word(store_folder))
        return text_format("ordeal repro F-%" PRId64 " --store %s", id, store_folder);
    quoted = shell_quoted(store_folder);
    command =
        quoted == NULL ? NULL : text_format("ordeal repro F-%" PRId64 " --store=%s", id, quoted);
    free(quoted);
    return command;
}
