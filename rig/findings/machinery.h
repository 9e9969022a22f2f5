/**
 * Frames of a stack that say how a failure was noticed or how the harness was entered, not what
 * failed. For fingerprint.c.
 */
#ifndef RIG_FINDINGS_MACHINERY_H
#define RIG_FINDINGS_MACHINERY_H

#include <stdbool.h>

#include "findings/sanitizer_report.h"

/**
 * Whether a frame belongs to the C library, the sanitizers and their interceptors, libFuzzer, the
 * oracle reporting functions or a program's entry. A frame without a symbol does too.
 */
bool report_frame_is_machinery(const struct report_frame *frame);

#endif
