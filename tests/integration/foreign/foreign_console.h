/* The line console of the foreign device, from outside. */
#ifndef FOREIGN_CONSOLE_H
#define FOREIGN_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

enum { ANSWER_SIZE = 256 };

enum console_result {
    CONSOLE_OK,
    CONSOLE_TIMEOUT,    /* the device is off, or does not answer */
    CONSOLE_NONSENSE,   /* a line that is too long, or not printable */
    CONSOLE_UNSENDABLE, /* a text that a line cannot carry */
};

int64_t console_clock_ms(void);

/* Opens the terminal anew, since the device makes it anew at each start, and drops what was not read. */
enum console_result console_open(const char *path);
void console_close(void);

/* Sends WORD, or WORD ARGUMENT, or WORD ARGUMENT SECOND: later ones may be NULL. */
enum console_result console_ask(const char *word, const char *argument, const char *second);

/* The next line that is no remark. */
enum console_result console_line(char answer[ANSWER_SIZE], int64_t deadline_ms);

#endif
