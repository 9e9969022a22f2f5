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

bool check_list_all_needed(const struct check_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].needed && !list->items[i].ok)
            return false;
    }
    return true;
}

void check_list_free(struct check_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        check_clear(&list->items[i]);
    free(list->items);
    *list = (struct check_list){NULL, 0};
}
