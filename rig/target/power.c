#include "target/power.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *const moments[] = {
    [POWER_CUT_BEFORE] = "before",
    [POWER_CUT_TORN] = "torn",
    [POWER_CUT_AFTER] = "after",
};

#define MOMENTS (sizeof moments / sizeof moments[0])

static int refuse(struct diagnostic *diagnostic, const char *what)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "this target's power driver cannot %s",
                           what);
}

bool power_exists(const struct power *power)
{
    return power->driver != NULL;
}

int power_on(const struct power *power, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    if (power->driver == NULL)
        return refuse(diagnostic, "switch on");
    return power->driver->on(power->self, deadline_ms, diagnostic);
}

int power_off(const struct power *power, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    if (power->driver == NULL)
        return refuse(diagnostic, "switch off");
    return power->driver->off(power->self, deadline_ms, diagnostic);
}

int power_reset(const struct power *power, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    if (power->driver == NULL || power->driver->reset == NULL)
        return refuse(diagnostic, "reset");
    return power->driver->reset(power->self, deadline_ms, diagnostic);
}

bool power_can_arm(const struct power *power, enum power_cut_kind kind)
{
    return power->driver != NULL && power->driver->arm != NULL &&
           (kind == POWER_CUT_TIMED || power->driver->counts_operations);
}

int power_arm(const struct power *power, const struct power_cut *cut, struct diagnostic *diagnostic)
{
    if (!power_can_arm(power, cut->kind))
        return refuse(diagnostic, "cut power in that way");
    return power->driver->arm(power->self, cut, diagnostic);
}

bool power_has_fallen(const struct power *power)
{
    return power->driver != NULL && power->driver->has_fallen != NULL &&
           power->driver->has_fallen(power->self);
}

void power_cut_format(const struct power_cut *cut, char text[POWER_CUT_TEXT])
{
    if (cut->kind == POWER_CUT_TIMED)
        (void)snprintf(text, POWER_CUT_TEXT, "us:%u", cut->after_us);
    else
        (void)snprintf(text, POWER_CUT_TEXT, "op:%u:%s", cut->operation, moments[cut->moment]);
}

static int parse_number(const char *text, uint32_t *number)
{
    uint64_t value = 0;

    if (!text_parse_unsigned(text, UINT32_MAX, &value))
        return RIG_ERROR_USAGE;
    *number = (uint32_t)value;
    return RIG_OK;
}

static int parse_operation(const char *text, struct power_cut *cut)
{
    char number[POWER_CUT_TEXT];
    const char *colon = strchr(text, ':');

    if (colon == NULL || (size_t)(colon - text) >= sizeof number)
        return RIG_ERROR_USAGE;
    memcpy(number, text, (size_t)(colon - text));
    number[colon - text] = '\0';
    for (size_t i = 0; i < MOMENTS; i++) {
        if (strcmp(colon + 1, moments[i]) == 0) {
            cut->kind = POWER_CUT_OPERATION;
            cut->moment = (enum power_cut_moment)i;
            return parse_number(number, &cut->operation);
        }
    }
    return RIG_ERROR_USAGE;
}

int power_cut_parse(const char *text, struct power_cut *cut)
{
    struct power_cut parsed = {.kind = POWER_CUT_TIMED};
    int error = RIG_ERROR_USAGE;

    if (strncmp(text, "us:", 3) == 0)
        error = parse_number(text + 3, &parsed.after_us);
    else if (strncmp(text, "op:", 3) == 0)
        error = parse_operation(text + 3, &parsed);
    if (error == RIG_OK)
        *cut = parsed;
    return error;
}
