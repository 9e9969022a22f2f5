#include "scenarios/families.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "scenarios/moves.h"

/*
 * Outages of power (5.9-1, 5.9-2).
 *
 * Method: a device that runs, writes or starts loses its power at a chosen point, and gets it back. Its
 * own start count proves that power was gone. Then it must answer within its time, with every setting
 * that it had confirmed, and whatever was under way either done or not begun.
 */

static const char *const clauses[] = {"5.9-1", "5.9-2", NULL};

/* ---- idle ---- */

static const struct check_spec idle_checks[] = {
    {"answers", "", CHECK_EQUALS, 1, NULL, "5.9-1", FINDING_HANG, SEVERITY_HIGH,
     "the device does not come back after a power cut"},
    {"back-within", "ms", CHECK_AT_MOST, 20000, "recover_ms", "5.9-2", FINDING_HANG,
     SEVERITY_MEDIUM, "the device takes too long to come back after a power cut"},
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_SILENT, SEVERITY_HIGH,
     "a power cut while nothing happens changes settings"},
    {.name = NULL},
};

static int plan_idle(const struct bench *bench, const struct plan_options *options,
                     struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 2, 10};
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++) {
        char word[SCENARIO_WORD_MAX + 1];

        (void)snprintf(word, sizeof word, "cuts:%u", i + 1);
        error = text_list_append(words, word);
    }
    return error;
}

static int run_idle(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct adapter *adapter = &trial->bench->adapter;
    struct adapter_health health;
    struct adapter_dump before;
    struct adapter_dump after;
    const char *different;
    bool answered;
    double took_ms;
    unsigned cuts;
    int error;

    if (sscanf(word, "cuts:%u", &cuts) != 1)
        return RIG_ERROR_USAGE;
    error = move_start(trial, &health, diagnostic);
    if (error == RIG_OK)
        error = adapter_dump(adapter, &before, move_deadline(trial), diagnostic);
    for (unsigned i = 0; error == RIG_OK && i < cuts; i++) {
        error = move_power_cycle(trial, &health, &answered, &took_ms, diagnostic);
        if (error == RIG_OK &&
            !trial_measure(trial, "answers", answered, "after cut %u of %u", i + 1, cuts))
            return RIG_OK;
        if (error == RIG_OK)
            (void)trial_measure(trial, "back-within", took_ms, "after cut %u of %u", i + 1, cuts);
    }
    if (error == RIG_OK)
        error = adapter_dump(adapter, &after, move_deadline(trial), diagnostic);
    if (error != RIG_OK)
        return error;
    different = adapter_dump_difference(&before, &after, false);
    (void)trial_measure(trial, "settings-changed", different != NULL, "%s",
                        different != NULL ? different : "none");
    return RIG_OK;
}

const struct scenario outage_power_idle = {
    .id = "outage.power-idle",
    .title = "power is cut while the device does nothing",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_DUMP,
    .checks = idle_checks,
    .plan = plan_idle,
    .run = run_idle,
};
