#include "json_tokens.h"

#include <string.h>

#define BLANKS "\x20\t\n\r"
#define DIGITS "0123456789"

/* How many bytes at the beginning are in `set`. A zero byte is in no set. */
static size_t span(const struct json_tokens *tokens, size_t from, const char *set)
{
    size_t length = 0;

    while (from + length < tokens->left && tokens->next[from + length] != '\0' &&
           strchr(set, tokens->next[from + length]) != NULL) {
        length++;
    }
    return length;
}

static struct json_token cut(struct json_tokens *tokens, enum json_token_kind kind, size_t length)
{
    const struct json_token token = {.kind = kind, .text = tokens->next, .length = length};

    tokens->next += length;
    tokens->left -= length;
    return token;
}

/* Escapes are passed over in pairs; whether they mean anything is nobody's concern here. */
static struct json_token cut_string(struct json_tokens *tokens)
{
    struct json_token token;
    size_t end = 1;

    while (end < tokens->left && tokens->next[end] != '"') {
        if ((unsigned char)tokens->next[end] < ' ') {
            return cut(tokens, JSON_WRONG, tokens->left);
        }
        end += tokens->next[end] == '\\' ? 2U : 1U;
    }
    if (end >= tokens->left) {
        return cut(tokens, JSON_WRONG, tokens->left);
    }
    token = cut(tokens, JSON_STRING, end + 1U);
    token.text++;
    token.length -= 2U;
    return token;
}

/* Length of the exponent at `from`: 0 if there is none, SIZE_MAX if it has no digits. */
static size_t exponent(const struct json_tokens *tokens, size_t from)
{
    size_t sign;
    size_t digits;

    if (span(tokens, from, "eE") == 0) {
        return 0;
    }
    sign = span(tokens, from + 1U, "+-") > 0 ? 1U : 0U;
    digits = span(tokens, from + 1U + sign, DIGITS);
    return digits == 0 ? SIZE_MAX : 1U + sign + digits;
}

static struct json_token cut_number(struct json_tokens *tokens)
{
    size_t length = tokens->next[0] == '-' ? 1U : 0U;
    const size_t whole = span(tokens, length, DIGITS);
    size_t rest;

    if (whole == 0 || (whole > 1 && tokens->next[length] == '0')) {
        return cut(tokens, JSON_WRONG, tokens->left);
    }
    length += whole;
    if (span(tokens, length, ".") > 0) {
        rest = span(tokens, length + 1U, DIGITS);
        if (rest == 0) {
            return cut(tokens, JSON_WRONG, tokens->left);
        }
        length += 1U + rest;
    }
    rest = exponent(tokens, length);
    if (rest == SIZE_MAX) {
        return cut(tokens, JSON_WRONG, tokens->left);
    }
    return cut(tokens, JSON_NUMBER, length + rest);
}

static struct json_token cut_word(struct json_tokens *tokens)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t length = strlen(words[i]);
        if (tokens->left >= length && memcmp(tokens->next, words[i], length) == 0) {
            return cut(tokens, JSON_WORD, length);
        }
    }
    return cut(tokens, JSON_WRONG, tokens->left);
}

struct json_token json_tokens_next(struct json_tokens *tokens)
{
    const size_t blanks = span(tokens, 0, BLANKS);

    tokens->next += blanks;
    tokens->left -= blanks;
    if (tokens->left == 0) {
        return cut(tokens, JSON_END, 0);
    }
    if (span(tokens, 0, "{}[]:,") > 0) {
        return cut(tokens, JSON_MARK, 1);
    }
    if (tokens->next[0] == '"') {
        return cut_string(tokens);
    }
    if (span(tokens, 0, "-" DIGITS) > 0) {
        return cut_number(tokens);
    }
    return cut_word(tokens);
}

bool json_token_is(const struct json_token *token, enum json_token_kind kind, const char *text)
{
    return token->kind == kind && token->length == strlen(text) &&
           memcmp(token->text, text, token->length) == 0;
}
