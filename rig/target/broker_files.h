/**
 * The files by which mosquitto is told what to do; for broker.c and its neighbours only. It works in
 * the broker's folder, and all names are relative to it. Source: mosquitto.conf(5) of version 2.0.
 */
#ifndef RIG_TARGET_BROKER_FILES_H
#define RIG_TARGET_BROKER_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

#define BROKER_FILES_CONFIGURATION "mosquitto.conf"
#define BROKER_FILES_ACCESS        "access"
#define BROKER_FILES_LOG           "mosquitto.log"
#define BROKER_FILES_SESSIONS      "mosquitto.db"
#define BROKER_FILES_SOCKET        "socket" /**< of the rig's own clients */
#define BROKER_FILES_PAYLOAD       "payload"

enum { BROKER_FILES_LOG_LIMIT = 256 * 1024 * 1024 }; /**< bytes of a log that can be read */

/** Who listens to the network. */
struct broker_files_listener {
    const char *certificate; /**< one of the names in broker_keys.h; NULL: nobody listens */
    uint16_t port;           /**< of 127.0.0.1 */
};

/** Writes the configuration. */
int broker_files_configure(const char *folder, const struct broker_files_listener *listener,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Writes who may do what. `device_id` NULL: no device may do anything. */
int broker_files_write_access(const char *folder, const char *product, const char *device_id,
                              struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Writes the bytes of a message to publish. */
int broker_files_write_payload(const char *folder, const void *payload, size_t size,
                               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Removes a file of these names, if it is there. */
int broker_files_remove(const char *folder, const char *name,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether a file of these names is there; false also when there is no memory to say so. */
bool broker_files_exist(const char *folder, const char *name);

/** How often `text` (not empty) stands in the file `path`; 0 when there is no such file. */
int broker_files_count(const char *path, const char *text, size_t *count,
                       struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
