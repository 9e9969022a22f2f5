#define _GNU_SOURCE /* memmem */
#include "base/console.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log_file.h"
#include "base/stream_socket.h"

enum {
    CAPACITY = 2 * CONSOLE_KEPT, /* when it is full, the older half goes at once */
};

struct console {
    struct stream_socket socket;
    int log;        /* -1 for none */
    uint64_t start; /* position of the first byte kept */
    size_t size;
    char bytes[CAPACITY + 1]; /* one for a NUL */
};

int console_create(const char *log_path, struct console **console, struct diagnostic *diagnostic)
{
    struct console *made = calloc(1, sizeof(*made));
    int error;

    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    stream_socket_open(&made->socket, -1);
    made->log = -1;
    error = log_path != NULL ? log_file_open(log_path, &made->log, diagnostic) : RIG_OK;
    if (error != RIG_OK) {
        console_destroy(made);
        return error;
    }
    *console = made;
    return RIG_OK;
}

void console_destroy(struct console *console)
{
    if (console == NULL) {
        return;
    }
    console_detach(console);
    if (console->log >= 0) {
        (void)close(console->log);
    }
    free(console);
}

void console_attach(struct console *console, int descriptor)
{
    console_detach(console);
    stream_socket_open(&console->socket, descriptor);
}

void console_detach(struct console *console)
{
    stream_socket_close(&console->socket);
}

struct pollfd console_poll(const struct console *console)
{
    return stream_socket_poll(&console->socket);
}

static void make_room(struct console *console)
{
    if (console->size == CAPACITY) {
        console->start += CAPACITY - CONSOLE_KEPT;
        memmove(console->bytes, console->bytes + CAPACITY - CONSOLE_KEPT, CONSOLE_KEPT);
        console->size = CONSOLE_KEPT;
    }
}

/* `count` bytes have been put behind those that are kept. */
static int keep(struct console *console, size_t count, struct diagnostic *diagnostic)
{
    const char *begin = console->bytes + console->size;

    console->size += count;
    console->bytes[console->size] = '\0';
    return log_file_append(&console->log, begin, count, diagnostic);
}

int console_serve(struct console *console, struct diagnostic *diagnostic)
{
    make_room(console);
    stream_socket_flush(&console->socket);
    return keep(console,
                stream_socket_read(&console->socket, console->bytes + console->size,
                                   CAPACITY - console->size),
                diagnostic);
}

int console_append(struct console *console, const char *bytes, size_t size,
                   struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    while (size > 0) {
        size_t part;
        int failed;

        make_room(console);
        part = size < CAPACITY - console->size ? size : CAPACITY - console->size;
        memcpy(console->bytes + console->size, bytes, part);
        failed = keep(console, part, diagnostic);
        error = error == RIG_OK ? failed : error;
        bytes += part;
        size -= part;
    }
    return error;
}

int console_send(struct console *console, const void *bytes, size_t size)
{
    return stream_socket_send(&console->socket, bytes, size);
}

size_t console_unsent(const struct console *console)
{
    return console->socket.unsent_size - console->socket.unsent_from;
}

void console_drop_unsent(struct console *console)
{
    stream_socket_drop(&console->socket);
}

uint64_t console_position(const struct console *console)
{
    return console->start + console->size;
}

const char *console_text(const struct console *console, uint64_t *position, size_t *size)
{
    uint64_t end = console_position(console);

    if (*position < console->start) {
        *position = console->start;
    }
    if (*position > end) {
        *position = end;
    }
    *size = (size_t)(end - *position);
    return console->bytes + (*position - console->start);
}

bool console_find(const struct console *console, const char *text, uint64_t *position)
{
    uint64_t from = *position;
    size_t size = 0;
    const char *kept = console_text(console, &from, &size);
    const char *found = memmem(kept, size, text, strlen(text));

    if (found == NULL) {
        return false;
    }
    *position = from + (uint64_t)(found - kept) + strlen(text);
    return true;
}
