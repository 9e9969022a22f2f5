#include "report/report_json.h"

#include <inttypes.h>
#include <jansson.h>

#include "report/coverage_json.h"
#include "report/finding_json.h"
#include "report/json_text.h"
#include "report/phrases.h"

/* Adds VALUE to ARRAY and takes its reference. False when memory is short. */
static bool append(json_t *array, json_t *value)
{
    return json_array_append_new(array, value) == 0;
}

static json_t *findings_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < report->findings.count; i++) {
        if (!append(array, finding_json_detailed(&report->findings.items[i]))) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *run_json(const struct run *run)
{
    return json_pack(
        "{s:o, s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:b, s:b, s:I, s:I, s:f, s:I, s:b, s:o, "
        "s:o, s:o, s:o, s:o}",
        "id", run_id_json(run->id), "command", json_text(run->command), "target",
        json_text(run->target), "rung", rung_name(run->rung), "harness", json_text(run->harness),
        "engine", json_text(run->engine), "seed", (json_int_t)run->seed, "started",
        (json_int_t)run->started, "finished", (int)run->finished, "running", (int)run->is_running,
        "ended", (json_int_t)run->ended, "execs", (json_int_t)run->execs, "execs_per_second",
        run->execs_per_second, "edges", (json_int_t)run->edges, "control_held",
        (int)run->control_held, "verdict",
        json_text(run->finished ? verdict_name(run->verdict) : NULL), "reason",
        json_text(run->reason), "harness_hash", json_text_lines(run->harness_hash), "firmware_hash",
        json_text(run->firmware_hash), "tool_versions", json_text_lines(run->tool_versions));
}

static json_t *runs_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < report->runs.count; i++) {
        if (!append(array, run_json(&report->runs.items[i]))) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *attacks_json(const struct report *report, const char *clause)
{
    json_t *array = json_array();
    const struct clause_result *attack = NULL;

    while (array != NULL && (attack = report_next_attack(report, clause, attack)) != NULL) {
        json_t *object = json_pack(
            "{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "source", json_text(attack->source),
            "target", json_text(attack->target), "rung", rung_name(attack->rung), "verdict",
            verdict_name(attack->verdict), "run", run_id_json(attack->run), "replay",
            json_text(attack->replay), "reason", json_text(attack->reason), "doubt",
            json_text(report_attack_doubt(report, attack)));
        if (!append(array, object)) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *clause_findings_json(const struct report *report, const char *clause)
{
    json_t *array = json_array();
    const struct finding *finding = NULL;

    while (array != NULL && (finding = report_next_finding(report, clause, finding)) != NULL) {
        if (!append(array, json_sprintf("F-%" PRId64, finding->id))) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *rungs_json(const struct clause_verdict *verdict)
{
    json_t *array = json_array();

    for (int rung = 0; array != NULL && rung < RUNG_COUNT; rung++) {
        if (verdict->rungs[rung] && !append(array, json_string(rung_name((enum rung)rung)))) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *clauses_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < report->rollup.count; i++) {
        const struct clause_verdict *verdict = &report->rollup.items[i];
        const struct clause *clause = verdict->clause;
        json_t *object = json_pack(
            "{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o}", "id", clause->id, "status",
            clause_status_name(clause->status), "testability",
            clause_testability_name(clause->testability), "title", json_text(clause->title),
            "verdict", verdict_name(verdict->verdict), "rungs", rungs_json(verdict), "attacks",
            attacks_json(report, clause->id), "findings", clause_findings_json(report, clause->id));
        if (!append(array, object)) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *targets_json(const struct report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < report->sources.target_count; i++) {
        const struct report_target *target = &report->sources.targets[i];
        if (!report_target_used(report, target->name))
            continue;
        if (!append(array, json_pack("{s:o, s:o, s:s, s:o}", "name", json_text(target->name),
                                     "title", json_text(target->title), "class", target->class_name,
                                     "fidelity", json_text_array(target->fidelity)))) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

int report_write_json(const struct report *report, FILE *out)
{
    struct store *store = report->sources.store;
    json_t *value =
        json_pack("{s:s, s:s, s:I, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "product", "ordeal",
                  "version", ORDEAL_VERSION, "generated", (json_int_t)report->sources.now, "note",
                  REPORT_NOTE, "store", json_text(store != NULL ? store_folder(store) : NULL),
                  "unknown_clauses", (json_int_t)report->unknown, "findings", findings_json(report),
                  "runs", runs_json(report), "clauses", clauses_json(report), "targets",
                  targets_json(report), "coverage", coverage_json(report->sources.coverage));
    int failed = value == NULL || json_dumpf(value, out, JSON_INDENT(2)) != 0;

    json_decref(value);
    (void)fputc('\n', out);
    return failed ? RIG_ERROR_NO_MEMORY : RIG_OK;
}
