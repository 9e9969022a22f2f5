/**
 * The lines libFuzzer prints, read into figures. They share stderr with the code under test, so
 * they are hostile: numbers are range-checked and can at worst be wrong, never harmful.
 */
#ifndef RIG_FUZZ_LIBFUZZER_OUTPUT_H
#define RIG_FUZZ_LIBFUZZER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Highest values seen in one job's output. */
struct libfuzzer_figures {
    uint64_t execs;      /**< from `#123 ...` lines and `stat::number_of_executed_units: 123` */
    uint64_t edges;      /**< from ` cov: 45 ` */
    uint64_t corpus;     /**< units, from ` corp: 12/3456b ` */
    bool is_initialised; /**< the corpus has been loaded (INITED) */
};

/**
 * Reads one line (`size` bytes) and updates *figures. Returns whether it was a line of figures.
 * Lines look like `#4096\tpulse  cov: 45 ft: 61 corp: 12/80b lim: 43 exec/s: 2048 rss: 31Mb`.
 */
bool libfuzzer_output_read(const char *line, size_t size, struct libfuzzer_figures *figures);

#endif
