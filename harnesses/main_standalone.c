/*
 * Entry of NAME.reproducer and NAME.coverage: runs the harness on each file that is named, in
 * order, in one process. Exit codes: 0 all ran through, 2 a file cannot be read; a failure aborts.
 * HARNESS_TIMEOUT_S in the environment limits the wall-clock time of each input.
 */
#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_INPUT_SIZE (16U * 1024U * 1024U)
#define MAX_TIMEOUT_S  86400L

/* No engine is here to mutate anything. */
size_t harness_mutate_bytes(uint8_t *data, size_t size, size_t max_size)
{
    (void)data;
    (void)max_size;
    return size;
}

/* Reports from a signal handler, which is unsafe in general: the process ends here in any case. */
static void on_alarm(int signal_number)
{
    (void)signal_number;
    // NOLINTNEXTLINE(bugprone-signal-handler,cert-sig30-c)
    harness_hang("-", "wall-clock", "no end within HARNESS_TIMEOUT_S seconds");
}

/* 0: no limit; negative: the variable is malformed. */
static long timeout_from_environment(void)
{
    const char *text = getenv("HARNESS_TIMEOUT_S");
    char *end = NULL;
    long seconds;

    if (text == NULL) {
        return 0;
    }
    errno = 0;
    seconds = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || seconds < 0 || seconds > MAX_TIMEOUT_S) {
        (void)fprintf(stderr, "HARNESS_TIMEOUT_S=%s: give whole seconds, 0 to %ld\n", text,
                      MAX_TIMEOUT_S);
        return -1;
    }
    return seconds;
}

/* Reads a regular file into a block of exactly its size, so that a read beyond it is seen. */
static uint8_t *read_input(const char *path, size_t *size)
{
    struct stat status;
    uint8_t *data = NULL;
    FILE *file = fopen(path, "rb");

    if (file == NULL || fstat(fileno(file), &status) != 0) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        goto out;
    }
    if (!S_ISREG(status.st_mode) || (uint64_t)status.st_size > MAX_INPUT_SIZE) {
        (void)fprintf(stderr, "%s: not a regular file of at most %u bytes\n", path, MAX_INPUT_SIZE);
        goto out;
    }
    *size = (size_t)status.st_size;
    data = malloc(*size > 0 ? *size : 1);
    if (data == NULL || fread(data, 1, *size, file) != *size) {
        (void)fprintf(stderr, "%s: cannot be read whole\n", path);
        free(data);
        data = NULL;
    }
out:
    if (file != NULL) {
        (void)fclose(file);
    }
    return data;
}

static int run_file(const char *path, long timeout_s)
{
    size_t size = 0;
    uint8_t *data = read_input(path, &size);

    if (data == NULL) {
        return -1;
    }
    (void)alarm((unsigned)timeout_s);
    (void)harness_execute(data, size);
    (void)alarm(0);
    free(data);
    return 0;
}

int main(int argument_count, char **arguments)
{
    long timeout_s = timeout_from_environment();

    if (timeout_s < 0) {
        return 2;
    }
    if (argument_count < 2) {
        (void)fprintf(stderr, "usage: %s FILE...\nRuns the harness '%s' on each FILE.\n",
                      arguments[0], HARNESS_NAME);
        return 2;
    }
    if (signal(SIGALRM, on_alarm) == SIG_ERR) {
        (void)fprintf(stderr, "%s: cannot set the time limit: %s\n", arguments[0], strerror(errno));
        return 2;
    }
    for (int i = 1; i < argument_count; i++) {
        if (run_file(arguments[i], timeout_s) != 0) {
            return 2;
        }
    }
    return 0;
}
