#include "tool_commands.h"
#include "tool_file.h"
#include "tool_key.h"
#include "tool_report.h"

#include <stdio.h>
#include <string.h>

#define MAX_TEXT        4096U
#define BYTES_IN_A_LINE 12U

/* The file in the making. MAX_TEXT is more than two keys take. */
struct text {
    char bytes[MAX_TEXT];
    size_t length;
};

static void add(struct text *text, const char *more)
{
    const size_t length = strlen(more);

    if (length < sizeof text->bytes - text->length) {
        memcpy(text->bytes + text->length, more, length);
        text->length += length;
    }
}

static void add_key(struct text *text, const char *name, const uint8_t *key)
{
    char byte[8];

    add(text, "\nconst uint8_t ");
    add(text, name);
    add(text, "[CRYPTO_PUBLIC_KEY_SIZE] = {");
    for (size_t i = 0; i < CRYPTO_PUBLIC_KEY_SIZE; i++) {
        add(text, i % BYTES_IN_A_LINE == 0 ? "\n    " : " ");
        (void)snprintf(byte, sizeof byte, "0x%02X,", key[i]);
        add(text, byte);
    }
    add(text, "\n};\n");
}

int tool_vendor_keys(const struct tool_options *options)
{
    uint8_t image_key[CRYPTO_PUBLIC_KEY_SIZE];
    uint8_t unlock_key[CRYPTO_PUBLIC_KEY_SIZE];
    struct text text = {.length = 0};

    if (tool_key_read_public(options->image_key, image_key) != 0 ||
        tool_key_read_public(options->unlock_key, unlock_key) != 0) {
        return TOOL_EXIT_USAGE;
    }
    if (memcmp(image_key, unlock_key, sizeof image_key) == 0) {
        (void)tool_refuse("--image-key and --unlock-key are one key; make another with keygen");
        return TOOL_EXIT_USAGE;
    }
    add(&text, "/* Made by `hearth-image vendor-keys`. Public halves only. */\n"
               "#include \"vendor_keys.h\"\n");
    add_key(&text, "vendor_image_key", image_key);
    add_key(&text, "vendor_unlock_key", unlock_key);
    return tool_file_write(options->out, text.bytes, text.length, false) == 0 ? TOOL_EXIT_OK
                                                                              : TOOL_EXIT_USAGE;
}
