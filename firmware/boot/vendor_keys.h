/*
 * vendor_keys.h - the public keys in the boot stage. Which ones: the build's HEARTH_VENDOR_KEYS, a
 * C file; without it firmware/tools/test_vendor_keys.c, whose private halves everybody knows.
 */
#ifndef BOOT_VENDOR_KEYS_H
#define BOOT_VENDOR_KEYS_H

#include "crypto.h"

#include <stdint.h>

extern const uint8_t vendor_image_key[CRYPTO_PUBLIC_KEY_SIZE];  /* signs images */
extern const uint8_t vendor_unlock_key[CRYPTO_PUBLIC_KEY_SIZE]; /* signs unlock tokens */

#endif
