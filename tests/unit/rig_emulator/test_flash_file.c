#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "emulator/flash_file.h"

static char *folder;

static int set_up(void **state)
{
    struct diagnostic diagnostic;
    (void)state;

    assert_int_equal(file_make_temporary(&folder, &diagnostic), RIG_OK);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(file_write("good", "12345678", 8, &diagnostic), RIG_OK);
    assert_int_equal(symlink("good", "link"), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    return mkdir("folder", 0700);
}

static int tear_down(void **state)
{
    struct diagnostic diagnostic;
    (void)state;

    assert_int_equal(chdir("/"), 0);
    assert_int_equal(file_remove(folder, &diagnostic), RIG_OK);
    free(folder);
    return 0;
}

static void test_takes_a_regular_file_of_the_size(void **state)
{
    struct diagnostic diagnostic = {""};
    (void)state;

    assert_int_equal(flash_file_check("good", 8, &diagnostic), RIG_OK);
}

static void test_refuses_all_else(void **state)
{
    static const struct {
        const char *path;
        uint64_t size;
        const char *diagnostic;
    } rows[] = {
        {"good", 7, "good: has 8 bytes, but the flash of this device has 7; make"},
        {"good", 9, "has 8 bytes"},
        {"missing", 8, "missing: No such file or directory; make"},
        {"folder", 8, "folder: flash must be a regular file"},
        {"link", 8, "link: flash must be a regular file"},
        {"fifo", 0, "regular file"},
        {"/dev/zero", 0, "regular file"},
        {"good/flash", 8, "Not a directory"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct diagnostic diagnostic = {""};

        assert_int_equal(flash_file_check(rows[i].path, rows[i].size, &diagnostic),
                         RIG_ERROR_CONFIGURATION);
        if (strstr(diagnostic.text, rows[i].diagnostic) == NULL) {
            fail_msg("%s: '%s'", rows[i].path, diagnostic.text);
        }
    }
}

static void test_refuses_what_cannot_be_written(void **state)
{
    struct diagnostic diagnostic = {""};
    (void)state;

    if (geteuid() == 0) {
        skip(); /* nothing is read-only for root */
    }
    assert_int_equal(chmod("good", 0400), 0);
    assert_int_equal(flash_file_check("good", 8, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "cannot be written"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takes_a_regular_file_of_the_size),
        cmocka_unit_test(test_refuses_all_else),
        cmocka_unit_test(test_refuses_what_cannot_be_written),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
