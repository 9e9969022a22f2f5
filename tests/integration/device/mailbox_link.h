/* mailbox_link.h - the secure mailbox carried by libmodbus: FC 23 on the registers from 0x1000. */
#ifndef TESTS_MAILBOX_LINK_H
#define TESTS_MAILBOX_LINK_H

#include "mailbox_client.h"
#include "modbus_link.h"

#include <stddef.h>
#include <stdint.h>

/* A transport failure: libmodbus's errno says which. Apart from enum mailbox_client_error. */
#define MAILBOX_LINK_FAILED (-100)

struct mailbox_link {
    modbus_t *modbus; /* the caller's */
    uint8_t device_id[FACTORY_DEVICE_ID_SIZE];
    struct mailbox_client client;
    /* The last key that was derived: a tenth of a second of work that a restart need not repeat. */
    char known_password[80];
    uint8_t known_salt[PASSWORD_SALT_SIZE];
    uint8_t known_key[PASSWORD_KEY_SIZE];
};

void mailbox_link_init(struct mailbox_link *link, modbus_t *modbus,
                       const struct device_process *device);

/*
 * All of these return an enum mailbox_client_error or MAILBOX_LINK_FAILED, and give what the
 * device said in `answer`.
 */

/* One message there, one answer back, as bytes. */
int mailbox_link_carry(const struct mailbox_link *link, const uint8_t *message, size_t length,
                       uint8_t answer[MAILBOX_MAX_MESSAGE]);

/* HELLO: link->client then has salt, iterations and wait_ms. */
int mailbox_link_hello(struct mailbox_link *link, struct mailbox_client_answer *answer);

/* HELLO, then LOGIN at once, even if the device has asked to wait. */
int mailbox_link_login(struct mailbox_link *link, const char *password,
                       struct mailbox_client_answer *answer);

int mailbox_link_set(struct mailbox_link *link, uint8_t id, const void *value, size_t length,
                     struct mailbox_client_answer *answer);
int mailbox_link_get(struct mailbox_link *link, uint8_t id, struct mailbox_client_answer *answer);
int mailbox_link_set_password(struct mailbox_link *link, const char *password,
                              struct mailbox_client_answer *answer);
int mailbox_link_log_out(struct mailbox_link *link, struct mailbox_client_answer *answer);

/* Any other message: `length` bytes of `payload`. */
int mailbox_link_request(struct mailbox_link *link, uint8_t type, const uint8_t *payload,
                         size_t length, struct mailbox_client_answer *answer);

#endif
