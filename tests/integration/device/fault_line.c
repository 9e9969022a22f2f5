#include "fault_line.h"

#include <string.h>

#define NUMBER_DIGITS 8U
#define FRAME_WORDS   8U

/* Reading goes on at `at`; NULL once something was wrong, and `wrong` is where. */
struct reader {
    const char *at;
    const char *wrong;
};

static void refuse(struct reader *reader)
{
    reader->wrong = reader->at;
    reader->at = NULL;
}

static void expect(struct reader *reader, const char *text)
{
    if (reader->at == NULL) {
        return;
    }
    if (strncmp(reader->at, text, strlen(text)) != 0) {
        refuse(reader);
        return;
    }
    reader->at += strlen(text);
}

/* One or more characters of `alphabet`. */
static void read_word(struct reader *reader, const char *alphabet, char *word, size_t size)
{
    size_t length;

    if (reader->at == NULL) {
        return;
    }
    length = strspn(reader->at, alphabet);
    if (length == 0 || length >= size) {
        refuse(reader);
        return;
    }
    memcpy(word, reader->at, length);
    word[length] = '\0';
    reader->at += length;
}

static uint32_t read_number(struct reader *reader, const char *name)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t value = 0;

    expect(reader, name);
    for (size_t i = 0; i < NUMBER_DIGITS && reader->at != NULL; i++) {
        const char *digit = *reader->at != '\0' ? strchr(digits, *reader->at) : NULL;
        if (digit == NULL) {
            refuse(reader);
            return 0;
        }
        value = value << 4 | (uint32_t)(digit - digits);
        reader->at++;
    }
    return reader->at != NULL ? value : 0;
}

static struct fault_number read_optional(struct reader *reader, const char *name)
{
    struct fault_number number = {false, 0};
    const size_t length = strlen(name);

    if (reader->at != NULL && strncmp(reader->at, name, length) == 0 && reader->at[length] == '-') {
        reader->at += length + 1U;
        return number;
    }
    number.value = read_number(reader, name);
    number.holds = reader->at != NULL;
    return number;
}

/* All of it holds, or none. */
static void read_frame(struct reader *reader, struct fault_line *fault)
{
    static const char *const names[FRAME_WORDS] = {
        " r0=", " r1=", " r2=", " r3=", " r12=", " lr=", " pc=", " psr="};
    uint32_t *const places[FRAME_WORDS] = {&fault->r[0], &fault->r[1], &fault->r[2], &fault->r[3],
                                           &fault->r12,  &fault->lr,   &fault->pc,   &fault->psr};

    for (size_t i = 0; i < FRAME_WORDS; i++) {
        const char *begin = reader->at;
        const struct fault_number number = read_optional(reader, names[i]);
        if (i == 0) {
            fault->has_frame = number.holds;
        } else if (reader->at != NULL && number.holds != fault->has_frame) {
            reader->at = begin;
            refuse(reader);
        }
        *places[i] = number.value;
    }
}

const char *fault_line_read(const char *line, struct fault_line *fault)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    static const char list[] = "abcdefghijklmnopqrstuvwxyz-,";
    struct reader reader = {line, NULL};

    memset(fault, 0, sizeof *fault);
    expect(&reader, "fault: type=");
    read_word(&reader, letters, fault->type, sizeof fault->type);
    fault->cfsr = read_number(&reader, " cfsr=");
    fault->hfsr = read_number(&reader, " hfsr=");
    fault->mmfar = read_optional(&reader, " mmfar=");
    fault->bfar = read_optional(&reader, " bfar=");
    fault->sp = read_number(&reader, " sp=");
    fault->exception_return = read_number(&reader, " exc=");
    read_frame(&reader, fault);
    expect(&reader, " causes=");
    read_word(&reader, list, fault->causes, sizeof fault->causes);
    if (reader.at != NULL && *reader.at != '\0') {
        refuse(&reader);
    }
    return reader.wrong;
}
