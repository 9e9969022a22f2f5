#include "target/adapter_command.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hexadecimal.h"
#include "target/adapter_answer.h"
#include "target/adapter_program.h"

enum {
    HELLO_MS = 10000,
    MARGIN_MS = 500, /* of a deadline that is kept from the program, so that it can tell in time */
    GRACE_MS = 1000, /* behind it: a host may be late, too */
};

struct adapter_command {
    struct adapter_driver driver; /* has the verbs that the program has */
    struct adapter *adapter;
    struct adapter_program program;
};

static const char *const channel_names[ADAPTER_CHANNELS] = {"local", "network"};

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

/* What the program is told of a deadline: a tenth of the time that is left, at most MARGIN_MS, is kept
 * for its answer. */
static json_int_t time_to_tell(int64_t deadline_ms)
{
    int64_t left = deadline_ms - process_clock_ms();
    int64_t margin = left / 10 < MARGIN_MS ? left / 10 : MARGIN_MS;
    return left > margin ? left - margin : 1;
}

/* The device's side of an answer that says `error`. */
static int read_error(struct adapter_command *self, const char *verb, const json_t *answer,
                      struct diagnostic *diagnostic)
{
    static const struct {
        const char *name;
        int error;
    } errors[] = {
        {"timeout", RIG_ERROR_TIMEOUT},
        {"device", RIG_ERROR_DEVICE},
        {"unsupported", RIG_ERROR_USAGE},
        {"bench", RIG_ERROR_BENCH},
    };
    const char *name = json_string_value(json_object_get(answer, "error"));
    const json_t *detail = json_object_get(answer, "detail");
    const char *text = json_string_value(detail);
    if (name == NULL || (detail != NULL && text == NULL)) {
        return adapter_program_refuse(&self->program, "`error` or `detail` is no text", diagnostic);
    }
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (strcmp(errors[i].name, name) == 0) {
            return diagnostic_fail(diagnostic, errors[i].error, "adapter, %s: %s%s%.300s", verb,
                                   name, text == NULL ? "" : ": ", text == NULL ? "" : text);
        }
    }
    return adapter_program_refuse(
        &self->program, "`error` is none of timeout, device, unsupported, bench", diagnostic);
}

/* Makes sense of a line. On RIG_OK *answer is the caller's. */
static int read_answer(struct adapter_command *self, const char *verb, const char *line,
                       json_t **answer, struct diagnostic *diagnostic)
{
    json_t *read = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    int error = RIG_OK;
    if (!json_is_object(read)) {
        error =
            adapter_program_refuse(&self->program, "an answer that is no JSON object", diagnostic);
    } else if (json_object_get(read, "error") != NULL) {
        error = read_error(self, verb, read, diagnostic);
    } else if (!json_is_true(json_object_get(read, "ok"))) {
        error =
            adapter_program_refuse(&self->program, "an answer without `ok` or `error`", diagnostic);
    }
    if (error != RIG_OK) {
        json_decref(read);
        return error;
    }
    *answer = read;
    return RIG_OK;
}

/* Sends a request to the program, which runs, and reads what it answers. */
static int exchange(struct adapter_command *self, const json_t *request, int64_t deadline_ms,
                    json_t **answer, struct diagnostic *diagnostic)
{
    const char *line = NULL;
    const char *verb = json_string_value(json_object_get(request, "verb"));
    char *text = json_dumps(request, JSON_COMPACT);
    if (text == NULL) {
        return no_memory(diagnostic);
    }
    int error =
        adapter_program_ask(&self->program, text, deadline_ms + GRACE_MS, &line, diagnostic);
    free(text);
    return error == RIG_OK ? read_answer(self, verb, line, answer, diagnostic) : error;
}

static int say_hello(struct adapter_command *self, int64_t deadline_ms, unsigned *verbs,
                     struct diagnostic *diagnostic)
{
    json_t *answer = NULL;
    json_t *request =
        json_pack("{s:s, s:I}", "verb", "hello", "deadline_ms", time_to_tell(deadline_ms));
    if (request == NULL) {
        return no_memory(diagnostic);
    }
    int error = adapter_program_start(&self->program, diagnostic);
    if (error == RIG_OK) {
        error = exchange(self, request, deadline_ms, &answer, diagnostic);
    }
    if (error == RIG_OK) {
        const char *wrong = adapter_answer_hello(answer, verbs);
        error = wrong == NULL ? RIG_OK : adapter_program_refuse(&self->program, wrong, diagnostic);
    }
    json_decref(request);
    json_decref(answer);
    return error;
}

/* A verb under way: what is asked, and what came back. */
struct call {
    struct adapter_command *self;
    const char *verb;
    int64_t deadline_ms;
    json_t *answer;
    struct diagnostic *diagnostic;
};

/* Asks with the members that json_pack() makes of `format`. */
static int ask(struct call *call, const char *format, ...)
{
    json_error_t reason;
    va_list arguments;
    va_start(arguments, format);
    json_t *request = json_vpack_ex(&reason, 0, format, arguments);
    va_end(arguments);
    if (request == NULL) {
        return json_error_code(&reason) == json_error_out_of_memory
                   ? no_memory(call->diagnostic)
                   : diagnostic_fail(call->diagnostic, RIG_ERROR_USAGE,
                                     "adapter, %s: a text that is no UTF-8 cannot be sent",
                                     call->verb);
    }
    int error = RIG_OK;
    if (!adapter_program_is_started(&call->self->program)) {
        unsigned verbs;
        /* Its start is no part of what the verb may take. */
        const int64_t began_ms = process_clock_ms();

        error = say_hello(call->self, began_ms + HELLO_MS, &verbs, call->diagnostic);
        call->deadline_ms += process_clock_ms() - began_ms;
    }
    if (error == RIG_OK &&
        (json_object_set_new(request, "verb", json_string(call->verb)) != 0 ||
         json_object_set_new(request, "deadline_ms",
                             json_integer(time_to_tell(call->deadline_ms))) != 0)) {
        error = no_memory(call->diagnostic);
    }
    if (error == RIG_OK) {
        error = exchange(call->self, request, call->deadline_ms, &call->answer, call->diagnostic);
    }
    json_decref(request);
    return error;
}

/* Ends a call whose answer was read; `wrong` is as of adapter_answer.h. */
static int end(struct call *call, const char *wrong)
{
    json_decref(call->answer);
    return wrong == NULL ? RIG_OK
                         : adapter_program_refuse(&call->self->program, wrong, call->diagnostic);
}

static int identity(void *self, struct adapter_identity *identity, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    struct call call = {self, "identity", deadline_ms, NULL, diagnostic};
    int error = ask(&call, "{}");
    return error == RIG_OK ? end(&call, adapter_answer_identity(call.answer, identity)) : error;
}

static int health(void *self, enum adapter_channel channel, struct adapter_health *health,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct call call = {self, "health", deadline_ms, NULL, diagnostic};
    int error = ask(&call, "{s:s}", "channel", channel_names[channel]);
    return error == RIG_OK ? end(&call, adapter_answer_health(call.answer, health)) : error;
}

static const char *password_of(const void *self)
{
    const struct adapter_command *command = self;
    return command->adapter->password;
}

static int dump(void *self, struct adapter_dump *dump, int64_t deadline_ms,
                struct diagnostic *diagnostic)
{
    struct call call = {self, "dump", deadline_ms, NULL, diagnostic};
    int error = ask(&call, "{s:s}", "password", password_of(self));
    return error == RIG_OK ? end(&call, adapter_answer_dump(call.answer, dump)) : error;
}

static int login(void *self, enum adapter_channel channel, const char *password,
                 struct adapter_answer *answer, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct call call = {self, "login", deadline_ms, NULL, diagnostic};
    int error = ask(&call, "{s:s, s:s}", "channel", channel_names[channel], "password", password);
    return error == RIG_OK ? end(&call, adapter_answer_outcome(call.answer, answer)) : error;
}

static int set(void *self, const char *name, const char *value, struct adapter_answer *answer,
               int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct call call = {self, "set", deadline_ms, NULL, diagnostic};
    int error =
        ask(&call, "{s:s, s:s, s:s}", "name", name, "value", value, "password", password_of(self));
    return error == RIG_OK ? end(&call, adapter_answer_outcome(call.answer, answer)) : error;
}

static int set_password(void *self, const char *password, struct adapter_answer *answer,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct call call = {self, "set_password", deadline_ms, NULL, diagnostic};
    int error = ask(&call, "{s:s, s:s}", "new_password", password, "password", password_of(self));
    return error == RIG_OK ? end(&call, adapter_answer_outcome(call.answer, answer)) : error;
}

static int update(void *self, const struct adapter_update *update, struct adapter_answer *answer,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct call call = {self, "update", deadline_ms, NULL, diagnostic};
    char *image = realpath(update->image, NULL);
    json_t *stop_after =
        update->stop_after > INT64_MAX ? NULL : json_integer((json_int_t)update->stop_after);
    if (image == NULL) {
        json_decref(stop_after);
        return file_fail(update->image, "find", diagnostic);
    }
    int error = ask(&call, "{s:s, s:s, s:b, s:o*, s:s}", "channel", channel_names[update->channel],
                    "image", image, "activate", (int)update->activate, "stop_after", stop_after,
                    "password", password_of(self));
    free(image);
    return error == RIG_OK ? end(&call, adapter_answer_outcome(call.answer, answer)) : error;
}

/* confirm and erase need no more than the password. */
static int order(void *self, const char *verb, struct adapter_answer *answer, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    struct call call = {self, verb, deadline_ms, NULL, diagnostic};
    int error = ask(&call, "{s:s}", "password", password_of(self));
    return error == RIG_OK ? end(&call, adapter_answer_outcome(call.answer, answer)) : error;
}

static int confirm(void *self, struct adapter_answer *answer, int64_t deadline_ms,
                   struct diagnostic *diagnostic)
{
    return order(self, "confirm", answer, deadline_ms, diagnostic);
}

static int erase(void *self, struct adapter_answer *answer, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    return order(self, "erase", answer, deadline_ms, diagnostic);
}

static int challenge(void *self, struct adapter_bytes *challenge, struct adapter_answer *answer,
                     int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct call call = {self, "challenge", deadline_ms, NULL, diagnostic};
    int error = ask(&call, "{s:s}", "password", password_of(self));
    return error == RIG_OK ? end(&call, adapter_answer_challenge(call.answer, answer, challenge))
                           : error;
}

static int unlock(void *self, const struct adapter_bytes *token, struct adapter_answer *answer,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct call call = {self, "unlock", deadline_ms, NULL, diagnostic};
    char text[2 * ADAPTER_UNLOCK_MAX + 1];
    int error;

    hexadecimal_write(token->bytes, token->size, text);
    error = ask(&call, "{s:s, s:s}", "token", text, "password", password_of(self));
    return error == RIG_OK ? end(&call, adapter_answer_outcome(call.answer, answer)) : error;
}

static int unlock_log(void *self, struct adapter_unlock_log *log, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    struct call call = {self, "unlock_log", deadline_ms, NULL, diagnostic};
    int error = ask(&call, "{s:s}", "password", password_of(self));
    return error == RIG_OK ? end(&call, adapter_answer_unlock_log(call.answer, log)) : error;
}

static void forget(void *self)
{
    struct adapter_command *command = self;
    adapter_program_stop(&command->program);
}

static void destroy(void *context)
{
    struct adapter_command *self = context;
    if (self != NULL) {
        adapter_program_stop(&self->program);
        command_words_free(&self->program.command);
        free(self->program.line);
        free(self);
    }
}

static int prepare(struct adapter_command *self, struct diagnostic *diagnostic)
{
    int error = command_words_split(self->program.name, &self->program.command);
    if (error == RIG_ERROR_USAGE) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "adapter program `%s` is no command line; write a program and its "
                               "arguments, with quotes in pairs",
                               self->program.name);
    }
    self->program.line = malloc(ADAPTER_PROGRAM_LINE + 1);
    return error == RIG_OK && self->program.line != NULL ? RIG_OK : no_memory(diagnostic);
}

int adapter_command_create(const struct adapter_command_options *options, struct adapter *adapter,
                           struct diagnostic *diagnostic)
{
    static const struct adapter_driver driver = {
        0,       identity, health,    dump,   login,      set,    set_password, update,
        confirm, erase,    challenge, unlock, unlock_log, forget, destroy,
    };
    adapter->driver = NULL;
    adapter->self = NULL;
    struct adapter_command *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return no_memory(diagnostic);
    }
    self->driver = driver;
    self->adapter = adapter;
    self->program = (struct adapter_program){
        .name = options->program,
        .folder = options->folder,
        .environment = options->environment,
        .log_path = options->log_path,
        .socket = STREAM_SOCKET_NONE,
    };
    int error = prepare(self, diagnostic);
    if (error == RIG_OK) {
        const int64_t limit_ms = options->hello_ms > 0 ? options->hello_ms : HELLO_MS;
        error = say_hello(self, process_clock_ms() + limit_ms, &self->driver.verbs, diagnostic);
    }
    if (error != RIG_OK) {
        destroy(self);
        return error;
    }
    adapter->driver = &self->driver;
    adapter->self = self;
    return RIG_OK;
}
