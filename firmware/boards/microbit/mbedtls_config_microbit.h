/* mbedtls_config_microbit.h - as on any board without a heap, but smaller yet. */
#ifndef MICROBIT_MBEDTLS_CONFIG_H
#define MICROBIT_MBEDTLS_CONFIG_H

#define MBEDTLS_AES_FEWER_TABLES

/* Signatures are checked and none is made: there is nothing to blind. */
#define MBEDTLS_ECP_NO_INTERNAL_RNG

#define MBEDTLS_ECP_WINDOW_SIZE 3

#include "mbedtls_config_bare_metal.h"

#endif
