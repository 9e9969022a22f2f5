#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/console.h"
#include "base/file.h"

struct bench {
    int device; /* the device's end */
    struct console *console;
    struct diagnostic diagnostic;
};

static void open_bench(struct bench *bench, const char *log)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(console_create(log, &bench->console, &bench->diagnostic), RIG_OK);
    console_attach(bench->console, ends[0]);
    bench->device = ends[1];
}

static void close_bench(struct bench *bench)
{
    (void)close(bench->device);
    console_destroy(bench->console);
}

static int say(struct bench *bench, const char *bytes, size_t size)
{
    assert_int_equal(send(bench->device, bytes, size, MSG_DONTWAIT), size);
    return console_serve(bench->console, &bench->diagnostic);
}

static void test_hostile_bytes_are_kept_and_found(void **state)
{
    struct bench bench = {0};
    uint64_t position = 0;
    size_t size = 0;
    (void)state;

    open_bench(&bench, NULL);
    assert_int_equal(say(&bench, "%s\0\xff\033[2J one two one", 20), RIG_OK);
    assert_true(console_find(bench.console, "one", &position));
    assert_int_equal(position, 12);
    assert_true(console_find(bench.console, "one", &position));
    assert_int_equal(position, 20);
    assert_false(console_find(bench.console, "one", &position));
    assert_int_equal(position, 20);
    position = 0;
    assert_memory_equal(console_text(bench.console, &position, &size), "%s\0\xff\033", 5);
    assert_int_equal(size, 20);
    position = 1000;
    assert_string_equal(console_text(bench.console, &position, &size), "");
    assert_int_equal(position, 20);
    close_bench(&bench);
}

static void test_what_is_kept_is_bounded(void **state)
{
    struct bench bench = {0};
    char block[4096];
    uint64_t position = 0;
    size_t size = 0;
    (void)state;

    memset(block, 'x', sizeof(block));
    open_bench(&bench, NULL);
    assert_int_equal(say(&bench, "first", 5), RIG_OK);
    for (int i = 0; i < 300; i++) {
        assert_int_equal(say(&bench, block, sizeof(block)), RIG_OK);
        (void)console_text(bench.console, &position, &size);
        assert_in_range(size, 0, 2 * CONSOLE_KEPT);
    }
    assert_int_equal(say(&bench, "last", 4), RIG_OK);
    assert_int_equal(console_serve(bench.console, &bench.diagnostic), RIG_OK); /* a split read */
    assert_int_equal(console_position(bench.console), 5 + 300 * 4096 + 4);
    position = 0;
    assert_false(console_find(bench.console, "first", &position));
    assert_true(console_find(bench.console, "xlast", &position));
    assert_int_equal(position, console_position(bench.console));
    position = 0;
    (void)console_text(bench.console, &position, &size);
    assert_in_range(size, CONSOLE_KEPT, 2 * CONSOLE_KEPT);
    assert_int_equal(position + size, console_position(bench.console));
    close_bench(&bench);
}

static void test_positions_go_on_with_a_new_device(void **state)
{
    struct bench bench = {0};
    uint64_t position = 0;
    int ends[2];
    (void)state;

    open_bench(&bench, NULL);
    assert_int_equal(say(&bench, "ready\n", 6), RIG_OK);
    (void)close(bench.device);
    assert_int_equal(console_serve(bench.console, &bench.diagnostic), RIG_OK);
    assert_int_equal(console_poll(bench.console).fd, -1);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    console_attach(bench.console, ends[0]);
    bench.device = ends[1];
    assert_int_equal(say(&bench, "ready\n", 6), RIG_OK);
    assert_true(console_find(bench.console, "ready", &position));
    assert_true(console_find(bench.console, "ready", &position));
    assert_int_equal(position, 11);
    close_bench(&bench);
}

static void test_the_log_is_appended_to(void **state)
{
    struct bench bench = {0};
    struct file_content content = {0};
    char *folder = NULL;
    char *path;
    (void)state;

    assert_int_equal(file_make_temporary(&folder, &bench.diagnostic), RIG_OK);
    path = file_join(folder, "console.log");
    for (int i = 0; i < 2; i++) {
        open_bench(&bench, path);
        assert_int_equal(say(&bench, "a\0b", 3), RIG_OK);
        close_bench(&bench);
    }
    assert_int_equal(file_read(path, 100, &content, &bench.diagnostic), RIG_OK);
    assert_int_equal(content.size, 6);
    assert_memory_equal(content.bytes, "a\0ba\0b", 6);
    file_content_free(&content);
    assert_int_equal(file_remove(folder, &bench.diagnostic), RIG_OK);
    free(path);
    free(folder);
}

static void test_a_log_that_fails_is_said_once(void **state)
{
    struct bench bench = {0};
    uint64_t position = 0;
    (void)state;

    assert_int_equal(console_create("/nowhere/log", &bench.console, &bench.diagnostic),
                     RIG_ERROR_BENCH);
    assert_non_null(strstr(bench.diagnostic.text, "/nowhere/log"));
    open_bench(&bench, "/dev/full");
    assert_int_equal(say(&bench, "one", 3), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench.diagnostic.text, "No space left"));
    assert_int_equal(say(&bench, "two", 3), RIG_OK);
    assert_true(console_find(bench.console, "onetwo", &position));
    close_bench(&bench);
}

/* More than the socket takes: the rest goes as the device reads. */
static void test_all_that_is_sent_arrives(void **state)
{
    enum { SIZE = 1024 * 1024 };
    struct bench bench = {0};
    char *bytes = malloc(SIZE);
    char received[4096];
    size_t sum = 0;
    (void)state;

    assert_non_null(bytes);
    for (size_t i = 0; i < SIZE; i++) {
        bytes[i] = (char)(i % 251);
    }
    open_bench(&bench, NULL);
    assert_int_equal(console_send(bench.console, bytes, SIZE - 7), RIG_OK);
    assert_true(console_unsent(bench.console) > 0);
    assert_true((console_poll(bench.console).events & POLLOUT) != 0);
    assert_int_equal(console_send(bench.console, bytes + SIZE - 7, 7), RIG_OK);
    while (sum < SIZE) {
        ssize_t count = recv(bench.device, received, sizeof(received), MSG_DONTWAIT);

        assert_true(count > 0);
        assert_memory_equal(received, bytes + sum, (size_t)count);
        sum += (size_t)count;
        assert_int_equal(console_serve(bench.console, &bench.diagnostic), RIG_OK);
    }
    assert_int_equal(console_unsent(bench.console), 0);
    assert_int_equal(console_poll(bench.console).events, POLLIN);
    free(bytes);
    close_bench(&bench);
}

static void test_a_closed_device_takes_nothing(void **state)
{
    struct bench bench = {0};
    (void)state;

    open_bench(&bench, NULL);
    (void)close(bench.device);
    assert_int_equal(console_send(bench.console, "x", 1), RIG_OK);
    assert_int_equal(console_unsent(bench.console), 1);
    assert_int_equal(console_serve(bench.console, &bench.diagnostic), RIG_OK);
    assert_int_equal(console_poll(bench.console).fd, -1);
    console_drop_unsent(bench.console);
    assert_int_equal(console_unsent(bench.console), 0);
    console_destroy(bench.console);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_bytes_are_kept_and_found),
        cmocka_unit_test(test_what_is_kept_is_bounded),
        cmocka_unit_test(test_positions_go_on_with_a_new_device),
        cmocka_unit_test(test_the_log_is_appended_to),
        cmocka_unit_test(test_a_log_that_fails_is_said_once),
        cmocka_unit_test(test_all_that_is_sent_arrives),
        cmocka_unit_test(test_a_closed_device_takes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
