/* Turns argv into a checked command line, by the tables of options.h. */
#ifndef ORDEAL_CLI_PARSE_H
#define ORDEAL_CLI_PARSE_H

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "cli/options.h"

#define OPERANDS_MAXIMUM 2
#define REPEATS_MAXIMUM  16

struct command_line {
    bool has_command;               /* false only beside --help or --version */
    enum command_id command;        /* COMMAND_HELP when there is none */
    bool given[OPTION_COUNT];       /* which options stand on the line */
    const char *text[OPTION_COUNT]; /* argument as typed, points into argv; NULL when not given */
    const char *texts[OPTION_COUNT][REPEATS_MAXIMUM]; /* of OPTION_KIND_TEXTS: all, in order */
    size_t text_count[OPTION_COUNT];
    uint64_t number[OPTION_COUNT]; /* numbers, and durations in seconds; 0 when not given */
    const char *operands[OPERANDS_MAXIMUM]; /* point into argv */
    size_t operand_count;
};

/*
 * Parses and checks a command line. Options stand anywhere, as `--name value`, `--name=value`,
 * `-n value` or `-nvalue`; `--` ends them; of an option that is given twice the last one counts,
 * but for OPTION_KIND_TEXTS.
 * Operands are counted, not interpreted, and with --help or --version not even counted.
 * RIG_ERROR_USAGE with one line that names the nearest option or command otherwise.
 */
RIG_MUST_CHECK int command_line_parse(struct command_line *line, int argc, char *const argv[],
                                      struct diagnostic *diagnostic);

/* True when CHOICE is among the comma-separated CHOICES (as checked for OPTION_KIND_CHOICES). */
bool choice_is_in(const char *choices, const char *choice);

#endif
