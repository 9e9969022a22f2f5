#include "cli/lab_report.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/lab_coverage.h"

static int describe_targets(struct lab_report *gathered)
{
    const size_t count = gathered->targets.count;

    gathered->items = calloc(count > 0 ? count : 1, sizeof *gathered->items);
    if (gathered->items == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct target *target = &gathered->targets.items[i];
        gathered->items[i] = (struct report_target){
            target->name, target->title, target_class_name(target->class), &target->fidelity};
    }
    return RIG_OK;
}

int lab_report_measure(struct lab *lab, struct lab_report *gathered, struct diagnostic *diagnostic)
{
    gathered->has_coverage = true;
    return lab_measure_coverage(lab, &gathered->coverage, diagnostic);
}

int lab_report_gather(const struct lab *lab, struct lab_report *gathered,
                      struct diagnostic *diagnostic)
{
    int error = target_list_load(lab->workspace, &gathered->targets, diagnostic);

    if (error == RIG_OK)
        error = describe_targets(gathered);
    if (error == RIG_OK) {
        const struct report_sources sources = {
            .store = lab->store,
            .clauses = lab->clauses,
            .targets = gathered->items,
            .target_count = gathered->targets.count,
            .coverage = gathered->has_coverage ? &gathered->coverage : NULL,
            .now = (int64_t)time(NULL),
        };
        error = report_gather(&sources, &gathered->report, diagnostic);
    }
    return error;
}

void lab_report_clear(struct lab_report *gathered)
{
    report_clear(&gathered->report);
    coverage_clear(&gathered->coverage);
    target_list_free(&gathered->targets);
    free(gathered->items);
    memset(gathered, 0, sizeof *gathered);
}
