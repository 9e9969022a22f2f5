#include "tool_commands.h"
#include "tool_file.h"
#include "tool_key.h"
#include "tool_report.h"

#include "byte_order.h"
#include "image_signer.h"
#include "test_keys.h"

#define AT_FORMAT 4U

/* Header and body. */
struct image_file {
    uint8_t bytes[IMAGE_HEADER_SIZE + TOOL_FILE_MOST];
    size_t length;
};

/* Reads the body, behind the header's place. */
static int load_body(const struct tool_options *options, struct image_file *image)
{
    size_t length = 0;

    if (tool_file_read(options->body, image->bytes + IMAGE_HEADER_SIZE, TOOL_FILE_MOST, &length) !=
        0) {
        return -1;
    }
    if (length == 0) {
        return tool_refuse("%s: empty; a body has at least 1 byte", options->body);
    }
    if (options->slot_size < IMAGE_HEADER_SIZE || length > options->slot_size - IMAGE_HEADER_SIZE) {
        return tool_refuse(
            "%s: %zu bytes and a header of %u do not fit into a slot of %u; name the "
            "--board, or a --slot-size, if its slots are larger",
            options->body, length, IMAGE_HEADER_SIZE, (unsigned)options->slot_size);
    }
    image->length = IMAGE_HEADER_SIZE + length;
    return 0;
}

/* What is wrong and signed. */
static void spoil_claims(const struct tool_options *options, struct image_info *info)
{
    switch ((int)options->wrong) {
    case TOOL_WRONG_PRODUCT:
        info->product++;
        break;
    case TOOL_WRONG_SLOT:
        info->slot_address += options->slot_size;
        break;
    case TOOL_WRONG_LENGTH:
        info->body_length = UINT32_MAX;
        break;
    case TOOL_WRONG_OLDER:
        info->security_counter--;
        break;
    case TOOL_WRONG_HASH:
        info->body_hash[0] ^= 1U;
        break;
    default:
        break;
    }
}

/* What is wrong and not signed. */
static void spoil_bytes(const struct tool_options *options, struct image_file *image)
{
    switch ((int)options->wrong) {
    case TOOL_WRONG_BODY:
        image->bytes[image->length - 1U] ^= 1U;
        break;
    case TOOL_WRONG_SIGNATURE:
        image->bytes[IMAGE_HEADER_SIZE - 1U] ^= 1U;
        break;
    case TOOL_WRONG_TRUNCATED:
        image->length--;
        break;
    default:
        break;
    }
}

/* Writes the header. 0 or -1. */
static int sign(const struct tool_options *options, const uint8_t *private_key,
                struct image_file *image)
{
    struct image_info info = {.product = options->product,
                              .slot_address = options->slot_address,
                              .body_length = (uint32_t)(image->length - IMAGE_HEADER_SIZE),
                              .version = options->version,
                              .security_counter = options->security_counter};
    int result;

    if (options->wrong == TOOL_WRONG_KEY) {
        private_key = test_unlock_private_key;
    }
    if (crypto_sha256(image->bytes + IMAGE_HEADER_SIZE, info.body_length, NULL, 0,
                      info.body_hash) != CRYPTO_OK) {
        return tool_refuse("%s", signer_strerror(SIGNER_ERROR_INTERNAL));
    }
    spoil_claims(options, &info);
    image_encode(&info, image->bytes);
    if (options->wrong == TOOL_WRONG_FORMAT) {
        put_le16(image->bytes + AT_FORMAT, IMAGE_FORMAT + 1U);
    }
    result = signer_sign_header(private_key, image->bytes);
    spoil_bytes(options, image);
    return result == SIGNER_OK ? 0 : tool_refuse("%s", signer_strerror(result));
}

int tool_sign(const struct tool_options *options)
{
    uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE];
    static struct image_file image;
    int result = -1;

    if (options->wrong == TOOL_WRONG_OLDER && options->security_counter == 0) {
        (void)tool_refuse("--wrong older: nothing is older than security counter 0; give a "
                          "--security-counter");
        return TOOL_EXIT_USAGE;
    }
    if (tool_key_read_private(options->key, private_key) == 0 && load_body(options, &image) == 0 &&
        sign(options, private_key, &image) == 0) {
        result = tool_file_write(options->out, image.bytes, image.length, false);
    }
    crypto_wipe(private_key, sizeof private_key);
    return result == 0 ? TOOL_EXIT_OK : TOOL_EXIT_USAGE;
}
