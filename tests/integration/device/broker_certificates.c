#include "broker_certificates.h"

#include "base/diagnostic.h"
#include "base/file.h"
#include "base/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define LIMIT_MS     20000
#define NAME_SIZE    64U
#define OPENSSL_FILE "openssl.cnf"

/* Names of hosts are compared as text, so that an address stands there as a name. */
static const char configuration[] = "[req]\n"
                                    "distinguished_name = nothing_asked\n"
                                    "[nothing_asked]\n"
                                    "[authority]\n"
                                    "basicConstraints = critical, CA:TRUE\n"
                                    "keyUsage = critical, keyCertSign\n"
                                    "[broker]\n"
                                    "basicConstraints = critical, CA:FALSE\n"
                                    "extendedKeyUsage = serverAuth\n"
                                    "subjectAltName = DNS:" BROKER_CERTIFICATES_HOST "\n"
                                    "[elsewhere]\n"
                                    "basicConstraints = critical, CA:FALSE\n"
                                    "extendedKeyUsage = serverAuth\n"
                                    "subjectAltName = DNS:broker.example\n"
                                    "[device]\n"
                                    "basicConstraints = critical, CA:FALSE\n"
                                    "extendedKeyUsage = clientAuth\n";

struct certificate {
    const char *name;
    const char *section; /* of the configuration */
    const char *issuer;  /* NULL: itself */
    const char *subject;
};

static const struct certificate certificates[] = {
    {"authority", "authority", NULL, "/CN=Authority of a test"},
    {"rogue-authority", "authority", NULL, "/CN=Authority of a test"},
    {"broker", "broker", "authority", "/CN=broker"},
    {"rogue", "broker", "rogue-authority", "/CN=broker"},
    {"elsewhere", "elsewhere", "authority", "/CN=broker"},
    {"device", "device", "authority", "/CN=" BROKER_CERTIFICATES_DEVICE},
};

static void name_file(char name[NAME_SIZE], const char *stem, const char *ending)
{
    assert_in_range(snprintf(name, NAME_SIZE, "%s.%s", stem, ending), 1, NAME_SIZE - 1U);
}

static void make(const char *folder, const struct certificate *certificate)
{
    char key[NAME_SIZE];
    char file[NAME_SIZE];
    char issuer_key[NAME_SIZE];
    char issuer_file[NAME_SIZE];
    const char *words[] = {"openssl",
                           "req",
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
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    size_t size;

    name_file(key, certificate->name, "key");
    name_file(file, certificate->name, "pem");
    name_file(issuer_key, certificate->issuer != NULL ? certificate->issuer : "", "key");
    name_file(issuer_file, certificate->issuer != NULL ? certificate->issuer : "", "pem");
    if (process_run(&(struct process_options){.argv = words, .working_folder = folder}, LIMIT_MS,
                    &process, &diagnostic) != RIG_OK ||
        process_end(process)->outcome != PROCESS_EXITED || process_end(process)->exit_code != 0) {
        fail_msg("no certificate '%s': %s%s", certificate->name, diagnostic.text,
                 process != NULL ? process_output(process, PROCESS_STDERR, &size) : "");
    }
    process_destroy(process);
}

void broker_certificates_make(const char *folder)
{
    struct diagnostic diagnostic = {""};
    char *path = file_join(folder, OPENSSL_FILE);

    assert_non_null(path);
    if (file_write(path, configuration, sizeof configuration - 1U, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    free(path);
    for (size_t i = 0; i < sizeof certificates / sizeof certificates[0]; i++) {
        make(folder, &certificates[i]);
    }
}
