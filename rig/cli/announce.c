#include "cli/announce.h"

#include <inttypes.h>
#include <stdlib.h>

#include "report/phrases.h"

static int list(const struct announcer *announcer, struct finding_list *findings,
                struct diagnostic *diagnostic)
{
    const struct finding_filter filter = {.source = announcer->source};

    *findings = (struct finding_list){NULL, 0};
    return store_list_findings(announcer->store, &filter, findings, diagnostic);
}

int announce_begin(struct announcer *announcer, struct diagnostic *diagnostic)
{
    struct finding_list findings;
    int error = list(announcer, &findings, diagnostic);

    if (error != RIG_OK)
        return error;
    announcer->last_id = findings.count > 0 ? findings.items[findings.count - 1].id : 0;
    finding_list_free(&findings);
    return RIG_OK;
}

static int announce(const struct announcer *announcer, const struct finding *finding,
                    struct progress *progress)
{
    char *command = repro_command(store_folder(announcer->store), finding->id);
    char *message = NULL;

    if (command != NULL)
        message = text_format("new finding F-%" PRId64 " against %s, %s, %s: %s: `%s`", finding->id,
                              finding->clause, finding_class_name(finding->class),
                              finding_severity_name(finding->severity), finding->title, command);
    if (message != NULL)
        progress_announce(progress, message);
    const int error = message != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
    free(command);
    free(message);
    return error;
}

int announce_new(struct announcer *announcer, struct progress *progress,
                 struct diagnostic *diagnostic)
{
    struct finding_list findings;
    int error = list(announcer, &findings, diagnostic);

    for (size_t i = 0; error == RIG_OK && i < findings.count; i++) {
        if (findings.items[i].id <= announcer->last_id)
            continue;
        error = announce(announcer, &findings.items[i], progress);
        announcer->last_id = findings.items[i].id;
    }
    finding_list_free(&findings);
    return error;
}
