#include "telemetry.h"

#include "byte_order.h"

#include <string.h>

#define TENTHS_PER_DEGREE 10U

const char *telemetry_strerror(int error)
{
    switch (error) {
    case TELEMETRY_OK:
        return "no error";
    case TELEMETRY_ERROR_TOO_LONG:
        return "command is too long";
    case TELEMETRY_ERROR_SYNTAX:
        return "command is not a flat JSON object";
    case TELEMETRY_ERROR_MEMBER:
        return "command has an unknown, double or missing member";
    case TELEMETRY_ERROR_RANGE:
        return "set-point is out of range";
    case TELEMETRY_ERROR_PRECISION:
        return "set-point has more than one decimal";
    case TELEMETRY_ERROR_STORAGE:
        return "set-point could not be written";
    case TELEMETRY_ERROR_NO_BROKER:
        return "command without a connection to the broker";
    default:
        return "unknown telemetry error";
    }
}

/* ---- Readings ---- */

/* A text in the making. TELEMETRY_MAX_TEXT holds any reading: nothing here can overflow. */
struct writer {
    char *text;
    size_t used;
};

static void put_text(struct writer *writer, const char *text)
{
    const size_t length = strlen(text);

    memcpy(writer->text + writer->used, text, length);
    writer->used += length;
}

static void put_digits(struct writer *writer, uint32_t number)
{
    char digits[10]; /* lowest first */
    size_t count = 0;

    do {
        digits[count] = (char)('0' + number % 10U);
        number /= 10U;
        count++;
    } while (number > 0);
    while (count > 0) {
        count--;
        writer->text[writer->used] = digits[count];
        writer->used++;
    }
}

static void put_degrees(struct writer *writer, int16_t tenths)
{
    const uint32_t amount = (uint32_t)(tenths < 0 ? -(int32_t)tenths : tenths);

    put_text(writer, tenths < 0 ? "-" : "");
    put_digits(writer, amount / TENTHS_PER_DEGREE);
    put_text(writer, ".");
    put_digits(writer, amount % TENTHS_PER_DEGREE);
}

static void put_truth(struct writer *writer, bool truth)
{
    put_text(writer, truth ? "true" : "false");
}

size_t telemetry_encode(const struct telemetry_reading *reading, char text[TELEMETRY_MAX_TEXT])
{
    struct writer writer = {.text = text};

    put_text(&writer, "{\"number\":");
    put_digits(&writer, reading->number);
    put_text(&writer, ",\"uptime_s\":");
    put_digits(&writer, reading->uptime_s);
    put_text(&writer, ",\"temperature\":");
    if (reading->sensor_fault) {
        put_text(&writer, "null");
    } else {
        put_degrees(&writer, reading->temperature);
    }
    put_text(&writer, ",\"set_point\":");
    put_degrees(&writer, reading->set_point);
    put_text(&writer, ",\"heating\":");
    put_truth(&writer, reading->heating);
    put_text(&writer, ",\"sensor_fault\":");
    put_truth(&writer, reading->sensor_fault);
    put_text(&writer, ",\"frost_protection\":");
    put_truth(&writer, reading->frost_protection);
    put_text(&writer, ",\"dropped\":");
    put_digits(&writer, reading->dropped);
    put_text(&writer, "}");
    text[writer.used] = '\0';
    return writer.used;
}

/* ---- Commands ---- */

/* What has not been read yet. */
struct reader {
    const uint8_t *next;
    const uint8_t *end;
};

static void skip_blanks(struct reader *reader)
{
    while (reader->next < reader->end && (*reader->next == ' ' || *reader->next == '\t' ||
                                          *reader->next == '\n' || *reader->next == '\r')) {
        reader->next++;
    }
}

/* Takes one character, if it is the next one. */
static bool take(struct reader *reader, char wanted)
{
    if (reader->next == reader->end || *reader->next != (uint8_t)wanted) {
        return false;
    }
    reader->next++;
    return true;
}

/* Takes one character and the blanks around it. */
static bool take_mark(struct reader *reader, char wanted)
{
    bool taken;

    skip_blanks(reader);
    taken = take(reader, wanted);
    skip_blanks(reader);
    return taken;
}

static bool take_digit(struct reader *reader, uint32_t *digit)
{
    if (reader->next == reader->end || *reader->next < '0' || *reader->next > '9') {
        return false;
    }
    *digit = (uint32_t)*reader->next - '0';
    reader->next++;
    return true;
}

/* A name is compared as it is written: one with escapes is another one. */
static int read_name(struct reader *reader)
{
    static const char known[] = "set_point";
    const uint8_t *begin;
    size_t length;

    if (!take(reader, '"')) {
        return TELEMETRY_ERROR_SYNTAX;
    }
    begin = reader->next;
    while (reader->next < reader->end && *reader->next != '"') {
        reader->next++;
    }
    length = (size_t)(reader->next - begin);
    if (!take(reader, '"')) {
        return TELEMETRY_ERROR_SYNTAX;
    }
    return length == sizeof known - 1U && memcmp(begin, known, length) == 0
               ? TELEMETRY_OK
               : TELEMETRY_ERROR_MEMBER;
}

/* Digits without a leading zero. What is above the range anyway is not counted on. */
static int read_whole_degrees(struct reader *reader, uint32_t *degrees)
{
    uint32_t digit;

    if (!take_digit(reader, degrees)) {
        return TELEMETRY_ERROR_SYNTAX;
    }
    if (*degrees == 0) {
        return take_digit(reader, &digit) ? TELEMETRY_ERROR_SYNTAX : TELEMETRY_OK;
    }
    while (take_digit(reader, &digit)) {
        if (*degrees <= SETTINGS_MAX_SET_POINT) {
            *degrees = *degrees * 10U + digit;
        }
    }
    return TELEMETRY_OK;
}

/* Returns what is wrong with the fraction; one that is well-formed is read to its end. */
static int read_fraction(struct reader *reader, uint32_t *tenths)
{
    uint32_t digit;

    *tenths = 0;
    if (!take(reader, '.')) {
        return TELEMETRY_OK;
    }
    if (!take_digit(reader, tenths)) {
        return TELEMETRY_ERROR_SYNTAX;
    }
    return take_digit(reader, &digit) ? TELEMETRY_ERROR_PRECISION : TELEMETRY_OK;
}

static int read_set_point(struct reader *reader, int16_t *set_point)
{
    const bool negative = take(reader, '-');
    uint32_t degrees = 0;
    uint32_t tenths = 0;
    int result = read_whole_degrees(reader, &degrees);

    if (result == TELEMETRY_OK) {
        result = read_fraction(reader, &tenths);
    }
    if (result != TELEMETRY_OK) {
        return result;
    }
    tenths += degrees * TENTHS_PER_DEGREE;
    if (negative || tenths < SETTINGS_MIN_SET_POINT || tenths > SETTINGS_MAX_SET_POINT) {
        return TELEMETRY_ERROR_RANGE;
    }
    *set_point = (int16_t)tenths;
    return TELEMETRY_OK;
}

/* After the number: the end of object and text. Another member is one too many, whatever it is. */
static int read_end(struct reader *reader)
{
    if (take_mark(reader, ',')) {
        return TELEMETRY_ERROR_MEMBER;
    }
    return take_mark(reader, '}') && reader->next == reader->end ? TELEMETRY_OK
                                                                 : TELEMETRY_ERROR_SYNTAX;
}

int telemetry_command_parse(const uint8_t *text, size_t length, int16_t *set_point)
{
    struct reader reader = {.next = text, .end = text + length};
    int16_t value = 0;
    int result;

    if (length > TELEMETRY_MAX_COMMAND) {
        return TELEMETRY_ERROR_TOO_LONG;
    }
    if (!take_mark(&reader, '{')) {
        return TELEMETRY_ERROR_SYNTAX;
    }
    if (take_mark(&reader, '}')) {
        return reader.next == reader.end ? TELEMETRY_ERROR_MEMBER : TELEMETRY_ERROR_SYNTAX;
    }
    result = read_name(&reader);
    if (result == TELEMETRY_OK && !take_mark(&reader, ':')) {
        result = TELEMETRY_ERROR_SYNTAX;
    }
    if (result == TELEMETRY_OK) {
        result = read_set_point(&reader, &value);
    }
    if (result == TELEMETRY_OK) {
        result = read_end(&reader);
    }
    if (result == TELEMETRY_OK) {
        *set_point = value;
    }
    return result;
}

int telemetry_command_apply(struct settings_store *settings, const uint8_t *text, size_t length)
{
    struct settings draft = settings->current;
    uint8_t value[2];
    int16_t set_point = 0;
    int result = telemetry_command_parse(text, length, &set_point);

    if (result != TELEMETRY_OK) {
        return result;
    }
    put_le16(value, (uint16_t)set_point);
    if (settings_set(&draft, SETTING_SET_POINT, value, sizeof value) != SETTINGS_OK ||
        settings_commit(settings, &draft) != SETTINGS_OK) {
        return TELEMETRY_ERROR_STORAGE; /* the value is in range, so that only flash can refuse */
    }
    return TELEMETRY_OK;
}
