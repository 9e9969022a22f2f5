#ifndef TESTS_REPORT_TEXT_H
#define TESTS_REPORT_TEXT_H

#include "findings/fingerprint.h"
#include "findings/sanitizer_report.h"

/* Reads a text as the output of a program that ended by SIGABRT. */
struct sanitizer_report report_text_parse(const char *text);

/* The first line of an AddressSanitizer report of this kind, with newline. */
#define ADDRESS_ERROR(kind) "==7==ERROR: AddressSanitizer: " kind " on address 0x602000000018 at\n"

/* A stack: `functions` from the innermost out, separated by spaces, each in a file of device.c. The
 * text is kept until the next call. */
const char *report_text_stack(const char *functions);

/* Fingerprint of a headline and a stack. */
struct fingerprint report_text_fingerprint(const char *headline, const char *functions);

#endif
