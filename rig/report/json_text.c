#include "report/json_text.h"

#include <stdlib.h>

json_t *json_text(const char *text)
{
    char *safe;
    json_t *value;

    if (text == NULL)
        return json_null();
    safe = text_escaped(text);
    if (safe == NULL)
        return NULL;
    value = json_string(safe);
    free(safe);
    return value;
}

json_t *json_text_array(const struct text_list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < list->count; i++) {
        if (json_array_append_new(array, json_text(list->items[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

json_t *json_text_lines(const char *text)
{
    struct text_list lines = {NULL, 0};
    json_t *array = NULL;

    if (text_list_split(&lines, text, '\n') == RIG_OK)
        array = json_text_array(&lines);
    text_list_free(&lines);
    return array;
}
