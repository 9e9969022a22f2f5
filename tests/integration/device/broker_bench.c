#include "broker_bench.h"

#include "file_text.h"

#include "base/diagnostic.h"
#include "base/file.h"
#include "base/process.h"
#include "target/broker_keys.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define CONFIGURATION   "mosquitto.conf"
#define LOG             "log"
#define SESSIONS        "mosquitto.db"
#define PAYLOAD         "payload"
#define MAX_TEXT        2048U
#define START_LIMIT_MS  20000U
#define CLIENT_LIMIT_MS 20000
#define PAUSE_MS        10U

/* Below what Linux gives to clients (ip_local_port_range), above what services have. */
#define FIRST_PORT 20000U
#define PORTS      10000U

/* ---- Files ---- */

static void name_path(const struct broker_bench *bench, const char *name,
                      char path[BROKER_BENCH_PATH_SIZE])
{
    assert_in_range(snprintf(path, BROKER_BENCH_PATH_SIZE, "%s/%s", bench->folder, name), 1,
                    BROKER_BENCH_PATH_SIZE - 1U);
}

static void write_bytes(const struct broker_bench *bench, const char *name, const char *bytes,
                        size_t size)
{
    struct diagnostic diagnostic = {""};
    char path[BROKER_BENCH_PATH_SIZE];

    name_path(bench, name, path);
    if (file_write(path, bytes, size, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
}

__attribute__((format(printf, 3, 4))) static void
write_text(const struct broker_bench *bench, const char *name, const char *format, ...)
{
    char text[MAX_TEXT];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert_in_range(length, 1, sizeof text - 1U);
    write_bytes(bench, name, text, (size_t)length);
}

static void remove_file(const struct broker_bench *bench, const char *name)
{
    char path[BROKER_BENCH_PATH_SIZE];

    name_path(bench, name, path);
    assert_true(unlink(path) == 0 || errno == ENOENT);
}

static bool exists(const struct broker_bench *bench, const char *name)
{
    char path[BROKER_BENCH_PATH_SIZE];

    name_path(bench, name, path);
    return file_exists(path);
}

void broker_bench_create(struct broker_bench *bench)
{
    struct diagnostic diagnostic = {""};

    memset(bench, 0, sizeof *bench);
    (void)snprintf(bench->folder, sizeof bench->folder, "broker-XXXXXX");
    if (mkdtemp(bench->folder) == NULL) {
        bench->folder[0] = '\0';
        fail_msg("no folder for the broker: %s", strerror(errno));
    }
    if (broker_keys_make(bench->folder, BROKER_BENCH_HOST, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    name_path(bench, "authority.pem", bench->authority);
    name_path(bench, "device.pem", bench->certificate);
    name_path(bench, "device.key", bench->private_key);
}

struct device_credentials broker_bench_credentials(const struct broker_bench *bench)
{
    const struct device_credentials credentials = {.broker_ca = bench->authority,
                                                   .certificate = bench->certificate,
                                                   .private_key = bench->private_key};

    return credentials;
}

/* The first line is for those without a certificate, who come through the test's socket. The pattern
 * is what the broker looks at for a client that is not there at the moment: by its name %c it is
 * good for the subscriber only, whose readings are kept meanwhile. */
void broker_bench_admit(struct broker_bench *bench, const uint8_t device_id[DEVICE_PROCESS_ID_SIZE])
{
    for (size_t i = 0; i < DEVICE_PROCESS_ID_SIZE; i++) {
        (void)snprintf(bench->device_id + 2U * i, 3, "%02x", device_id[i]);
    }
    write_text(bench, "access",
               "topic readwrite hearth/#\n"
               "user %s\n"
               "topic write hearth/%s/telemetry\n"
               "topic read hearth/%s/command\n"
               "pattern read %%c/+/telemetry\n",
               BROKER_KEYS_DEVICE_USER, bench->device_id, bench->device_id);
}

/* As root mosquitto would change its user, who may not read the keys. */
static void configure(const struct broker_bench *bench, enum broker_identity identity)
{
    static const char *const names[] = {[BROKER_GENUINE] = "broker",
                                        [BROKER_OF_ROGUE_AUTHORITY] = "rogue",
                                        [BROKER_OF_ANOTHER_NAME] = "elsewhere"};

    write_text(bench, CONFIGURATION,
               "%slog_dest file " LOG "\n"
               "log_type all\n"
               "log_timestamp false\n"
               "persistence true\n"
               "persistence_location ./\n"
               "allow_anonymous true\n"
               "acl_file access\n"
               "listener %u 127.0.0.1\n"
               "tls_version tlsv1.2\n"
               "cafile authority.pem\n"
               "certfile %s.pem\n"
               "keyfile %s.key\n"
               "require_certificate true\n"
               "use_identity_as_username true\n"
               "listener 0 " BROKER_BENCH_SOCKET "\n",
               geteuid() == 0 ? "user root\n" : "", bench->port, names[identity], names[identity]);
}

/* ---- The port ---- */

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

uint16_t broker_bench_free_port(void)
{
    static uint32_t step; /* no port twice, while there are others */

    for (uint32_t i = 0; i < PORTS; i++) {
        const uint16_t port = (uint16_t)(FIRST_PORT + ((uint32_t)getpid() * 16U + step) % PORTS);
        const struct sockaddr_in address = loopback(port);
        const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool is_free;

        step++;
        assert_true(descriptor >= 0);
        is_free = bind(descriptor, (const struct sockaddr *)&address, sizeof address) == 0;
        (void)close(descriptor);
        if (is_free) {
            return port;
        }
    }
    fail_msg("no port from %u to %u is free", FIRST_PORT, FIRST_PORT + PORTS - 1U);
    return 0;
}

static bool accepts(uint16_t port)
{
    const struct sockaddr_in address = loopback(port);
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connected;

    assert_true(descriptor >= 0);
    connected = connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)close(descriptor);
    return connected;
}

/* ---- The broker ---- */

void broker_bench_check(const struct broker_bench *bench)
{
    struct diagnostic diagnostic = {""};
    size_t size;
    int error;

    if (bench->process == NULL) {
        return;
    }
    error = process_wait(bench->process, process_clock_ms(), &diagnostic);
    if (error == RIG_OK) {
        fail_msg("the broker has ended: %s", process_output(bench->process, PROCESS_STDERR, &size));
    } else if (error != RIG_ERROR_TIMEOUT) {
        fail_msg("the broker cannot be waited for: %s", rig_strerror(error));
    }
}

void broker_bench_start_again(struct broker_bench *bench)
{
    const char *const words[] = {MOSQUITTO, "-c", CONFIGURATION, NULL};
    const struct process_options options = {.argv = words, .working_folder = bench->folder};
    const uint64_t deadline = device_process_now_ms() + START_LIMIT_MS;
    struct diagnostic diagnostic = {""};

    assert_null(bench->process);
    if (process_start(&options, &bench->process, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    while (!accepts(bench->port) || !exists(bench, BROKER_BENCH_SOCKET)) {
        broker_bench_check(bench);
        assert_true(device_process_now_ms() < deadline);
        device_process_pause(PAUSE_MS);
    }
}

void broker_bench_start(struct broker_bench *bench, enum broker_identity identity)
{
    broker_bench_stop(bench);
    bench->port = broker_bench_free_port();
    configure(bench, identity);
    remove_file(bench, LOG);
    remove_file(bench, SESSIONS);
    broker_bench_start_again(bench);
}

static void send_signal(const struct broker_bench *bench, int number)
{
    assert_non_null(bench->process);
    assert_int_equal(kill(process_id(bench->process), number), 0);
}

void broker_bench_save_sessions(const struct broker_bench *bench)
{
    const uint64_t deadline = device_process_now_ms() + START_LIMIT_MS;

    remove_file(bench, SESSIONS);
    send_signal(bench, SIGUSR1);
    while (!exists(bench, SESSIONS)) {
        broker_bench_check(bench);
        assert_true(device_process_now_ms() < deadline);
        device_process_pause(PAUSE_MS);
    }
}

void broker_bench_freeze(const struct broker_bench *bench)
{
    send_signal(bench, SIGSTOP);
}

void broker_bench_stop(struct broker_bench *bench)
{
    process_destroy(bench->process);
    bench->process = NULL;
    if (bench->folder[0] != '\0') {
        remove_file(bench, BROKER_BENCH_SOCKET);
    }
}

void broker_bench_publish(const struct broker_bench *bench, const char *topic, const char *payload,
                          size_t length)
{
    const char *const words[] = {
        "mosquitto_pub", "--unix", BROKER_BENCH_SOCKET, "-q", "1", "-t", topic, "-f",
        PAYLOAD,         NULL};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    size_t size;

    write_bytes(bench, PAYLOAD, payload, length);
    if (process_run(&(struct process_options){.argv = words, .working_folder = bench->folder},
                    CLIENT_LIMIT_MS, &process, &diagnostic) != RIG_OK ||
        process_end(process)->outcome != PROCESS_EXITED || process_end(process)->exit_code != 0) {
        fail_msg("nothing could be published: %s%s", diagnostic.text,
                 process != NULL ? process_output(process, PROCESS_STDERR, &size) : "");
    }
    process_destroy(process);
}

size_t broker_bench_logged(const struct broker_bench *bench, const char *text)
{
    char path[BROKER_BENCH_PATH_SIZE];

    name_path(bench, LOG, path);
    return file_text_count(path, text);
}

void broker_bench_destroy(struct broker_bench *bench)
{
    struct diagnostic diagnostic = {""};

    process_destroy(bench->process);
    bench->process = NULL;
    if (bench->folder[0] != '\0' && file_remove(bench->folder, &diagnostic) != RIG_OK) {
        print_error("%s\n", diagnostic.text);
    }
    bench->folder[0] = '\0';
}
