/* tool_memory.h - memory of the tools that read files of any length. */
#ifndef TOOLS_TOOL_MEMORY_H
#define TOOLS_TOOL_MEMORY_H

#include "hal.h"

#include <stddef.h>

/*
 * Makes room for one more item of `size` bytes after the `count` ones at `items` (NULL: none yet).
 * Returns where they are now, or NULL after saying so; then they are where they were.
 */
HAL_MUST_CHECK void *tool_memory_grow(void *items, size_t count, size_t *capacity, size_t size);

/*
 * Reads a file of at most TOOL_FILE_MOST bytes and puts a zero after it. Returns memory that the
 * caller frees, or NULL after saying what is wrong.
 */
HAL_MUST_CHECK char *tool_memory_read(const char *path, size_t *length);

#endif
