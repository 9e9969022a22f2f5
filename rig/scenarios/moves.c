#include "scenarios/moves.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"

enum {
    RECOVER_MS = 20000,
    TURN_MS = 5,
    UPTIME_MS = 1100,    /* until an uptime in seconds is not 0 */
    FALL_MS = 3000,      /* in which an armed cut must come */
    FIRST_CUT_US = 1000, /* of one that is timed */
    SILENCE_MS = 300,    /* in which a device without power must not answer */
};

int64_t move_recover_ms(const struct trial *trial)
{
    return (int64_t)bench_limit(trial->bench, "recover_ms", RECOVER_MS);
}

bool move_is_silence(int error)
{
    return error == RIG_ERROR_TIMEOUT || error == RIG_ERROR_DEVICE;
}

int64_t move_deadline(const struct trial *trial)
{
    return process_clock_ms() + move_recover_ms(trial);
}

int move_switch_on(struct trial *trial, struct adapter_health *health,
                   struct diagnostic *diagnostic)
{
    return bench_start(trial->bench, health, move_deadline(trial), diagnostic);
}

int move_start(struct trial *trial, struct adapter_health *health, struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    int error = RIG_OK;

    if ((bench->capabilities & CAN_MAKE_NEW) != 0)
        error = bench_make_new(bench, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = move_switch_on(trial, health, diagnostic);
    if (error == RIG_OK || move_is_silence(error))
        (void)trial_control(trial, error == RIG_OK, "the device starts and answers%s%s",
                            error == RIG_OK ? "" : ": ", error == RIG_OK ? "" : diagnostic->text);
    return error;
}

/* How often the console told of a start since `position`; 0 where the target does not say how. */
static size_t count_starts(const struct trial *trial, uint64_t position)
{
    const char *started = target_find_setting(trial->bench->target, "console", "started");

    return started == NULL ? 0 : console_port_count(&trial->bench->console, started, position);
}

bool move_has_restarted(const struct trial *trial, const struct adapter_health *before,
                        const struct adapter_health *after, uint64_t position)
{
    if (before->has_starts && after->has_starts)
        return after->starts != before->starts;
    return count_starts(trial, position) > 0 || after->uptime_s < before->uptime_s;
}

bool move_prove_restart(struct trial *trial, const struct adapter_health *before,
                        const struct adapter_health *after, uint64_t position)
{
    if (before->has_starts && after->has_starts && after->starts > before->starts)
        return trial_proof(trial, true,
                           "a start: the device counts %" PRIu64 ", before it %" PRIu64,
                           after->starts, before->starts);
    if (count_starts(trial, position) > 0)
        return trial_proof(trial, true, "a start: its console tells of it");
    return trial_proof(trial, after->uptime_s < before->uptime_s,
                       "a start: the device is up for %" PRIu64 " s, before it %" PRIu64 " s",
                       after->uptime_s, before->uptime_s);
}

int move_control_silence(struct trial *trial, struct diagnostic *diagnostic)
{
    struct adapter_health health;
    struct diagnostic unused = {""};
    const int error = adapter_health(&trial->bench->adapter, bench_first_channel(trial->bench),
                                     &health, process_clock_ms() + SILENCE_MS, &unused);

    if (error != RIG_OK && !move_is_silence(error)) {
        *diagnostic = unused;
        return error;
    }
    (void)trial_control(trial, error != RIG_OK, "a device without power does not answer");
    adapter_forget(&trial->bench->adapter);
    return RIG_OK;
}

/* Something that makes the device write to flash, where cuts are counted in operations. */
static int provoke_cut(struct trial *trial, bool is_exact, struct diagnostic *diagnostic)
{
    struct adapter_answer answer;
    int error;

    if (!is_exact)
        return RIG_OK;
    error = adapter_set(&trial->bench->adapter, MOVE_SETTING, "ordeal cut", &answer,
                        process_clock_ms() + MOVE_ANSWER_MS, diagnostic);
    trial_note(trial, "a write to bring the cut: %s%s",
               error == RIG_OK ? adapter_outcome_name(answer.outcome) : "no answer, ",
               error == RIG_OK ? answer.reason : diagnostic->text);
    adapter_forget(&trial->bench->adapter);
    return move_is_silence(error) ? RIG_OK : error;
}

/* Until the device does not answer any more; false when it goes on. */
static bool falls_silent(struct trial *trial, int *error, struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + FALL_MS;

    do {
        struct adapter_health health;

        *error = adapter_health(&trial->bench->adapter, bench_first_channel(trial->bench), &health,
                                process_clock_ms() + SILENCE_MS, diagnostic);
        if (move_is_silence(*error)) {
            *error = RIG_OK;
            return true;
        }
        if (*error == RIG_OK)
            *error = bench_let_pass(trial->bench, TURN_MS, diagnostic);
    } while (*error == RIG_OK && process_clock_ms() < deadline);
    return false;
}

int move_control_armed_cut(struct trial *trial, struct adapter_health *health,
                           struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    const bool is_exact = power_can_arm(&bench->power, POWER_CUT_OPERATION);
    const struct power_cut cut = {.kind = is_exact ? POWER_CUT_OPERATION : POWER_CUT_TIMED,
                                  .after_us = FIRST_CUT_US,
                                  .moment = POWER_CUT_BEFORE};
    bool fell = false;
    int error = power_arm(&bench->power, &cut, diagnostic);

    if (error == RIG_OK)
        error = provoke_cut(trial, is_exact, diagnostic);
    if (error == RIG_OK)
        fell = falls_silent(trial, &error, diagnostic);
    if (error != RIG_OK)
        return error;
    (void)trial_control(trial, fell, "a cut that is armed comes by itself");
    error = move_stop(trial, diagnostic);
    return error == RIG_OK ? move_switch_on(trial, health, diagnostic) : error;
}

int move_stop(struct trial *trial, struct diagnostic *diagnostic)
{
    const int error = bench_stop(trial->bench, move_deadline(trial), diagnostic);

    if (error != RIG_ERROR_DEVICE)
        return error;
    trial->device_ends++;
    trial_note(trial, "before its power was cut, %s", diagnostic->text);
    return RIG_OK;
}

/* Until the armed cut is over: see move_cut_start(). */
static int wait_fallen(struct trial *trial, const struct power_cut *cut,
                       struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    const bool is_timed = cut->kind == POWER_CUT_TIMED;
    const int64_t deadline =
        is_timed ? process_clock_ms() + cut->after_us / 1000 + 1 : move_deadline(trial);
    int error = RIG_OK;

    while (error == RIG_OK && !power_has_fallen(&bench->power) && process_clock_ms() < deadline) {
        struct adapter_health health;

        error = bench_let_pass(bench, TURN_MS, diagnostic);
        if (error == RIG_OK && !is_timed &&
            adapter_health(&bench->adapter, bench_first_channel(bench), &health,
                           process_clock_ms() + SILENCE_MS, diagnostic) == RIG_OK &&
            health.ok)
            return RIG_OK;
    }
    return error == RIG_ERROR_DEVICE ? RIG_OK : error;
}

int move_cut_start(struct trial *trial, const struct power_cut *cut, struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    int error = move_stop(trial, diagnostic);

    if (error == RIG_OK)
        error = power_arm(&bench->power, cut, diagnostic);
    if (error == RIG_OK)
        error = bench_switch_on(bench, move_deadline(trial), diagnostic);
    return error == RIG_OK ? wait_fallen(trial, cut, diagnostic) : error;
}

/* A device that neither counts its starts nor tells of them must be older than its uptime can show. */
static int age(struct trial *trial, struct adapter_health *health, struct diagnostic *diagnostic)
{
    struct adapter_health later;
    int error;

    if (health->has_starts || health->uptime_s > 0 ||
        target_find_setting(trial->bench->target, "console", "started") != NULL)
        return RIG_OK;
    error = bench_let_pass(trial->bench, UPTIME_MS, diagnostic);
    if (error == RIG_OK && adapter_health(&trial->bench->adapter, bench_first_channel(trial->bench),
                                          &later, move_deadline(trial), diagnostic) == RIG_OK)
        *health = later;
    return error;
}

/* *began is from when on the device has power: a relay's own time is not the device's. */
static int switch_on(struct trial *trial, int64_t *began, struct diagnostic *diagnostic)
{
    const int error = bench_switch_on(trial->bench, move_deadline(trial), diagnostic);

    if (trial->bench->target->class == TARGET_BOARD)
        *began = process_clock_ms();
    return error;
}

int move_power_cycle(struct trial *trial, struct adapter_health *before, bool *answered,
                     double *took_ms, struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    const uint64_t position = console_port_position(&bench->console);
    struct adapter_health after;
    int64_t began;
    int error = age(trial, before, diagnostic);

    if (error == RIG_OK)
        error = move_stop(trial, diagnostic);
    *answered = false;
    *took_ms = 0;
    if (error == RIG_OK)
        error = move_control_silence(trial, diagnostic);
    if (error != RIG_OK)
        return error;
    began = process_clock_ms();
    error = switch_on(trial, &began, diagnostic);
    if (error == RIG_OK)
        error = bench_wait_healthy(bench, bench_first_channel(bench), &after, move_deadline(trial),
                                   diagnostic);
    *took_ms = (double)(process_clock_ms() - began);
    if (move_is_silence(error)) {
        trial_note(trial, "after power came back: %s", diagnostic->text);
        return RIG_OK;
    }
    if (error != RIG_OK)
        return error;
    *answered = true;
    (void)move_prove_restart(trial, before, &after, position);
    *before = after;
    return RIG_OK;
}

size_t move_faults(const struct trial *trial, uint64_t position)
{
    const char *text = target_find_setting(trial->bench->target, "console", "fault");

    return trial->device_ends +
           (text == NULL ? 0 : console_port_count(&trial->bench->console, text, position));
}

size_t move_faults_before(const struct trial *trial, uint64_t position,
                          const struct adapter_health *now)
{
    const bool has_words = target_find_setting(trial->bench->target, "console", "fault") != NULL;

    return move_faults(trial, position) +
           (!has_words && strcmp(now->reset_cause, "fault") == 0 ? 1 : 0);
}

void move_value(uint64_t number, char value[ADAPTER_TEXT])
{
    (void)snprintf(value, ADAPTER_TEXT, "ordeal %" PRIu64, number);
}

int move_write(struct trial *trial, const char *value, struct diagnostic *diagnostic)
{
    struct adapter_answer answer;
    const int error = adapter_set(&trial->bench->adapter, MOVE_SETTING, value, &answer,
                                  move_deadline(trial), diagnostic);

    if (error != RIG_OK || answer.outcome == ADAPTER_ACCEPTED)
        return error;
    return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the device does not take '%s' as %s: %s",
                           value, MOVE_SETTING, answer.reason);
}

/* Another one than there is: a board keeps that of the trial before. */
static const char *control_value(const struct adapter_dump *before)
{
    static const char first[] = "ordeal control";
    const char *present = adapter_dump_value(before, MOVE_SETTING);

    return present != NULL && strcmp(present, first) == 0 ? "ordeal control too" : first;
}

int move_control_change(struct trial *trial, struct adapter_dump *dump,
                        struct diagnostic *diagnostic)
{
    struct adapter *adapter = &trial->bench->adapter;
    struct adapter_dump before;
    size_t changes;
    int error = adapter_dump(adapter, &before, move_deadline(trial), diagnostic);

    if (error == RIG_OK)
        error = move_write(trial, control_value(&before), diagnostic);
    if (error == RIG_OK)
        error = adapter_dump(adapter, dump, move_deadline(trial), diagnostic);
    if (error != RIG_OK)
        return error;
    changes = move_count_changes(&before, dump, NULL);
    (void)trial_control(trial, changes == 1, "one setting was changed, and the dump shows %zu",
                        changes);
    return RIG_OK;
}

size_t move_count_changes(const struct adapter_dump *before, const struct adapter_dump *after,
                          const char *except)
{
    size_t same = 0;
    size_t passed_over = 0;

    for (size_t i = 0; i < before->count; i++) {
        const struct adapter_setting *setting = &before->settings[i];
        const char *value = adapter_dump_value(after, setting->name);

        if (except != NULL && strcmp(setting->name, except) == 0)
            passed_over += value != NULL;
        else
            same += value != NULL && strcmp(value, setting->value) == 0;
    }
    /* Of those that are in one dump only, too. */
    return (before->count > after->count ? before->count : after->count) - same - passed_over;
}

int move_measure_changes(struct trial *trial, const char *check, const struct adapter_dump *before,
                         struct diagnostic *diagnostic)
{
    struct adapter_dump after;
    const char *first;
    const int error =
        adapter_dump(&trial->bench->adapter, &after, move_deadline(trial), diagnostic);

    if (error != RIG_OK)
        return error;
    first = adapter_dump_difference(before, &after, false);
    (void)trial_measure(trial, check, (double)move_count_changes(before, &after, NULL), "%s",
                        first != NULL ? first : "none");
    return RIG_OK;
}
