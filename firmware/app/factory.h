/*
 * factory.h - the factory page: what makes one device different from all others. Written once in
 * the factory, never by the firmware, kept through a user's erase (EN 303 645, 5.1-1, 5.4-2).
 */
#ifndef APP_FACTORY_H
#define APP_FACTORY_H

#include "access.h"
#include "hal.h"

#include <stdint.h>

#define FACTORY_DEVICE_ID_SIZE 16U
#define FACTORY_PAGE_SIZE      92U /* bytes in flash, before padding to program units */

enum factory_error {
    FACTORY_OK = 0,
    FACTORY_ERROR_FLASH = -1,   /* the page cannot be read */
    FACTORY_ERROR_INVALID = -2, /* not provisioned, another format, or damaged */
};

const char *factory_strerror(int error);

struct factory_page {
    uint8_t device_id[FACTORY_DEVICE_ID_SIZE]; /* unique, printed on the label */
    struct password_verifier initial_password; /* of the password on the label */
};

/* Reads and checks the page. `page` is whole on FACTORY_OK and untouched otherwise. */
HAL_MUST_CHECK int factory_load(struct factory_page *page);

/* The page's bytes, for whoever provisions a device. */
void factory_encode(const struct factory_page *page, uint8_t bytes[FACTORY_PAGE_SIZE]);

#endif
