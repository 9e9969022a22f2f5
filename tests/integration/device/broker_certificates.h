/*
 * broker_certificates.h - keys and certificates for one broker and one device, of P-256, made by the
 * openssl program for a test and good for two days. For each name NAME.key and NAME.pem:
 *
 *   authority        who signs brokers and devices
 *   rogue-authority  somebody else, who calls himself the same
 *   broker           by the authority, for the name under which a device on the emulated board
 *                    reaches this machine (BROKER_CERTIFICATES_HOST)
 *   rogue            likewise, but by the rogue authority
 *   elsewhere        by the authority, for another host
 *   device           by the authority, for BROKER_CERTIFICATES_DEVICE
 */
#ifndef TESTS_BROKER_CERTIFICATES_H
#define TESTS_BROKER_CERTIFICATES_H

#define BROKER_CERTIFICATES_HOST   "10.0.2.2"
#define BROKER_CERTIFICATES_DEVICE "unit-of-a-test"

/* Writes all of them, and the openssl.cnf that it takes, to a folder. A failure fails the test. */
void broker_certificates_make(const char *folder);

#endif
