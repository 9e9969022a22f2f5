/*
 * provision_credentials.h - what the device and its broker know each other by, from files into the
 * form that credentials.h keeps. Taken is what the firmware's TLS can use: certificates and a key of
 * P-256, signed with ECDSA and SHA-256.
 */
#ifndef TOOLS_PROVISION_CREDENTIALS_H
#define TOOLS_PROVISION_CREDENTIALS_H

#include "credentials.h"
#include "hal.h"
#include "provision_options.h"

/*
 * Reads the three files, each PEM (RFC 7468) or DER (RFC 5280; SEC 1 or PKCS #8). Refuses what
 * cannot be parsed, is larger than the record's place, or is a key of another certificate. Dates are
 * not looked at: the device has no clock to judge them by. Returns 0, or -1 after saying what is
 * wrong; then `credentials` is zeros.
 */
HAL_MUST_CHECK int provision_credentials_read(struct credentials *credentials,
                                              const struct provision_credential_files *files);

#endif
