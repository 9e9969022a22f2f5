#define _GNU_SOURCE /* pipe2 */
#include "device_client.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

#define CLIENT "device-client"

enum {
    TURN_MS = 10,
    MAX_WORDS = 32,
};

static const char *const publisher[] = {"mosquitto_pub", NULL};
static const char *const subscriber[] = {"mosquitto_sub", NULL};

int64_t in_time(void)
{
    return process_clock_ms() + LIMIT_MS;
}

void expect_ok(int error, const struct diagnostic *diagnostic)
{
    if (error != RIG_OK) {
        fail_msg("%s: %s", rig_strerror(error), diagnostic->text);
    }
}

int fixture_set_up(void **state)
{
    static struct fixture fixture;
    struct diagnostic diagnostic = {""};
    struct broker_options options = {.host_name = "127.0.0.1", .product = "hearth"};

    fixture = (struct fixture){NULL, NULL};
    *state = &fixture;
    expect_ok(file_make_temporary(&fixture.folder, &diagnostic), &diagnostic);
    options.folder = fixture.folder;
    expect_ok(broker_create(&options, &fixture.broker, &diagnostic), &diagnostic);
    expect_ok(broker_admit(fixture.broker, DEVICE_ID, &diagnostic), &diagnostic);
    return 0;
}

int fixture_tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct diagnostic diagnostic = {""};

    broker_destroy(fixture->broker);
    if (fixture->folder != NULL && file_remove(fixture->folder, &diagnostic) != RIG_OK) {
        print_error("%s\n", diagnostic.text);
        return -1;
    }
    free(fixture->folder);
    return 0;
}

void start_broker(struct broker *broker, enum broker_identity identity)
{
    struct diagnostic diagnostic = {""};

    expect_ok(broker_start(broker, identity, in_time(), &diagnostic), &diagnostic);
}

void stop_broker(struct broker *broker)
{
    struct diagnostic diagnostic = {""};

    expect_ok(broker_stop(broker, &diagnostic), &diagnostic);
}

/* Adds words, the last of which is NULL. */
static size_t add_words(const char *words[MAX_WORDS], size_t count, const char *const *more)
{
    for (size_t i = 0; more[i] != NULL; i++) {
        assert_in_range(count, 0, MAX_WORDS - 2);
        words[count++] = more[i];
    }
    return count;
}

/* The client `program`, a list of words, with all that it needs to connect as the device, and the
 * words of `more`. */
static struct process *start_client(const struct broker *broker, const char *const *program,
                                    const char *const *more, int input)
{
    const struct broker_credentials credentials = broker_credentials(broker);
    char port[8];
    const char *const common[] = {"-h",       "127.0.0.1",
                                  "-p",       port,
                                  "--cafile", credentials.authority,
                                  "--cert",   credentials.certificate,
                                  "--key",    credentials.private_key,
                                  "-i",       CLIENT,
                                  "-q",       "1",
                                  NULL};
    const char *words[MAX_WORDS] = {NULL};
    const struct process_options options = {.argv = words, .input = input};
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    size_t count = add_words(words, 0, program);

    (void)snprintf(port, sizeof(port), "%u", (unsigned)broker_port(broker));
    count = add_words(words, count, common);
    (void)add_words(words, count, more);
    expect_ok(process_start(&options, &process, &diagnostic), &diagnostic);
    return process;
}

/* Whether it ends with 0 in that time. */
static bool succeeds(struct process *process, int64_t limit_ms)
{
    struct diagnostic diagnostic = {""};
    const int error = process_wait(process, process_clock_ms() + limit_ms, &diagnostic);
    bool good;

    if (error != RIG_ERROR_TIMEOUT) {
        expect_ok(error, &diagnostic);
    }
    good = process_end(process)->outcome == PROCESS_EXITED && process_end(process)->exit_code == 0;
    process_destroy(process);
    return good;
}

bool device_says(const struct broker *broker, const char *topic, const char *text, int64_t limit_ms)
{
    const char *const more[] = {"-t", topic, "-m", text, NULL};

    return succeeds(start_client(broker, publisher, more, 0), limit_ms);
}

bool device_says_lines(const struct broker *broker, const char *topic, const char *lines)
{
    const char *const more[] = {"-t", topic, "-l", NULL};
    struct process *process;
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    process = start_client(broker, publisher, more, ends[0]);
    (void)close(ends[0]);
    assert_int_equal(write(ends[1], lines, strlen(lines)), (ssize_t)strlen(lines));
    (void)close(ends[1]);
    return succeeds(process, LIMIT_MS);
}

struct process *device_insists(const struct broker *broker, const char *topic, const char *text)
{
    static const char *const again[] = {
        "sh", "-c", "until \"$@\" 2>/dev/null; do :; done", "device", "mosquitto_pub", NULL};
    const char *const more[] = {"-t", topic, "-m", text, NULL};

    return start_client(broker, again, more, 0);
}

size_t logged(const struct broker *broker, const char *text)
{
    struct diagnostic diagnostic = {""};
    size_t count = 0;

    expect_ok(broker_log_count(broker, text, &count, &diagnostic), &diagnostic);
    return count;
}

struct process *device_listen(struct broker *broker)
{
    static const char command[] = DEVICE_COMMAND;
    const char *const more[] = {"-t", command, "-C", "1", NULL};
    const int64_t deadline_ms = in_time();
    struct diagnostic diagnostic = {""};
    struct process *process = start_client(broker, subscriber, more, 0);

    while (logged(broker, "Sending SUBACK to " CLIENT "\n") == 0) {
        assert_int_equal(process_wait(process, process_clock_ms() + TURN_MS, &diagnostic),
                         RIG_ERROR_TIMEOUT);
        assert_true(process_clock_ms() < deadline_ms);
    }
    return process;
}

void wait_for_readings(struct broker *broker, size_t count, struct broker_readings *readings)
{
    const int64_t deadline_ms = in_time();
    struct diagnostic diagnostic = {""};

    do {
        expect_ok(broker_readings(broker, readings, &diagnostic), &diagnostic);
        if (process_clock_ms() >= deadline_ms) {
            fail_msg("%zu of %zu readings have arrived", readings->count, count);
        }
        (void)poll(NULL, 0, TURN_MS);
    } while (readings->count < count);
}

pid_t find_child(const char *program)
{
    char path[64];
    char name[64];
    long pid = 0;
    FILE *children;

    (void)snprintf(path, sizeof(path), "/proc/self/task/%ld/children", (long)getpid());
    children = fopen(path, "r");
    assert_non_null(children);
    while (fscanf(children, "%ld", &pid) == 1) {
        FILE *command;
        bool found;

        (void)snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
        command = fopen(path, "r");
        assert_non_null(command);
        found = fscanf(command, "%63s", name) == 1 && strcmp(name, program) == 0;
        (void)fclose(command);
        if (found) {
            (void)fclose(children);
            return (pid_t)pid;
        }
    }
    (void)fclose(children);
    fail_msg("no child runs %s", program);
    return 0;
}
