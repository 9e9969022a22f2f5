#ifndef RIG_BASE_DIAGNOSTIC_H
#define RIG_BASE_DIAGNOSTIC_H

/**
 * The one line that tells a person what went wrong, where, and what to do about it. A function that
 * can meet bad input takes one as its last argument and fills it before it returns an error.
 */
struct diagnostic {
    char text[1024]; /**< one line without newline; empty until something is set */
};

/** Makes the text empty. */
void diagnostic_clear(struct diagnostic *diagnostic);

/**
 * Formats the line. Control characters that arrive in the arguments are escaped, so that a hostile
 * file name cannot drive the terminal; what does not fit is cut. NULL is allowed and ignored.
 */
__attribute__((format(printf, 2, 3))) void diagnostic_set(struct diagnostic *diagnostic,
                                                          const char *format, ...);

/**
 * Sets the line and returns `error`, so that a function can end with
 * `return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: ...", path);`.
 */
__attribute__((format(printf, 3, 4))) int diagnostic_fail(struct diagnostic *diagnostic, int error,
                                                          const char *format, ...);

#endif
