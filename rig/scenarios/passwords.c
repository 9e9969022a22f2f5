#include "scenarios/passwords.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

enum { NEW_LENGTH = 20 };

static const char characters[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/* From lists that malware and surveys of devices have made known. */
static const char *const defaults[] = {
    "admin",   "password", "1234",      "12345",      "123456",   "12345678",  "123456789",
    "default", "root",     "user",      "guest",      "support",  "changeme",  "0000",
    "000000",  "00000000", "1111",      "111111",     "admin123", "admin1234", "password1",
    "service", "master",   "letmein",   "qwerty",     "test",     "toor",      "secret",
    "system",  "pass",     "installer", "Password1!",
};

size_t password_default_count(void)
{
    return sizeof defaults / sizeof defaults[0];
}

const char *password_default_at(size_t index)
{
    return defaults[index];
}

static char draw(uint64_t *random)
{
    return characters[random_below(random, sizeof characters - 1)];
}

void password_make_new(uint64_t *random, char password[ADAPTER_PASSWORD])
{
    for (size_t i = 0; i < NEW_LENGTH; i++)
        password[i] = draw(random);
    password[NEW_LENGTH] = '\0';
}

/* Another character of the same kind, at a place that holds a letter or digit; whatever groups a
 * password is left alone. */
static void change_one(char *password, uint64_t *random)
{
    const size_t length = strlen(password);
    const size_t first = random_below(random, length);

    for (size_t i = 0; i < length; i++) {
        char *at = &password[(first + i) % length];

        if (isalnum((unsigned char)*at)) {
            const char before = *at;

            while (*at == before)
                *at = draw(random);
            return;
        }
    }
    password[first] = password[first] == 'x' ? 'y' : 'x';
}

static void replace_all(char *password, uint64_t *random)
{
    for (size_t i = 0; password[i] != '\0'; i++) {
        if (isalnum((unsigned char)password[i]))
            password[i] = draw(random);
    }
}

void password_make_wrong(const char *right, uint64_t *random, char wrong[ADAPTER_PASSWORD])
{
    const size_t length = strlen(right);

    if (length < 2 || length + 1 >= ADAPTER_PASSWORD) {
        password_make_new(random, wrong);
        return;
    }
    (void)snprintf(wrong, ADAPTER_PASSWORD, "%s", right);
    switch (random_below(random, 4)) {
    case 0: /* without its end */
        wrong[length - 1] = '\0';
        break;
    case 1: /* with something behind it */
        wrong[length] = draw(random);
        wrong[length + 1] = '\0';
        break;
    case 2:
        change_one(wrong, random);
        break;
    default:
        replace_all(wrong, random);
        break;
    }
    if (strcmp(wrong, right) == 0)
        change_one(wrong, random);
}

static bool is_group_mark(char character)
{
    return character == '-' || character == ' ';
}

double password_bits(const char *password)
{
    enum { DIGITS = 10, LETTERS = 26, MARKS = 33 };
    bool has_digit = false;
    bool has_lower = false;
    bool has_upper = false;
    bool has_mark = false;
    unsigned counted = 0;
    unsigned kinds;

    for (const char *at = password; *at != '\0'; at++) {
        if (is_group_mark(*at))
            continue;
        counted++;
        if (isdigit((unsigned char)*at))
            has_digit = true;
        else if (islower((unsigned char)*at))
            has_lower = true;
        else if (isupper((unsigned char)*at))
            has_upper = true;
        else
            has_mark = true;
    }
    kinds = (has_digit ? DIGITS : 0U) + (has_lower ? LETTERS : 0U) + (has_upper ? LETTERS : 0U) +
            (has_mark ? MARKS : 0U);
    return counted == 0 ? 0 : counted * log2(kinds);
}

/* The next character that is no mark of grouping, moving *at behind it; NUL at the end. */
static char next_character(const char **at)
{
    while (is_group_mark(**at))
        (*at)++;
    return **at == '\0' ? '\0' : *(*at)++;
}

unsigned password_alike_percent(const char *one, const char *other)
{
    unsigned alike = 0;
    unsigned places = 0;

    for (;;) {
        const char a = next_character(&one);
        const char b = next_character(&other);

        if (a == '\0' && b == '\0')
            return places == 0 ? 100 : alike * 100 / places;
        places++;
        alike += a == b;
    }
}

static char lower_case(char character)
{
    return (char)tolower((unsigned char)character);
}

/* The letters and digits of `text`, in lower case, as far as there is room; returns how many. */
static size_t keep_characters(const char *text, char kept[ADAPTER_TEXT])
{
    size_t count = 0;

    for (const char *at = text; *at != '\0' && count < ADAPTER_TEXT; at++) {
        if (isalnum((unsigned char)*at))
            kept[count++] = lower_case(*at);
    }
    return count;
}

unsigned password_read_off_percent(const char *password, const char *number)
{
    char one[ADAPTER_TEXT];
    char other[ADAPTER_TEXT];
    const size_t length = keep_characters(password, one);
    const size_t room = keep_characters(number, other);
    size_t longest = 0;

    for (size_t from = 0; from < length; from++) {
        for (size_t at = 0; at < room; at++) {
            size_t run = 0;

            while (from + run < length && at + run < room && one[from + run] == other[at + run])
                run++;
            longest = run > longest ? run : longest;
        }
    }
    return length == 0 ? 0 : (unsigned)(longest * 100 / length);
}
