#define _GNU_SOURCE /* posix_openpt and its relatives, cfmakeraw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "scratch.h"
#include "target/console_stream.h"

enum { SOON_MS = 20000, NOW = 0 };

/* A terminal of the device's. */
struct terminal {
    int master;
    char path[64];
};

static void open_terminal(struct terminal *terminal)
{
    struct termios settings;
    terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(terminal->master >= 0);
    assert_int_equal(grantpt(terminal->master), 0);
    assert_int_equal(unlockpt(terminal->master), 0);
    assert_int_equal(ptsname_r(terminal->master, terminal->path, sizeof terminal->path), 0);
    /* Raw, as a device makes it: what is written before the rig opens it comes back otherwise. */
    assert_int_equal(tcgetattr(terminal->master, &settings), 0);
    cfmakeraw(&settings);
    assert_int_equal(tcsetattr(terminal->master, TCSANOW, &settings), 0);
}

static int64_t soon(void)
{
    return process_clock_ms() + SOON_MS;
}

/* Pumps until all of `wanted` came at `from`. */
static void expect_text(const struct console_port *port, uint64_t from, const char *wanted)
{
    struct diagnostic diagnostic = {""};
    const int64_t until = soon();
    size_t size = 0;
    uint64_t position = from;
    const char *text = port->driver->text(port->self, &position, &size);
    while (size < strlen(wanted)) {
        assert_int_equal(port->driver->pump(port->self, until, &diagnostic), RIG_OK);
        position = from;
        text = port->driver->text(port->self, &position, &size);
    }
    assert_int_equal(position, from);
    assert_int_equal(size, strlen(wanted));
    assert_memory_equal(text, wanted, size);
}

static void send_text(const struct console_port *port, const char *text)
{
    struct diagnostic diagnostic = {""};
    assert_int_equal(port->driver->send(port->self, text, strlen(text), soon(), &diagnostic),
                     RIG_OK);
}

/* Reads what the device gets; the descriptor blocks. */
static void expect_device_gets(int device, const char *wanted)
{
    char got[64];
    size_t size = 0;
    while (size < strlen(wanted)) {
        ssize_t count = read(device, got + size, sizeof got - size);
        assert_true(count > 0);
        size += (size_t)count;
    }
    assert_int_equal(size, strlen(wanted));
    assert_memory_equal(got, wanted, size);
}

static void a_pty_passes_bytes_unchanged_both_ways(void **state)
{
    const struct console_stream_options options = {.kind = CONSOLE_STREAM_PTY};
    struct diagnostic diagnostic = {""};
    struct console_port port;
    (void)state;
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_OK);
    assert_int_equal(port.driver->pump(port.self, NOW, &diagnostic), RIG_ERROR_TIMEOUT);
    for (int start = 0; start < 2; start++) { /* the device's side comes and goes */
        uint64_t before = port.driver->position(port.self);
        int device = open(console_stream_path(&port), O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_true(device >= 0);
        assert_int_equal(write(device, "\r\n\x03 up\xff", 7), 7);
        expect_text(&port, before, "\r\n\x03 up\xff");
        send_text(&port, "id\r\x04\n");
        expect_device_gets(device, "id\r\x04\n");
        assert_int_equal(port.driver->position(port.self), before + 7); /* no echo */
        (void)close(device);
        assert_int_equal(port.driver->pump(port.self, NOW, &diagnostic), RIG_ERROR_TIMEOUT);
    }
    console_stream_destroy(&port);
    assert_null(port.driver);
}

static void a_device_that_reads_nothing_ends_by_the_deadline(void **state)
{
    const struct console_stream_options options = {.kind = CONSOLE_STREAM_PTY};
    static const char block[256 * 1024] = "x";
    struct diagnostic diagnostic = {""};
    struct console_port port;
    (void)state;
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_OK);
    assert_int_equal(
        port.driver->send(port.self, block, sizeof block, process_clock_ms() + 50, &diagnostic),
        RIG_ERROR_TIMEOUT);
    console_stream_destroy(&port);
}

static void a_serial_port_is_raw_and_held(void **state)
{
    struct terminal terminal;
    struct termios settings;
    struct diagnostic diagnostic = {""};
    struct console_port port;
    struct console_port other;
    (void)state;
    open_terminal(&terminal);
    assert_int_equal(tcgetattr(terminal.master, &settings), 0);
    settings.c_lflag |= (tcflag_t)(ECHO | ICANON | ISIG);
    settings.c_oflag |= (tcflag_t)OPOST;
    assert_int_equal(tcsetattr(terminal.master, TCSANOW, &settings), 0);
    const struct console_stream_options options = {
        .kind = CONSOLE_STREAM_TTY, .path = terminal.path, .baud = 115200};
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_OK);
    assert_int_equal(tcgetattr(terminal.master, &settings), 0);
    assert_int_equal(cfgetispeed(&settings), B115200);
    assert_int_equal(settings.c_lflag & (tcflag_t)(ECHO | ICANON | ISIG), 0);
    assert_int_equal(settings.c_oflag & (tcflag_t)OPOST, 0);
    assert_int_equal(write(terminal.master, "boot\r\n", 6), 6);
    expect_text(&port, 0, "boot\r\n");
    assert_int_equal(console_stream_create(&options, &other, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, terminal.path));
    assert_non_null(strstr(diagnostic.text, "another program holds it"));
    assert_null(other.driver);
    console_stream_destroy(&port);
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_OK);
    console_stream_destroy(&port);
    (void)close(terminal.master);
}

static void a_serial_port_that_is_unplugged_is_told(void **state)
{
    struct terminal terminal;
    struct diagnostic diagnostic = {""};
    struct console_port port;
    (void)state;
    open_terminal(&terminal);
    const struct console_stream_options options = {
        .kind = CONSOLE_STREAM_TTY, .path = terminal.path, .baud = 9600};
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_OK);
    assert_int_equal(write(terminal.master, "last", 4), 4);
    expect_text(&port, 0, "last");
    (void)close(terminal.master);
    assert_int_equal(port.driver->pump(port.self, soon(), &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "hung up; is it still plugged in?"));
    console_stream_destroy(&port);
}

static void expect_refusal(const char *path, uint64_t baud, int error, const char *message)
{
    const struct console_stream_options options = {
        .kind = CONSOLE_STREAM_TTY, .path = path, .baud = baud};
    struct diagnostic diagnostic = {""};
    struct console_port port;
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), error);
    assert_null(port.driver);
    if (strstr(diagnostic.text, path) == NULL || strstr(diagnostic.text, message) == NULL) {
        fail_msg("%s", diagnostic.text);
    }
}

static int open_forbidden(void *path)
{
    expect_refusal(path, 9600, RIG_ERROR_BENCH, "group `dialout`");
    return 0;
}

static void what_is_no_serial_port_is_told(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "port");
    (void)state;
    expect_refusal(path, 9600, RIG_ERROR_BENCH, "is it plugged in?");
    scratch_write(folder, "port", "");
    expect_refusal(path, 9600, RIG_ERROR_BENCH, "name a serial port");
    expect_refusal(path, 12345, RIG_ERROR_CONFIGURATION, "no baud rate 12345; write 9600");
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(scratch_run_unprivileged(open_forbidden, path), 0);
    free(path);
    scratch_remove(folder);
}

static void a_link_comes_and_goes_with_the_device(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "console");
    char *log = scratch_path(folder, "log");
    const struct console_stream_options options = {
        .kind = CONSOLE_STREAM_LINK, .path = path, .log_path = log};
    struct diagnostic diagnostic = {""};
    struct console_port port;
    struct file_content content;
    (void)state;
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_OK);
    for (int start = 0; start < 2; start++) {
        struct terminal terminal;
        assert_int_equal(port.driver->pump(port.self, process_clock_ms() + 30, &diagnostic),
                         RIG_ERROR_TIMEOUT);
        assert_non_null(strstr(diagnostic.text, "does the device run?"));
        assert_int_equal(port.driver->send(port.self, "x", 1, soon(), &diagnostic),
                         RIG_ERROR_TIMEOUT);
        open_terminal(&terminal);
        assert_int_equal(symlink(terminal.path, path), 0);
        assert_int_equal(write(terminal.master, "up", 2), 2);
        expect_text(&port, (uint64_t)start * 2, "up");
        send_text(&port, "id");
        expect_device_gets(terminal.master, "id");
        (void)close(terminal.master);
        assert_int_equal(unlink(path), 0);
    }
    console_stream_destroy(&port);
    assert_int_equal(file_read(log, 64, &content, &diagnostic), RIG_OK);
    assert_string_equal((const char *)content.bytes, "upup");
    file_content_free(&content);
    free(log);
    free(path);
    scratch_remove(folder);
}

static void what_is_no_terminal_is_told(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "console");
    const struct console_stream_options options = {.kind = CONSOLE_STREAM_LINK, .path = path};
    struct diagnostic diagnostic = {""};
    struct console_port port;
    (void)state;
    scratch_write(folder, "console", "no terminal");
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, path));
    free(path);
    scratch_remove(folder);
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    return listener;
}

static void a_socket_comes_and_goes_with_the_device(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "console");
    const struct console_stream_options options = {.kind = CONSOLE_STREAM_SOCKET, .path = path};
    struct diagnostic diagnostic = {""};
    struct console_port port;
    (void)state;
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_OK);
    for (int start = 0; start < 2; start++) {
        assert_int_equal(port.driver->pump(port.self, NOW, &diagnostic), RIG_ERROR_TIMEOUT);
        int listener = listen_at(path);
        assert_int_equal(port.driver->pump(port.self, NOW, &diagnostic), RIG_ERROR_TIMEOUT);
        int device = accept(listener, NULL, NULL);
        assert_int_equal(write(device, "up", 2), 2);
        expect_text(&port, (uint64_t)start * 2, "up");
        send_text(&port, "id");
        expect_device_gets(device, "id");
        (void)close(device);
        (void)close(listener);
        assert_int_equal(unlink(path), 0);
    }
    console_stream_destroy(&port);
    free(path);
    scratch_remove(folder);
}

static void a_path_too_long_for_a_socket_is_told(void **state)
{
    char path[200];
    const struct console_stream_options options = {.kind = CONSOLE_STREAM_SOCKET, .path = path};
    struct diagnostic diagnostic = {""};
    struct console_port port;
    (void)state;
    memset(path, 'x', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_int_equal(console_stream_create(&options, &port, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "at most 107 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pty_passes_bytes_unchanged_both_ways),
        cmocka_unit_test(a_device_that_reads_nothing_ends_by_the_deadline),
        cmocka_unit_test(a_serial_port_is_raw_and_held),
        cmocka_unit_test(a_serial_port_that_is_unplugged_is_told),
        cmocka_unit_test(what_is_no_serial_port_is_told),
        cmocka_unit_test(a_link_comes_and_goes_with_the_device),
        cmocka_unit_test(what_is_no_terminal_is_told),
        cmocka_unit_test(a_socket_comes_and_goes_with_the_device),
        cmocka_unit_test(a_path_too_long_for_a_socket_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
