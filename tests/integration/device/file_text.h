/* file_text.h - what a program has written to a file that a test reads meanwhile. */
#ifndef TESTS_FILE_TEXT_H
#define TESTS_FILE_TEXT_H

#include <stddef.h>

/* How often `text` stands in a file of at most 16 MiB. What cannot be read, or holds a zero byte
 * behind which something could hide, fails the test. */
size_t file_text_count(const char *path, const char *text);

#endif
