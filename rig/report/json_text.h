/* Text as JSON values. */
#ifndef ORDEAL_REPORT_JSON_TEXT_H
#define ORDEAL_REPORT_JSON_TEXT_H

#include <jansson.h>

#include "base/text.h"

/*
 * A JSON string of TEXT, escaped as text_escape() does, so that it is valid UTF-8 whatever it was;
 * JSON null for NULL. NULL when memory is short. The caller owns the reference.
 */
json_t *json_text(const char *text);

/* A JSON array of the items, each as json_text() gives it. NULL when memory is short. */
json_t *json_text_array(const struct text_list *list);

/* A JSON array of the lines of TEXT, likewise; blank ones are left out. */
json_t *json_text_lines(const char *text);

#endif
