#include "scenarios/moves.h"

#include <inttypes.h>

#include "base/process.h"

enum {
    RECOVER_MS = 20000,
    SILENCE_MS = 300, /* in which a device without power must not answer */
};

int64_t move_recover_ms(const struct trial *trial)
{
    return (int64_t)bench_limit(trial->bench, "recover_ms", RECOVER_MS);
}

int64_t move_deadline(const struct trial *trial)
{
    return process_clock_ms() + move_recover_ms(trial);
}

int move_start(struct trial *trial, struct adapter_health *health, struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    int error = RIG_OK;

    if ((bench->capabilities & CAN_MAKE_NEW) != 0)
        error = bench_make_new(bench, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = bench_start(bench, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = bench_wait_healthy(bench, bench_first_channel(bench), health, move_deadline(trial),
                                   diagnostic);
    if (error == RIG_OK || error == RIG_ERROR_TIMEOUT || error == RIG_ERROR_DEVICE)
        (void)trial_control(trial, error == RIG_OK, "the device starts and answers%s%s",
                            error == RIG_OK ? "" : ": ", error == RIG_OK ? "" : diagnostic->text);
    return error;
}

bool move_prove_restart(struct trial *trial, const struct adapter_health *before,
                        const struct adapter_health *after)
{
    if (before->has_starts && after->has_starts)
        return trial_proof(trial, after->starts > before->starts,
                           "power cut: the device counts start %" PRIu64
                           ", before the cut %" PRIu64,
                           after->starts, before->starts);
    return trial_proof(trial, after->uptime_s < before->uptime_s,
                       "power cut: the device is up for %" PRIu64 " s, before the cut %" PRIu64
                       " s",
                       after->uptime_s, before->uptime_s);
}

/* A device without power that answers: the power driver does nothing, or the adapter makes it up. */
static int control_silence(struct trial *trial, struct diagnostic *diagnostic)
{
    struct adapter_health health;
    struct diagnostic unused = {""};
    const int error = adapter_health(&trial->bench->adapter, bench_first_channel(trial->bench),
                                     &health, process_clock_ms() + SILENCE_MS, &unused);

    if (error != RIG_OK && error != RIG_ERROR_TIMEOUT && error != RIG_ERROR_DEVICE &&
        error != RIG_ERROR_BENCH) {
        *diagnostic = unused;
        return error;
    }
    (void)trial_control(trial, error != RIG_OK, "a device without power does not answer");
    adapter_forget(&trial->bench->adapter);
    return RIG_OK;
}

int move_power_cycle(struct trial *trial, struct adapter_health *before, bool *answered,
                     double *took_ms, struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    struct adapter_health after;
    int64_t began;
    int error = bench_stop(bench, move_deadline(trial), diagnostic);

    *answered = false;
    *took_ms = 0;
    if (error == RIG_ERROR_DEVICE) {
        trial_note(trial, "before its power was cut, %s", diagnostic->text);
        error = RIG_OK;
    }
    if (error == RIG_OK)
        error = control_silence(trial, diagnostic);
    if (error != RIG_OK)
        return error;
    began = process_clock_ms();
    error = bench_start(bench, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = bench_wait_healthy(bench, bench_first_channel(bench), &after, move_deadline(trial),
                                   diagnostic);
    *took_ms = (double)(process_clock_ms() - began);
    if (error == RIG_ERROR_TIMEOUT || error == RIG_ERROR_DEVICE) {
        trial_note(trial, "after power came back: %s", diagnostic->text);
        return RIG_OK;
    }
    if (error != RIG_OK)
        return error;
    *answered = true;
    (void)move_prove_restart(trial, before, &after);
    *before = after;
    return RIG_OK;
}

size_t move_console_faults(const struct trial *trial, uint64_t position)
{
    const char *text = target_find_setting(trial->bench->target, "console", "fault");

    return text == NULL ? 0 : console_port_count(&trial->bench->console, text, position);
}
