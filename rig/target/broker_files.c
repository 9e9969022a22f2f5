#include "target/broker_files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "target/broker_keys.h"

static int write_bytes(const char *folder, const char *name, const void *bytes, size_t size,
                       struct diagnostic *diagnostic)
{
    char *path = file_join(folder, name);
    int error = path != NULL ? file_write(path, bytes, size, diagnostic) : RIG_ERROR_NO_MEMORY;

    free(path);
    return error;
}

/* Takes over `text`; NULL is no memory. */
static int write_text(const char *folder, const char *name, char *text,
                      struct diagnostic *diagnostic)
{
    int error = text != NULL ? write_bytes(folder, name, text, strlen(text), diagnostic)
                             : RIG_ERROR_NO_MEMORY;

    free(text);
    return error;
}

/* Messages at QoS 0 are kept for a subscriber that is away; broker_subscriber.c says why he takes
 * them so. Sessions are saved only when the rig asks for it, so that a later start knows the
 * subscription and no messages. As root mosquitto would change its user, who may not read the keys. */
int broker_files_configure(const char *folder, const struct broker_files_listener *listener,
                           struct diagnostic *diagnostic)
{
    const char *name = listener->certificate;
    char *network = name == NULL ? text_duplicate("")
                                 : text_format("listener %u 127.0.0.1\n"
                                               "tls_version tlsv1.2\n"
                                               "cafile " BROKER_KEYS_AUTHORITY ".pem\n"
                                               "certfile %s.pem\n"
                                               "keyfile %s.key\n"
                                               "require_certificate true\n"
                                               "use_identity_as_username true\n",
                                               (unsigned)listener->port, name, name);
    char *text = network == NULL ? NULL
                                 : text_format("%slog_dest file " BROKER_FILES_LOG "\n"
                                               "log_type all\n"
                                               "log_timestamp false\n"
                                               "persistence true\n"
                                               "persistence_location ./\n"
                                               "persistence_file " BROKER_FILES_SESSIONS "\n"
                                               "autosave_interval 0\n"
                                               "queue_qos0_messages true\n"
                                               "max_queued_messages 0\n"
                                               "allow_anonymous true\n"
                                               "acl_file " BROKER_FILES_ACCESS "\n"
                                               "%s"
                                               "listener 0 " BROKER_FILES_SOCKET "\n",
                                               geteuid() == 0 ? "user root\n" : "", network);

    free(network);
    return write_text(folder, BROKER_FILES_CONFIGURATION, text, diagnostic);
}

/* The first line is for those without a user name, who come through the rig's socket. The pattern is
 * what the broker looks at for a client that is not there at the moment: by its name %c it is good
 * for the subscriber only, whose messages are kept meanwhile. */
int broker_files_write_access(const char *folder, const char *product, const char *device_id,
                              struct diagnostic *diagnostic)
{
    char *device = device_id == NULL ? text_duplicate("")
                                     : text_format("user " BROKER_KEYS_DEVICE_USER "\n"
                                                   "topic write %s/%s/telemetry\n"
                                                   "topic read %s/%s/command\n",
                                                   product, device_id, product, device_id);
    char *text = device == NULL ? NULL
                                : text_format("topic readwrite %s/#\n"
                                              "%s"
                                              "pattern read %%c/+/telemetry\n",
                                              product, device);

    free(device);
    return write_text(folder, BROKER_FILES_ACCESS, text, diagnostic);
}

int broker_files_write_payload(const char *folder, const void *payload, size_t size,
                               struct diagnostic *diagnostic)
{
    return write_bytes(folder, BROKER_FILES_PAYLOAD, payload, size, diagnostic);
}

int broker_files_remove(const char *folder, const char *name, struct diagnostic *diagnostic)
{
    char *path = file_join(folder, name);
    int error = path != NULL ? file_remove(path, diagnostic) : RIG_ERROR_NO_MEMORY;

    free(path);
    return error;
}

bool broker_files_exist(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    const bool exists = path != NULL && file_exists(path);

    free(path);
    return exists;
}

/* The log holds what the device sent: a zero byte in it ends nothing. */
int broker_files_count(const char *path, const char *text, size_t *count,
                       struct diagnostic *diagnostic)
{
    const size_t length = strlen(text);
    struct file_content content = {0};
    size_t at = 0;
    int error;

    *count = 0;
    if (!file_exists(path)) {
        return RIG_OK;
    }
    error = file_read(path, BROKER_FILES_LOG_LIMIT, &content, diagnostic);
    while (error == RIG_OK && length > 0 && content.size - at >= length) {
        const uint8_t *found = memchr(content.bytes + at, text[0], content.size - at - length + 1);

        if (found == NULL) {
            break;
        }
        at = (size_t)(found - content.bytes);
        if (memcmp(found, text, length) == 0) {
            (*count)++;
            at += length;
        } else {
            at++;
        }
    }
    file_content_free(&content);
    return error;
}
