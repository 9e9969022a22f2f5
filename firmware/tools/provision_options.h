/* provision_options.h - the command line of hearth-provision, and how it refuses. */
#ifndef TOOLS_PROVISION_OPTIONS_H
#define TOOLS_PROVISION_OPTIONS_H

#include "factory.h"
#include "flash_layout.h"
#include "hal.h"
#include "image.h"

#include <stdbool.h>

#define PROVISION_EXIT_DONE    0
#define PROVISION_EXIT_REFUSED 2 /* options, files; nothing was made */

/* What the device and its broker know each other by: files, all of them or none. */
struct provision_credential_files {
    const char *broker_ca;
    const char *certificate;
    const char *private_key;
};

/* Texts stay in the command line; NULL if not given. */
struct provision_options {
    bool help; /* print the help and end; nothing else is valid */
    const struct flash_layout *board;
    const char *out;
    const char *flash;
    const char *boot; /* file; with `flash`, and just if the board's boot stage lies in flash */
    const char *images[IMAGE_SLOT_COUNT]; /* files; only with `flash` */
    struct provision_credential_files credentials;
    const char *password; /* at most PROVISION_PASSWORD_SIZE - 1 printable ones */
    enum factory_life_cycle life_cycle;
    bool json;
};

/* Reads the command line. Returns 0, or -1 after saying what is wrong. */
HAL_MUST_CHECK int provision_options_read(struct provision_options *options, int argc, char **argv);

/* Prints what the options mean. */
void provision_options_print_help(void);

/* The name that --life-cycle knows it by. */
const char *provision_life_cycle_name(enum factory_life_cycle life_cycle);

#endif
