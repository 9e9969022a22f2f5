#include "cli/manual_page.h"

#include <stdbool.h>
#include <string.h>

#include "cli/options.h"

/* Text for roff: \ and - as themselves, and no line that begins with a control character. */
static void write_roff(FILE *out, const char *text)
{
    bool line_start = true;

    for (; *text != '\0'; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            (void)fputs("\\&", out);
        line_start = *text == '\n';
        if (*text == '\\')
            (void)fputs("\\e", out);
        else if (*text == '-')
            (void)fputs("\\-", out);
        else if (*text == '\n' && text[1] == '\n')
            (void)fputs("\n.PP", out);
        else
            (void)fputc(*text, out);
    }
}

static void write_option(FILE *out, const struct option_spec *spec)
{
    (void)fputs(".TP\n", out);
    if (spec->letter != 0)
        (void)fprintf(out, "\\fB\\-%c\\fR, ", spec->letter);
    (void)fputs("\\fB\\-\\-", out);
    write_roff(out, spec->name);
    (void)fputs("\\fR", out);
    if (spec->argument != NULL) {
        (void)fputs(" \\fI", out);
        write_roff(out, spec->argument);
        (void)fputs("\\fR", out);
    }
    (void)fputc('\n', out);
    write_roff(out, spec->help);
    (void)fputs(".\n", out);
}

static void write_command(FILE *out, const struct command_spec *spec)
{
    (void)fprintf(out, ".SS %s\n.B ordeal %s\n", spec->name, spec->name);
    if (spec->operands[0] != '\0') {
        write_roff(out, spec->operands);
        (void)fputc('\n', out);
    }
    (void)fputs("[OPTION...]\n.PP\n", out);
    write_roff(out, spec->description);
    (void)fputc('\n', out);
    for (int id = 0; id < OPTION_COUNT; id++) {
        const enum option_id option = (enum option_id)id;
        if (!option_is_global(option) && command_takes(spec->id, option))
            write_option(out, option_spec(option));
    }
}

static void write_global_options(FILE *out)
{
    (void)fputs(".SH OPTIONS\nThese are taken by every command.\n", out);
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (option_is_global((enum option_id)id))
            write_option(out, option_spec((enum option_id)id));
    }
}

static void write_exit_statuses(FILE *out)
{
    size_t count = 0;
    const struct exit_status_spec *statuses = exit_status_specs(&count);

    (void)fputs(".SH EXIT STATUS\nWhere several apply, the first of 130, 2, 1, 3, 4, 0.\n", out);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, ".TP\n.B %d\n", statuses[i].status);
        write_roff(out, statuses[i].meaning);
        (void)fputs(".\n", out);
    }
}

void manual_page_write(FILE *out)
{
    (void)fputs(".TH ORDEAL 1 \"\" \"ordeal " ORDEAL_VERSION "\" \"User Commands\"\n"
                ".SH NAME\nordeal \\- fuzzing and resilience lab for IoT firmware\n"
                ".SH SYNOPSIS\n.B ordeal\n.I COMMAND\n[OPTION...]\n"
                ".SH DESCRIPTION\n"
                "Fuzzes firmware, keeps what it finds in a store and sets it against the\n"
                "provisions of ETSI EN 303 645. It reports evidence and certifies nothing.\n"
                ".PP\nData goes to standard output, messages and progress to standard error.\n"
                ".SH COMMANDS\n",
                out);
    for (int id = 0; id < COMMAND_COUNT; id++)
        write_command(out, command_spec((enum command_id)id));
    write_global_options(out);
    write_exit_statuses(out);
    (void)fputs(".SH ENVIRONMENT\n.TP\n.B NO_COLOR\n"
                "When set and not empty, no colour is used. There is none off a terminal either.\n"
                ".SH FILES\n.TP\n.I ordeal\\-store/lab.db\nFindings and runs (SQLite).\n"
                ".TP\n.I harnesses/harnesses.yaml\nHarnesses of the project folder.\n"
                ".TP\n.I targets/*.yaml\nTargets of the project folder.\n",
                out);
}
