#include "report/markup.h"

#include <string.h>

#include "base/text.h"

/* What stands for an ASCII character in one syntax, or NULL for the character itself. */
typedef const char *replacement_function(char character);

static const char *replace_xml(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    default:
        return NULL;
    }
}

static const char *replace_markdown(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\\':
        return "\\\\";
    case '`':
        return "\\`";
    case '*':
        return "\\*";
    case '_':
        return "\\_";
    case '[':
        return "\\[";
    case ']':
        return "\\]";
    case '|':
        return "\\|";
    case '#':
        return "\\#";
    case '!':
        return "\\!";
    case '~':
        return "\\~";
    default:
        return NULL;
    }
}

static const char *replace_markdown_code(char character)
{
    if (character == '`')
        return "'";
    return character == '|' ? "\\|" : NULL;
}

/* The two characters that are valid UTF-8 and not valid XML. */
static int is_not_xml(const char *bytes, size_t length)
{
    return length == 3 &&
           (memcmp(bytes, "\xEF\xBF\xBE", 3) == 0 || memcmp(bytes, "\xEF\xBF\xBF", 3) == 0);
}

/* Bytes from one that can begin a character up to the next one that can; at most four. */
static size_t character_length(const char *text)
{
    size_t length = 1;

    while (length < 4 && ((unsigned char)text[length] & 0xC0U) == 0x80U)
        length++;
    return length;
}

static void escape(FILE *out, const char *text, replacement_function *replace)
{
    while (text != NULL && *text != '\0') {
        char safe[4 * 4 + 1]; /* an escaped byte takes at most four */
        const size_t length = character_length(text);
        const char *instead = NULL;

        (void)text_escape(safe, sizeof safe, text, length);
        if (length == 1 && safe[0] == *text && safe[1] == '\0')
            instead = replace(*text);
        else if (is_not_xml(safe, strlen(safe)))
            instead = (unsigned char)safe[2] == 0xBE ? "\\xef\\xbf\\xbe" : "\\xef\\xbf\\xbf";
        (void)fputs(instead != NULL ? instead : safe, out);
        text += length;
    }
}

void markup_xml(FILE *out, const char *text)
{
    escape(out, text, replace_xml);
}

void markup_markdown(FILE *out, const char *text)
{
    escape(out, text, replace_markdown);
}

void markup_markdown_code(FILE *out, const char *text)
{
    (void)fputc('`', out);
    escape(out, text != NULL && *text != '\0' ? text : "-", replace_markdown_code);
    (void)fputc('`', out);
}
