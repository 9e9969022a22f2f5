/* The adapter of the foreign device: JSON on stdin and stdout (rig/target/adapter_command.h), lines on the
 * device's console. The console's path is the first argument, else ORDEAL_CONSOLE of the environment. */
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "foreign_console.h"

static const char *console_path;

static json_t *fail(enum console_result result)
{
    static const char *const errors[] = {
        [CONSOLE_TIMEOUT] = "timeout",
        [CONSOLE_NONSENSE] = "device",
        [CONSOLE_UNSENDABLE] = "unsupported",
    };
    static const char *const details[] = {
        [CONSOLE_TIMEOUT] = "the console does not answer",
        [CONSOLE_NONSENSE] = "not an answer of this device",
        [CONSOLE_UNSENDABLE] = "the console takes lines of text only",
    };
    return json_pack("{s:s, s:s}", "error", errors[result], "detail", details[result]);
}

static json_t *outcome(const char *word, int64_t wait_ms, const char *reason)
{
    return json_pack("{s:b, s:s, s:I, s:s}", "ok", 1, "outcome", word, "wait_ms",
                     (json_int_t)wait_ms, "reason", reason);
}

/* A text of a request; what the rig sends is complete. */
static const char *text_of(const json_t *request, const char *name)
{
    const char *text = json_string_value(json_object_get(request, name));
    return text == NULL ? "" : text;
}

/* Sends a command and reads its one line. */
static enum console_result ask(const char *word, const char *argument, const char *second,
                               char answer[ANSWER_SIZE], int64_t deadline_ms)
{
    enum console_result result = console_ask(word, argument, second);
    return result == CONSOLE_OK ? console_line(answer, deadline_ms) : result;
}

/* What a line makes of a change: `ok`, `refused REASON` or `wait MS`. */
static json_t *judge(enum console_result result, const char *answer)
{
    long long wait_ms = 0;
    if (result != CONSOLE_OK) {
        return fail(result);
    }
    if (strcmp(answer, "ok") == 0) {
        return outcome("accepted", 0, "");
    }
    if (strncmp(answer, "refused ", 8) == 0) {
        return outcome("refused", 0, answer + 8);
    }
    if (sscanf(answer, "wait %lld", &wait_ms) == 1 && wait_ms >= 0) {
        return outcome("wait", wait_ms, "");
    }
    return fail(CONSOLE_NONSENSE);
}

static json_t *identity(int64_t deadline_ms)
{
    char answer[ANSWER_SIZE];
    char product[64];
    char version[32];
    char device_id[64];
    char rest;
    enum console_result result = ask("id", NULL, NULL, answer, deadline_ms);
    if (result != CONSOLE_OK) {
        return fail(result);
    }
    if (sscanf(answer, "id %63s %31s %63s%c", product, version, device_id, &rest) != 3) {
        return fail(CONSOLE_NONSENSE);
    }
    return json_pack("{s:b, s:s, s:s, s:s}", "ok", 1, "product", product, "version", version,
                     "device_id", device_id);
}

static json_t *health(int64_t deadline_ms)
{
    char answer[ANSWER_SIZE];
    long long uptime_s = -1;
    long long starts = -1;
    char rest;
    enum console_result result = ask("health", NULL, NULL, answer, deadline_ms);
    if (result != CONSOLE_OK) {
        return fail(result);
    }
    if (sscanf(answer, "health uptime=%lld starts=%lld%c", &uptime_s, &starts, &rest) != 2) {
        return fail(CONSOLE_NONSENSE);
    }
    return json_pack("{s:b, s:I, s:I}", "ok", 1, "uptime_s", (json_int_t)uptime_s, "starts",
                     (json_int_t)starts);
}

static json_t *dump(int64_t deadline_ms)
{
    char answer[ANSWER_SIZE];
    json_t *settings = json_array();
    enum console_result result = ask("get", NULL, NULL, answer, deadline_ms);
    while (result == CONSOLE_OK && strcmp(answer, "end") != 0) {
        char *value = strchr(answer, '=');
        if (value == NULL) {
            result = CONSOLE_NONSENSE;
            break;
        }
        *value++ = '\0';
        (void)json_array_append_new(settings,
                                    json_pack("{s:s, s:s, s:b}", "name", answer, "value", value,
                                              "is_open", strcmp(answer, "volume") == 0));
        result = console_line(answer, deadline_ms);
    }
    if (result != CONSOLE_OK) {
        json_decref(settings);
        return fail(result);
    }
    return json_pack("{s:b, s:o}", "ok", 1, "settings", settings);
}

/* Logs in, and waits out a back-off that fits into the deadline. NULL when the device said ok. */
static json_t *log_in(const char *password, int64_t deadline_ms)
{
    for (;;) {
        char answer[ANSWER_SIZE];
        long long wait_ms = 0;
        enum console_result result = ask("login", password, NULL, answer, deadline_ms);
        if (result == CONSOLE_OK && strcmp(answer, "ok") == 0) {
            return NULL;
        }
        if (result != CONSOLE_OK || sscanf(answer, "wait %lld", &wait_ms) != 1 || wait_ms < 0 ||
            wait_ms >= deadline_ms - console_clock_ms()) {
            return judge(result, answer);
        }
        const struct timespec wait = {(time_t)(wait_ms / 1000), (long)(wait_ms % 1000) * 1000000};
        (void)nanosleep(&wait, NULL);
    }
}

/* A change that takes a log-in, and ends with a log-out. */
static json_t *change(const json_t *request, const char *word, const char *argument,
                      const char *second, int64_t deadline_ms)
{
    char answer[ANSWER_SIZE];
    json_t *refusal = log_in(text_of(request, "password"), deadline_ms);
    if (refusal != NULL) {
        return refusal;
    }
    json_t *judged = judge(ask(word, argument, second, answer, deadline_ms), answer);
    (void)ask("logout", NULL, NULL, answer, deadline_ms); /* what counts has been said */
    return judged;
}

static json_t *try_password(const json_t *request, int64_t deadline_ms)
{
    char answer[ANSWER_SIZE];
    json_t *judged =
        judge(ask("login", text_of(request, "password"), NULL, answer, deadline_ms), answer);
    char bye[ANSWER_SIZE];
    (void)ask("logout", NULL, NULL, bye, deadline_ms);
    return judged;
}

static json_t *set(const json_t *request, int64_t deadline_ms)
{
    const char *name = text_of(request, "name");
    const char *value = text_of(request, "value");
    if (strcmp(name, "volume") == 0) {
        char answer[ANSWER_SIZE];
        return judge(ask("set", name, value, answer, deadline_ms), answer);
    }
    return change(request, "set", name, value, deadline_ms);
}

static json_t *answer_device(const char *verb, const json_t *request, int64_t deadline_ms)
{
    if (strcmp(text_of(request, "channel"), "network") == 0) {
        return json_pack("{s:s, s:s}", "error", "unsupported", "detail", "it has no network");
    }
    enum console_result opened = console_open(console_path);
    if (opened != CONSOLE_OK) {
        return fail(opened);
    }
    if (strcmp(verb, "identity") == 0) {
        return identity(deadline_ms);
    }
    if (strcmp(verb, "health") == 0) {
        return health(deadline_ms);
    }
    if (strcmp(verb, "dump") == 0) {
        return dump(deadline_ms);
    }
    if (strcmp(verb, "login") == 0) {
        return try_password(request, deadline_ms);
    }
    if (strcmp(verb, "set") == 0) {
        return set(request, deadline_ms);
    }
    if (strcmp(verb, "set_password") == 0) {
        return change(request, "password", text_of(request, "new_password"), NULL, deadline_ms);
    }
    if (strcmp(verb, "erase") == 0) {
        return change(request, "erase", NULL, NULL, deadline_ms);
    }
    return json_pack("{s:s}", "error", "unsupported");
}

static json_t *answer_request(const json_t *request)
{
    const json_int_t limit_ms = json_integer_value(json_object_get(request, "deadline_ms"));
    const char *verb = text_of(request, "verb");
    if (strcmp(verb, "hello") == 0) {
        return json_pack("{s:b, s:i, s:[s,s,s,s,s,s,s]}", "ok", 1, "protocol", 1, "verbs",
                         "identity", "health", "dump", "login", "set", "set_password", "erase");
    }
    json_t *answer = answer_device(verb, request, console_clock_ms() + limit_ms);
    console_close();
    return answer;
}

int main(int count, char **arguments)
{
    char *line = NULL;
    size_t size = 0;
    console_path = count > 1 ? arguments[1] : getenv("ORDEAL_CONSOLE");
    if (console_path == NULL) {
        (void)fprintf(stderr, "foreign-adapter: name the console, or set ORDEAL_CONSOLE\n");
        return 2;
    }
    while (getline(&line, &size, stdin) > 0) {
        json_t *request = json_loads(line, 0, NULL);
        json_t *answer = request == NULL
                             ? json_pack("{s:s, s:s}", "error", "bench", "detail", "no JSON")
                             : answer_request(request);
        char *text = answer == NULL ? NULL : json_dumps(answer, JSON_COMPACT);
        if (text == NULL || printf("%s\n", text) < 0 || fflush(stdout) != 0) {
            return 1;
        }
        free(text);
        json_decref(answer);
        json_decref(request);
    }
    free(line);
    return 0;
}
