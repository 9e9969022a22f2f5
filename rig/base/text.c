#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *text_duplicate(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

char *text_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (text == NULL) {
        return NULL;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

int text_copy(char *out, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) {
        out[0] = '\0';
        return RIG_ERROR_USAGE;
    }
    memcpy(out, text, length + 1);
    return RIG_OK;
}

char *text_escaped(const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    size_t length = strlen(text);
    size_t size = 4 * length + 1; /* an escape of one byte takes at most four */
    char *escaped = malloc(size);
    if (escaped != NULL) {
        (void)text_escape(escaped, size, text, length);
    }
    return escaped;
}

bool text_parse_unsigned(const char *text, uint64_t maximum, uint64_t *value)
{
    uint64_t sum = 0;
    if (text[0] == '\0') {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(*at - '0');
        if (sum > (UINT64_MAX - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    if (sum > maximum) {
        return false;
    }
    *value = sum;
    return true;
}

static bool parse_hexadecimal(const char *digits, uint64_t *value)
{
    size_t length = strlen(digits);
    if (length < 1 || length > 16 || strspn(digits, "0123456789abcdefABCDEF") != length) {
        return false;
    }
    *value = strtoull(digits, NULL, 16);
    return true;
}

bool text_parse_number(const char *text, uint64_t *value)
{
    static const char suffixes[] = "KMG";
    char digits[24];
    size_t length = strlen(text);
    if (strncmp(text, "0x", 2) == 0) {
        return parse_hexadecimal(text + 2, value);
    }
    const char *suffix = length == 0 ? NULL : strchr(suffixes, text[length - 1]);
    if (suffix == NULL) {
        return text_parse_unsigned(text, UINT64_MAX, value);
    }
    unsigned shift = 10 * (unsigned)(suffix - suffixes + 1);
    uint64_t count = 0;
    if (snprintf(digits, sizeof digits, "%.*s", (int)length - 1, text) >= (int)sizeof digits ||
        !text_parse_unsigned(digits, UINT64_MAX >> shift, &count)) {
        return false;
    }
    *value = count << shift;
    return true;
}

bool text_is_name(const char *text)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(text);
    return length >= 1 && length <= 64 && strspn(text, allowed) == length && text[0] != '.' &&
           text[0] != '-';
}

int text_list_append(struct text_list *list, const char *text)
{
    char *copy = strdup(text);
    char **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (items != NULL) {
        list->items = items;
    }
    if (copy == NULL || items == NULL) {
        free(copy);
        return RIG_ERROR_NO_MEMORY;
    }
    list->items[list->count++] = copy;
    return RIG_OK;
}

int text_list_split(struct text_list *list, const char *text, char separator)
{
    const char separators[] = {separator, '\0'};
    char *copy = strdup(text);
    if (copy == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    int error = RIG_OK;
    char *rest = NULL;
    for (char *part = strtok_r(copy, separators, &rest); part != NULL && error == RIG_OK;
         part = strtok_r(NULL, separators, &rest)) {
        error = text_list_append(list, part);
    }
    free(copy);
    return error;
}

char *text_list_join(const struct text_list *list, char separator)
{
    size_t size = 1;
    for (size_t i = 0; i < list->count; i++) {
        size += strlen(list->items[i]) + 1;
    }
    char *joined = malloc(size);
    if (joined == NULL) {
        return NULL;
    }
    char *at = joined;
    for (size_t i = 0; i < list->count; i++) {
        size_t length = strlen(list->items[i]);
        if (i > 0) {
            *at++ = separator;
        }
        memcpy(at, list->items[i], length);
        at += length;
    }
    *at = '\0';
    return joined;
}

bool text_list_contains(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void text_list_sort(struct text_list *list)
{
    if (list->count > 1) {
        qsort(list->items, list->count, sizeof *list->items, compare_texts);
    }
}

void text_list_free(struct text_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct text_list){NULL, 0};
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

bool text_take_number(const char **text, unsigned base, uint64_t *value)
{
    const char *at = *text;
    uint64_t number = 0;

    for (; digit_value(*at) >= 0 && (unsigned)digit_value(*at) < base; at++) {
        if (number > (UINT64_MAX - (unsigned)digit_value(*at)) / base)
            return false;
        number = number * base + (unsigned)digit_value(*at);
    }
    if (at == *text)
        return false;
    *text = at;
    *value = number;
    return true;
}
