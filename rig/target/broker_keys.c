#include "target/broker_keys.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "target/broker_tool.h"

#define OPENSSL_FILE "openssl.cnf"

enum {
    LIMIT_MS = 30000, /* for one certificate */
    NAME_SIZE = 64,
};

static const char sections[] = "[req]\n"
                               "distinguished_name = nothing_asked\n"
                               "[nothing_asked]\n"
                               "[authority]\n"
                               "basicConstraints = critical, CA:TRUE\n"
                               "keyUsage = critical, keyCertSign\n"
                               "[device]\n"
                               "basicConstraints = critical, CA:FALSE\n"
                               "extendedKeyUsage = clientAuth\n"
                               "[elsewhere]\n"
                               "basicConstraints = critical, CA:FALSE\n"
                               "extendedKeyUsage = serverAuth\n"
                               "subjectAltName = DNS:broker.example\n"
                               "[broker]\n"
                               "basicConstraints = critical, CA:FALSE\n"
                               "extendedKeyUsage = serverAuth\n";

struct certificate {
    const char *name;
    const char *section; /* of the configuration */
    const char *issuer;  /* NULL: itself */
    const char *subject;
};

static const struct certificate certificates[] = {
    {BROKER_KEYS_AUTHORITY, "authority", NULL, "/CN=Authority of a run"},
    {BROKER_KEYS_ROGUE_AUTHORITY, "authority", NULL, "/CN=Authority of a run"},
    {BROKER_KEYS_BROKER, "broker", BROKER_KEYS_AUTHORITY, "/CN=broker"},
    {BROKER_KEYS_ROGUE, "broker", BROKER_KEYS_ROGUE_AUTHORITY, "/CN=broker"},
    {BROKER_KEYS_ELSEWHERE, "elsewhere", BROKER_KEYS_AUTHORITY, "/CN=broker"},
    {BROKER_KEYS_DEVICE, "device", BROKER_KEYS_AUTHORITY, "/CN=" BROKER_KEYS_DEVICE_USER},
};

/* Signed by `issuer`, or by itself. */
static int make(const char *folder, const struct certificate *certificate,
                struct diagnostic *diagnostic)
{
    const char *issuer = certificate->issuer != NULL ? certificate->issuer : "";
    char key[NAME_SIZE];
    char file[NAME_SIZE];
    char issuer_key[NAME_SIZE];
    char issuer_file[NAME_SIZE];
    const char *const arguments[] = {"req",
                                     "-x509",
                                     "-config",
                                     OPENSSL_FILE,
                                     "-newkey",
                                     "ec",
                                     "-pkeyopt",
                                     "ec_paramgen_curve:P-256",
                                     "-nodes",
                                     "-keyout",
                                     key,
                                     "-out",
                                     file,
                                     "-days",
                                     "2",
                                     "-extensions",
                                     certificate->section,
                                     "-subj",
                                     certificate->subject,
                                     certificate->issuer != NULL ? "-CA" : NULL,
                                     issuer_file,
                                     "-CAkey",
                                     issuer_key,
                                     NULL};
    const struct broker_tool_run run = {&broker_tool_openssl, arguments, folder};
    int error;

    (void)snprintf(key, sizeof(key), "%s.key", certificate->name);
    (void)snprintf(file, sizeof(file), "%s.pem", certificate->name);
    (void)snprintf(issuer_key, sizeof(issuer_key), "%s.key", issuer);
    (void)snprintf(issuer_file, sizeof(issuer_file), "%s.pem", issuer);
    error = broker_tool_execute(&run, process_clock_ms() + LIMIT_MS, diagnostic);
    return error == RIG_ERROR_TIMEOUT ? RIG_ERROR_BENCH : error;
}

/* The name goes into a configuration file: nothing in it may mean anything there. */
static bool is_host_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    const size_t length = strlen(name);

    return length > 0 && length < 254 && strspn(name, allowed) == length;
}

static int write_configuration(const char *folder, const char *host_name,
                               struct diagnostic *diagnostic)
{
    struct in_addr address;
    const bool is_address = inet_pton(AF_INET, host_name, &address) == 1;
    char *text = text_format("%ssubjectAltName = DNS:%s%s%s\n", sections, host_name,
                             is_address ? ", IP:" : "", is_address ? host_name : "");
    char *path = file_join(folder, OPENSSL_FILE);
    int error = RIG_ERROR_NO_MEMORY;

    if (text != NULL && path != NULL) {
        error = file_write(path, text, strlen(text), diagnostic);
    }
    free(text);
    free(path);
    return error;
}

int broker_keys_make(const char *folder, const char *host_name, struct diagnostic *diagnostic)
{
    int error;

    if (!is_host_name(host_name)) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_USAGE,
            "'%s' is no host name for a broker: letters, digits, dots and dashes", host_name);
    }
    error = write_configuration(folder, host_name, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < sizeof(certificates) / sizeof(certificates[0]); i++) {
        error = make(folder, &certificates[i], diagnostic);
    }
    return error;
}
