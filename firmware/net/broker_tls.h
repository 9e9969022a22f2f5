/*
 * broker_tls.h - the TLS side of broker_link.h: credentials of the factory page, and a configuration
 * in which the broker's certificate is required to verify.
 */
#ifndef NET_BROKER_TLS_H
#define NET_BROKER_TLS_H

#include "hal.h"

#include "lwip/altcp.h"
#include "lwip/altcp_tls.h"

#include <stdbool.h>

/* Loads and parses the credentials. False: there are none, or they are of no use. Call once. */
HAL_MUST_CHECK bool broker_tls_start(void);

/* For connections to the broker, after broker_tls_start() was true. */
struct altcp_tls_config *broker_tls_config(void);

/* The name that the broker's certificate must carry (RFC 6125, 6.4); before the handshake. Returns 0,
 * or an error of mbedTLS. */
HAL_MUST_CHECK int broker_tls_expect_name(struct altcp_pcb *connection, const char *name);

#endif
