/*
 * provision_page.h - what the factory does: gives a device its identity and its password (EN 303 645,
 * 5.1-1: unique per device; 5.1-2: nothing in it follows from anything else).
 */
#ifndef TOOLS_PROVISION_PAGE_H
#define TOOLS_PROVISION_PAGE_H

#include "factory.h"
#include "hal.h"

#include <stdint.h>

#define PROVISION_PASSWORD_SIZE 65U /* of a label password with its zero */

enum provision_error {
    PROVISION_OK = 0,
    PROVISION_ERROR_RANDOM = -1,   /* the system has no random numbers */
    PROVISION_ERROR_CRYPTO = -2,   /* the library refused; never expected */
    PROVISION_ERROR_PASSWORD = -3, /* empty, or PROVISION_PASSWORD_SIZE characters and more */
};

/* A fixed text for an enum provision_error; never NULL. */
const char *provision_strerror(int error);

/* What goes into one device and onto its label. The password is nowhere else. */
struct provision_page {
    uint8_t device_id[FACTORY_DEVICE_ID_SIZE];
    char label_password[PROVISION_PASSWORD_SIZE];
    uint8_t bytes[FACTORY_PAGE_SIZE]; /* for the begin of the factory area */
};

/*
 * Makes one: random device id and salt, `password` on the label, or a random one of 80 bits if
 * that is NULL.
 */
HAL_MUST_CHECK int provision_page_make(struct provision_page *page, const char *password,
                                       enum factory_life_cycle life_cycle);

#endif
