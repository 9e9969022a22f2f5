#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "scratch.h"

struct fixture {
    char *folder;
    struct diagnostic diagnostic;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->folder = scratch_make();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    scratch_remove(fixture->folder);
    free(fixture);
    return 0;
}

static void reads_what_was_written(void **state)
{
    struct fixture *fixture = *state;
    struct file_content content;
    char *path = scratch_path(fixture->folder, "data");
    char bytes[9000];
    memset(bytes, 0xa5, sizeof bytes);
    assert_int_equal(file_write(path, bytes, sizeof bytes, &fixture->diagnostic), RIG_OK);
    assert_int_equal(file_read(path, sizeof bytes, &content, &fixture->diagnostic), RIG_OK);
    assert_int_equal(content.size, sizeof bytes);
    assert_memory_equal(content.bytes, bytes, sizeof bytes);
    assert_int_equal(content.bytes[content.size], 0);
    file_content_free(&content);
    assert_int_equal(file_read(path, sizeof bytes - 1, &content, &fixture->diagnostic),
                     RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(fixture->diagnostic.text, "larger than 8999 bytes"));
    free(path);
}

static void refuses_what_is_no_file(void **state)
{
    struct fixture *fixture = *state;
    struct file_content content;
    char *pipe_path = scratch_path(fixture->folder, "pipe");
    char *missing = scratch_path(fixture->folder, "missing");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(file_read(fixture->folder, 100, &content, &fixture->diagnostic),
                     RIG_ERROR_CONFIGURATION);
    assert_int_equal(file_read(pipe_path, 100, &content, &fixture->diagnostic),
                     RIG_ERROR_CONFIGURATION);
    assert_int_equal(file_read(missing, 100, &content, &fixture->diagnostic), RIG_ERROR_NOT_FOUND);
    assert_non_null(strstr(fixture->diagnostic.text, missing));
    free(pipe_path);
    free(missing);
}

/* Writes `path` again with more bytes than the limit on file sizes allows. */
static int write_too_much(const char *path)
{
    const struct rlimit limit = {1000, 1000};
    char bytes[2000];
    struct diagnostic diagnostic;
    memset(bytes, 'x', sizeof bytes);
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 99;
    }
    return file_write(path, bytes, sizeof bytes, &diagnostic) == RIG_ERROR_BENCH ? 0 : 1;
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    struct fixture *fixture = *state;
    struct text_list names = {NULL, 0};
    struct file_content content;
    int status = 0;
    char *path = scratch_path(fixture->folder, "data");
    scratch_write(fixture->folder, "data", "old");
    pid_t child = fork();
    if (child == 0) {
        _exit(write_too_much(path));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(file_read(path, 100, &content, &fixture->diagnostic), RIG_OK);
    assert_string_equal((char *)content.bytes, "old");
    file_content_free(&content);
    assert_int_equal(file_list(fixture->folder, &names, &fixture->diagnostic), RIG_OK);
    assert_int_equal(names.count, 1);
    text_list_free(&names);
    free(path);
}

static void makes_and_lists_and_removes_folders(void **state)
{
    struct fixture *fixture = *state;
    struct text_list names = {NULL, 0};
    char *deep = scratch_path(fixture->folder, "a/b/c");
    char *top = scratch_path(fixture->folder, "a");
    char *kept = scratch_path(fixture->folder, "kept");
    char *link_path = scratch_path(fixture->folder, "a/link");
    scratch_write(fixture->folder, "kept/file", "x");
    assert_int_equal(file_make_directories(deep, &fixture->diagnostic), RIG_OK);
    assert_int_equal(file_make_directories(deep, &fixture->diagnostic), RIG_OK);
    assert_int_equal(symlink(kept, link_path), 0);
    scratch_write(fixture->folder, "a/z", "");
    assert_int_equal(file_list(top, &names, &fixture->diagnostic), RIG_OK);
    assert_int_equal(names.count, 3);
    assert_string_equal(names.items[0], "b");
    assert_string_equal(names.items[1], "link");
    assert_string_equal(names.items[2], "z");
    text_list_free(&names);
    assert_int_equal(file_remove(top, &fixture->diagnostic), RIG_OK);
    assert_int_equal(file_remove(top, &fixture->diagnostic), RIG_OK);
    assert_false(file_exists(top));
    free(top);
    free(deep);
    free(link_path);
    top = scratch_path(kept, "file");
    assert_true(file_is_regular(top));
    free(top);
    free(kept);
}

static void a_file_in_the_way_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char *path = scratch_path(fixture->folder, "file/below");
    scratch_write(fixture->folder, "file", "");
    assert_int_equal(file_make_directories(path, &fixture->diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(fixture->diagnostic.text, "cannot make the folder"));
    free(path);
}

static void copies_a_file(void **state)
{
    struct fixture *fixture = *state;
    struct file_content content;
    char *from = scratch_path(fixture->folder, "from");
    char *to = scratch_path(fixture->folder, "to");
    const struct file_copy_paths paths = {from, to};
    scratch_write_bytes(fixture->folder, "from", "a\0b", 3);
    assert_int_equal(file_copy(&paths, 3, &fixture->diagnostic), RIG_OK);
    assert_int_equal(file_read(to, 3, &content, &fixture->diagnostic), RIG_OK);
    assert_int_equal(content.size, 3);
    assert_memory_equal(content.bytes, "a\0b", 3);
    file_content_free(&content);
    assert_int_equal(file_copy(&paths, 2, &fixture->diagnostic), RIG_ERROR_CONFIGURATION);
    free(from);
    free(to);
}

static int read_forbidden(void *context)
{
    struct file_content content;
    struct diagnostic diagnostic;
    return file_read(context, 100, &content, &diagnostic) == RIG_ERROR_CONFIGURATION ? 0 : 1;
}

static void permissions_bind(void **state)
{
    struct fixture *fixture = *state;
    char *path = scratch_path(fixture->folder, "secret");
    scratch_write(fixture->folder, "secret", "x");
    assert_int_equal(chmod(path, 0000), 0);
    assert_int_equal(scratch_run_unprivileged(read_forbidden, path), 0);
    free(path);
}

static void joins_paths(void **state)
{
    static const char *const cases[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"a", "/b", "/b"}, {"/", "b", "/b"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *path = file_join(cases[i][0], cases[i][1]);
        assert_string_equal(path, cases[i][2]);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_what_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failed_write_leaves_the_old_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_and_lists_and_removes_folders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_in_the_way_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(copies_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(permissions_bind, set_up, tear_down),
        cmocka_unit_test(joins_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
