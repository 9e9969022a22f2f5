/*
 * credentials.h - what the device proves its identity with to the broker, and the broker to it: MQTT
 * over mutual TLS. It lies in the factory area behind the factory page, is written once in the
 * factory and differs from device to device; nothing of it is in the image (EN 303 645, 5.1-1, 5.4-1,
 * 5.4-3).
 *
 * The record begins at CREDENTIALS_OFFSET in the factory area. Numbers are little-endian.
 *
 *    0  magic                     4  CREDENTIALS_MAGIC
 *    4  format                    2  CREDENTIALS_FORMAT
 *    6  length of the broker CA   2  bytes, 1 to CREDENTIALS_MAX_BROKER_CA
 *    8  length of the certificate 2  bytes, 1 to CREDENTIALS_MAX_CERTIFICATE
 *   10  length of the private key 2  bytes, 1 to CREDENTIALS_MAX_PRIVATE_KEY
 *   12  the three, in this order, each in DER
 *       CRC-32 of all before      4
 *
 * The checksum finds accidents. What is in the DER is for TLS to judge.
 */
#ifndef APP_CREDENTIALS_H
#define APP_CREDENTIALS_H

#include "hal.h"

#include <stdint.h>

#define CREDENTIALS_OFFSET          512U        /* in the factory area, bytes */
#define CREDENTIALS_MAGIC           0x44524348U /* "HCRD" */
#define CREDENTIALS_FORMAT          1U
#define CREDENTIALS_MAX_BROKER_CA   1024U
#define CREDENTIALS_MAX_CERTIFICATE 1024U
#define CREDENTIALS_MAX_PRIVATE_KEY 256U
#define CREDENTIALS_MAX_SIZE                                                                       \
    (12U + CREDENTIALS_MAX_BROKER_CA + CREDENTIALS_MAX_CERTIFICATE + CREDENTIALS_MAX_PRIVATE_KEY + \
     4U)

enum credentials_error {
    CREDENTIALS_OK = 0,
    CREDENTIALS_ERROR_FLASH = -1,   /* the factory area cannot be read */
    CREDENTIALS_ERROR_ABSENT = -2,  /* the place is blank: the device was made without an uplink */
    CREDENTIALS_ERROR_INVALID = -3, /* another format, damaged, or a length that cannot be */
};

/* A fixed text for an enum credentials_error; never NULL. */
const char *credentials_strerror(int error);

/* Owned by whoever declares it, who wipes it (crypto_wipe()) as soon as the key is not needed. */
struct credentials {
    uint16_t broker_ca_length; /* bytes, as are the others */
    uint16_t certificate_length;
    uint16_t private_key_length;
    uint8_t broker_ca[CREDENTIALS_MAX_BROKER_CA];     /* who signs brokers */
    uint8_t certificate[CREDENTIALS_MAX_CERTIFICATE]; /* the device's */
    uint8_t private_key[CREDENTIALS_MAX_PRIVATE_KEY]; /* that belongs to it; SEC 1 */
};

/* Reads and checks the record. `credentials` holds all of it on CREDENTIALS_OK, and zeros else. */
HAL_MUST_CHECK int credentials_load(struct credentials *credentials);

/*
 * The record's bytes, for whoever provisions a device: writes `*length` of them to `bytes`.
 * CREDENTIALS_ERROR_INVALID, and nothing written, if a length is 0 or too large.
 */
HAL_MUST_CHECK int credentials_encode(const struct credentials *credentials,
                                      uint8_t bytes[CREDENTIALS_MAX_SIZE], uint32_t *length);

#endif
