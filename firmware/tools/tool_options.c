#include "tool_options.h"

#include "board_layouts.h"
#include "image.h"
#include "tool_report.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOR(command) (1U << (command))

static const struct {
    const char *name;
    const char *help;
} commands[TOOL_COMMAND_COUNT] = {
    [TOOL_KEYGEN] = {"keygen", "make a private key of P-256"},
    [TOOL_VENDOR_KEYS] = {"vendor-keys", "write the C file for -DHEARTH_VENDOR_KEYS"},
    [TOOL_SIGN] = {"sign", "make a signed image from a body"},
    [TOOL_INSPECT] = {"inspect", "say what is in an image, and whether it may run"},
};

static const char *const wrong_names[TOOL_WRONG_COUNT] = {
    [TOOL_WRONG_NOTHING] = "nothing",     [TOOL_WRONG_BODY] = "body",
    [TOOL_WRONG_SIGNATURE] = "signature", [TOOL_WRONG_KEY] = "key",
    [TOOL_WRONG_PRODUCT] = "product",     [TOOL_WRONG_SLOT] = "slot",
    [TOOL_WRONG_LENGTH] = "length",       [TOOL_WRONG_TRUNCATED] = "truncated",
    [TOOL_WRONG_OLDER] = "older",         [TOOL_WRONG_FORMAT] = "format",
    [TOOL_WRONG_HASH] = "hash",
};

const char *tool_wrong_name(enum tool_wrong wrong)
{
    return wrong < TOOL_WRONG_COUNT ? wrong_names[wrong] : "?";
}

/* --- What an option's value is, and where it goes --- */

static int read_number(uint32_t *number, const char *text)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || value > UINT32_MAX) {
        return tool_refuse("'%s': not a number; give one from 0 to 4294967295, or 0x...", text);
    }
    *number = (uint32_t)value;
    return 0;
}

static int read_slot(struct tool_options *options, const char *text)
{
    if (strcmp(text, "a") != 0 && strcmp(text, "b") != 0) {
        return tool_refuse("--slot %s: give a or b, or --slot-address BYTES", text);
    }
    options->has_slot = true;
    options->slot_letter = text[0];
    return 0;
}

static int read_board(struct tool_options *options, const char *text)
{
    options->board = flash_layout_find(text);
    return options->board != NULL
               ? 0
               : tool_refuse("--board %s: no such board; give " BOARD_LAYOUT_NAMES
                             ", or --slot-address and --slot-size",
                             text);
}

static int read_slot_address(struct tool_options *options, const char *text)
{
    options->has_slot = true;
    options->slot_letter = 0;
    return read_number(&options->slot_address, text);
}

static int read_version(struct tool_options *options, const char *text)
{
    unsigned long parts[3] = {0};
    const char *rest = text;
    char *end = NULL;

    for (size_t i = 0; i < 3; i++) {
        parts[i] = *rest >= '0' && *rest <= '9' ? strtoul(rest, &end, 10) : ULONG_MAX;
        if (parts[i] > (i < 2 ? UINT8_MAX : UINT16_MAX) || *end != (i < 2 ? '.' : '\0')) {
            return tool_refuse("--version %s: give MAJOR.MINOR.PATCH, at most 255.255.65535", text);
        }
        rest = end + 1;
    }
    options->version = IMAGE_VERSION(parts[0], parts[1], parts[2]);
    return 0;
}

static int read_wrong(struct tool_options *options, const char *text)
{
    for (int i = TOOL_WRONG_NOTHING + 1; i < TOOL_WRONG_COUNT; i++) {
        if (strcmp(text, wrong_names[i]) == 0) {
            options->wrong = (enum tool_wrong)i;
            return 0;
        }
    }
    return tool_refuse("--wrong %s: no such kind; see --help", text);
}

static int read_out(struct tool_options *options, const char *text)
{
    options->out = text;
    return 0;
}

static int read_key(struct tool_options *options, const char *text)
{
    options->key = text;
    return 0;
}

static int read_image_key(struct tool_options *options, const char *text)
{
    options->image_key = text;
    return 0;
}

static int read_unlock_key(struct tool_options *options, const char *text)
{
    options->unlock_key = text;
    return 0;
}

static int read_body(struct tool_options *options, const char *text)
{
    options->body = text;
    return 0;
}

static int read_slot_size(struct tool_options *options, const char *text)
{
    options->has_slot_size = true;
    return read_number(&options->slot_size, text);
}

static int read_counter(struct tool_options *options, const char *text)
{
    return read_number(&options->security_counter, text);
}

static int read_product(struct tool_options *options, const char *text)
{
    return read_number(&options->product, text);
}

static int read_json(struct tool_options *options, const char *text)
{
    (void)text;
    options->json = true;
    return 0;
}

static int read_help(struct tool_options *options, const char *text)
{
    (void)text;
    options->help = true;
    return 0;
}

/* Parsing and help both come from here. */
static const struct option_row {
    const char *name;
    const char *value; /* what it is called in the help; NULL: the option takes none */
    unsigned commands; /* that take it */
    int (*read)(struct tool_options *options, const char *text);
    const char *help;
} rows[] = {
    {"key", "PEM", FOR(TOOL_SIGN) | FOR(TOOL_INSPECT), read_key,
     "to sign with, private; to check with, private or public"},
    {"body", "FILE", FOR(TOOL_SIGN), read_body, "code and data, as linked for the slot"},
    {"board", "NAME", FOR(TOOL_SIGN) | FOR(TOOL_INSPECT), read_board,
     BOARD_LAYOUT_NAMES " (default native)"},
    {"slot", "a|b", FOR(TOOL_SIGN) | FOR(TOOL_INSPECT), read_slot, "slot of the board"},
    {"slot-address", "BYTES", FOR(TOOL_SIGN) | FOR(TOOL_INSPECT), read_slot_address,
     "the slot's offset in flash, of any board"},
    {"slot-size", "BYTES", FOR(TOOL_SIGN) | FOR(TOOL_INSPECT), read_slot_size,
     "default that of the board"},
    {"version", "X.Y.Z", FOR(TOOL_SIGN), read_version, "default 1.0.0"},
    {"security-counter", "N", FOR(TOOL_SIGN) | FOR(TOOL_INSPECT), read_counter,
     "of the image; inspect: the one that the device has stored (default 0)"},
    {"product", "N", FOR(TOOL_SIGN), read_product, "default Hearth's, 0x31545248"},
    {"wrong", "KIND", FOR(TOOL_SIGN), read_wrong,
     "make it wrong, for tests: body, signature, key, product, slot,\n"
     "                         length, truncated, older, format or hash"},
    {"image-key", "PEM", FOR(TOOL_VENDOR_KEYS), read_image_key, "signs images"},
    {"unlock-key", "PEM", FOR(TOOL_VENDOR_KEYS), read_unlock_key, "signs unlock tokens"},
    {"out", "FILE", FOR(TOOL_KEYGEN) | FOR(TOOL_VENDOR_KEYS) | FOR(TOOL_SIGN), read_out,
     "where to write; never replaces a file"},
    {"json", NULL, FOR(TOOL_INSPECT), read_json, "one JSON object"},
    {"help", NULL, (1U << TOOL_COMMAND_COUNT) - 1U, read_help, "this text"},
};

#define ROWS (sizeof rows / sizeof *rows)

void tool_options_print_help(void)
{
    (void)printf("usage: hearth-image COMMAND [option]...\n"
                 "Makes and reads signed firmware images of Hearth (boot/image.h).\n");
    for (unsigned command = 0; command < TOOL_COMMAND_COUNT; command++) {
        (void)printf("\n%s%s: %s\n", commands[command].name,
                     command == TOOL_INSPECT ? " IMAGE" : "", commands[command].help);
        for (size_t i = 0; i < ROWS; i++) {
            char left[40];

            if ((rows[i].commands & FOR(command)) == 0 || rows[i].read == read_help) {
                continue;
            }
            (void)snprintf(left, sizeof left, "--%s %s", rows[i].name,
                           rows[i].value != NULL ? rows[i].value : "");
            (void)printf("  %-22s %s\n", left, rows[i].help);
        }
    }
    (void)printf("\nExit: 0 done, 1 inspect: the image may not run, 2 options, files or keys.\n");
}

static int read_command(struct tool_options *options, const char *name)
{
    for (int i = 0; i < TOOL_COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            options->command = (enum tool_command)i;
            return 0;
        }
    }
    return tool_refuse("'%s': no such command; see --help", name);
}

static void fill_table(struct option table[ROWS + 1U])
{
    static const struct option end;

    for (size_t i = 0; i < ROWS; i++) {
        table[i].name = rows[i].name;
        table[i].has_arg = rows[i].value != NULL ? required_argument : no_argument;
        table[i].flag = NULL;
        table[i].val = (int)i + 1;
    }
    table[ROWS] = end;
}

static int read_all(struct tool_options *options, int argc, char **argv)
{
    struct option table[ROWS + 1U];
    int code;

    fill_table(table);
    opterr = 0;
    while (!options->help && (code = getopt_long(argc, argv, "", table, NULL)) != -1) {
        const struct option_row *row = &rows[code > 0 && (size_t)code <= ROWS ? code - 1 : 0];

        if (code < 1 || (size_t)code > ROWS) {
            return tool_refuse("unknown option, or one without its value; see --help");
        }
        if ((row->commands & FOR(options->command)) == 0) {
            return tool_refuse("--%s: not an option of %s; see --help", row->name,
                               commands[options->command].name);
        }
        if (row->read(options, optarg) != 0) {
            return -1;
        }
    }
    if (options->command == TOOL_INSPECT && optind < argc) {
        options->image = argv[optind++];
    }
    return options->help || optind >= argc
               ? 0
               : tool_refuse("'%s' is no option; see --help", argv[optind]);
}

static int need(const char *value, const char *option)
{
    return value != NULL && value[0] != '\0' ? 0 : tool_refuse("no %s; see --help", option);
}

static int check_complete(const struct tool_options *options)
{
    switch ((int)options->command) {
    case TOOL_KEYGEN:
        return need(options->out, "--out FILE for the key");
    case TOOL_VENDOR_KEYS:
        return need(options->image_key, "--image-key PEM") != 0 ||
                       need(options->unlock_key, "--unlock-key PEM") != 0 ||
                       need(options->out, "--out FILE for the C file") != 0
                   ? -1
                   : 0;
    case TOOL_SIGN:
        if (need(options->key, "--key PEM to sign with") != 0 ||
            need(options->body, "--body FILE") != 0 ||
            need(options->out, "--out FILE for the image") != 0) {
            return -1;
        }
        return options->has_slot ? 0 : tool_refuse("no --slot a|b or --slot-address; see --help");
    default:
        return need(options->image, "IMAGE to inspect");
    }
}

/* What follows from the board is known once all options are: they may come in any order. */
static void place_slot(struct tool_options *options)
{
    const enum hal_flash_area area =
        options->slot_letter == 'b' ? HAL_FLASH_SLOT_B : HAL_FLASH_SLOT_A;
    const struct hal_flash_geometry slot = flash_layout_geometry(options->board, area);

    if (options->slot_letter != 0) {
        options->slot_address = slot.offset;
    }
    if (!options->has_slot_size) {
        options->slot_size = slot.size;
    }
}

int tool_options_read(struct tool_options *options, int argc, char **argv)
{
    memset(options, 0, sizeof *options);
    options->board = board_layouts[0];
    options->version = IMAGE_VERSION(1, 0, 0);
    options->product = IMAGE_PRODUCT;
    if (argc < 2) {
        return tool_refuse("no command; see --help");
    }
    if (strcmp(argv[1], "--help") == 0) {
        options->help = true;
        return 0;
    }
    if (read_command(options, argv[1]) != 0 || read_all(options, argc - 1, argv + 1) != 0) {
        return -1;
    }
    place_slot(options);
    return options->help ? 0 : check_complete(options);
}
