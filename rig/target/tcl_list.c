#include "target/tcl_list.h"

#include <ctype.h>
#include <string.h>

static bool is_space(char byte)
{
    return isspace((unsigned char)byte) != 0;
}

/* Ends the element; behind it there must be a space or the end of the list. */
static bool end_element(char **list, char *end, char *behind)
{
    if (*behind != '\0' && !is_space(*behind)) {
        return false;
    }
    *list = *behind != '\0' ? behind + 1 : behind;
    *end = '\0';
    return true;
}

/* Up to the brace that closes it; what is inside stands as it is. */
static bool take_braced(char **list, char **element)
{
    char *at = *list + 1;
    int depth = 1;

    *element = at;
    for (; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
        } else if (*at == '{') {
            depth++;
        } else if (*at == '}' && --depth == 0) {
            return end_element(list, at, at + 1);
        }
    }
    return false;
}

/* What a backslash and this letter stand for. */
static char meaning(char letter)
{
    static const char letters[] = "abfnrtv";
    static const char meanings[] = "\a\b\f\n\r\t\v";
    const char *place = strchr(letters, letter);

    return place != NULL && letter != '\0' ? meanings[place - letters] : letter;
}

/* Up to a space or, when `quoted`, to the quote that closes it. */
static bool take_plain(char **list, char **element, bool quoted)
{
    char *at = *list + (quoted ? 1 : 0);
    char *to = at;

    *element = at;
    while (*at != '\0' && (quoted ? *at != '"' : !is_space(*at))) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
            *to++ = meaning(*at++);
        } else {
            *to++ = *at++;
        }
    }
    if (quoted && *at != '"') {
        return false;
    }
    return end_element(list, to, quoted ? at + 1 : at);
}

bool tcl_list_next(char **list, char **element)
{
    while (is_space(**list)) {
        (*list)++;
    }
    switch (**list) {
    case '\0':
        return false;
    case '{':
        return take_braced(list, element);
    case '"':
        return take_plain(list, element, true);
    default:
        return take_plain(list, element, false);
    }
}
