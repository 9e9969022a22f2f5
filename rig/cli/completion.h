/* The bash completion script, written from the tables of options.h. */
#ifndef ORDEAL_CLI_COMPLETION_H
#define ORDEAL_CLI_COMPLETION_H

#include <stdio.h>

/*
 * Writes a script for bash to read, e.g. `source <(ordeal help --completion)`. It needs nothing
 * beyond bash 4 itself. Errors show in ferror(out).
 */
void completion_write(FILE *out);

#endif
