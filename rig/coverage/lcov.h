/*
 * Reads what `llvm-cov export -format=lcov` prints: records of lines `SF:<file>`,
 * `FN:<line>,<function>`, `FNDA:<count>,<function>`, `DA:<line>,<count>`, `LF:`, `LH:`, `BRF:` and
 * `BRH:` (lines and branches found and hit), ended by `end_of_record`; see geninfo(1). Other kinds
 * of lines are skipped. The text names files and functions of the code under test: it is hostile.
 *
 * The format is chosen over llvm-cov's JSON because it gives counts by line, comes line by line,
 * so that it needs no large buffer, and is an eighth of the size.
 */
#ifndef ORDEAL_COVERAGE_LCOV_H
#define ORDEAL_COVERAGE_LCOV_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "coverage/coverage.h"
#include "coverage/project_code.h"

struct lcov_reader;

/*
 * A reader that adds the files of CODE that hold code to COVERAGE, and skips all others. Both must
 * live as long as it. NULL when memory is short.
 */
struct lcov_reader *lcov_reader_create(const struct project_code *code, struct coverage *coverage);

/*
 * Reads the next line, without its newline. After the first error the rest is ignored;
 * lcov_reader_end() returns it.
 */
void lcov_read_line(struct lcov_reader *reader, const char *line, size_t size);

/*
 * Ends the text and sorts the files. RIG_ERROR_BENCH with a diagnostic that names the line when
 * it was malformed, contradicts itself or ends within a record; RIG_ERROR_NO_MEMORY.
 */
RIG_MUST_CHECK int lcov_reader_end(struct lcov_reader *reader, struct diagnostic *diagnostic);

/* NULL is fine. */
void lcov_reader_destroy(struct lcov_reader *reader);

#endif
