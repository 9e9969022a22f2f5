#include "credentials.h"

#include "byte_order.h"
#include "crc.h"
#include "crypto.h"
#include "factory.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define HEADER_SIZE 12U
#define CRC_SIZE    4U

/* Places in the header. */
enum {
    AT_MAGIC = 0,
    AT_FORMAT = 4,
    AT_BROKER_CA_LENGTH = 6,
    AT_CERTIFICATE_LENGTH = 8,
    AT_PRIVATE_KEY_LENGTH = 10
};

_Static_assert(CREDENTIALS_OFFSET % HAL_FLASH_MAX_PROGRAM_UNIT == 0, "begins no program unit");
_Static_assert(CREDENTIALS_OFFSET >= FACTORY_PAGE_SIZE, "page and credentials overlap");

/* How far the record has been read, and the checksum of that. */
struct reader {
    uint32_t offset; /* in flash, bytes */
    uint32_t crc;
};

const char *credentials_strerror(int error)
{
    switch (error) {
    case CREDENTIALS_OK:
        return "no error";
    case CREDENTIALS_ERROR_FLASH:
        return "credentials cannot be read";
    case CREDENTIALS_ERROR_ABSENT:
        return "device has no credentials for the broker";
    case CREDENTIALS_ERROR_INVALID:
        return "credentials are damaged, or of another format";
    default:
        return "unknown credentials error";
    }
}

static bool lengths_fit(const struct credentials *credentials)
{
    return credentials->broker_ca_length > 0 &&
           credentials->broker_ca_length <= CREDENTIALS_MAX_BROKER_CA &&
           credentials->certificate_length > 0 &&
           credentials->certificate_length <= CREDENTIALS_MAX_CERTIFICATE &&
           credentials->private_key_length > 0 &&
           credentials->private_key_length <= CREDENTIALS_MAX_PRIVATE_KEY;
}

/* Of the whole record. The lengths fit. */
static uint32_t record_size(const struct credentials *credentials)
{
    return HEADER_SIZE + (uint32_t)credentials->broker_ca_length + credentials->certificate_length +
           credentials->private_key_length + CRC_SIZE;
}

static bool is_blank(const uint8_t header[HEADER_SIZE], uint8_t erased_value)
{
    for (size_t i = 0; i < HEADER_SIZE; i++) {
        if (header[i] != erased_value) {
            return false;
        }
    }
    return true;
}

static int read_next(struct reader *reader, uint8_t *bytes, uint32_t length)
{
    if (hal_flash_read(reader->offset, bytes, length) != HAL_OK) {
        return CREDENTIALS_ERROR_FLASH;
    }
    reader->offset += length;
    reader->crc = crc32_ieee(reader->crc, bytes, length);
    return CREDENTIALS_OK;
}

/* Header and lengths. `room` is what the area has for the record, bytes. */
static int read_header(struct reader *reader, struct credentials *credentials, uint32_t room,
                       uint8_t erased_value)
{
    uint8_t header[HEADER_SIZE];

    if (read_next(reader, header, sizeof header) != CREDENTIALS_OK) {
        return CREDENTIALS_ERROR_FLASH;
    }
    if (is_blank(header, erased_value)) {
        return CREDENTIALS_ERROR_ABSENT;
    }
    credentials->broker_ca_length = get_le16(header + AT_BROKER_CA_LENGTH);
    credentials->certificate_length = get_le16(header + AT_CERTIFICATE_LENGTH);
    credentials->private_key_length = get_le16(header + AT_PRIVATE_KEY_LENGTH);
    return get_le32(header + AT_MAGIC) == CREDENTIALS_MAGIC &&
                   get_le16(header + AT_FORMAT) == CREDENTIALS_FORMAT && lengths_fit(credentials) &&
                   record_size(credentials) <= room
               ? CREDENTIALS_OK
               : CREDENTIALS_ERROR_INVALID;
}

/* What follows the header. */
static int read_body(struct reader *reader, struct credentials *credentials)
{
    uint8_t stored[CRC_SIZE];
    uint32_t computed;

    if (read_next(reader, credentials->broker_ca, credentials->broker_ca_length) !=
            CREDENTIALS_OK ||
        read_next(reader, credentials->certificate, credentials->certificate_length) !=
            CREDENTIALS_OK ||
        read_next(reader, credentials->private_key, credentials->private_key_length) !=
            CREDENTIALS_OK) {
        return CREDENTIALS_ERROR_FLASH;
    }
    computed = reader->crc;
    if (read_next(reader, stored, sizeof stored) != CREDENTIALS_OK) {
        return CREDENTIALS_ERROR_FLASH;
    }
    return get_le32(stored) == computed ? CREDENTIALS_OK : CREDENTIALS_ERROR_INVALID;
}

int credentials_load(struct credentials *credentials)
{
    const struct hal_flash_geometry area = hal_flash_geometry(HAL_FLASH_FACTORY);
    struct reader reader = {.offset = area.offset + CREDENTIALS_OFFSET};
    int result;

    memset(credentials, 0, sizeof *credentials);
    result = read_header(&reader, credentials, area.size - CREDENTIALS_OFFSET, area.erased_value);
    if (result == CREDENTIALS_OK) {
        result = read_body(&reader, credentials);
    }
    if (result != CREDENTIALS_OK) {
        crypto_wipe(credentials, sizeof *credentials);
    }
    return result;
}

static void append(uint8_t *bytes, uint32_t *used, const uint8_t *data, uint32_t length)
{
    memcpy(bytes + *used, data, length);
    *used += length;
}

int credentials_encode(const struct credentials *credentials, uint8_t bytes[CREDENTIALS_MAX_SIZE],
                       uint32_t *length)
{
    uint32_t used = HEADER_SIZE;

    if (!lengths_fit(credentials)) {
        return CREDENTIALS_ERROR_INVALID;
    }
    put_le32(bytes + AT_MAGIC, CREDENTIALS_MAGIC);
    put_le16(bytes + AT_FORMAT, CREDENTIALS_FORMAT);
    put_le16(bytes + AT_BROKER_CA_LENGTH, credentials->broker_ca_length);
    put_le16(bytes + AT_CERTIFICATE_LENGTH, credentials->certificate_length);
    put_le16(bytes + AT_PRIVATE_KEY_LENGTH, credentials->private_key_length);
    append(bytes, &used, credentials->broker_ca, credentials->broker_ca_length);
    append(bytes, &used, credentials->certificate, credentials->certificate_length);
    append(bytes, &used, credentials->private_key, credentials->private_key_length);
    put_le32(bytes + used, crc32_ieee(0, bytes, used));
    *length = used + CRC_SIZE;
    return CREDENTIALS_OK;
}
