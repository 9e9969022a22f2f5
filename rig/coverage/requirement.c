#include "coverage/requirement.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static int refuse(const char *item, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                           "coverage requirement '%.128s': write FOLDER=PERCENT with a folder of "
                           "the project and a whole number from 1 to 100, such as src=90",
                           item);
}

static int parse_item(const char *item, struct coverage_requirement *requirement,
                      struct diagnostic *diagnostic)
{
    const char *equals = strrchr(item, '=');
    uint64_t percent = 0;

    if (equals == NULL || equals == item || item[0] == '/' ||
        !text_parse_unsigned(equals + 1, 100, &percent) || percent == 0)
        return refuse(item, diagnostic);
    requirement->path = text_duplicate(item);
    if (requirement->path == NULL)
        return RIG_ERROR_NO_MEMORY;
    requirement->path[equals - item] = '\0';
    requirement->percent = (unsigned)percent;
    return RIG_OK;
}

int coverage_requirements_parse(const char *text, struct coverage_requirements *requirements,
                                struct diagnostic *diagnostic)
{
    struct text_list items = {NULL, 0};
    int error = text_list_split(&items, text, ',');

    memset(requirements, 0, sizeof *requirements);
    if (error == RIG_OK && items.count == 0) {
        error = refuse(text, diagnostic);
    } else if (error == RIG_OK) {
        requirements->items = calloc(items.count, sizeof *requirements->items);
        error = requirements->items == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;
    }
    for (size_t i = 0; error == RIG_OK && i < items.count; i++) {
        error = parse_item(items.items[i], &requirements->items[i], diagnostic);
        requirements->count += error == RIG_OK ? 1 : 0;
    }
    text_list_free(&items);
    return error;
}

void coverage_requirements_free(struct coverage_requirements *requirements)
{
    for (size_t i = 0; i < requirements->count; i++)
        free(requirements->items[i].path);
    free(requirements->items);
    memset(requirements, 0, sizeof *requirements);
}

enum requirement_outcome coverage_requirement_check(const struct coverage_requirement *requirement,
                                                    const struct coverage *coverage,
                                                    struct coverage_count *count)
{
    if (coverage_sum(coverage, requirement->path, count) == 0 || count->lines == 0)
        return REQUIREMENT_EMPTY;
    return count->lines_covered * 100 >= count->lines * requirement->percent ? REQUIREMENT_MET
                                                                             : REQUIREMENT_MISSED;
}
