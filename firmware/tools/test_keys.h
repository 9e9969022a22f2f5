/*
 * test_keys.h - TEST KEYS - PUBLIC KNOWLEDGE. The private halves of test_vendor_keys.c, with which
 * tests and harnesses sign images and tokens. test-image-key.pem and test-unlock-key.pem hold the
 * same keys. No product may trust them.
 */
#ifndef TOOLS_TEST_KEYS_H
#define TOOLS_TEST_KEYS_H

#include "image_signer.h"

#include <stdint.h>

extern const uint8_t test_image_private_key[SIGNER_PRIVATE_KEY_SIZE];  /* signs images */
extern const uint8_t test_unlock_private_key[SIGNER_PRIVATE_KEY_SIZE]; /* signs unlock tokens */

#endif
