#include "broker_tls.h"

#include "credentials.h"
#include "crypto.h"

#include "mbedtls/ssl.h"

#include <stddef.h>

static struct altcp_tls_config *config;

/* lwIP 2.1 asks for a certificate and goes on whatever it is worth (altcp_tls_create_config()). Its
 * structure is its own; that it begins with mbedTLS's is what altcp_tls_mbedtls.c says. */
static void require_verification(void)
{
    mbedtls_ssl_conf_authmode((mbedtls_ssl_config *)config, MBEDTLS_SSL_VERIFY_REQUIRED);
}

/* Asks the broker for records that our buffers hold (RFC 6066, 4). One that is longer would end the
 * connection, and lwIP 2.1 does not tell of that. */
static bool limit_records(void)
{
    return mbedtls_ssl_conf_max_frag_len((mbedtls_ssl_config *)config,
                                         MBEDTLS_SSL_MAX_FRAG_LEN_4096) == 0;
}

bool broker_tls_start(void)
{
    static struct credentials credentials;

    if (credentials_load(&credentials) == CREDENTIALS_OK) {
        config = altcp_tls_create_config_client_2wayauth(
            credentials.broker_ca, credentials.broker_ca_length, credentials.private_key,
            credentials.private_key_length, NULL, 0, credentials.certificate,
            credentials.certificate_length);
    }
    crypto_wipe(&credentials, sizeof credentials);
    if (config == NULL) {
        return false;
    }
    require_verification();
    return limit_records();
}

struct altcp_tls_config *broker_tls_config(void)
{
    return config;
}

int broker_tls_expect_name(struct altcp_pcb *connection, const char *name)
{
    return mbedtls_ssl_set_hostname(altcp_tls_context(connection), name);
}
