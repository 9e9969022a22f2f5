/*
 * Where lwIP's TLS layer keeps its connections and configurations: in mbedTLS's pool. (lwIP's own
 * altcp_tls_mbedtls_mem.c would move mbedTLS into lwIP's memory instead, where strangers' frames are.)
 */
#include "altcp_tls_mbedtls_mem.h"
#include "altcp_tls_mbedtls_structs.h"

#include "mbedtls/platform.h"

void altcp_mbedtls_mem_init(void)
{
}

altcp_mbedtls_state_t *altcp_mbedtls_alloc(void *conf)
{
    altcp_mbedtls_state_t *state = mbedtls_calloc(1, sizeof *state);

    if (state != NULL) {
        state->conf = conf;
    }
    return state;
}

void altcp_mbedtls_free(void *conf, altcp_mbedtls_state_t *state)
{
    (void)conf;
    mbedtls_free(state);
}

void *altcp_mbedtls_alloc_config(size_t size)
{
    return mbedtls_calloc(1, size);
}

void altcp_mbedtls_free_config(void *item)
{
    mbedtls_free(item);
}
