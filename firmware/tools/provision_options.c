#include "provision_options.h"

#include "board_layouts.h"
#include "provision_page.h"
#include "tool_report.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum option_code {
    OPTION_BOARD = 1,
    OPTION_OUT,
    OPTION_FLASH,
    OPTION_BOOT,
    OPTION_IMAGE_A,
    OPTION_IMAGE_B,
    OPTION_BROKER_CA,
    OPTION_CERTIFICATE,
    OPTION_PRIVATE_KEY,
    OPTION_PASSWORD,
    OPTION_LIFE_CYCLE,
    OPTION_JSON,
    OPTION_HELP,
};

static const struct option option_table[] = {
    {"board", required_argument, NULL, OPTION_BOARD},
    {"out", required_argument, NULL, OPTION_OUT},
    {"flash", required_argument, NULL, OPTION_FLASH},
    {"boot", required_argument, NULL, OPTION_BOOT},
    {"image-a", required_argument, NULL, OPTION_IMAGE_A},
    {"image-b", required_argument, NULL, OPTION_IMAGE_B},
    {"broker-ca", required_argument, NULL, OPTION_BROKER_CA},
    {"certificate", required_argument, NULL, OPTION_CERTIFICATE},
    {"private-key", required_argument, NULL, OPTION_PRIVATE_KEY},
    {"password", required_argument, NULL, OPTION_PASSWORD},
    {"life-cycle", required_argument, NULL, OPTION_LIFE_CYCLE},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

void provision_options_print_help(void)
{
    (void)printf(
        "usage: hearth-provision (--out FILE | --flash FILE) [option]...\n"
        "Gives a new device its identity and the password on its label.\n"
        "\n"
        "  --board NAME       " BOARD_LAYOUT_NAMES " (default native)\n"
        "  --out FILE         write the factory page, padded to the whole factory area\n"
        "  --flash FILE       write the whole flash of a new device of that board, with a random\n"
        "                     first seed for its random numbers\n"
        "  --boot FILE        the boot stage, as it is in memory, for --flash of a board that has "
        "it\n"
        "                     in flash: microbit\n"
        "  --image-a FILE     a signed image for slot A of --flash; refused unless the boot\n"
        "                     stage would start it\n"
        "  --image-b FILE     likewise for slot B\n"
        "  --broker-ca FILE   certificate of who signs brokers, for MQTT over TLS; this and the\n"
        "                     next two belong together, PEM or DER, P-256 only\n"
        "  --certificate FILE the device's own\n"
        "  --private-key FILE the key that belongs to it\n"
        "  --password TEXT    on the label (default random, 80 bits). For tests: other users\n"
        "                     of this machine can see it\n"
        "  --life-cycle WORD  factory (debug is open), closed (default) or decommissioned\n"
        "  --json             print the label as one JSON line\n"
        "  --help             this text\n"
        "\n"
        "The label, device id and password, is printed once and kept nowhere: the files hold\n"
        "a key of the password only. A file that exists is never overwritten.\n"
        "Exit: 0 made, 2 options or files, and then nothing was made.\n");
}

static int read_board(struct provision_options *options, const char *text)
{
    options->board = flash_layout_find(text);
    return options->board != NULL
               ? 0
               : tool_refuse("--board %s: no such board; give " BOARD_LAYOUT_NAMES, text);
}

static const struct {
    const char *name;
    enum factory_life_cycle life_cycle;
} life_cycles[] = {{"factory", FACTORY_LIFE_OPEN},
                   {"closed", FACTORY_LIFE_CLOSED},
                   {"decommissioned", FACTORY_LIFE_DECOMMISSIONED}};

#define LIFE_CYCLES (sizeof life_cycles / sizeof *life_cycles)

const char *provision_life_cycle_name(enum factory_life_cycle life_cycle)
{
    for (size_t i = 0; i < LIFE_CYCLES; i++) {
        if (life_cycles[i].life_cycle == life_cycle) {
            return life_cycles[i].name;
        }
    }
    return "unknown";
}

static int read_life_cycle(struct provision_options *options, const char *text)
{
    for (size_t i = 0; i < LIFE_CYCLES; i++) {
        if (strcmp(text, life_cycles[i].name) == 0) {
            options->life_cycle = life_cycles[i].life_cycle;
            return 0;
        }
    }
    return tool_refuse("--life-cycle %s: give factory, closed or decommissioned", text);
}

/* Whoever logs in types it: printable characters only. */
static int read_password(struct provision_options *options, const char *text)
{
    const size_t length = strlen(text);

    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~') {
            return tool_refuse("--password: give printable ASCII characters only");
        }
    }
    if (length == 0 || length >= PROVISION_PASSWORD_SIZE) {
        return tool_refuse("--password: give 1 to %u characters", PROVISION_PASSWORD_SIZE - 1U);
    }
    options->password = text;
    return 0;
}

/* The name of a file, once. */
static int read_name(const char **name, const char *option, const char *text)
{
    if (*name != NULL) {
        return tool_refuse("%s is given twice; leave one of them out", option);
    }
    if (text[0] == '\0') {
        return tool_refuse("%s: the name of the file is empty", option);
    }
    *name = text;
    return 0;
}

static int read_option(struct provision_options *options, int code, const char *argument)
{
    switch (code) {
    case OPTION_BOARD:
        return read_board(options, argument);
    case OPTION_OUT:
        return read_name(&options->out, "--out", argument);
    case OPTION_FLASH:
        return read_name(&options->flash, "--flash", argument);
    case OPTION_BOOT:
        return read_name(&options->boot, "--boot", argument);
    case OPTION_IMAGE_A:
        return read_name(&options->images[IMAGE_SLOT_A], "--image-a", argument);
    case OPTION_IMAGE_B:
        return read_name(&options->images[IMAGE_SLOT_B], "--image-b", argument);
    case OPTION_BROKER_CA:
        return read_name(&options->credentials.broker_ca, "--broker-ca", argument);
    case OPTION_CERTIFICATE:
        return read_name(&options->credentials.certificate, "--certificate", argument);
    case OPTION_PRIVATE_KEY:
        return read_name(&options->credentials.private_key, "--private-key", argument);
    case OPTION_PASSWORD:
        return read_password(options, argument);
    case OPTION_LIFE_CYCLE:
        return read_life_cycle(options, argument);
    case OPTION_JSON:
        options->json = true;
        return 0;
    case OPTION_HELP:
        options->help = true;
        return 0;
    default:
        return tool_refuse("unknown option, or one without its value; see --help");
    }
}

static int check_credentials(const struct provision_credential_files *files)
{
    const int given =
        (files->broker_ca != NULL) + (files->certificate != NULL) + (files->private_key != NULL);

    return given == 0 || given == 3
               ? 0
               : tool_refuse("--broker-ca, --certificate and --private-key belong together; give "
                             "all three or none");
}

/* Without its boot stage a flash that has to hold one would start nothing. */
static int check_boot(const struct provision_options *options)
{
    if (options->boot != NULL && options->board->boot_sectors == 0) {
        return tool_refuse("--boot: the boot stage of %s does not lie in flash; leave it out",
                           options->board->board);
    }
    if (options->boot != NULL && options->flash == NULL) {
        return tool_refuse("the boot stage has its place in a whole flash; give --flash FILE");
    }
    if (options->boot == NULL && options->flash != NULL && options->board->boot_sectors > 0) {
        return tool_refuse("the flash of %s holds the boot stage, too; give --boot FILE",
                           options->board->board);
    }
    return 0;
}

static int check_together(const struct provision_options *options)
{
    if (options->out == NULL && options->flash == NULL) {
        return tool_refuse("nothing to make; give --out FILE or --flash FILE");
    }
    if (options->out != NULL && options->flash != NULL &&
        strcmp(options->out, options->flash) == 0) {
        return tool_refuse("--out and --flash name the same file; give two");
    }
    if (options->flash == NULL &&
        (options->images[IMAGE_SLOT_A] != NULL || options->images[IMAGE_SLOT_B] != NULL)) {
        return tool_refuse("an image has its place in a whole flash; give --flash FILE");
    }
    if (check_boot(options) != 0) {
        return -1;
    }
    return check_credentials(&options->credentials);
}

int provision_options_read(struct provision_options *options, int argc, char **argv)
{
    int code;

    memset(options, 0, sizeof *options);
    options->board = board_layouts[0];
    options->life_cycle = FACTORY_LIFE_CLOSED;
    opterr = 0;
    while (!options->help && (code = getopt_long(argc, argv, "", option_table, NULL)) != -1) {
        if (read_option(options, code, optarg) != 0) {
            return -1;
        }
    }
    if (options->help) {
        return 0;
    }
    if (optind < argc) {
        return tool_refuse("'%s' is no option; see --help", argv[optind]);
    }
    return check_together(options);
}
