#include "findings/verdict.h"

#include <string.h>

static const char *const verdict_names[VERDICT_COUNT] = {
    [VERDICT_PASS] = "PASS",
    [VERDICT_FAIL] = "FAIL",
    [VERDICT_INCONCLUSIVE] = "INCONCLUSIVE",
    [VERDICT_ERROR] = "ERROR",
    [VERDICT_NOT_TESTED] = "NOT TESTED",
    [VERDICT_NOT_APPLICABLE] = "N/A",
    [VERDICT_MANUAL] = "MANUAL",
};

static const char *const rung_names[RUNG_COUNT] = {
    [RUNG_HOST] = "host",
    [RUNG_EMULATED] = "emulated",
    [RUNG_SILICON] = "silicon",
};

enum verdict verdict_decide(const struct trial_evidence *evidence)
{
    if (evidence->failures > 0) {
        return VERDICT_FAIL;
    }
    if (evidence->capability_missing) {
        return VERDICT_NOT_TESTED;
    }
    if (evidence->bench_failed) {
        return VERDICT_ERROR;
    }
    if (!evidence->control_held || evidence->attempts == 0 || evidence->unproven > 0 ||
        evidence->unmeasured > 0) {
        return VERDICT_INCONCLUSIVE;
    }
    return VERDICT_PASS;
}

const char *verdict_name(enum verdict verdict)
{
    return (size_t)verdict < VERDICT_COUNT ? verdict_names[verdict] : "UNKNOWN";
}

int verdict_parse(const char *name, enum verdict *verdict)
{
    for (size_t i = 0; i < VERDICT_COUNT; i++) {
        if (strcmp(name, verdict_names[i]) == 0) {
            *verdict = (enum verdict)i;
            return RIG_OK;
        }
    }
    return RIG_ERROR_NOT_FOUND;
}

enum exit_code verdict_exit_code(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
    case VERDICT_MANUAL:
    case VERDICT_NOT_APPLICABLE:
        return EXIT_CLEAN;
    case VERDICT_FAIL:
        return EXIT_FINDING;
    case VERDICT_ERROR:
        return EXIT_BENCH;
    default:
        return EXIT_INCONCLUSIVE;
    }
}

const char *rung_name(enum rung rung)
{
    return (size_t)rung < RUNG_COUNT ? rung_names[rung] : "unknown";
}

int rung_parse(const char *name, enum rung *rung)
{
    for (size_t i = 0; i < RUNG_COUNT; i++) {
        if (strcmp(name, rung_names[i]) == 0) {
            *rung = (enum rung)i;
            return RIG_OK;
        }
    }
    return RIG_ERROR_NOT_FOUND;
}
