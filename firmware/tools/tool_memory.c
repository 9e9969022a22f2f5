#include "tool_memory.h"

#include "tool_file.h"
#include "tool_report.h"

#include <stdlib.h>

void *tool_memory_grow(void *items, size_t count, size_t *capacity, size_t size)
{
    const size_t more = *capacity == 0 ? 64 : *capacity * 2U;
    void *grown;

    if (count < *capacity) {
        return items;
    }
    grown = more > SIZE_MAX / 2U / size ? NULL : realloc(items, more * size);
    if (grown == NULL) {
        (void)tool_refuse("out of memory for %zu items of %zu bytes", more, size);
        return NULL;
    }
    *capacity = more;
    return grown;
}

char *tool_memory_read(const char *path, size_t *length)
{
    char *text = malloc(TOOL_FILE_MOST + 1U);

    if (text == NULL) {
        (void)tool_refuse("%s: out of memory", path);
        return NULL;
    }
    if (tool_file_read(path, (uint8_t *)text, TOOL_FILE_MOST, length) != 0) {
        free(text);
        return NULL;
    }
    text[*length] = '\0';
    return text;
}
