/* tool_options.h - the command line of hearth-image. */
#ifndef TOOLS_TOOL_OPTIONS_H
#define TOOLS_TOOL_OPTIONS_H

#include "flash_layout.h"
#include "hal.h"

#include <stdbool.h>
#include <stdint.h>

enum tool_command { TOOL_KEYGEN, TOOL_VENDOR_KEYS, TOOL_SIGN, TOOL_INSPECT, TOOL_COMMAND_COUNT };

/* How a signed image is made wrong, for tests. */
enum tool_wrong {
    TOOL_WRONG_NOTHING,
    TOOL_WRONG_BODY,      /* a bit of the body turned over after signing */
    TOOL_WRONG_SIGNATURE, /* a bit of the signature turned over */
    TOOL_WRONG_KEY,       /* signed with the test key for unlock tokens */
    TOOL_WRONG_PRODUCT,
    TOOL_WRONG_SLOT,
    TOOL_WRONG_LENGTH,    /* 4 GiB less one */
    TOOL_WRONG_TRUNCATED, /* the last byte is missing */
    TOOL_WRONG_OLDER,     /* security counter one less */
    TOOL_WRONG_FORMAT,
    TOOL_WRONG_HASH, /* signed, with another body's hash */
    TOOL_WRONG_COUNT
};

/* The name that --wrong knows it by. */
const char *tool_wrong_name(enum tool_wrong wrong);

/* Texts stay in the command line; NULL if not given. */
struct tool_options {
    bool help; /* print the help and end; nothing else is valid */
    enum tool_command command;
    const char *out;
    const char *key; /* PEM */
    const char *image_key;
    const char *unlock_key;
    const char *body;
    const char *image; /* the file to inspect */
    const struct flash_layout *board;
    bool has_slot;
    char slot_letter;      /* 'a' or 'b', of the board; 0: the address was given */
    uint32_t slot_address; /* valid if has_slot; bytes */
    bool has_slot_size;    /* else it is the board's */
    uint32_t slot_size;    /* bytes */
    uint32_t version;
    uint32_t security_counter; /* sign: of the image; inspect: the stored one */
    uint32_t product;
    enum tool_wrong wrong;
    bool json;
};

/* Reads the command line. Returns 0, or -1 after saying what is wrong. */
HAL_MUST_CHECK int tool_options_read(struct tool_options *options, int argc, char **argv);

/* Prints what commands and options mean. */
void tool_options_print_help(void);

#endif
