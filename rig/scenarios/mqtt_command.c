#include "scenarios/mqtt_command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

enum {
    TEXT = 160, /* of what is written with printf */
    DEGREE = 10,
    DRAWS = 64, /* until a change by chance makes a command wrong */
};

/* ---- what is right ---- */

static size_t skip_blanks(const uint8_t *bytes, size_t size, size_t at)
{
    while (at < size && bytes[at] != '\0' && strchr(" \t\r\n", bytes[at]) != NULL)
        at++;
    return at;
}

/* A text of the grammar with blanks around it; false and a position beyond all when it is not there. */
static bool expect(const uint8_t *bytes, size_t size, size_t *at, const char *text)
{
    const size_t length = strlen(text);

    *at = skip_blanks(bytes, size, *at);
    if (size - *at < length || memcmp(bytes + *at, text, length) != 0)
        return false;
    *at = skip_blanks(bytes, size, *at + length);
    return true;
}

static size_t count_digits(const uint8_t *bytes, size_t size, size_t at)
{
    size_t count = 0;

    while (at + count < size && bytes[at + count] >= '0' && bytes[at + count] <= '9')
        count++;
    return count;
}

/* One or two digits, and one decimal or none: whatever is longer or negative is out of range anyway. */
static bool read_tenths(const uint8_t *bytes, size_t size, size_t *at, int *tenths)
{
    const size_t whole = count_digits(bytes, size, *at);
    int value = 0;

    if (whole < 1 || whole > 2 || (whole == 2 && bytes[*at] == '0'))
        return false;
    for (size_t i = 0; i < whole; i++)
        value = value * 10 + bytes[*at + i] - '0';
    value *= DEGREE;
    *at += whole;
    if (*at < size && bytes[*at] == '.') {
        if (count_digits(bytes, size, *at + 1) != 1)
            return false;
        value += bytes[*at + 1] - '0';
        *at += 2;
    }
    *tenths = value;
    return value >= MQTT_COMMAND_LOWEST && value <= MQTT_COMMAND_HIGHEST;
}

bool mqtt_command_is_right(const uint8_t *bytes, size_t size, int *tenths)
{
    size_t at = 0;
    int value = 0;

    if (size > MQTT_COMMAND_RIGHT_MAX || !expect(bytes, size, &at, "{") ||
        !expect(bytes, size, &at, "\"set_point\"") || !expect(bytes, size, &at, ":") ||
        !read_tenths(bytes, size, &at, &value) || !expect(bytes, size, &at, "}") || at != size)
        return false;
    *tenths = value;
    return true;
}

/* ---- what is wrong ---- */

/* What a maker of wrong commands works with. */
struct draft {
    struct mqtt_command *command;
    uint64_t *state;
    int wanted;        /* tenths that a careless reader would obey */
    char number[TEXT]; /* the same as text */
};

static void put(struct draft *draft, const void *bytes, size_t size)
{
    struct mqtt_command *command = draft->command;
    const size_t room = sizeof command->bytes - command->size;
    const size_t count = size < room ? size : room;

    memcpy(command->bytes + command->size, bytes, count);
    command->size += count;
}

__attribute__((format(printf, 2, 3))) static void put_text(struct draft *draft, const char *format,
                                                           ...)
{
    char text[TEXT];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0)
        put(draft, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

static void put_right(struct draft *draft)
{
    put_text(draft, "{\"set_point\": %s}", draft->number);
}

static void fill(struct draft *draft, uint8_t byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(draft, &byte, 1);
}

/* Picks one of the patterns for put_pattern(). */
#define PUT_ONE_OF(draft, ...)                                                                     \
    do {                                                                                           \
        static const char *const texts[] = {__VA_ARGS__};                                          \
        put_pattern(draft, texts[random_below((draft)->state, sizeof texts / sizeof texts[0])]);   \
    } while (0)

/* '#' stands for the number. */
static void put_pattern(struct draft *draft, const char *pattern)
{
    for (const char *next = pattern; *next != '\0'; next++) {
        if (*next == '#')
            put(draft, draft->number, strlen(draft->number));
        else
            put(draft, next, 1);
    }
}

static void make_other_type(struct draft *draft)
{
    PUT_ONE_OF(draft, "{\"set_point\": \"#\"}", "{\"set_point\": true}", "{\"set_point\": null}",
               "{\"set_point\": [#]}", "{\"set_point\": {\"value\": #}}", "\"#\"", "#",
               "{\"set_point\": # C}", "{\"set_point\": NaN}", "{\"set_point\": Infinity}");
}

static void make_double_member(struct draft *draft)
{
    PUT_ONE_OF(draft, "{\"set_point\": #, \"set_point\": #}",
               "{\"set_point\": 99, \"set_point\": #}", "{\"set_point\": #, \"mode\": 0}",
               "{\"mode\": 0, \"set_point\": #}", "{\"set_point\": #, \"broker\": \"a:1\"}",
               "{\"\": 1, \"set_point\": #}", "{\"set_point\": #,}", "{, \"set_point\": #}");
}

static void make_limit_step(struct draft *draft)
{
    static const int steps[] = {-1, 0, 1, 49, 301, 302, 310, 999, 1000};
    const int tenths = steps[random_below(draft->state, sizeof steps / sizeof steps[0])];

    if (tenths < 0)
        put_text(draft, "{\"set_point\": -%s}", draft->number);
    else
        put_text(draft, "{\"set_point\": %d.%d}", tenths / DEGREE, tenths % DEGREE);
}

/* The same lower bits as what is wanted, in tenths or in degrees; 2 to the power of 64 ends with 1616. */
static void make_wrapping_number(struct draft *draft)
{
    static const unsigned bits[] = {8, 16, 31, 32, 53};
    const uint64_t high = UINT64_C(1) << bits[random_below(draft->state, 5)];
    const uint64_t tenths = high + (uint64_t)draft->wanted;

    switch (random_below(draft->state, 3)) {
    case 0:
        put_text(draft, "{\"set_point\": %" PRIu64 "}", high + (uint64_t)(draft->wanted / DEGREE));
        break;
    case 1:
        put_text(draft, "{\"set_point\": %" PRIu64 ".%" PRIu64 "}", tenths / DEGREE,
                 tenths % DEGREE);
        break;
    default:
        put_text(draft, "{\"set_point\": 1844674407370955%d}", 1616 + draft->wanted / DEGREE);
        break;
    }
}

static void make_long_number(struct draft *draft)
{
    put_text(draft, "{\"set_point\": %s", random_below(draft->state, 2) == 0 ? "" : "-");
    fill(draft, random_below(draft->state, 2) == 0 ? '9' : '0',
         8 + random_below(draft->state, 300));
    put_text(draft, "%s}", draft->number);
}

static void make_exponent(struct draft *draft)
{
    PUT_ONE_OF(draft, "{\"set_point\": #e0}", "{\"set_point\": #E+0}", "{\"set_point\": #e-0}",
               "{\"set_point\": 0.#e2}", "{\"set_point\": #e999999999}", "{\"set_point\": 1e1}",
               "{\"set_point\": #e}", "{\"set_point\": 205e-1}");
}

static void make_odd_number(struct draft *draft)
{
    PUT_ONE_OF(draft, "{\"set_point\": #0}", "{\"set_point\": #5}", "{\"set_point\": 20.}",
               "{\"set_point\": .5}", "{\"set_point\": 0#}", "{\"set_point\": +#}",
               "{\"set_point\": 0x14}", "{\"set_point\": 20,5}", "{\"set_point\": --#}",
               "{\"set_point\": 2 0}", "{\"set_point\": 20.-5}", "{\"set_point\":}");
}

/* Blanks that C, Unicode or YAML know, and JSON does not. */
static void make_other_blank(struct draft *draft)
{
    PUT_ONE_OF(draft, "\v{\"set_point\": #}", "{\f\"set_point\": #}", "{\"set_point\"\v: #}",
               "{\"set_point\":\xC2\xA0#}", "{\"set_point\": #\f}", "{\"set_point\": #}\v",
               "\xEF\xBB\xBF{\"set_point\": #}", "{\"set_point\": #}\xE2\x80\xA8",
               "{\"set_point\": #} // warm", "/* warm */ {\"set_point\": #}",
               "{\b\"set_point\": #}");
}

static void make_truncated(struct draft *draft)
{
    put_right(draft);
    draft->command->size = 1 + (size_t)random_below(draft->state, draft->command->size - 1);
}

static void make_nested(struct draft *draft)
{
    if (random_below(draft->state, 4) == 0) {
        fill(draft, random_below(draft->state, 2) == 0 ? '[' : '{',
             1 + random_below(draft->state, 400));
        return;
    }
    PUT_ONE_OF(draft, "{{\"set_point\": #}}", "[{\"set_point\": #}]",
               "{\"set_point\": {\"set_point\": #}}", "{\"set_point\": #}}",
               "{\"set_point\": #}{\"set_point\": #}", "[\"set_point\", #]",
               "{\"a\": {\"set_point\": #}}");
}

/* A right one up to the longest that a device may keep, and more behind it. */
static void make_long(struct draft *draft)
{
    static const uint16_t sizes[] = {65, 66, 67, 96, 128, 129, 256, 300, MQTT_COMMAND_MAX};
    const size_t size = sizes[random_below(draft->state, sizeof sizes / sizeof sizes[0])];
    const bool leads = random_below(draft->state, 4) == 0;

    if (leads)
        fill(draft, ' ', size - 20);
    put_right(draft);
    while (!leads && draft->command->size < size)
        fill(draft, ' ', 1);
    if (random_below(draft->state, 2) == 0)
        draft->command->bytes[draft->command->size - 1] = 'x';
}

static void make_zero_byte(struct draft *draft)
{
    static const uint8_t zero = 0;
    const uint64_t where = random_below(draft->state, 4);

    if (where == 0)
        put(draft, &zero, 1);
    put_text(draft, "{\"set_point");
    if (where == 1)
        put(draft, &zero, 1);
    put_text(draft, "\": %s", draft->number);
    if (where == 2)
        put(draft, &zero, 1);
    put_text(draft, "}");
    put(draft, &zero, 1);
    if (where == 3)
        put_text(draft, ", \"mode\": 0}");
}

static void make_no_text(struct draft *draft)
{
    PUT_ONE_OF(draft, "{\"set_poin\xF4\": #}", "{\"set\xC0\x9Fpoint\": #}",
               "\xFF\xFE{\"set_point\": #}", "{\"set_point\": #}\x80", "{\"set_point\xC3\": #}",
               "{\"set_point\": \xD9\xA2\xD9\xA1}", "{\"\xED\xA0\x80\": #}");
}

static void make_other_name(struct draft *draft)
{
    PUT_ONE_OF(draft, "{\"Set_Point\": #}", "{\"setpoint\": #}", "{\"set_poin\\u0074\": #}",
               "{\"set_point2\": #}", "{\"set_poin\": #}", "{\" set_point\": #}",
               "{\"set_point\\u0000\": #}", "{set_point: #}", "{'set_point': #}", "{\"\": #}",
               "set_point=#", "{\"set_point\" #}", "{\"set_point\": #", "{\"mode\": 0}",
               "{\"broker\": \"a:1\"}", "{\"consent\": 0}", "{\"telemetry_consent\": false}");
}

static void make_empty(struct draft *draft)
{
    PUT_ONE_OF(draft, "", " ", "{}", "[]", "null", "\n");
}

static void make_changed_byte(struct draft *draft)
{
    put_right(draft);
    draft->command->bytes[random_below(draft->state, draft->command->size)] =
        (uint8_t)random_below(draft->state, 256);
}

static void make_garbage(struct draft *draft)
{
    draft->command->size = 1 + (size_t)random_below(draft->state, MQTT_COMMAND_MAX - 1);
    random_bytes(draft->state, draft->command->bytes, draft->command->size);
}

static void make_elsewhere(struct draft *draft)
{
    put_right(draft);
    draft->command->topic =
        (enum mqtt_command_topic)(1 + random_below(draft->state, MQTT_TOPICS - 1));
}

static const struct {
    const char *what;
    void (*make)(struct draft *draft);
} kinds[] = {
    {"another type", make_other_type},
    {"more members than one", make_double_member},
    {"a step beyond the limits", make_limit_step},
    {"a number that wraps", make_wrapping_number},
    {"right at first, and too long", make_long},
    {"a zero byte", make_zero_byte},
    {"an exponent", make_exponent},
    {"a number in another form", make_odd_number},
    {"blanks that JSON does not know", make_other_blank},
    {"cut off", make_truncated},
    {"nested", make_nested},
    {"a number of many digits", make_long_number},
    {"bytes that are no text", make_no_text},
    {"another name", make_other_name},
    {"nothing in it", make_empty},
    {"one byte changed", make_changed_byte},
    {"garbage", make_garbage},
    {"right, for another topic", make_elsewhere},
};

const size_t mqtt_command_kinds = sizeof kinds / sizeof kinds[0];

static void write_number(int tenths, char number[TEXT])
{
    (void)snprintf(number, TEXT, "%d.%d", tenths / DEGREE, tenths % DEGREE);
}

/* What chance made right after all is cut off instead, which never is. */
void mqtt_command_generate(size_t kind, int tenths, uint64_t *state, struct mqtt_command *command)
{
    struct draft draft = {.command = command, .state = state};
    const size_t number = kind % mqtt_command_kinds;
    int asked;

    draft.wanted = mqtt_command_other_value(tenths, state);
    write_number(draft.wanted, draft.number);
    for (unsigned i = 0; i <= DRAWS; i++) {
        *command = (struct mqtt_command){.what = kinds[number].what, .topic = MQTT_TOPIC_OWN};
        (i < DRAWS ? kinds[number].make : make_truncated)(&draft);
        if (command->topic != MQTT_TOPIC_OWN ||
            !mqtt_command_is_right(command->bytes, command->size, &asked))
            return;
    }
}

/* ---- right ones ---- */

int mqtt_command_other_value(int tenths, uint64_t *state)
{
    const uint64_t draw = random_below(state, 4);
    int value = MQTT_COMMAND_LOWEST +
                (int)random_below(state, MQTT_COMMAND_HIGHEST - MQTT_COMMAND_LOWEST + 1);

    if (draw == 0)
        value = MQTT_COMMAND_LOWEST;
    if (draw == 1)
        value = MQTT_COMMAND_HIGHEST;
    if (value > tenths - DEGREE && value < tenths + DEGREE)
        value = tenths - DEGREE >= MQTT_COMMAND_LOWEST ? tenths - DEGREE : tenths + DEGREE;
    return value;
}

static void put_blanks(struct draft *draft)
{
    const size_t count = (size_t)random_below(draft->state, 4);

    for (size_t i = 0; i < count; i++)
        put(draft, &" \t\r\n"[random_below(draft->state, 4)], 1);
}

void mqtt_command_right(int tenths, uint64_t *state, struct mqtt_command *command)
{
    static const char *const parts[] = {"{", "\"set_point\"", ":", NULL, "}"};
    struct draft draft = {.command = command, .state = state, .wanted = tenths};

    *command = (struct mqtt_command){.what = "a right one", .topic = MQTT_TOPIC_OWN};
    if (tenths % DEGREE == 0 && random_below(state, 2) == 0)
        (void)snprintf(draft.number, sizeof draft.number, "%d", tenths / DEGREE);
    else
        write_number(tenths, draft.number);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        put_blanks(&draft);
        put_text(&draft, "%s", parts[i] != NULL ? parts[i] : draft.number);
    }
    if (random_below(state, 4) == 0)
        fill(&draft, ' ', MQTT_COMMAND_RIGHT_MAX - command->size);
}
