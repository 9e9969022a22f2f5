#include "target/power_command.h"

#include <stdlib.h>
#include <string.h>

#include "base/command_words.h"
#include "base/file.h"
#include "base/process.h"
#include "target/last_line.h"

enum { LOOK_AGAIN_MS = 20 }; /* for a port that is not back yet */

enum action { ACTION_ON, ACTION_OFF, ACTION_CYCLE, ACTION_RESET, ACTIONS };

enum supply { SUPPLY_UNKNOWN, SUPPLY_ON, SUPPLY_OFF };

static const char *const action_names[ACTIONS] = {"on", "off", "cycle", "reset"};

struct power_command {
    struct power_driver driver; /* has what this target's file gives */
    struct power_command_options options;
    const char *lines[ACTIONS]; /* as they were given; NULL for none */
    struct command_words commands[ACTIONS];
    enum supply supply;
    struct process *cut; /* the command `off` of a timed cut; NULL for none */
    int64_t cut_at_ms;   /* when it is due */
};

static int start(const struct power_command *self, enum action action, uint32_t delay_us,
                 struct process **process, struct diagnostic *diagnostic)
{
    const struct process_options options = {
        .argv = (const char *const *)self->commands[action].argv,
        .environment = self->options.environment,
        .working_folder = self->options.folder,
        .log_path = self->options.log_path,
        .delay_us = delay_us,
    };
    return process_start(&options, process, diagnostic);
}

/* What to make of a command that has ended. */
static int judge(const struct power_command *self, enum action action,
                 const struct process *process, struct diagnostic *diagnostic)
{
    const struct process_end *end = process_end(process);
    char ending[64];
    char said[LAST_LINE_TEXT];
    if (end->outcome == PROCESS_EXITED && end->exit_code == 0) {
        return RIG_OK;
    }
    process_end_describe(end, ending, sizeof ending);
    last_line_of(process, said);
    return diagnostic_fail(
        diagnostic,
        RIG_ERROR_BENCH, /* also when it did not end: that is no silence of the device */
        "power command `%s` (%s): %s%s%s; check the command and what it switches",
        action_names[action], self->lines[action], ending, said[0] == '\0' ? "" : ": ", said);
}

/* Waits for a command, stops it when it is late, and destroys it in any case. Switching off is not
 * cut short by an interrupt: the device would be left on. */
static int finish(struct power_command *self, enum action action, struct process *process,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const int64_t limit_ms = process_clock_ms() + self->options.limit_ms;
    const bool is_sooner = deadline_ms != PROCESS_NO_DEADLINE && deadline_ms < limit_ms;
    const int64_t until_ms = is_sooner ? deadline_ms : limit_ms;
    int error = action == ACTION_OFF ? process_wait_through(process, until_ms, diagnostic)
                                     : process_wait(process, until_ms, diagnostic);
    if (error == RIG_ERROR_TIMEOUT) {
        error = process_stop(process, 0, diagnostic);
    }
    if (error == RIG_OK) {
        error = judge(self, action, process, diagnostic);
    }
    process_destroy(process);
    return error;
}

static int run(struct power_command *self, enum action action, int64_t deadline_ms,
               struct diagnostic *diagnostic)
{
    struct process *process = NULL;
    int error = start(self, action, 0, &process, diagnostic);
    return error == RIG_OK ? finish(self, action, process, deadline_ms, diagnostic) : error;
}

static int wait_port(const struct power_command *self, enum action action, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    const char *port = self->options.port;
    const int64_t limit_ms = process_clock_ms() + POWER_COMMAND_PORT_MS;
    const int64_t until_ms =
        deadline_ms != PROCESS_NO_DEADLINE && deadline_ms < limit_ms ? deadline_ms : limit_ms;
    int error = RIG_OK;

    while (error == RIG_OK && port != NULL && !file_exists(port)) {
        if (process_clock_ms() >= until_ms) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "%s: there is no such device, though power command `%s` (%s) "
                                   "has worked; attach it, or correct the path of the target or "
                                   "bench file",
                                   port, action_names[action], self->lines[action]);
        }
        error = process_pause_until(process_clock_ms() + LOOK_AGAIN_MS);
    }
    return error;
}

/* Runs a command after which the supply is as `supply` says, unless the command fails. */
static int change(struct power_command *self, enum action action, enum supply supply,
                  int64_t deadline_ms, struct diagnostic *diagnostic)
{
    self->supply = SUPPLY_UNKNOWN;
    int error = run(self, action, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        self->supply = supply;
    }
    return error == RIG_OK && supply == SUPPLY_ON ? wait_port(self, action, deadline_ms, diagnostic)
                                                  : error;
}

bool power_command_is_off(void *self)
{
    const struct power_command *command = self;

    return command->supply == SUPPLY_OFF ||
           (command->cut != NULL && process_clock_ms() >= command->cut_at_ms);
}

static int switch_on(void *context, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct power_command *self = context;
    return self->supply == SUPPLY_ON ? RIG_OK
                                     : change(self, ACTION_ON, SUPPLY_ON, deadline_ms, diagnostic);
}

static void disarm(struct power_command *self)
{
    process_destroy(self->cut);
    self->cut = NULL;
}

static int switch_off(void *context, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct power_command *self = context;
    if (self->cut != NULL && process_clock_ms() >= self->cut_at_ms) {
        struct process *cut = self->cut;
        self->cut = NULL;
        self->supply = SUPPLY_UNKNOWN;
        int error = finish(self, ACTION_OFF, cut, deadline_ms, diagnostic);
        self->supply = error == RIG_OK ? SUPPLY_OFF : SUPPLY_UNKNOWN;
        return error;
    }
    disarm(self);
    return self->supply == SUPPLY_OFF
               ? RIG_OK
               : change(self, ACTION_OFF, SUPPLY_OFF, deadline_ms, diagnostic);
}

static int arm(void *context, const struct power_cut *cut, struct diagnostic *diagnostic)
{
    struct power_command *self = context;
    if (cut->kind != POWER_CUT_TIMED) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "power driver command cannot aim a cut at a flash operation");
    }
    if (self->cut != NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "a power cut is armed already");
    }
    self->cut_at_ms = process_clock_ms() + cut->after_us / 1000 + 1;
    return start(self, ACTION_OFF, cut->after_us, &self->cut, diagnostic);
}

static int cycle(void *context, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct power_command *self = context;
    disarm(self);
    return change(self, ACTION_CYCLE, SUPPLY_ON, deadline_ms, diagnostic);
}

static int reset(void *context, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    return run(context, ACTION_RESET, deadline_ms, diagnostic);
}

static int parse(struct power_command *self, struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < ACTIONS; i++) {
        int error = self->lines[i] == NULL
                        ? RIG_OK
                        : command_words_split(self->lines[i], &self->commands[i]);
        if (error == RIG_ERROR_USAGE) {
            return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                   "power command `%s` (%s) is no command line; write a program "
                                   "and its arguments, with quotes in pairs",
                                   action_names[i], self->lines[i]);
        }
        if (error != RIG_OK) {
            return diagnostic_fail(diagnostic, error, "out of memory");
        }
    }
    return RIG_OK;
}

int power_command_create(const struct power_command_options *options, struct power *power,
                         struct diagnostic *diagnostic)
{
    memset(power, 0, sizeof *power);
    struct power_command *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
    }
    self->options = *options;
    if (self->options.limit_ms == 0) {
        self->options.limit_ms = POWER_COMMAND_LIMIT_MS;
    }
    self->lines[ACTION_ON] = options->on;
    self->lines[ACTION_OFF] = options->off;
    self->lines[ACTION_CYCLE] = options->cycle;
    self->lines[ACTION_RESET] = options->reset;
    self->driver = (struct power_driver){
        .on = switch_on,
        .off = switch_off,
        .arm = arm,
        .reset = options->reset == NULL ? NULL : reset,
        .cycle = options->cycle == NULL ? NULL : cycle,
    };
    *power = (struct power){&self->driver, self};
    int error = parse(self, diagnostic);
    if (error != RIG_OK) {
        power_command_destroy(power);
    }
    return error;
}

void power_command_destroy(struct power *power)
{
    struct power_command *self = power->self;
    memset(power, 0, sizeof *power);
    if (self == NULL) {
        return;
    }
    disarm(self);
    for (size_t i = 0; i < ACTIONS; i++) {
        command_words_free(&self->commands[i]);
    }
    free(self);
}
