/* provision.h - a new device for hearth-native: its factory page in flash that is else erased. */
#ifndef BOARDS_NATIVE_PROVISION_H
#define BOARDS_NATIVE_PROVISION_H

#include "flash_model.h"
#include "hal.h"
#include "provision_page.h"

#include <stdint.h>

/* A device as it leaves the factory, without an image. */
struct provisioned_device {
    uint8_t flash[FLASH_SIZE];
    char label_password[PROVISION_PASSWORD_SIZE];
};

/*
 * Makes one as provision_page_make() does, closed. Returns 0, or -1 after saying why.
 */
HAL_MUST_CHECK int provision_device(struct provisioned_device *device, const char *password);

#endif
