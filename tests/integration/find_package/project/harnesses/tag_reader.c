/* One advertisement, as a tag nearby (or an attacker) sends it. */
#include "tag_reader.h"
#include "harness.h"

#include <stdlib.h>

int harness_run(const uint8_t *data, size_t size)
{
    struct tag *tag = malloc(sizeof(*tag));
    int fields;

    if (tag == NULL) {
        return -1;
    }
    fields = tag_read(tag, data, size);
    ORACLE("5.13-1A", "field-count", fields <= (int)(size / 2), "%d fields in %zu bytes", fields,
           size);
    free(tag);
    return fields < 0 ? -1 : 0;
}
