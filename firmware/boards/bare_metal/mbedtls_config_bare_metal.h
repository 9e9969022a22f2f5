/* mbedtls_config_bare_metal.h - Hearth's part of mbedTLS on a board without a heap (crypto_pool.h)
 * and without an operating system. */
#ifndef BOARDS_BARE_METAL_MBEDTLS_CONFIG_H
#define BOARDS_BARE_METAL_MBEDTLS_CONFIG_H

#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_EXIT_MACRO crypto_pool_broken
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_NO_PLATFORM_ENTROPY

/* Less memory for less speed. A smaller board sets the window itself. */
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#ifndef MBEDTLS_ECP_WINDOW_SIZE
#define MBEDTLS_ECP_WINDOW_SIZE 4
#endif
#define MBEDTLS_MPI_MAX_SIZE 48

void crypto_pool_broken(int status);

#include "mbedtls_config.h"

#endif
