#include "random_source.h"

#include "mbedtls/entropy.h"
#include "mbedtls/entropy_poll.h"

#include <string.h>

static struct drbg *source;

void random_source_start(struct drbg *drbg)
{
    source = drbg;
}

uint32_t random_source_number(void)
{
    uint8_t bytes[4] = {0};
    uint32_t number;

    if (drbg_read(source, bytes, sizeof bytes) != DRBG_OK) {
        return 0;
    }
    memcpy(&number, bytes, sizeof number);
    return number;
}

/* What mbedTLS calls its entropy source. Without random numbers there is no TLS. */
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t length, size_t *produced)
{
    (void)data;
    *produced = 0;
    if (drbg_read(source, output, length) != DRBG_OK) {
        return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
    }
    *produced = length;
    return 0;
}
