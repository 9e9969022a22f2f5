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

/*
 * The page in flash, bytes. Each fuse is a 32-bit word that begins a program unit of its own, so
 * that it can be blown later: any bit of it that is not as erased blows it, and nothing brings it
 * back but an erase of the page, which only the factory's tools do. They blow the first before the
 * second: it alone is what the silicon looks at.
 */
#define FACTORY_FUSE_CLOSED         0U
#define FACTORY_FUSE_DECOMMISSIONED HAL_FLASH_MAX_PROGRAM_UNIT
#define FACTORY_BODY                (2U * HAL_FLASH_MAX_PROGRAM_UNIT)
#define FACTORY_FUSE_SIZE           4U
#define FACTORY_PAGE_SIZE           (FACTORY_BODY + 92U) /* before padding to program units */

/* How far the device has come; only ever onwards (EN 303 645, 5.6-4). */
enum factory_life_cycle {
    FACTORY_LIFE_CLOSED = 0,         /* sold: debug is shut, and opens by token only */
    FACTORY_LIFE_OPEN = 1,           /* in the factory: the silicon leaves debug open */
    FACTORY_LIFE_DECOMMISSIONED = 2, /* given back: debug never opens again */
};

enum factory_error {
    FACTORY_OK = 0,
    FACTORY_ERROR_FLASH = -1,   /* the page cannot be read */
    FACTORY_ERROR_INVALID = -2, /* not provisioned, another format, or damaged */
};

const char *factory_strerror(int error);

struct factory_page {
    uint8_t device_id[FACTORY_DEVICE_ID_SIZE]; /* unique, printed on the label */
    struct password_verifier initial_password; /* of the password on the label */
    enum factory_life_cycle life_cycle;        /* as the fuses say */
};

/* Reads and checks the page. `page` is whole on FACTORY_OK and untouched otherwise. */
HAL_MUST_CHECK int factory_load(struct factory_page *page);

/*
 * Reads the fuses. `life_cycle` is FACTORY_LIFE_DECOMMISSIONED, in which least is allowed, if they
 * cannot be read.
 */
HAL_MUST_CHECK int factory_life_cycle(enum factory_life_cycle *life_cycle);

/* The page's bytes, for whoever provisions a device. Units of fuses that are not blown are blank. */
void factory_encode(const struct factory_page *page, uint8_t bytes[FACTORY_PAGE_SIZE]);

#endif
