/**
 * What afl-fuzz prints and writes, read into figures. Names and numbers pass through files and
 * streams that the code under test could reach, so they are hostile: they can at worst be wrong.
 */
#ifndef RIG_FUZZ_AFL_OUTPUT_H
#define RIG_FUZZ_AFL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    AFL_NAME_SIZE = 256, /**< of a file that afl-fuzz makes */
};

/** Highest values that one afl-fuzz has told. */
struct afl_figures {
    uint64_t execs;
    uint64_t edges;
    double stability; /**< percent, the last one told; NaN before */
};

/** What a line says about the inputs that afl-fuzz begins with. */
enum afl_line {
    AFL_LINE_OTHER = 0,
    AFL_LINE_TRIES, /**< it runs the input named now */
    AFL_LINE_FAILS, /**< that one made the harness fail */
    AFL_LINE_HANGS, /**< that one did not end in time */
    AFL_LINE_ABORT, /**< afl-fuzz gives up; the reason comes after "PROGRAM ABORT : " */
};

/** True for the name of an input in a folder of afl-fuzz, `id:000012,...`: no folder, no control
 * characters. */
bool afl_is_input_name(const char *name);

/** Reads a line of standard output; `name` is set for AFL_LINE_TRIES only. */
enum afl_line afl_output_read(const char *line, size_t size, char name[AFL_NAME_SIZE]);

/** Copies a line without colours, what is left of control characters escaped. */
void afl_output_plain(const char *line, size_t size, char *text, size_t text_size);

/** Reads `fuzzer_stats`, lines such as `execs_done        : 93790`. */
void afl_stats_read(const char *text, size_t size, struct afl_figures *figures);

/**
 * Reads the last whole line of `plot_data`, numbers between commas (the column that is the 12th is
 * the number of inputs, the 13th that of edges). `text` may be a last part of the file.
 */
void afl_plot_read(const char *text, size_t size, struct afl_figures *figures);

#endif
