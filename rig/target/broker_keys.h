/**
 * Keys and certificates of one run: of the broker, of those who pretend to be it, and of the device.
 * All of P-256 (what the device's TLS speaks), made by the openssl program, good for two days.
 */
#ifndef RIG_TARGET_BROKER_KEYS_H
#define RIG_TARGET_BROKER_KEYS_H

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** Names in the folder; for each NAME there are NAME.key and NAME.pem. */
#define BROKER_KEYS_AUTHORITY       "authority"       /**< signs brokers and devices */
#define BROKER_KEYS_ROGUE_AUTHORITY "rogue-authority" /**< another, which calls itself the same */
#define BROKER_KEYS_BROKER          "broker"          /**< by the authority, for the host's name */
#define BROKER_KEYS_ROGUE           "rogue"           /**< likewise, but by the rogue authority */
#define BROKER_KEYS_ELSEWHERE       "elsewhere"       /**< by the authority, for another host */
#define BROKER_KEYS_DEVICE          "device"          /**< by the authority */

/** The common name in the device's certificate, which is its user name at the broker. */
#define BROKER_KEYS_DEVICE_USER "ordeal-device"

/**
 * Makes all of them in `folder`, which exists and is private to the run. `host_name` is the name
 * under which the device reaches this machine: letters, digits, dots and dashes. An IPv4 address
 * stands in the certificate both as name and as address, because some clients compare names as text.
 *
 * RIG_OK; RIG_ERROR_USAGE for another kind of name; RIG_ERROR_BENCH (no openssl, full disk);
 * RIG_ERROR_INTERRUPTED; RIG_ERROR_NO_MEMORY.
 */
int broker_keys_make(const char *folder, const char *host_name,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
