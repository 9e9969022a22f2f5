/*
 * crypto_pool.h - the memory that mbedTLS works with on boards without a heap: one static pool, of a
 * size that the board chooses. When it is used up an operation fails and says so; nothing else does.
 */
#ifndef BOARDS_BARE_METAL_CRYPTO_POOL_H
#define BOARDS_BARE_METAL_CRYPTO_POOL_H

#include <stddef.h>
#include <stdint.h>

/* Hands `size` bytes to mbedTLS, for ever. Before any function of crypto.h. */
void crypto_pool_start(uint8_t *pool, size_t size);

/* Called when the pool's own records turn out to be damaged: ends in a processor fault. */
void crypto_pool_broken(int status);

#endif
