/* random_source.h - random numbers for lwIP (ports, sequence numbers) and for mbedTLS: all from the
 * device's generator (drbg.h). */
#ifndef NET_RANDOM_SOURCE_H
#define NET_RANDOM_SOURCE_H

#include "drbg.h"

#include <stdint.h>

/* `drbg` must outlive the network. */
void random_source_start(struct drbg *drbg);

/* For LWIP_RAND(). 0 if the generator has failed: connections may then be guessed, not more. */
uint32_t random_source_number(void);

#endif
