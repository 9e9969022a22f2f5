#define _GNU_SOURCE /* cfmakeraw */
#include "foreign_console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int console = -1;

int64_t console_clock_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void console_close(void)
{
    if (console >= 0) {
        (void)close(console);
        console = -1;
    }
}

enum console_result console_open(const char *path)
{
    struct termios raw;
    console_close();
    console = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (console < 0) {
        return CONSOLE_TIMEOUT;
    }
    if (tcgetattr(console, &raw) != 0) {
        console_close();
        return CONSOLE_TIMEOUT;
    }
    cfmakeraw(&raw);
    if (tcsetattr(console, TCSANOW, &raw) != 0 || tcflush(console, TCIFLUSH) != 0) {
        console_close();
        return CONSOLE_TIMEOUT;
    }
    return CONSOLE_OK;
}

static bool is_sendable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            return false; /* it would be two commands */
        }
    }
    return true;
}

enum console_result console_ask(const char *word, const char *argument, const char *second)
{
    char line[1024];
    int size = snprintf(line, sizeof line, "%s%s%s%s%s\n", word, argument == NULL ? "" : " ",
                        argument == NULL ? "" : argument, second == NULL ? "" : " ",
                        second == NULL ? "" : second);
    if (size < 0 || size >= (int)sizeof line || (argument != NULL && !is_sendable(argument)) ||
        (second != NULL && !is_sendable(second))) {
        return CONSOLE_UNSENDABLE;
    }
    return write(console, line, (size_t)size) == size ? CONSOLE_OK : CONSOLE_TIMEOUT;
}

/* One byte; false at the deadline, and when the device is gone. */
static bool read_byte(char *byte, int64_t deadline_ms)
{
    for (;;) {
        struct pollfd polled = {console, POLLIN, 0};
        int64_t left = deadline_ms - console_clock_ms();
        ssize_t count = read(console, byte, 1);
        if (count == 1) {
            return true;
        }
        if (count == 0 || errno != EAGAIN || left <= 0 || poll(&polled, 1, (int)left) <= 0 ||
            (polled.revents & POLLIN) == 0) {
            return false;
        }
    }
}

enum console_result console_line(char answer[ANSWER_SIZE], int64_t deadline_ms)
{
    size_t size = 0;
    for (;;) {
        char byte;
        if (!read_byte(&byte, deadline_ms)) {
            return CONSOLE_TIMEOUT;
        }
        if (byte == '\n') {
            answer[size] = '\0';
            if (answer[0] != '#') {
                return CONSOLE_OK;
            }
            size = 0;
        } else if (byte < ' ' || byte > '~' || size + 1 >= ANSWER_SIZE) {
            return CONSOLE_NONSENSE;
        } else {
            answer[size++] = byte;
        }
    }
}
