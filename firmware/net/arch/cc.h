/* cc.h - what lwIP asks of compiler and platform. */
#ifndef NET_ARCH_CC_H
#define NET_ARCH_CC_H

#include <stdint.h>

uint32_t random_source_number(void);
_Noreturn void network_assertion_failed(const char *what);

#define LWIP_RAND() random_source_number()

#define LWIP_PLATFORM_DIAG(message) /* no debugging output */
#define LWIP_PLATFORM_ASSERT(what)  network_assertion_failed(what)

#define LWIP_NO_INTTYPES_H 0
#define LWIP_NO_CTYPE_H    0

#endif
