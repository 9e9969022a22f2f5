#include "findings/finding.h"

#include <stdlib.h>
#include <string.h>

static const char *const class_names[FINDING_CLASS_COUNT] = {
    [FINDING_MEMORY] = "memory",
    [FINDING_FAULT] = "fault",
    [FINDING_ORACLE] = "oracle",
    [FINDING_HANG] = "hang",
    [FINDING_RESET] = "reset",
    [FINDING_SILENT] = "silent",
    [FINDING_UNREPRODUCIBLE] = "unreproducible",
};

static const char *const severity_names[SEVERITY_COUNT] = {
    [SEVERITY_LOW] = "low",
    [SEVERITY_MEDIUM] = "medium",
    [SEVERITY_HIGH] = "high",
    [SEVERITY_CRITICAL] = "critical",
};

static const char *const state_names[FINDING_STATE_COUNT] = {
    [FINDING_OPEN] = "open",
    [FINDING_FIXED] = "fixed",
    [FINDING_ACCEPTED] = "accepted",
    [FINDING_KNOWN] = "known",
};

struct names {
    const char *const *items;
    size_t count;
};

static int parse_name(const char *name, struct names names, size_t *index)
{
    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(name, names.items[i]) == 0) {
            *index = i;
            return RIG_OK;
        }
    }
    return RIG_ERROR_NOT_FOUND;
}

const char *finding_class_name(enum finding_class class)
{
    return (size_t) class < FINDING_CLASS_COUNT ? class_names[class] : "unknown";
}

const char *finding_severity_name(enum finding_severity severity)
{
    return (size_t)severity < SEVERITY_COUNT ? severity_names[severity] : "unknown";
}

const char *finding_state_name(enum finding_state state)
{
    return (size_t)state < FINDING_STATE_COUNT ? state_names[state] : "unknown";
}

int finding_class_parse(const char *name, enum finding_class *class)
{
    size_t index = 0;
    int error = parse_name(name, (struct names){class_names, FINDING_CLASS_COUNT}, &index);
    if (error == RIG_OK) {
        *class = (enum finding_class)index;
    }
    return error;
}

int finding_severity_parse(const char *name, enum finding_severity *severity)
{
    size_t index = 0;
    int error = parse_name(name, (struct names){severity_names, SEVERITY_COUNT}, &index);
    if (error == RIG_OK) {
        *severity = (enum finding_severity)index;
    }
    return error;
}

int finding_state_parse(const char *name, enum finding_state *state)
{
    size_t index = 0;
    int error = parse_name(name, (struct names){state_names, FINDING_STATE_COUNT}, &index);
    if (error == RIG_OK) {
        *state = (enum finding_state)index;
    }
    return error;
}

int finding_parse_id(const char *text, int64_t *id)
{
    uint64_t number = 0;
    const char *digits = strncmp(text, "F-", 2) == 0 ? text + 2 : text;
    if (!text_parse_unsigned(digits, INT64_MAX, &number) || number == 0) {
        return RIG_ERROR_NOT_FOUND;
    }
    *id = (int64_t)number;
    return RIG_OK;
}

bool finding_counts(const struct finding *finding, int64_t now)
{
    if (finding->class == FINDING_UNREPRODUCIBLE) {
        return false;
    }
    if (finding->state == FINDING_ACCEPTED) {
        return finding->expires != 0 && finding->expires <= now;
    }
    return finding->state == FINDING_OPEN;
}

void finding_clear(struct finding *finding)
{
    char *const strings[] = {
        finding->clause,       finding->target,         finding->source,
        finding->engine,       finding->fingerprint,    finding->bucket,
        finding->title,        finding->replay,         finding->detail,
        finding->reason,       finding->report,         finding->input.path,
        finding->input.sha256, finding->minimised.path, finding->minimised.sha256};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        free(strings[i]);
    }
    text_list_free(&finding->targets);
    text_list_free(&finding->frames);
    memset(finding, 0, sizeof *finding);
}

void finding_list_free(struct finding_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        finding_clear(&list->items[i]);
    }
    free(list->items);
    *list = (struct finding_list){NULL, 0};
}
