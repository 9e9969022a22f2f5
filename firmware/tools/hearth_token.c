/*
 * hearth-token - the vendor's answer to a device that asks who wants to debug it (debug_lock.h): an
 * unlock token; or, for tests, one that is wrong in one way. See --help for its options.
 */
#include "byte_order.h"
#include "debug_lock.h"
#include "image_signer.h"
#include "test_keys.h"
#include "tool_key.h"
#include "tool_report.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define CHALLENGE_SIZE (DEBUG_LOCK_NONCE_SIZE + 4U)
#define OTHER_LABEL    "hearth identify 1"

const char tool_name[] = "hearth-token";

/* What a token is. */
enum token_kind {
    TOKEN_GENUINE,
    TOKEN_FORGED,
    TOKEN_IMAGE_KEY,
    TOKEN_OTHER_DEVICE,
    TOKEN_OTHER_NONCE,
    TOKEN_OLD_EPOCH,
    TOKEN_OTHER_TYPE,
    TOKEN_KINDS
};

static const char *const kind_names[TOKEN_KINDS] = {
    [TOKEN_GENUINE] = "genuine",         [TOKEN_FORGED] = "forged",
    [TOKEN_IMAGE_KEY] = "image-key",     [TOKEN_OTHER_DEVICE] = "other-device",
    [TOKEN_OTHER_NONCE] = "other-nonce", [TOKEN_OLD_EPOCH] = "old-epoch",
    [TOKEN_OTHER_TYPE] = "other-type",
};

struct token_options {
    bool help;
    const char *device_id;
    const char *challenge;
    const char *spent; /* NULL: the epoch before */
    const char *key;   /* NULL: the test key */
    enum token_kind kind;
};

static void print_help(void)
{
    (void)printf(
        "usage: hearth-token --device-id HEX --challenge HEX [option]...\n"
        "Makes the token that opens the debug port of one device, once, until its next reset.\n"
        "\n"
        "  --device-id HEX  16 bytes, as on the label\n"
        "  --challenge HEX  36 bytes, as the device gave them: nonce 32, epoch 4\n"
        "  --spent HEX      for --kind old-epoch: a challenge of before, whose epoch is taken\n"
        "                   (default: the one before this challenge's)\n"
        "  --key FILE       the vendor's private unlock key, PEM (default: the test key, which\n"
        "                   everybody knows)\n"
        "  --kind WORD      genuine (default); or, for tests: forged (by an unknown key),\n"
        "                   image-key (by the key for images), other-device, other-nonce,\n"
        "                   old-epoch, other-type (a statement of the vendor's with another\n"
        "                   purpose about the same device)\n"
        "  --help           this text\n"
        "\n"
        "Prints the token in hexadecimal. Exit: 0 made, 2 options or files.\n");
}

/* ---- command line ---- */

static int read_kind(struct token_options *options, const char *text)
{
    for (int kind = 0; kind < TOKEN_KINDS; kind++) {
        if (strcmp(text, kind_names[kind]) == 0) {
            options->kind = (enum token_kind)kind;
            return 0;
        }
    }
    return tool_refuse("--kind %s: no such kind; see --help", text);
}

static int read_option(struct token_options *options, int code)
{
    switch (code) {
    case 'd':
        options->device_id = optarg;
        return 0;
    case 'c':
        options->challenge = optarg;
        return 0;
    case 's':
        options->spent = optarg;
        return 0;
    case 'k':
        options->key = optarg;
        return 0;
    case 't':
        return read_kind(options, optarg);
    case 'h':
        options->help = true;
        return 0;
    default:
        return tool_refuse("unknown option, or one without its value; see --help");
    }
}

static int read_options(struct token_options *options, int argc, char **argv)
{
    static const struct option table[] = {
        {"device-id", required_argument, NULL, 'd'},
        {"challenge", required_argument, NULL, 'c'},
        {"spent", required_argument, NULL, 's'},
        {"key", required_argument, NULL, 'k'},
        {"kind", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int code;

    opterr = 0;
    while ((code = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (read_option(options, code) != 0) {
            return -1;
        }
    }
    if (optind < argc) {
        return tool_refuse("%s: not an option; see --help", argv[optind]);
    }
    if (!options->help && (options->device_id == NULL || options->challenge == NULL)) {
        return tool_refuse("give --device-id and --challenge; see --help");
    }
    return 0;
}

static int digit(char character)
{
    const char *const digits = "0123456789abcdef";
    const char *found = character == '\0' ? NULL : strchr(digits, character | 0x20);

    return found == NULL ? -1 : (int)(found - digits);
}

static int read_hex(const char *option, const char *text, uint8_t *bytes, size_t size)
{
    bool right = text != NULL && strlen(text) == 2 * size;

    for (size_t i = 0; right && i < size; i++) {
        const int high = digit(text[2 * i]);
        const int low = digit(text[2 * i + 1]);

        right = high >= 0 && low >= 0;
        bytes[i] = right ? (uint8_t)(high * 16 + low) : 0;
    }
    return right ? 0 : tool_refuse("%s: give %zu bytes in hexadecimal", option, size);
}

/* ---- the token ---- */

static int read_claim(const struct token_options *options, struct debug_lock_claim *claim)
{
    uint8_t challenge[CHALLENGE_SIZE] = {0};

    if (read_hex("--device-id", options->device_id, claim->device_id, sizeof claim->device_id) !=
            0 ||
        read_hex("--challenge", options->challenge, challenge, sizeof challenge) != 0) {
        return -1;
    }
    memcpy(claim->nonce, challenge, sizeof claim->nonce);
    claim->epoch = get_le32(challenge + DEBUG_LOCK_NONCE_SIZE);
    return 0;
}

static int spoil(const struct token_options *options, struct debug_lock_claim *claim)
{
    uint8_t spent[CHALLENGE_SIZE] = {0};

    switch ((int)options->kind) {
    case TOKEN_OTHER_DEVICE:
        claim->device_id[sizeof claim->device_id - 1U] ^= 1U; /* as serial numbers differ */
        break;
    case TOKEN_OTHER_NONCE:
        claim->nonce[0] ^= 1U;
        break;
    case TOKEN_OLD_EPOCH:
        claim->epoch--;
        if (options->spent != NULL) {
            if (read_hex("--spent", options->spent, spent, sizeof spent) != 0) {
                return -1;
            }
            claim->epoch = get_le32(spent + DEBUG_LOCK_NONCE_SIZE);
        }
        break;
    default:
        break;
    }
    return 0;
}

/* The same claim, under a label that debug_lock.h does not know. */
static int hash_other_type(const struct debug_lock_claim *claim, uint8_t hash[CRYPTO_HASH_SIZE])
{
    static const char label[] = OTHER_LABEL;
    uint8_t message[sizeof claim->device_id + sizeof claim->nonce + 4U];

    memcpy(message, claim->device_id, sizeof claim->device_id);
    memcpy(message + sizeof claim->device_id, claim->nonce, sizeof claim->nonce);
    put_le32(message + sizeof claim->device_id + sizeof claim->nonce, claim->epoch);
    return crypto_sha256((const uint8_t *)label, sizeof label - 1U, message, sizeof message, hash);
}

static int load_key(const struct token_options *options,
                    uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE])
{
    if (options->kind == TOKEN_IMAGE_KEY) {
        memcpy(private_key, test_image_private_key, SIGNER_PRIVATE_KEY_SIZE);
    } else if (options->key != NULL && tool_key_read_private(options->key, private_key) != 0) {
        return -1;
    } else if (options->key == NULL) {
        memcpy(private_key, test_unlock_private_key, SIGNER_PRIVATE_KEY_SIZE);
    }
    if (options->kind == TOKEN_FORGED) {
        private_key[SIGNER_PRIVATE_KEY_SIZE - 1U] ^= 1U; /* nobody's */
    }
    return 0;
}

static int make_token(const struct token_options *options, uint8_t token[DEBUG_LOCK_TOKEN_SIZE])
{
    uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE];
    uint8_t hash[CRYPTO_HASH_SIZE];
    struct debug_lock_claim claim;
    int result;

    if (read_claim(options, &claim) != 0 || spoil(options, &claim) != 0 ||
        load_key(options, private_key) != 0) {
        return -1;
    }
    result = options->kind == TOKEN_OTHER_TYPE ? hash_other_type(&claim, hash)
                                               : debug_lock_hash(&claim, hash);
    if (result == CRYPTO_OK) {
        result = signer_sign_hash(private_key, hash, token);
    } else {
        result = SIGNER_ERROR_INTERNAL;
    }
    crypto_wipe(private_key, sizeof private_key);
    return result == SIGNER_OK ? 0 : tool_refuse("%s", signer_strerror(result));
}

int main(int argc, char **argv)
{
    struct token_options options = {.kind = TOKEN_GENUINE};
    uint8_t token[DEBUG_LOCK_TOKEN_SIZE] = {0};

    if (read_options(&options, argc, argv) != 0) {
        return TOOL_EXIT_USAGE;
    }
    if (options.help) {
        print_help();
    } else if (make_token(&options, token) != 0) {
        return TOOL_EXIT_USAGE;
    } else {
        for (size_t i = 0; i < sizeof token; i++) {
            (void)printf("%02x", token[i]);
        }
        (void)printf("\n");
    }
    if (fflush(stdout) != 0) {
        (void)tool_refuse("stdout cannot be written");
        return TOOL_EXIT_USAGE;
    }
    return TOOL_EXIT_OK;
}
