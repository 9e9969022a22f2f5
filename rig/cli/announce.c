#include "cli/announce.h"

#include <inttypes.h>
#include <stdlib.h>

#include "report/phrases.h"

static int announce(const struct finding *finding, const char *store, struct progress *progress)
{
    char *command = repro_command(store, finding->id);
    char *message = NULL;
    const bool is_new = finding->occurrences == 1;
    const bool is_known = finding->state == FINDING_KNOWN;

    if (command != NULL)
        message = text_format("%sfinding F-%" PRId64 "%s%s against %s, %s, %s: %s: `%s`",
                              is_new ? "new " : "", finding->id, is_new ? "" : " reopened",
                              is_known ? " (known)" : "", finding->clause,
                              finding_class_name(finding->class),
                              finding_severity_name(finding->severity), finding->title, command);
    if (message != NULL)
        progress_announce(progress, message);
    const int error = message != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
    free(command);
    free(message);
    return error;
}

int announce_finding(struct store *store, int64_t id, struct progress *progress,
                     struct diagnostic *diagnostic)
{
    struct finding finding;
    int error = store_get_finding(store, id, &finding, diagnostic);

    if (error != RIG_OK)
        return error;
    error = announce(&finding, store_folder(store), progress);
    finding_clear(&finding);
    return error;
}
