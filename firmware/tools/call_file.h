/*
 * call_file.h - reads what arm-none-eabi-gcc 12 writes beside each object with -fcallgraph-info=su
 * (GCC manual, Developer Options): one graph a source file, in the text form of VCG, a line for each
 * function and each call:
 *
 *   node: { title: "app/crc.c:step" label: "step\napp/crc.c:9:17\n8 bytes (static)" }
 *   node: { title: "memcpy" label: "__builtin_memcpy\n<built-in>" shape : ellipse }
 *   edge: { sourcename: "app/crc.c:step" targetname: "memcpy" label: "app/crc.c:12:5" }
 *
 * A node without shape is a function that this file defines. Calls through pointers go to
 * __indirect_call. Jumps to another function's begin (tail calls) are calls here. Calls in inline
 * assembly and what a linker's veneer pushes (at most 4 bytes, Armv6-M only) are not in there.
 */
#ifndef TOOLS_CALL_FILE_H
#define TOOLS_CALL_FILE_H

#include "call_graph.h"
#include "hal.h"

#include <stddef.h>

/*
 * Adds a call file's functions and calls to the graph. `text` has a zero at its end and is changed.
 * Refuses a second definition of a function, and a definition without size. Returns 0, or -1 after
 * saying what is wrong, with file and line.
 */
HAL_MUST_CHECK int call_file_parse(struct call_graph *graph, const char *path, char *text,
                                   size_t length);

/* Adds every file *.ci in and below a folder; there must be one. Returns 0, or -1 as above. */
HAL_MUST_CHECK int call_file_read_folder(struct call_graph *graph, const char *folder);

#endif
