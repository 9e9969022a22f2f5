#include "crypto_pool.h"

#include "mbedtls/memory_buffer_alloc.h"

void crypto_pool_start(uint8_t *pool, size_t size)
{
    mbedtls_memory_buffer_alloc_init(pool, size);
}

void crypto_pool_broken(int status)
{
    (void)status;
    __builtin_trap();
}
