/* A device's flash as the bench reaches it: brought up to date before it is read, where it has to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"
#include "target/storage.h"

static struct diagnostic diagnostic;

/* Flash that is elsewhere while its device runs. */
struct elsewhere {
    const char *folder;
    int error; /* of the next refresh */
    unsigned count;
};

static int refresh(void *self, struct diagnostic *why)
{
    struct elsewhere *elsewhere = self;

    elsewhere->count++;
    if (elsewhere->error != RIG_OK)
        return diagnostic_fail(why, elsewhere->error, "the device has ended");
    scratch_write(elsewhere->folder, "flash", "new");
    return RIG_OK;
}

static void test_it_is_brought_up_to_date(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "flash");
    struct elsewhere elsewhere = {.folder = folder};
    const struct storage storage = {
        .path = path, .size = 3, .refresh = refresh, .self = &elsewhere};
    struct file_content content = {NULL, 0};

    (void)state;
    scratch_write(folder, "flash", "old");
    assert_int_equal(storage_read(&storage, &content, &diagnostic), RIG_OK);
    assert_string_equal((const char *)content.bytes, "new");
    assert_int_equal(elsewhere.count, 1);
    file_content_free(&content);
    free(path);
    scratch_remove(folder);
}

/* What the file has then is not what the flash has: it is not given out. */
static void test_what_cannot_be_had_is_not_read(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "flash");
    struct elsewhere elsewhere = {.folder = folder, .error = RIG_ERROR_DEVICE};
    const struct storage storage = {.path = path, .refresh = refresh, .self = &elsewhere};
    struct file_content content = {NULL, 0};

    (void)state;
    scratch_write(folder, "flash", "old");
    assert_int_equal(storage_read(&storage, &content, &diagnostic), RIG_ERROR_DEVICE);
    assert_string_equal(diagnostic.text, "the device has ended");
    assert_null(content.bytes);
    free(path);
    scratch_remove(folder);
}

/* A write is for a device that is off, whose file is the flash. */
static void test_a_file_is_the_flash(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "flash");
    const struct storage storage = {.path = path, .size = 3};
    const struct storage_part part = {.from = 1, .size = 2};
    const struct storage_part beyond = {.from = 2, .size = 2};
    struct file_content content = {NULL, 0};

    (void)state;
    scratch_write(folder, "flash", "abc");
    assert_int_equal(storage_write(&storage, &part, "xy", &diagnostic), RIG_OK);
    assert_int_equal(storage_write(&storage, &beyond, "xy", &diagnostic), RIG_ERROR_USAGE);
    assert_int_equal(storage_read(&storage, &content, &diagnostic), RIG_OK);
    assert_string_equal((const char *)content.bytes, "axy");
    file_content_free(&content);
    free(path);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_brought_up_to_date),
        cmocka_unit_test(test_what_cannot_be_had_is_not_read),
        cmocka_unit_test(test_a_file_is_the_flash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
