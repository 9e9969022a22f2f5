/*
 * json_tokens.h - a text cut into the tokens of JSON (RFC 8259), for harnesses that have to know
 * what a text says without asking the code under test.
 */
#ifndef JSON_TOKENS_H
#define JSON_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_token_kind {
    JSON_END,
    JSON_MARK,   /* one of { } [ ] : , */
    JSON_STRING, /* text: between the quotes, escapes as they stand; no control characters */
    JSON_NUMBER,
    JSON_WORD, /* true, false or null */
    JSON_WRONG,
};

struct json_token {
    enum json_token_kind kind;
    const char *text; /* in the caller's memory, without a zero */
    size_t length;
};

/* What has not been read yet. The caller's memory. */
struct json_tokens {
    const char *next;
    size_t left;
};

/* The next token. JSON_END and JSON_WRONG are the last ones. */
struct json_token json_tokens_next(struct json_tokens *tokens);

/* Whether the token has this kind and text. */
bool json_token_is(const struct json_token *token, enum json_token_kind kind, const char *text);

#endif
