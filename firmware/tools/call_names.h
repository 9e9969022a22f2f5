/* call_names.h - finds the functions that a name in a limits file stands for (budget_limits.h). */
#ifndef TOOLS_CALL_NAMES_H
#define TOOLS_CALL_NAMES_H

#include "call_links.h"
#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a name stands for: linked functions of one source file that have one name in the source. */
struct call_name {
    const char *call_file; /* NULL: no call file defines it */
    const char *name;      /* of the functions, without file */
    const char *source;    /* of the text: the file's part, not ended by zero */
    size_t source_length;  /* 0: none */
    uint32_t outside;      /* the function, if no call file defines it; may be CALL_NONE */
};

/*
 * Looks up `text`. `name` then points into it. `place` begins the message ("limits:12"). Finding
 * nothing is no error: `call_file` is NULL and `outside` is CALL_NONE. Returns 0, or -1 after saying
 * that the name is ambiguous.
 */
HAL_MUST_CHECK int call_names_find(struct call_name *name, struct call_links *links,
                                   const char *text, const char *place);

bool call_names_is_found(const struct call_name *name);

/* Whether the name stands for `function`. */
bool call_names_match(const struct call_name *name, const struct call_links *links,
                      uint32_t function);

#endif
