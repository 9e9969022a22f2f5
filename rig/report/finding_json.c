#include "report/finding_json.h"

#include <inttypes.h>

#include "report/json_text.h"

json_t *finding_json(const struct finding *finding)
{
    return json_pack(
        "{s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:o}", "id",
        json_sprintf("F-%" PRId64, finding->id), "clause", json_text(finding->clause), "class",
        finding_class_name(finding->class), "severity", finding_severity_name(finding->severity),
        "state", finding_state_name(finding->state), "source", json_text(finding->source),
        "targets", json_text_array(&finding->targets), "occurrences",
        (json_int_t)finding->occurrences, "replay", json_text(finding->replay), "fingerprint",
        json_text(finding->fingerprint), "title", json_text(finding->title));
}

json_t *run_id_json(int64_t run)
{
    return run == 0 ? json_null() : json_sprintf("R-%" PRId64, run);
}

json_t *finding_json_detailed(const struct finding *finding)
{
    json_t *object = finding_json(finding);
    json_t *more = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "rung",
        rung_name(finding->rung), "bucket", json_text(finding->bucket), "engine",
        json_text(finding->engine), "detail", json_text(finding->detail), "frames",
        json_text_array(&finding->frames), "first_seen", (json_int_t)finding->first_seen,
        "last_seen", (json_int_t)finding->last_seen, "first_run", run_id_json(finding->first_run),
        "last_run", run_id_json(finding->last_run), "reason", json_text(finding->reason), "expires",
        (json_int_t)finding->expires, "input", json_text(finding->input.path), "minimised",
        json_text(finding->minimised.path), "report", json_text(finding->report));

    if (object == NULL || more == NULL || json_object_update(object, more) != 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(more);
    return object;
}
