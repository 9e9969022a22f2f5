#include "mailbox_link.h"

#include "byte_order.h"
#include "registers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

void mailbox_link_init(struct mailbox_link *link, modbus_t *modbus,
                       const struct device_process *device)
{
    memset(link, 0, sizeof *link);
    link->modbus = modbus;
    memcpy(link->device_id, device->device_id, sizeof link->device_id);
}

int mailbox_link_carry(const struct mailbox_link *link, const uint8_t *message, size_t length,
                       uint8_t answer[MAILBOX_MAX_MESSAGE])
{
    uint8_t padded[MAILBOX_MAX_MESSAGE + 1U] = {0};
    uint16_t out[REGISTERS_MAILBOX_COUNT];
    uint16_t in[REGISTERS_MAILBOX_COUNT];
    const int count = (int)((length + 1U) / 2U);

    memcpy(padded, message, length);
    for (int i = 0; i < count; i++) {
        out[i] = get_be16(padded + 2 * (size_t)i);
    }
    if (modbus_write_and_read_registers(link->modbus, REGISTERS_MAILBOX, count, out,
                                        REGISTERS_MAILBOX, REGISTERS_MAILBOX_COUNT,
                                        in) != (int)REGISTERS_MAILBOX_COUNT) {
        return MAILBOX_LINK_FAILED;
    }
    for (size_t i = 0; i < REGISTERS_MAILBOX_COUNT; i++) {
        put_be16(answer + 2 * i, in[i]);
    }
    return MAILBOX_CLIENT_OK;
}

int mailbox_link_hello(struct mailbox_link *link, struct mailbox_client_answer *answer)
{
    uint8_t nonce[MAILBOX_NONCE_SIZE];
    uint8_t message[MAILBOX_MAX_MESSAGE];
    size_t length;
    int result;

    assert_int_equal(getrandom(nonce, sizeof nonce, 0), sizeof nonce);
    mailbox_client_start(&link->client, link->device_id, nonce);
    length = mailbox_client_hello(&link->client, message);
    result = mailbox_link_carry(link, message, length, message);
    return result == MAILBOX_CLIENT_OK
               ? mailbox_client_take_hello(&link->client, message, sizeof message, answer)
               : result;
}

/* Derives K, unless it is known already. */
static int find_key(struct mailbox_link *link, const char *password)
{
    int result;

    if (strcmp(link->known_password, password) == 0 &&
        memcmp(link->known_salt, link->client.salt, sizeof link->known_salt) == 0) {
        return MAILBOX_CLIENT_OK;
    }
    result =
        mailbox_client_key(password, link->client.salt, link->client.iterations, link->known_key);
    memcpy(link->known_salt, link->client.salt, sizeof link->known_salt);
    (void)snprintf(link->known_password, sizeof link->known_password, "%s", password);
    return result;
}

/* Carries what has been built, if it has been, and takes the answer. */
static int exchange(struct mailbox_link *link, int built, uint8_t message[MAILBOX_MAX_MESSAGE],
                    size_t length, struct mailbox_client_answer *answer)
{
    if (built == MAILBOX_CLIENT_OK) {
        built = mailbox_link_carry(link, message, length, message);
    }
    return built == MAILBOX_CLIENT_OK
               ? mailbox_client_take_answer(&link->client, message, MAILBOX_MAX_MESSAGE, answer)
               : built;
}

int mailbox_link_login(struct mailbox_link *link, const char *password,
                       struct mailbox_client_answer *answer)
{
    uint8_t message[MAILBOX_MAX_MESSAGE];
    size_t length = 0;
    int result = mailbox_link_hello(link, answer);

    if (result != MAILBOX_CLIENT_OK) {
        return result;
    }
    result = find_key(link, password);
    if (result != MAILBOX_CLIENT_OK) {
        return result;
    }
    result = mailbox_client_login(&link->client, link->known_key, message, &length);
    return exchange(link, result, message, length, answer);
}

int mailbox_link_set(struct mailbox_link *link, uint8_t id, const void *value, size_t length,
                     struct mailbox_client_answer *answer)
{
    uint8_t message[MAILBOX_MAX_MESSAGE];
    size_t size = 0;
    int built = mailbox_client_set_setting(&link->client, id, value, length, message, &size);

    return exchange(link, built, message, size, answer);
}

int mailbox_link_get(struct mailbox_link *link, uint8_t id, struct mailbox_client_answer *answer)
{
    uint8_t message[MAILBOX_MAX_MESSAGE];
    size_t size = 0;
    int built = mailbox_client_get_setting(&link->client, id, message, &size);

    return exchange(link, built, message, size, answer);
}

int mailbox_link_set_password(struct mailbox_link *link, const char *password,
                              struct mailbox_client_answer *answer)
{
    struct password_verifier verifier = {.iterations = PASSWORD_MIN_ITERATIONS};
    uint8_t message[MAILBOX_MAX_MESSAGE];
    size_t size = 0;
    int built;

    assert_int_equal(getrandom(verifier.salt, sizeof verifier.salt, 0), sizeof verifier.salt);
    built = mailbox_client_key(password, verifier.salt, verifier.iterations, verifier.key);
    if (built == MAILBOX_CLIENT_OK) {
        built = mailbox_client_set_password(&link->client, &verifier, message, &size);
    }
    return exchange(link, built, message, size, answer);
}

int mailbox_link_request(struct mailbox_link *link, uint8_t type, const uint8_t *payload,
                         size_t length, struct mailbox_client_answer *answer)
{
    uint8_t message[MAILBOX_MAX_MESSAGE];
    size_t size = 0;
    int built = mailbox_client_request(&link->client, type, payload, length, message, &size);

    return exchange(link, built, message, size, answer);
}

int mailbox_link_log_out(struct mailbox_link *link, struct mailbox_client_answer *answer)
{
    uint8_t message[MAILBOX_MAX_MESSAGE];
    size_t size = 0;
    int built = mailbox_client_log_out(&link->client, message, &size);

    return exchange(link, built, message, size, answer);
}
