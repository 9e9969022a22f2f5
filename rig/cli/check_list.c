#include "cli/check_list.h"

#include <stdlib.h>

#include "base/text.h"

static void check_clear(struct check *check)
{
    free(check->area);
    free(check->name);
    free(check->detail);
    free(check->remedy);
}

int check_list_add(struct check_list *list, const struct outcome *outcome)
{
    return check_list_add_opened(list, outcome, RIG_ERROR_BENCH);
}

int check_list_add_opened(struct check_list *list, const struct outcome *outcome, int error)
{
    struct check *grown = realloc(list->items, (list->count + 1) * sizeof *grown);
    struct check *check;

    if (grown == NULL)
        return RIG_ERROR_NO_MEMORY;
    list->items = grown;
    check = &grown[list->count];
    *check = (struct check){
        .area = text_duplicate(outcome->area),
        .name = text_duplicate(outcome->name),
        .needed = outcome->needed,
        .ok = outcome->ok,
        .exit_code = outcome->ok || !outcome->needed ? EXIT_CLEAN : exit_code_from_error(error),
        .detail = text_duplicate(outcome->detail),
        .remedy = text_duplicate(outcome->ok ? "" : outcome->remedy),
    };
    if (check->area == NULL || check->name == NULL || check->detail == NULL ||
        check->remedy == NULL) {
        check_clear(check);
        return RIG_ERROR_NO_MEMORY;
    }
    list->count++;
    return RIG_OK;
}

enum exit_code check_list_exit_code(const struct check_list *list)
{
    enum exit_code code = EXIT_CLEAN;

    for (size_t i = 0; i < list->count; i++)
        code = exit_code_combine(code, list->items[i].exit_code);
    return code;
}

void check_list_free(struct check_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        check_clear(&list->items[i]);
    free(list->items);
    *list = (struct check_list){NULL, 0};
}
