#include "cli/help.h"

#include <stdbool.h>
#include <string.h>

#define LINE_WIDTH    90
#define NAME_COLUMN   2
#define HELP_COLUMN   30
#define MAX_PARAGRAPH 4096

static void write_spaces(FILE *out, size_t count)
{
    (void)fprintf(out, "%*s", (int)count, "");
}

/* Writes words from column COLUMN on, where the cursor stands, folded at LINE_WIDTH. */
static void write_folded(FILE *out, const char *text, size_t column)
{
    size_t at = column;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (at > column && at + 1 + length > LINE_WIDTH) {
            (void)fputc('\n', out);
            write_spaces(out, column);
            at = column;
        } else if (at > column) {
            (void)fputc(' ', out);
            at++;
        }
        (void)fwrite(text, 1, length, out);
        at += length;
        text += length;
        text += strspn(text, " ");
    }
    (void)fputc('\n', out);
}

static void write_entry(FILE *out, const char *name, const char *help)
{
    const size_t end = NAME_COLUMN + strlen(name);

    write_spaces(out, NAME_COLUMN);
    (void)fputs(name, out);
    if (end + 2 > HELP_COLUMN) {
        (void)fputc('\n', out);
        write_spaces(out, HELP_COLUMN);
    } else {
        write_spaces(out, HELP_COLUMN - end);
    }
    write_folded(out, help, HELP_COLUMN);
}

const char *help_option_forms(const struct option_spec *spec, char text[HELP_FORMS_SIZE])
{
    char letter[8] = "    ";

    if (spec->letter != 0)
        (void)snprintf(letter, sizeof letter, "-%c, ", spec->letter);
    (void)snprintf(text, HELP_FORMS_SIZE, "%s--%s%s%s", letter, spec->name,
                   spec->argument != NULL ? " " : "", spec->argument != NULL ? spec->argument : "");
    return text;
}

static void write_options(FILE *out, enum command_id command, bool global)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        const enum option_id option = (enum option_id)id;
        char forms[HELP_FORMS_SIZE];

        if (option_is_global(option) == global && command_takes(command, option))
            write_entry(out, help_option_forms(option_spec(option), forms),
                        option_spec(option)->help);
    }
}

static bool has_own_options(enum command_id command)
{
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (!option_is_global((enum option_id)id) && command_takes(command, (enum option_id)id))
            return true;
    }
    return false;
}

void help_write_usage(FILE *out)
{
    (void)fputs("usage: ordeal COMMAND [OPTION...]; see `ordeal --help`\n", out);
}

void help_write_all(FILE *out)
{
    size_t count = 0;
    const struct exit_status_spec *statuses = exit_status_specs(&count);

    (void)fputs("usage: ordeal COMMAND [OPTION...]\n\n"
                "Fuzzes IoT firmware, keeps what it finds and sets it against the provisions of\n"
                "ETSI EN 303 645.\n\nCommands:\n",
                out);
    for (int id = 0; id < COMMAND_COUNT; id++) {
        const struct command_spec *spec = command_spec((enum command_id)id);
        write_entry(out, spec->name, spec->summary);
    }
    (void)fputs("\nOptions of every command:\n", out);
    write_options(out, COMMAND_HELP, true);
    (void)fputs("\nExit codes (the first that applies of 130, 2, 1, 3, 4, 0):\n", out);
    for (size_t i = 0; i < count; i++) {
        char status[16];
        (void)snprintf(status, sizeof status, "%d", statuses[i].status);
        write_entry(out, status, statuses[i].meaning);
    }
    (void)fputs(
        "\n`ordeal COMMAND --help` says more about a command; `ordeal help --man` is all of "
        "it.\n",
        out);
}

static void write_description(FILE *out, const char *description)
{
    const char *at = description;

    while (*at != '\0') {
        const char *end = strstr(at, "\n\n");
        const size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
        char paragraph[MAX_PARAGRAPH];

        (void)snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, at);
        (void)fputc('\n', out);
        write_folded(out, paragraph, 0);
        at += length;
        at += strspn(at, "\n");
    }
}

void help_write_command(FILE *out, enum command_id command)
{
    const struct command_spec *spec = command_spec(command);

    (void)fprintf(out, "usage: ordeal %s%s%s [OPTION...]\n", spec->name,
                  spec->operands[0] != '\0' ? " " : "", spec->operands);
    write_description(out, spec->description);
    if (has_own_options(command)) {
        (void)fputs("\nOptions:\n", out);
        write_options(out, command, false);
    }
    (void)fputs("\nOptions of every command:\n", out);
    write_options(out, command, true);
}
