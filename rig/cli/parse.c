#include "cli/parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/near_name.h"
#include "base/text.h"
#include "cli/duration.h"

static const struct option_spec *find_long(const char *name, size_t length)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        const struct option_spec *spec = option_spec((enum option_id)id);
        if (strncmp(spec->name, name, length) == 0 && spec->name[length] == '\0')
            return spec;
    }
    return NULL;
}

static const struct option_spec *find_short(char letter)
{
    for (int id = 0; letter != '\0' && id < OPTION_COUNT; id++) {
        const struct option_spec *spec = option_spec((enum option_id)id);
        if (spec->letter == letter)
            return spec;
    }
    return NULL;
}

static int refuse_option(const char *name, int length, struct diagnostic *diagnostic)
{
    const char *names[OPTION_COUNT];
    char wanted[64];
    const char *nearest;

    for (int id = 0; id < OPTION_COUNT; id++)
        names[id] = option_spec((enum option_id)id)->name;
    (void)snprintf(wanted, sizeof wanted, "%.*s", length, name);
    nearest = nearest_name(wanted, names, OPTION_COUNT);
    if (nearest != NULL)
        diagnostic_set(diagnostic, "no option --%s: did you mean --%s?", wanted, nearest);
    else
        diagnostic_set(diagnostic, "no option --%s: see `ordeal --help`", wanted);
    return RIG_ERROR_USAGE;
}

static int refuse_command(const char *name, struct diagnostic *diagnostic)
{
    const char *names[COMMAND_COUNT];
    const char *nearest;

    for (int id = 0; id < COMMAND_COUNT; id++)
        names[id] = command_spec((enum command_id)id)->name;
    nearest = nearest_name(name, names, COMMAND_COUNT);
    if (nearest != NULL)
        diagnostic_set(diagnostic, "no command '%.64s': did you mean '%s'?", name, nearest);
    else
        diagnostic_set(diagnostic, "no command '%.64s': see `ordeal --help`", name);
    return RIG_ERROR_USAGE;
}

bool choice_is_in(const char *choices, const char *choice)
{
    const size_t wanted = strlen(choice);

    for (const char *at = choices; at != NULL; at = strchr(at, ',')) {
        if (*at == ',')
            at++;
        size_t length = strcspn(at, ",");
        if (length == wanted && strncmp(at, choice, wanted) == 0)
            return true;
    }
    return false;
}

static bool is_choice(const struct option_spec *spec, const char *text, size_t length)
{
    for (size_t i = 0; spec->choices[i] != NULL; i++) {
        if (strlen(spec->choices[i]) == length && strncmp(spec->choices[i], text, length) == 0)
            return true;
    }
    return false;
}

static bool are_choices(const struct option_spec *spec, const char *text)
{
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        if (!is_choice(spec, at, length))
            return false;
        at += length;
        if (*at == '\0')
            return true;
    }
}

static int refuse_choice(const struct option_spec *spec, const char *text,
                         struct diagnostic *diagnostic)
{
    char known[128] = "";

    for (size_t i = 0; spec->choices[i] != NULL; i++) {
        size_t used = strlen(known);
        (void)snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : ", ",
                       spec->choices[i]);
    }
    diagnostic_set(diagnostic, "--%s: '%.64s' is not one of: %s", spec->name, text, known);
    return RIG_ERROR_USAGE;
}

static int store_number(struct command_line *line, const struct option_spec *spec, const char *text,
                        struct diagnostic *diagnostic)
{
    const bool is_duration = spec->kind == OPTION_KIND_DURATION;
    uint64_t number = 0;
    bool read = is_duration ? duration_parse(text, &number)
                            : text_parse_unsigned(text, UINT64_MAX, &number);

    if (!read) {
        diagnostic_set(diagnostic, "--%s: '%.64s' is not a %s", spec->name, text,
                       is_duration ? "duration: write 90, 90s, 5m or 1h" : "whole number");
        return RIG_ERROR_USAGE;
    }
    if (number < spec->minimum || number > spec->maximum) {
        diagnostic_set(diagnostic, "--%s: %.64s is outside %" PRIu64 " to %" PRIu64 "%s",
                       spec->name, text, spec->minimum, spec->maximum,
                       is_duration ? " seconds" : "");
        return RIG_ERROR_USAGE;
    }
    line->number[spec->id] = number;
    return RIG_OK;
}

static int store_repeat(struct command_line *line, const struct option_spec *spec, const char *text,
                        struct diagnostic *diagnostic)
{
    if (line->text_count[spec->id] == REPEATS_MAXIMUM) {
        diagnostic_set(diagnostic, "--%s stands more than %d times", spec->name, REPEATS_MAXIMUM);
        return RIG_ERROR_USAGE;
    }
    line->texts[spec->id][line->text_count[spec->id]++] = text;
    return RIG_OK;
}

static int store_option(struct command_line *line, const struct option_spec *spec, const char *text,
                        struct diagnostic *diagnostic)
{
    line->given[spec->id] = true;
    line->text[spec->id] = text;
    switch (spec->kind) {
    case OPTION_KIND_FLAG:
        return RIG_OK;
    case OPTION_KIND_NUMBER:
    case OPTION_KIND_DURATION:
        return store_number(line, spec, text, diagnostic);
    case OPTION_KIND_CHOICE:
        return is_choice(spec, text, strlen(text)) ? RIG_OK : refuse_choice(spec, text, diagnostic);
    case OPTION_KIND_CHOICES:
        return are_choices(spec, text) ? RIG_OK : refuse_choice(spec, text, diagnostic);
    case OPTION_KIND_TEXT:
    case OPTION_KIND_TEXTS:
    case OPTION_KIND_FOLDER:
        break;
    }
    if (text[0] == '\0') {
        diagnostic_set(diagnostic, "--%s: %s is empty", spec->name, spec->argument);
        return RIG_ERROR_USAGE;
    }
    if (spec->kind == OPTION_KIND_TEXTS)
        return store_repeat(line, spec, text, diagnostic);
    /* More likely the next option; and programs that are given such a path take it for one. */
    if (spec->kind == OPTION_KIND_FOLDER && text[0] == '-') {
        diagnostic_set(diagnostic, "--%s: '%.64s' begins with a dash: write ./%.64s for a folder",
                       spec->name, text, text);
        return RIG_ERROR_USAGE;
    }
    return RIG_OK;
}

/* Takes the option's argument from behind it (ATTACHED) or from the next word. */
static int take_option(struct command_line *line, const struct option_spec *spec,
                       const char *attached, char *const **next, struct diagnostic *diagnostic)
{
    if (spec->kind == OPTION_KIND_FLAG) {
        if (attached != NULL) {
            diagnostic_set(diagnostic, "--%s takes no argument", spec->name);
            return RIG_ERROR_USAGE;
        }
        return store_option(line, spec, NULL, diagnostic);
    }
    if (attached == NULL) {
        if (**next == NULL) {
            diagnostic_set(diagnostic, "--%s needs its argument %s", spec->name, spec->argument);
            return RIG_ERROR_USAGE;
        }
        attached = **next;
        (*next)++;
    }
    return store_option(line, spec, attached, diagnostic);
}

static int parse_long(struct command_line *line, const char *word, char *const **next,
                      struct diagnostic *diagnostic)
{
    const size_t length = strcspn(word, "=");
    const struct option_spec *spec = find_long(word, length);

    if (spec == NULL)
        return refuse_option(word, length > 60 ? 60 : (int)length, diagnostic);
    return take_option(line, spec, word[length] == '=' ? word + length + 1 : NULL, next,
                       diagnostic);
}

/* `-j4`, `-j 4`, `-h`: one letter, then perhaps its argument. */
static int parse_short(struct command_line *line, const char *word, char *const **next,
                       struct diagnostic *diagnostic)
{
    const struct option_spec *spec = find_short(word[0]);

    if (spec == NULL) {
        diagnostic_set(diagnostic, "no option -%c: see `ordeal --help`", word[0]);
        return RIG_ERROR_USAGE;
    }
    return take_option(line, spec, word[1] != '\0' ? word + 1 : NULL, next, diagnostic);
}

static int parse_word(struct command_line *line, const char *word, struct diagnostic *diagnostic)
{
    if (!line->has_command) {
        const struct command_spec *spec = command_find(word);
        if (spec == NULL)
            return refuse_command(word, diagnostic);
        line->has_command = true;
        line->command = spec->id;
        return RIG_OK;
    }
    if (line->operand_count == OPERANDS_MAXIMUM) {
        diagnostic_set(diagnostic, "'%.64s' is one word too many: see `ordeal %s --help`", word,
                       command_spec(line->command)->name);
        return RIG_ERROR_USAGE;
    }
    line->operands[line->operand_count++] = word;
    return RIG_OK;
}

static int check_operands(const struct command_line *line, struct diagnostic *diagnostic)
{
    const struct command_spec *spec = command_spec(line->command);

    if (line->operand_count < spec->operands_minimum) {
        diagnostic_set(diagnostic, "`ordeal %s` needs %s: see `ordeal %s --help`", spec->name,
                       spec->operands, spec->name);
        return RIG_ERROR_USAGE;
    }
    if (line->operand_count > spec->operands_maximum) {
        diagnostic_set(diagnostic, "'%.64s' is one word too many: see `ordeal %s --help`",
                       line->operands[spec->operands_maximum], spec->name);
        return RIG_ERROR_USAGE;
    }
    return RIG_OK;
}

static int check_line(const struct command_line *line, struct diagnostic *diagnostic)
{
    if (line->given[OPTION_HELP] || line->given[OPTION_VERSION])
        return RIG_OK;
    if (!line->has_command) {
        diagnostic_set(diagnostic, "no command given: see `ordeal --help`");
        return RIG_ERROR_USAGE;
    }
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (line->given[id] && !command_takes(line->command, (enum option_id)id)) {
            diagnostic_set(diagnostic, "`ordeal %s` takes no --%s: see `ordeal %s --help`",
                           command_spec(line->command)->name, option_spec((enum option_id)id)->name,
                           command_spec(line->command)->name);
            return RIG_ERROR_USAGE;
        }
    }
    return check_operands(line, diagnostic);
}

int command_line_parse(struct command_line *line, int argc, char *const argv[],
                       struct diagnostic *diagnostic)
{
    char *const *next = argc > 0 ? argv + 1 : argv;
    bool options_ended = false;
    int error = RIG_OK;

    memset(line, 0, sizeof *line);
    line->command = COMMAND_HELP;
    while (error == RIG_OK && *next != NULL) {
        const char *word = *next++;
        if (options_ended || word[0] != '-' || word[1] == '\0')
            error = parse_word(line, word, diagnostic);
        else if (strcmp(word, "--") == 0)
            options_ended = true;
        else if (word[1] == '-')
            error = parse_long(line, word + 2, &next, diagnostic);
        else
            error = parse_short(line, word + 1, &next, diagnostic);
    }
    return error == RIG_OK ? check_line(line, diagnostic) : error;
}
