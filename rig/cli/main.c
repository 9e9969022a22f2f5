#include <stdio.h>
#include <stdlib.h>

#include "base/interrupt.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/output.h"

static command_function *const functions[COMMAND_COUNT] = {
    [COMMAND_DOCTOR] = command_doctor,     [COMMAND_LIST] = command_list,
    [COMMAND_RUN] = command_run,           [COMMAND_FUZZ] = command_fuzz,
    [COMMAND_FINDINGS] = command_findings, [COMMAND_REPRO] = command_repro,
    [COMMAND_CAMPAIGN] = command_campaign, [COMMAND_REPORT] = command_report,
    [COMMAND_PROBE] = command_probe,       [COMMAND_HELP] = command_help,
};

/* Prints the one line on an error, or does nothing for RIG_OK; returns the exit code for it. */
static enum exit_code settle(int error, const struct diagnostic *diagnostic)
{
    if (error != RIG_OK)
        message_print("ordeal: %s",
                      diagnostic->text[0] != '\0' ? diagnostic->text : rig_strerror(error));
    return exit_code_from_error(error);
}

static int run(const struct command_line *line, enum exit_code *exit_code,
               struct diagnostic *diagnostic)
{
    const bool asks_help = line->given[OPTION_HELP] || line->given[OPTION_VERSION];
    int error = interrupt_install();

    if (error != RIG_OK)
        return diagnostic_fail(diagnostic, error, "cannot install signal handlers");
    return (asks_help ? command_help : functions[line->command])(line, exit_code, diagnostic);
}

/* The harness programs read these; what a run measures is for the rig alone to say. */
static int clear_environment(struct diagnostic *diagnostic)
{
    static const char *const names[] = {"HARNESS_SINGLE_REQUESTS", "HARNESS_TIMEOUT_S",
                                        "ORDEAL_CONTROL", "ORDEAL_GATES"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (unsetenv(names[i]) != 0)
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "cannot take %s out of the environment; unset it", names[i]);
    }
    return RIG_OK;
}

int main(int argc, char *argv[])
{
    struct command_line line;
    struct diagnostic diagnostic = {.text = ""};
    enum exit_code exit_code = EXIT_CLEAN;
    int error;

    if (argc < 2) {
        help_write_usage(stderr);
        return EXIT_CONFIGURATION;
    }
    error = output_open(&diagnostic);
    if (error == RIG_OK)
        error = clear_environment(&diagnostic);
    if (error == RIG_OK)
        error = command_line_parse(&line, argc, argv, &diagnostic);
    if (error == RIG_OK)
        error = run(&line, &exit_code, &diagnostic);
    exit_code = exit_code_combine(exit_code, settle(error, &diagnostic));
    diagnostic_clear(&diagnostic);
    error = output_finish(&diagnostic);
    return (int)exit_code_combine(exit_code, settle(error, &diagnostic));
}
