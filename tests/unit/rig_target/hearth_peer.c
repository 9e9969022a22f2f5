#include "hearth_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

enum {
    SESSION = 0x01020304,
    HELLO_ANSWER = 41,
};

void hearth_peer_create(struct hearth_peer *peer, const char *password)
{
    struct diagnostic diagnostic = {""};

    memset(peer, 0, sizeof *peer);
    memset(peer->device_id, 0xD1, sizeof peer->device_id);
    memset(peer->verifier.salt, 0x5A, sizeof peer->verifier.salt);
    peer->verifier.iterations = 1000;
    assert_int_equal(hearth_verifier_derive(&peer->verifier, password, &diagnostic), RIG_OK);
}

static void put(uint8_t *bytes, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

/* The header of an answer to the message. */
static void begin(const uint8_t *message, uint8_t *answer, uint8_t type, size_t size)
{
    memcpy(answer, message, HEARTH_HEADER);
    answer[1] = (uint8_t)(type | HEARTH_ANSWER);
    put(answer + 2, (uint32_t)size, 2);
}

static void refuse(const uint8_t *message, uint8_t *answer, uint8_t status, uint32_t wait_ms)
{
    begin(message, answer, HEARTH_REFUSED, 5);
    answer[HEARTH_HEADER] = status;
    put(answer + HEARTH_HEADER + 1, wait_ms, 4);
}

static void answer_hello(struct hearth_peer *peer, const uint8_t *message, uint8_t *answer)
{
    uint8_t *payload = answer + HEARTH_HEADER;
    const struct hearth_session_secrets secrets = {peer->verifier.key, message + HEARTH_HEADER,
                                                   payload + 1, peer->device_id};
    const struct hearth_transcript transcript = {message, HEARTH_HEADER + HEARTH_NONCE, answer,
                                                 HEARTH_HEADER + HELLO_ANSWER};
    struct diagnostic diagnostic = {""};

    begin(message, answer, HEARTH_HELLO, HELLO_ANSWER);
    put(answer + 4, peer->lie == PEER_NO_SESSION ? 0 : SESSION, 4);
    payload[0] = HEARTH_STATUS_OK;
    memset(payload + 1, (int)peer->messages, HEARTH_NONCE);
    memcpy(payload + 17, peer->verifier.salt, HEARTH_SALT);
    put(payload + 33, peer->verifier.iterations, 4);
    put(payload + 37, 0, 4);
    assert_int_equal(hearth_keys_derive(&secrets, &peer->keys, &diagnostic), RIG_OK);
    assert_int_equal(hearth_transcript_hash(&transcript, peer->transcript, &diagnostic), RIG_OK);
}

/* Opens the message, and seals its payload behind the status. */
static void answer_sealed(const struct hearth_peer *peer, uint8_t *message, size_t size,
                          uint8_t *answer)
{
    const uint8_t *transcript = message[1] == HEARTH_LOGIN ? peer->transcript : NULL;
    const size_t payload = size - HEARTH_HEADER - HEARTH_TAG;
    const struct hearth_sealing theirs = {peer->keys.to_device, 0, transcript, message, payload};
    const struct hearth_sealing ours = {peer->keys.to_client, 1, transcript, answer, payload + 1};
    struct diagnostic diagnostic = {""};

    assert_in_range(size, HEARTH_HEADER + HEARTH_TAG, HEARTH_MESSAGE);
    assert_int_equal(message[2] | message[3] << 8, payload);
    if (hearth_open(&theirs, &diagnostic) != RIG_OK) {
        refuse(message, answer, HEARTH_STATUS_WRONG_PROOF, 1000);
        return;
    }
    begin(message, answer, message[1], payload + 1);
    answer[HEARTH_HEADER] = HEARTH_STATUS_OK;
    memcpy(answer + HEARTH_HEADER + 1, message + HEARTH_HEADER, payload);
    assert_int_equal(hearth_seal(&ours, &diagnostic), RIG_OK);
}

static void lie(enum peer_lie lie, const uint8_t *message, size_t size, uint8_t *answer)
{
    const size_t payload = (size_t)(answer[2] | answer[3] << 8);

    switch (lie) {
    case PEER_VERSION:
        answer[0]++;
        break;
    case PEER_SHORT:
        put(answer + 2, 0, 2);
        break;
    case PEER_LONG:
        put(answer + 2, UINT16_MAX, 2);
        break;
    case PEER_ALMOST_LONG:
        put(answer + 2, HEARTH_PAYLOAD + 1, 2);
        break;
    case PEER_OTHER_TYPE:
        answer[1] ^= 0x40;
        break;
    case PEER_OTHER_SESSION:
        answer[4] ^= 1;
        break;
    case PEER_OTHER_SEQUENCE:
        answer[8] ^= 1;
        break;
    case PEER_TAG:
        answer[HEARTH_HEADER + payload] ^= 1;
        break;
    case PEER_PAYLOAD:
        answer[HEARTH_HEADER] ^= 1;
        break;
    case PEER_ECHO:
        memcpy(answer, message, size);
        break;
    case PEER_REFUSED_DONE:
        refuse(message, answer, HEARTH_STATUS_OK, 0);
        break;
    case PEER_REFUSED_OTHERS:
        refuse(message, answer, HEARTH_STATUS_WAIT, 1);
        answer[8] ^= 1;
        break;
    default:
        break;
    }
}

int hearth_peer_carry(void *context, const uint8_t *message, size_t size,
                      uint8_t answer[HEARTH_MESSAGE], int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    struct hearth_peer *peer = context;
    uint8_t copy[HEARTH_MESSAGE];

    (void)deadline_ms;
    peer->messages++;
    memset(answer, 0xEE, HEARTH_MESSAGE);
    memcpy(copy, message, size);
    if (peer->refusal != 0) {
        refuse(message, answer, peer->refusal, 1000);
    } else if (message[1] == HEARTH_HELLO) {
        answer_hello(peer, message, answer);
    } else {
        answer_sealed(peer, copy, size, answer);
    }
    if (peer->lie_about == message[1]) {
        if (peer->lie == PEER_SILENT) {
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "silent");
        }
        lie(peer->lie, message, size, answer);
    }
    return RIG_OK;
}
