/**
 * One line of a stack trace as the sanitizers print it.
 */
#ifndef RIG_FINDINGS_REPORT_FRAME_H
#define RIG_FINDINGS_REPORT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "findings/sanitizer_report.h"
#include "findings/span.h"

/**
 * Reads `    #3 0x55d0 in function /path/file.c:12:5`, with `(/path/program+0x1234)` for a location
 * without symbols. False when the line is no frame; *frame is then undefined.
 */
bool report_frame_read(struct span line, uint64_t *number, struct report_frame *frame);

#endif
