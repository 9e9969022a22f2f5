/* tool_key.h - keys of hearth-image in PEM files (RFC 7468; SEC 1 or PKCS #8), P-256 only. All
 * functions say what went wrong, and return 0 or -1. */
#ifndef TOOLS_TOOL_KEY_H
#define TOOLS_TOOL_KEY_H

#include "image_signer.h"

/* Makes a key from the system's random numbers and writes it to a new file. */
HAL_MUST_CHECK int tool_key_generate(const char *path);

HAL_MUST_CHECK int tool_key_read_private(const char *path,
                                         uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE]);

/* Of a public key, or the public half of a private one. */
HAL_MUST_CHECK int tool_key_read_public(const char *path,
                                        uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE]);

#endif
