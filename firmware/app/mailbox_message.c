#include "mailbox_message.h"

#include "byte_order.h"

#include <string.h>

#define LABEL_SIZE (sizeof MAILBOX_KEY_LABEL - 1U)

bool mailbox_header_decode(struct mailbox_header *header, const uint8_t *message, size_t length,
                           size_t tag_size)
{
    if (length < MAILBOX_HEADER_SIZE + tag_size || message[0] != MAILBOX_VERSION) {
        return false;
    }
    header->type = message[1];
    header->length = get_le16(message + 2);
    header->session = get_le32(message + 4);
    header->sequence = get_le32(message + 8);
    return header->length <= length - MAILBOX_HEADER_SIZE - tag_size;
}

void mailbox_header_encode(const struct mailbox_header *header, uint8_t *message)
{
    message[0] = MAILBOX_VERSION;
    message[1] = header->type;
    put_le16(message + 2, header->length);
    put_le32(message + 4, header->session);
    put_le32(message + 8, header->sequence);
}

/* `associated` has room for a header and a hash. */
static void prepare_seal(const struct mailbox_seal *seal, const uint8_t *message,
                         struct crypto_seal *prepared, uint8_t *associated)
{
    memcpy(prepared->key, seal->key, CRYPTO_KEY_SIZE);
    memset(prepared->nonce, 0, CRYPTO_NONCE_SIZE);
    prepared->nonce[0] = (uint8_t)seal->direction;
    memcpy(prepared->nonce + 1, message + 4, 8); /* session and sequence */
    memcpy(associated, message, MAILBOX_HEADER_SIZE);
    prepared->associated = associated;
    prepared->associated_length = MAILBOX_HEADER_SIZE;
    if (seal->extra != NULL) {
        memcpy(associated + MAILBOX_HEADER_SIZE, seal->extra, CRYPTO_HASH_SIZE);
        prepared->associated_length += CRYPTO_HASH_SIZE;
    }
}

typedef int cipher_function(const struct crypto_seal *seal, uint8_t *payload, size_t length,
                            uint8_t *tag);

static int open_checked(const struct crypto_seal *seal, uint8_t *payload, size_t length,
                        uint8_t *tag)
{
    return crypto_gcm_open(seal, payload, length, tag);
}

/* Runs `cipher` over the payload and the tag behind it. */
static int apply(cipher_function *cipher, const struct mailbox_seal *seal, uint8_t *message)
{
    uint8_t associated[MAILBOX_HEADER_SIZE + CRYPTO_HASH_SIZE];
    uint8_t *payload = message + MAILBOX_HEADER_SIZE;
    uint16_t length = get_le16(message + 2);
    struct crypto_seal prepared;
    int result;

    prepare_seal(seal, message, &prepared, associated);
    result = cipher(&prepared, payload, length, payload + length);
    crypto_wipe(&prepared, sizeof prepared);
    return result;
}

int mailbox_seal(const struct mailbox_seal *seal, uint8_t *message)
{
    return apply(crypto_gcm_seal, seal, message);
}

int mailbox_open(const struct mailbox_seal *seal, uint8_t *message)
{
    return apply(open_checked, seal, message);
}

int mailbox_derive_keys(const struct mailbox_key_input *input, uint8_t to_device[CRYPTO_KEY_SIZE],
                        uint8_t to_client[CRYPTO_KEY_SIZE])
{
    uint8_t salt[2U * MAILBOX_NONCE_SIZE];
    uint8_t info[LABEL_SIZE + FACTORY_DEVICE_ID_SIZE];
    uint8_t keys[2U * CRYPTO_KEY_SIZE];
    const struct crypto_hkdf_input hkdf = {.key = input->key,
                                           .key_length = PASSWORD_KEY_SIZE,
                                           .salt = salt,
                                           .salt_length = sizeof salt,
                                           .info = info,
                                           .info_length = sizeof info};
    int result;

    memcpy(salt, input->client_nonce, MAILBOX_NONCE_SIZE);
    memcpy(salt + MAILBOX_NONCE_SIZE, input->device_nonce, MAILBOX_NONCE_SIZE);
    memcpy(info, MAILBOX_KEY_LABEL, LABEL_SIZE);
    memcpy(info + LABEL_SIZE, input->device_id, FACTORY_DEVICE_ID_SIZE);
    result = crypto_hkdf_sha256(&hkdf, keys, sizeof keys);
    if (result == CRYPTO_OK) {
        memcpy(to_device, keys, CRYPTO_KEY_SIZE);
        memcpy(to_client, keys + CRYPTO_KEY_SIZE, CRYPTO_KEY_SIZE);
    }
    crypto_wipe(keys, sizeof keys);
    return result;
}
