/* The subcommands, one file each. */
#ifndef ORDEAL_CLI_COMMANDS_H
#define ORDEAL_CLI_COMMANDS_H

#include "base/diagnostic.h"
#include "base/exit_code.h"
#include "base/rig_error.h"
#include "cli/parse.h"

/*
 * Runs a command. Data goes to standard output through output.h. *exit_code is EXIT_CLEAN before
 * the call and becomes what the command found out; the caller combines it with the error returned
 * (exit_code_from_error()) and prints the diagnostic.
 */
typedef int command_function(const struct command_line *line, enum exit_code *exit_code,
                             struct diagnostic *diagnostic);

command_function command_doctor;
command_function command_list;
command_function command_run;
command_function command_fuzz;
command_function command_findings;
command_function command_repro;
command_function command_campaign;
command_function command_report;
command_function command_probe;

/* Also serves --help, --version and a line without a command. */
command_function command_help;

#endif
