/* What tells one program from another: its hash, and the compiler that it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/file_hash.h"
#include "base/program_file.h"
#include "scratch.h"

#define SELF "/proc/self/exe"

static int set_up(void **state)
{
    *state = scratch_make();
    return 0;
}

static int tear_down(void **state)
{
    scratch_remove(*state);
    return 0;
}

/* FIPS 180-4: the examples that NIST publishes with it. */
static void hashes_a_file(void **state)
{
    const char *folder = *state;
    char *path = scratch_path(folder, "a file");
    char text[FILE_HASH_TEXT_SIZE];
    struct diagnostic diagnostic;
    scratch_write(folder, "a file", "abc");
    assert_int_equal(file_sha256(path, text, &diagnostic), RIG_OK);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    scratch_write(folder, "a file", "");
    assert_int_equal(file_sha256(path, text, &diagnostic), RIG_OK);
    assert_string_equal(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    free(path);
}

static void refuses_what_cannot_be_read(void **state)
{
    const char *folder = *state;
    char *path = scratch_path(folder, "missing");
    char text[FILE_HASH_TEXT_SIZE] = "left over";
    struct diagnostic diagnostic;
    assert_int_equal(file_sha256(path, text, &diagnostic), RIG_ERROR_NOT_FOUND);
    assert_string_equal(text, "");
    assert_int_equal(file_sha256(folder, text, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_int_equal(program_file_compiler(path, text, sizeof text, &diagnostic),
                     RIG_ERROR_NOT_FOUND);
    free(path);
}

static void names_the_compiler(void **state)
{
    char text[128];
    struct diagnostic diagnostic;
    (void)state;
    assert_int_equal(program_file_compiler(SELF, text, sizeof text, &diagnostic), RIG_OK);
    assert_non_null(strstr(text, "clang version "));
}

static void expect_nothing(const char *folder, const void *bytes, size_t size)
{
    char *path = scratch_path(folder, "program");
    char text[128] = "left over";
    struct diagnostic diagnostic;
    scratch_write_bytes(folder, "program", bytes, size);
    assert_int_equal(program_file_compiler(path, text, sizeof text, &diagnostic), RIG_OK);
    assert_string_equal(text, "");
    free(path);
}

/* Cut short anywhere, the table of sections at the end is missing. */
static void a_damaged_program_names_none(void **state)
{
    const char *folder = *state;
    struct file_content content;
    struct diagnostic diagnostic;
    expect_nothing(folder, "", 0);
    expect_nothing(folder, "#!/bin/sh\n", 10);
    assert_int_equal(file_read(SELF, 1 << 28, &content, &diagnostic), RIG_OK);
    for (size_t size = 1; size < content.size; size += content.size / 23) {
        expect_nothing(folder, content.bytes, size);
    }
    memset(content.bytes + 40, 0xff, 24); /* place, size and number of the sections */
    expect_nothing(folder, content.bytes, content.size);
    file_content_free(&content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hashes_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_cannot_be_read, set_up, tear_down),
        cmocka_unit_test(names_the_compiler),
        cmocka_unit_test_setup_teardown(a_damaged_program_names_none, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
