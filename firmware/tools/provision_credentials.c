#include "provision_credentials.h"

#include "crypto.h"
#include "provision_file.h"
#include "tool_report.h"

#include "mbedtls/pk.h"
#include "mbedtls/x509_crt.h"

#include <stdbool.h>
#include <string.h>

#define MAX_FILE 16384U /* a certificate in PEM may have a long text before it */

/* A file as mbedTLS wants it: PEM is a text, with its end. */
struct key_file {
    uint8_t bytes[MAX_FILE + 1U];
    size_t length; /* for mbedTLS: that of a text counts its end */
    bool pem;
};

static int load(struct key_file *file, const char *option, const char *path)
{
    const int count = provision_file_read(option, path, file->bytes, MAX_FILE);

    if (count < 0) {
        return -1;
    }
    file->bytes[count] = 0;
    file->pem = strstr((const char *)file->bytes, "-----BEGIN") != NULL;
    file->length = (size_t)count + (file->pem ? 1U : 0U);
    return 0;
}

/* Parses the one certificate in a file. */
static int parse_certificate(mbedtls_x509_crt *certificate, const char *option, const char *path)
{
    static struct key_file file;

    if (load(&file, option, path) != 0) {
        return -1;
    }
    if (mbedtls_x509_crt_parse(certificate, file.bytes, file.length) != 0) {
        return tool_refuse("%s: no X.509 certificate of P-256, signed with ECDSA and SHA-256, in "
                           "PEM or DER; the device can use no other",
                           path);
    }
    if (certificate->next != NULL || (!file.pem && certificate->raw.len != file.length)) {
        return tool_refuse("%s: more than one certificate; give one", path);
    }
    return 0;
}

/* Copies the DER of a certificate to its place of `capacity` bytes. */
static int keep_certificate(uint8_t *place, uint16_t *length, size_t capacity,
                            const mbedtls_x509_crt *certificate, const char *path)
{
    if (certificate->raw.len > capacity) {
        return tool_refuse("%s: has %zu bytes in DER, and the device a place for %zu; give a "
                           "certificate with fewer extensions or shorter names",
                           path, certificate->raw.len, capacity);
    }
    memcpy(place, certificate->raw.p, certificate->raw.len);
    *length = (uint16_t)certificate->raw.len;
    return 0;
}

static int read_broker_ca(struct credentials *credentials, const char *path)
{
    mbedtls_x509_crt certificate;
    int result;

    mbedtls_x509_crt_init(&certificate);
    result = parse_certificate(&certificate, "--broker-ca", path);
    if (result == 0) {
        result = keep_certificate(credentials->broker_ca, &credentials->broker_ca_length,
                                  sizeof credentials->broker_ca, &certificate, path);
    }
    mbedtls_x509_crt_free(&certificate);
    return result;
}

static int parse_key(mbedtls_pk_context *key, const char *path)
{
    static struct key_file file;
    int result = load(&file, "--private-key", path);

    if (result == 0 && mbedtls_pk_parse_key(key, file.bytes, file.length, NULL, 0) != 0) {
        result = tool_refuse("%s: no private key of P-256 in PEM or DER without a password", path);
    }
    crypto_wipe(&file, sizeof file);
    return result;
}

/* Writes the key as SEC 1 has it, whatever it came as. */
static int keep_key(struct credentials *credentials, mbedtls_pk_context *key, const char *path)
{
    uint8_t *place = credentials->private_key;
    const int length = mbedtls_pk_write_key_der(key, place, sizeof credentials->private_key);

    if (length <= 0) {
        return tool_refuse("%s: does not fit into the %zu bytes that the device has for it", path,
                           sizeof credentials->private_key);
    }
    /* It was written to the end of the place. */
    memmove(place, place + sizeof credentials->private_key - (size_t)length, (size_t)length);
    memset(place + length, 0, sizeof credentials->private_key - (size_t)length);
    credentials->private_key_length = (uint16_t)length;
    return 0;
}

/* Certificate and key of the device, which have to be each other's. */
static int read_identity(struct credentials *credentials,
                         const struct provision_credential_files *files)
{
    mbedtls_x509_crt certificate;
    mbedtls_pk_context key;
    int result = -1;

    mbedtls_x509_crt_init(&certificate);
    mbedtls_pk_init(&key);
    if (parse_certificate(&certificate, "--certificate", files->certificate) == 0 &&
        parse_key(&key, files->private_key) == 0 &&
        keep_certificate(credentials->certificate, &credentials->certificate_length,
                         sizeof credentials->certificate, &certificate, files->certificate) == 0) {
        result = mbedtls_pk_check_pair(&certificate.pk, &key) == 0
                     ? keep_key(credentials, &key, files->private_key)
                     : tool_refuse("%s: is not the key of the certificate %s; give its own",
                                   files->private_key, files->certificate);
    }
    mbedtls_pk_free(&key);
    mbedtls_x509_crt_free(&certificate);
    return result;
}

int provision_credentials_read(struct credentials *credentials,
                               const struct provision_credential_files *files)
{
    memset(credentials, 0, sizeof *credentials);
    if (read_broker_ca(credentials, files->broker_ca) != 0 ||
        read_identity(credentials, files) != 0) {
        crypto_wipe(credentials, sizeof *credentials);
        return -1;
    }
    return 0;
}
