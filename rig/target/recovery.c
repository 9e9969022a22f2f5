#include "target/recovery.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/process.h"
#include "target/board_wedge.h"

enum {
    ASK_AGAIN_MS = 50, /* between two questions for health */
    ASK_MOST_MS = 2000,
    LINE = 1200,
};

enum step { STEP_HEALTH, STEP_RESET, STEP_POWER, STEPS };

static const char *const step_names[STEPS] = {"health", "reset", "power"};

/* Whether the target can do what the step asks for. */
static bool has_step(const struct bench *bench, enum step step)
{
    const struct power_driver *power = bench->power.driver;
    return step == STEP_HEALTH || (power != NULL && (step == STEP_POWER || power->reset != NULL));
}

static int cycle_power(const struct power *power, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    if (power->driver->cycle != NULL) {
        return power->driver->cycle(power->self, deadline_ms, diagnostic);
    }
    int error = power->driver->off(power->self, deadline_ms, diagnostic);
    /* A device that ended by its own fault is off all the same. */
    return error == RIG_OK || error == RIG_ERROR_DEVICE
               ? power->driver->on(power->self, deadline_ms, diagnostic)
               : error;
}

static int act(const struct bench *bench, enum step step, int64_t deadline_ms,
               struct diagnostic *diagnostic)
{
    const struct power *power = &bench->power;
    int error = RIG_OK;
    if (step == STEP_RESET) {
        error = power->driver->reset(power->self, deadline_ms, diagnostic);
    } else if (step == STEP_POWER) {
        error = cycle_power(power, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && step != STEP_HEALTH && bench->adapter.driver->forget != NULL) {
        bench->adapter.driver->forget(bench->adapter.self); /* the device has forgotten too */
    }
    return error;
}

/* Whether a failure may be gone with the next question, or the next step. */
static bool is_lasting(int error)
{
    return error == RIG_ERROR_INTERRUPTED || error == RIG_ERROR_NO_MEMORY;
}

static int ask(const struct bench *bench, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const int64_t soon_ms = process_clock_ms() + ASK_MOST_MS;
    struct adapter_health health;
    int error =
        bench->adapter.driver->health(bench->adapter.self, ADAPTER_LOCAL, &health,
                                      soon_ms < deadline_ms ? soon_ms : deadline_ms, diagnostic);
    return error == RIG_OK && !health.ok
               ? diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "it says that it is not healthy")
               : error;
}

static int wait_healthy(const struct bench *bench, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    for (;;) {
        int error = ask(bench, deadline_ms, diagnostic);
        if (error == RIG_OK || is_lasting(error) || process_clock_ms() >= deadline_ms) {
            return error;
        }
        struct pollfd polled = {interrupt_descriptor(), POLLIN, 0};
        if (poll(&polled, 1, ASK_AGAIN_MS) < 0 && errno != EINTR) {
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "cannot wait: %s", strerror(errno));
        }
        if (interrupt_requested()) {
            return diagnostic_fail(diagnostic, RIG_ERROR_INTERRUPTED, "interrupted");
        }
    }
}

static void tell(const struct recovery_log *log, const char *line)
{
    if (log != NULL && log->log != NULL) {
        log->log(log->context, line);
    }
}

static int climb(const struct bench *bench, enum step step, int64_t deadline_ms,
                 const struct recovery_log *log, struct diagnostic *diagnostic)
{
    const int64_t from_ms = process_clock_ms();
    char line[LINE];
    int error = act(bench, step, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        error = wait_healthy(bench, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        (void)snprintf(line, sizeof line, "%s: healthy after %.1f s", step_names[step],
                       (double)(process_clock_ms() - from_ms) / 1000);
    } else {
        (void)snprintf(line, sizeof line, "%s: %s", step_names[step], diagnostic->text);
    }
    tell(log, line);
    return error;
}

/* The share of the time left that a step has. */
static int64_t share(const struct bench *bench, enum step step, int64_t deadline_ms)
{
    const int64_t now_ms = process_clock_ms();
    int64_t steps = 0;
    for (int above = (int)step; above < STEPS; above++) {
        steps += has_step(bench, (enum step)above) ? 1 : 0;
    }
    return deadline_ms <= now_ms ? now_ms : now_ms + (deadline_ms - now_ms) / steps;
}

/* No step helped; the diagnostic says how the last one failed. */
static int give_up(const struct bench *bench, struct diagnostic *diagnostic)
{
    const char *name = bench->target->name;
    char reason[BOARD_WEDGE_TEXT];
    (void)snprintf(reason, sizeof reason, "%s", diagnostic->text);
    if (bench->target->class == TARGET_BOARD) {
        int error = board_wedge_note(name, reason, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
    }
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "%s did not come back: %s; look at it, and at its supply and cables",
                           name, reason);
}

int board_recover(struct bench *bench, int64_t deadline_ms, const struct recovery_log *log,
                  struct diagnostic *diagnostic)
{
    if (bench->adapter.driver == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "target %s has no adapter, so nobody could tell that it is back",
                               bench->target->name);
    }
    for (int step = 0; step < STEPS; step++) {
        if (!has_step(bench, (enum step)step)) {
            continue;
        }
        int error = climb(bench, (enum step)step, share(bench, (enum step)step, deadline_ms), log,
                          diagnostic);
        if (error == RIG_OK && bench->target->class == TARGET_BOARD) {
            return board_wedge_clear(bench->target->name, diagnostic);
        }
        if (error == RIG_OK || is_lasting(error)) {
            return error;
        }
    }
    return give_up(bench, diagnostic);
}
