/* budget_options.h - the command line of hearth-budget. */
#ifndef TOOLS_BUDGET_OPTIONS_H
#define TOOLS_BUDGET_OPTIONS_H

#include "hal.h"

#include <stdbool.h>
#include <stddef.h>

#define BUDGET_EXIT_WITHIN   0
#define BUDGET_EXIT_EXCEEDED 1
#define BUDGET_EXIT_REFUSED  2 /* options, files; no number was printed */

#define BUDGET_MOST_FOLDERS 64U

/* Texts stay in the command line. */
struct budget_options {
    bool help;  /* print the help and end; nothing else is valid */
    bool draft; /* print what is missing in the limits file */
    const char *elf;
    const char *limits;
    const char *name; /* of the firmware; that of the ELF file if it is not given */
    const char *folders[BUDGET_MOST_FOLDERS];
    size_t folder_count; /* at least 1 */
};

/* Reads the command line. Returns 0, or -1 after saying what is wrong. */
HAL_MUST_CHECK int budget_options_read(struct budget_options *options, int argc, char **argv);

/* Prints what the options and the limits file mean. */
void budget_options_print_help(void);

#endif
