/**
 * What an ELF program says about itself.
 */
#ifndef RIG_BASE_PROGRAM_FILE_H
#define RIG_BASE_PROGRAM_FILE_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/**
 * Writes the line that clang left in section `.comment` ("Debian clang version 14.0.6") into
 * `text[size]`, escaped; "" when the file is no 64-bit ELF program of this machine's byte order, or
 * says nothing of clang. Errors as of file_read().
 */
RIG_MUST_CHECK int program_file_compiler(const char *path, char *text, size_t size,
                                         struct diagnostic *diagnostic);

#endif
