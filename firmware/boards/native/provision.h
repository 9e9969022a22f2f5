/*
 * provision.h - what the factory does: gives a device its identity and its password (EN 303 645,
 * 5.1-1: unique per device; 5.1-2: nothing in it follows from anything else).
 */
#ifndef BOARDS_NATIVE_PROVISION_H
#define BOARDS_NATIVE_PROVISION_H

#include "flash_model.h"
#include "hal.h"

#include <stdint.h>

#define PROVISION_PASSWORD_SIZE 65U /* of a label password with its zero */

/* A device as it leaves the factory. */
struct provisioned_device {
    uint8_t flash[FLASH_SIZE];
    char label_password[PROVISION_PASSWORD_SIZE];
};

/*
 * Makes one: random device id and salt, `password` on the label, or a random one of 80 bits if
 * that is NULL. Returns 0, or -1 after saying why.
 */
HAL_MUST_CHECK int provision_device(struct provisioned_device *device, const char *password);

#endif
