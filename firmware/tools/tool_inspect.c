/* What is printed comes from the file that is looked at: numbers and texts of our own, never its
 * bytes. */
#include "tool_commands.h"
#include "tool_file.h"
#include "tool_key.h"
#include "tool_report.h"

#include "byte_order.h"
#include "image.h"

#include <stdio.h>
#include <string.h>

/* What is known of an image. */
struct inspection {
    const uint8_t *bytes;
    size_t length;
    struct image_info info;
    bool checked;   /* the signature was */
    bool body_ok;   /* is there, and is the one of the header */
    bool signed_ok; /* valid if checked */
    int reason;     /* enum image_error: why it may not run, as far as is known */
};

static bool format_known(const struct inspection *inspection)
{
    uint8_t again[IMAGE_SIGNED_SIZE];

    image_encode(&inspection->info, again);
    return memcmp(again, inspection->bytes, sizeof again) == 0;
}

static bool signature_holds(const uint8_t *header, const uint8_t *public_key)
{
    uint8_t hash[CRYPTO_HASH_SIZE];

    return crypto_sha256(header, IMAGE_SIGNED_SIZE, NULL, 0, hash) == CRYPTO_OK &&
           crypto_verify_signature(public_key, hash, header + IMAGE_SIGNED_SIZE) == CRYPTO_OK;
}

static bool body_matches(const struct inspection *inspection)
{
    const uint32_t length = inspection->info.body_length;
    uint8_t hash[CRYPTO_HASH_SIZE];

    return length <= inspection->length - IMAGE_HEADER_SIZE &&
           crypto_sha256(inspection->bytes + IMAGE_HEADER_SIZE, length, NULL, 0, hash) ==
               CRYPTO_OK &&
           memcmp(hash, inspection->info.body_hash, sizeof hash) == 0;
}

/* In the order of image.h. What was not asked for is not checked. */
static int judge(const struct inspection *inspection, const struct tool_options *options)
{
    const struct image_info *info = &inspection->info;

    if (!format_known(inspection)) {
        return IMAGE_ERROR_FORMAT;
    }
    if (inspection->checked && !inspection->signed_ok) {
        return IMAGE_ERROR_SIGNATURE;
    }
    if (info->product != IMAGE_PRODUCT) {
        return IMAGE_ERROR_PRODUCT;
    }
    if (options->has_slot && info->slot_address != options->slot_address) {
        return IMAGE_ERROR_SLOT;
    }
    if (info->body_length == 0 || options->slot_size < IMAGE_HEADER_SIZE ||
        info->body_length > options->slot_size - IMAGE_HEADER_SIZE) {
        return IMAGE_ERROR_LENGTH;
    }
    if (info->security_counter < options->security_counter) {
        return IMAGE_ERROR_OLDER;
    }
    return inspection->body_ok ? IMAGE_OK : IMAGE_ERROR_BODY;
}

static const char *signature_text(const struct inspection *inspection)
{
    if (!inspection->checked) {
        return "unchecked";
    }
    return inspection->signed_ok ? "valid" : "invalid";
}

static void print_hash(const uint8_t *hash)
{
    for (size_t i = 0; i < CRYPTO_HASH_SIZE; i++) {
        (void)printf("%02x", hash[i]);
    }
}

static void print_json(const struct inspection *inspection)
{
    const struct image_info *info = &inspection->info;

    (void)printf("{\"format\": %u, \"header_size\": %u, \"product\": %u, \"slot_address\": %u, "
                 "\"body_length\": %u, \"version\": \"%u.%u.%u\", \"security_counter\": %u, "
                 "\"body_hash\": \"",
                 get_le16(inspection->bytes + 4), get_le16(inspection->bytes + 6),
                 (unsigned)info->product, (unsigned)info->slot_address, (unsigned)info->body_length,
                 (unsigned)(info->version >> 24), (unsigned)((info->version >> 16) & 0xFFU),
                 (unsigned)(info->version & 0xFFFFU), (unsigned)info->security_counter);
    print_hash(info->body_hash);
    (void)printf(
        "\", \"body\": \"%s\", \"signature\": \"%s\", \"may_run\": %s, \"reason\": \"%s\"}\n",
        inspection->body_ok ? "as signed" : "differs", signature_text(inspection),
        inspection->reason == IMAGE_OK && inspection->checked ? "true" : "false",
        inspection->reason != IMAGE_OK || inspection->checked ? image_strerror(inspection->reason)
                                                              : "signature was not checked");
}

static void print_lines(const struct inspection *inspection)
{
    const struct image_info *info = &inspection->info;

    (void)printf("format            %u, header of %u bytes\n", get_le16(inspection->bytes + 4),
                 get_le16(inspection->bytes + 6));
    (void)printf("product           0x%08x\n", (unsigned)info->product);
    (void)printf("slot address      0x%08x\n", (unsigned)info->slot_address);
    (void)printf("body length       %u bytes, %zu in the file\n", (unsigned)info->body_length,
                 inspection->length - IMAGE_HEADER_SIZE);
    (void)printf("version           %u.%u.%u\n", (unsigned)(info->version >> 24),
                 (unsigned)((info->version >> 16) & 0xFFU), (unsigned)(info->version & 0xFFFFU));
    (void)printf("security counter  %u\n", (unsigned)info->security_counter);
    (void)printf("body hash         ");
    print_hash(info->body_hash);
    (void)printf(", %s\n", inspection->body_ok ? "as in the file" : "not that of the file");
    (void)printf("signature         %s\n", signature_text(inspection));
    if (inspection->reason != IMAGE_OK) {
        (void)printf("may run           no: %s\n", image_strerror(inspection->reason));
    } else {
        (void)printf("may run           %s\n",
                     inspection->checked ? "yes" : "unknown; give --key PEM to check with");
    }
}

static int inspect(const struct tool_options *options, struct inspection *inspection)
{
    uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE];

    if (inspection->length < IMAGE_HEADER_SIZE) {
        (void)tool_refuse("%s: %zu bytes are no image; a header alone has %u", options->image,
                          inspection->length, IMAGE_HEADER_SIZE);
        return TOOL_EXIT_USAGE;
    }
    if (options->key != NULL) {
        if (tool_key_read_public(options->key, public_key) != 0) {
            return TOOL_EXIT_USAGE;
        }
        inspection->checked = true;
        inspection->signed_ok = signature_holds(inspection->bytes, public_key);
    }
    image_decode(&inspection->info, inspection->bytes);
    inspection->body_ok = body_matches(inspection);
    inspection->reason = judge(inspection, options);
    if (options->json) {
        print_json(inspection);
    } else {
        print_lines(inspection);
    }
    return inspection->reason == IMAGE_OK ? TOOL_EXIT_OK : TOOL_EXIT_NO;
}

int tool_inspect(const struct tool_options *options)
{
    static uint8_t bytes[IMAGE_HEADER_SIZE + TOOL_FILE_MOST];
    struct inspection inspection = {.length = 0};

    if (tool_file_read(options->image, bytes, sizeof bytes, &inspection.length) != 0) {
        return TOOL_EXIT_USAGE;
    }
    inspection.bytes = bytes;
    return inspect(options, &inspection);
}
