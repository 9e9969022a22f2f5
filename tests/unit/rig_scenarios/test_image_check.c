/* Which image is in a slot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "scenarios/image_check.h"

#define STORAGE "image_check.flash"

enum { SLOT_SIZE = 64, SLOT_A = 16, SLOT_B = 80, FLASH_SIZE = 144 };

static char *text_a[] = {(char *)"16"};
static char *text_b[] = {(char *)"80"};
static char *text_size[] = {(char *)"64"};
static struct target_setting settings[] = {
    {(char *)"storage.slot_a", {text_a, 1}},
    {(char *)"storage.slot_b", {text_b, 1}},
    {(char *)"storage.slot_size", {text_size, 1}},
};
static struct target target = {.path = (char *)"t.yaml", .settings = settings, .setting_count = 3};
static struct bench bench;
static uint8_t flash[FLASH_SIZE];

static void write_flash(size_t size)
{
    struct diagnostic diagnostic;

    assert_int_equal(file_write(STORAGE, flash, size, &diagnostic), RIG_OK);
}

/* Without the zero: an image has none. */
static void put(size_t offset, const char *image)
{
    for (size_t i = 0; image[i] != '\0'; i++)
        flash[offset + i] = (uint8_t)image[i];
}

static int set_up(void **state)
{
    (void)state;
    target.setting_count = 3;
    bench = (struct bench){.target = &target, .storage = {.path = STORAGE}};
    memset(flash, 0xff, sizeof flash);
    put(SLOT_A, "first image");
    put(SLOT_B, "second image");
    write_flash(sizeof flash);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(STORAGE);
}

static const char *match(const struct genuine_list *list, const char *slot)
{
    struct diagnostic diagnostic;
    struct file_content content = {NULL, 0};
    const char *name;

    assert_int_equal(image_slot_read(&bench, slot, &content, &diagnostic), RIG_OK);
    assert_int_equal(content.size, SLOT_SIZE);
    name = genuine_list_match(list, &content);
    file_content_free(&content);
    return name;
}

static void an_image_is_known_by_all_its_bytes(void **state)
{
    struct genuine_list list = {.count = 0};
    struct diagnostic diagnostic;

    (void)state;
    assert_true(image_slots_are_known(&bench));
    assert_int_equal(genuine_list_learn(&list, &bench, "a", &diagnostic), RIG_OK);
    assert_int_equal(list.images[0].content.size, 11);
    assert_string_equal(match(&list, "a"), "first");
    assert_null(match(&list, "b"));
    for (size_t i = 0; i < 11; i++) {
        flash[SLOT_A + i] ^= 0x10;
        write_flash(sizeof flash);
        assert_null(match(&list, "a"));
        flash[SLOT_A + i] ^= 0x10;
    }
    flash[SLOT_A + 11] = 0; /* behind it anything may lie */
    write_flash(sizeof flash);
    assert_string_equal(match(&list, "a"), "first");
    genuine_list_free(&list);
}

static void an_empty_list_knows_nothing(void **state)
{
    struct genuine_list list = {.count = 0};

    (void)state;
    assert_null(match(&list, "a"));
    assert_null(genuine_list_find(&list, "first"));
}

static void an_empty_slot_is_no_image(void **state)
{
    struct genuine_list list = {.count = 0};
    struct diagnostic diagnostic;

    (void)state;
    memset(flash, 0xff, sizeof flash);
    write_flash(sizeof flash);
    assert_int_equal(genuine_list_learn(&list, &bench, "a", &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_null(match(&list, "a"));
    genuine_list_free(&list);
}

static void a_slot_that_is_not_there_is_refused(void **state)
{
    struct diagnostic diagnostic;
    struct file_content content = {NULL, 0};

    (void)state;
    assert_int_equal(image_slot_read(&bench, "c", &content, &diagnostic), RIG_ERROR_DEVICE);
    write_flash(SLOT_B + SLOT_SIZE - 1);
    assert_int_equal(image_slot_read(&bench, "b", &content, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_null(content.bytes);
    target.setting_count = 2;
    assert_false(image_slots_are_known(&bench));
    assert_int_equal(image_slot_read(&bench, "a", &content, &diagnostic), RIG_ERROR_DEVICE);
}

#define SLOT_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLOT_TEST(an_image_is_known_by_all_its_bytes),
        SLOT_TEST(an_empty_list_knows_nothing),
        SLOT_TEST(an_empty_slot_is_no_image),
        SLOT_TEST(a_slot_that_is_not_there_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
