#include "process_report.h"

#include "factory.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 512U /* at most PIPE_BUF, so that a pipe takes it whole or not at all */

static void escape_control_characters(char *text)
{
    for (; *text != '\0'; text++) {
        if (iscntrl((unsigned char)*text)) {
            *text = '?';
        }
    }
}

/* One write for the whole line, so that lines of two processes do not mix. */
static void print_line(const char *prefix, const char *text)
{
    char line[LINE_SIZE];
    int length = snprintf(line, sizeof line - 1U, "%s%s", prefix, text);

    if (length < 0) {
        return;
    }
    escape_control_characters(line);
    length = (int)strlen(line);
    line[length] = '\n';
    if (write(STDERR_FILENO, line, (size_t)length + 1U) < 0) {
        return; /* nobody is left who could be told */
    }
}

int process_refuse(const char *format, ...)
{
    char text[LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_line("hearth-native: ", text);
    return -1;
}

void process_console(const char *line)
{
    struct pollfd console = {.fd = STDERR_FILENO, .events = POLLOUT};

    if (poll(&console, 1, 0) == 1 && (console.revents & POLLOUT) != 0) {
        print_line("console: ", line);
    }
}

/* A JSON string. Bytes above ASCII are printed as they are: file names are UTF-8 nowadays. */
static void print_json_string(const char *text)
{
    (void)putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            (void)printf("\\%c", byte);
        } else if (iscntrl(byte)) {
            (void)printf("\\u%04x", byte);
        } else {
            (void)putchar(byte);
        }
    }
    (void)putchar('"');
}

static void print_member(const char *name, const char *value)
{
    (void)printf(", \"%s\": ", name);
    print_json_string(value);
}

int process_announce(const struct process_announcement *announcement)
{
    char device_id[2U * FACTORY_DEVICE_ID_SIZE + 1U];

    for (size_t i = 0; i < FACTORY_DEVICE_ID_SIZE; i++) {
        (void)snprintf(device_id + 2U * i, 3, "%02x", announcement->device_id[i]);
    }
    (void)printf("{\"uart\": ");
    print_json_string(announcement->uart);
    if (announcement->has_tcp) {
        (void)printf(", \"tcp\": %u", (unsigned)announcement->tcp_port);
    } else {
        (void)printf(", \"tcp\": null");
    }
    print_member("flash", announcement->flash);
    (void)printf(", \"new\": %s", announcement->is_new ? "true" : "false");
    print_member("device_id", device_id);
    if (announcement->is_new) {
        print_member("label_password", announcement->label_password);
    }
    (void)printf("}\n");
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return process_refuse("stdout: %s; keep it open until the device has started",
                              strerror(errno));
    }
    return 0;
}
