#include "scenarios/input_moves.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/moves.h"

enum {
    SILENCE_MS = 300,
    TRIES = 3,
    VERB_MS = 10000,
    QUIET_MS = 150,
};

/* Whether it is worth while to ask again; what comes late has come then. */
static bool asks_again(struct bench *bench, int error, unsigned *tries)
{
    struct diagnostic unused = {""};

    (*tries)++;
    if (!move_is_silence(error) || *tries == TRIES)
        return false;
    adapter_forget(&bench->adapter);
    return bench_let_pass(bench, QUIET_MS, &unused) == RIG_OK;
}

int input_dump(struct bench *bench, struct adapter_dump *dump, struct diagnostic *diagnostic)
{
    unsigned tries = 0;
    int error;

    do {
        error = adapter_dump(&bench->adapter, dump, process_clock_ms() + VERB_MS, diagnostic);
    } while (asks_again(bench, error, &tries));
    return error;
}

static bool is_number(const char *text, long *number)
{
    char *end;

    *number = strtol(text, &end, 10);
    return end != text && *end == '\0' && *number > INT_MIN && *number < INT_MAX;
}

/* One more or one less than it is. *changed when the device took it. */
static int change(struct trial *trial, const struct adapter_setting *setting, bool *changed,
                  struct diagnostic *diagnostic)
{
    long number;

    *changed = false;
    if (!is_number(setting->value, &number))
        return RIG_OK;
    for (int step = 1; step >= -1; step -= 2) {
        struct adapter_answer answer;
        char value[ADAPTER_TEXT];
        unsigned tries = 0;
        int error;

        (void)snprintf(value, sizeof value, "%ld", number + step);
        do {
            error = adapter_set(&trial->bench->adapter, setting->name, value, &answer,
                                process_clock_ms() + VERB_MS, diagnostic);
        } while (asks_again(trial->bench, error, &tries));
        *changed = error == RIG_OK && answer.outcome == ADAPTER_ACCEPTED;
        if (error != RIG_OK || *changed)
            return error;
    }
    return RIG_OK;
}

int input_control_change(struct trial *trial, struct adapter_dump *dump,
                         struct diagnostic *diagnostic)
{
    const struct adapter_dump before = *dump;
    const char *different = NULL;
    bool changed = false;
    size_t which = 0;
    int error = RIG_OK;

    while (error == RIG_OK && !changed && which < before.count) {
        error = change(trial, &before.settings[which], &changed, diagnostic);
        which++;
    }
    if (error == RIG_OK)
        error = input_dump(trial->bench, dump, diagnostic);
    if (error != RIG_OK)
        return error;
    different = adapter_dump_difference(&before, dump, false);
    (void)trial_control(trial,
                        changed && different != NULL &&
                            strcmp(different, before.settings[which - 1].name) == 0,
                        "a change through the adapter shows in its dump: %s",
                        different != NULL ? different : "nothing does");
    return RIG_OK;
}

int input_control_silence(struct trial *trial, struct diagnostic *diagnostic)
{
    int error;

    if ((trial->bench->capabilities & CAN_POWER) == 0)
        return RIG_OK;
    error = move_stop(trial, diagnostic);
    return error == RIG_OK ? move_control_silence(trial, diagnostic) : error;
}
