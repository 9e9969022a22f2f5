/* Help texts, written from the tables of options.h. A write that fails shows in ferror(out). */
#ifndef ORDEAL_CLI_HELP_H
#define ORDEAL_CLI_HELP_H

#include <stddef.h>
#include <stdio.h>

#include "cli/options.h"

/* What `ordeal` alone prints: one line on usage and one on where help is. */
void help_write_usage(FILE *out);

/* `ordeal --help`: all commands, the options that all of them take, the exit codes. */
void help_write_all(FILE *out);

/* `ordeal COMMAND --help`: usage, description, its own options, the common ones. */
void help_write_command(FILE *out, enum command_id command);

/* Room for what help_option_forms() writes. */
#define HELP_FORMS_SIZE 64

/* The forms of an option, such as "-t, --target TARGET"; returns text. */
const char *help_option_forms(const struct option_spec *spec, char text[HELP_FORMS_SIZE]);

#endif
