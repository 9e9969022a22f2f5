/* mailbox_message.h - the frame of mailbox messages: header, sealing, answers. See mailbox.h. */
#ifndef APP_MAILBOX_MESSAGE_H
#define APP_MAILBOX_MESSAGE_H

#include "access.h"
#include "factory.h"
#include "mailbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mailbox_direction { MAILBOX_TO_DEVICE = 0, MAILBOX_TO_CLIENT = 1 };

struct mailbox_header {
    uint8_t type;
    uint16_t length; /* of the payload */
    uint32_t session;
    uint32_t sequence;
};

/* A key and what is authenticated beside the header. `extra` is NULL but in LOGIN. */
struct mailbox_seal {
    const uint8_t *key;
    enum mailbox_direction direction;
    const uint8_t *extra; /* CRYPTO_HASH_SIZE bytes, or NULL */
};

/*
 * Reads the header. False if the message is shorter than it says, of another version, or longer
 * than a payload may be. `tag_size` is what has to follow the payload: 0 or CRYPTO_TAG_SIZE.
 */
bool mailbox_header_decode(struct mailbox_header *header, const uint8_t *message, size_t length,
                           size_t tag_size);

void mailbox_header_encode(const struct mailbox_header *header, uint8_t *message);

/* Encrypts the payload of `message` in place and appends the tag. Returns a crypto_error. */
HAL_MUST_CHECK int mailbox_seal(const struct mailbox_seal *seal, uint8_t *message);

/* Checks tag and header, decrypts the payload in place. Returns a crypto_error. */
HAL_MUST_CHECK int mailbox_open(const struct mailbox_seal *seal, uint8_t *message);

/* Both session keys, to-device first. `key` is K of mailbox.h. Returns a crypto_error. */
struct mailbox_key_input {
    const uint8_t *key;          /* PASSWORD_KEY_SIZE */
    const uint8_t *client_nonce; /* MAILBOX_NONCE_SIZE */
    const uint8_t *device_nonce; /* MAILBOX_NONCE_SIZE */
    const uint8_t *device_id;    /* FACTORY_DEVICE_ID_SIZE */
};
HAL_MUST_CHECK int mailbox_derive_keys(const struct mailbox_key_input *input,
                                       uint8_t to_device[CRYPTO_KEY_SIZE],
                                       uint8_t to_client[CRYPTO_KEY_SIZE]);

#endif
