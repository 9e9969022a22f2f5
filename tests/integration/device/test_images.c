/*
 * The update images that the build makes for scenarios (images in targets/...yaml): each does what its
 * name says.
 */
#include "device_boards.h"
#include "update_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

static struct update_bench bench;
static struct update_image image;

static int set_up(void **state)
{
    *state = &bench;
    update_bench_create(&bench, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    update_bench_destroy(&bench);
    return 0;
}

static void load(const char *name)
{
    char path[1024];
    const int length =
        snprintf(path, sizeof path, "%s/%s.bin",
                 device_board() != NULL ? device_board()->images : NATIVE_IMAGES, name);

    assert_in_range(length, 1, sizeof path - 1U);
    update_bench_load_image(&image, path);
}

static void test_wrong_images_are_refused_for_their_names(void **state)
{
    static const struct {
        const char *name;
        int status;
    } rows[] = {
        {"older-b", MAILBOX_STATUS_IMAGE_OLDER},
        {"same-version-older-counter-b", MAILBOX_STATUS_IMAGE_OLDER},
        {"other-product-b", MAILBOX_STATUS_IMAGE_PRODUCT},
        {"other-slot-b", MAILBOX_STATUS_IMAGE_SLOT},
        {"wrong-key-b", MAILBOX_STATUS_IMAGE_SIGNATURE},
        {"altered-b", MAILBOX_STATUS_IMAGE_BODY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status;

        load(rows[i].name);
        status = update_bench_stage(&bench, &image);
        if (status != rows[i].status) {
            fail_msg("%s: status %d instead of %d", rows[i].name, status, rows[i].status);
        }
    }
}

static void expect_installs(const char *name, enum image_slot slot, uint32_t version,
                            uint32_t counter)
{
    struct update_status status;

    load(name);
    assert_int_equal(update_bench_stage(&bench, &image), MAILBOX_STATUS_OK);
    assert_int_equal(update_bench_try(&bench, MAILBOX_UPDATE_ACTIVATE, NULL, 0), MAILBOX_STATUS_OK);
    assert_true(update_bench_try_follow_restart(&bench));
    assert_int_equal(update_bench_confirm(&bench), MAILBOX_STATUS_OK);
    status = update_bench_status(&bench);
    assert_int_equal(status.slot, slot);
    assert_int_equal(status.version, version);
    assert_int_equal(status.counter, counter);
}

static void test_genuine_images_follow_one_another(void **state)
{
    (void)state;
    expect_installs("update-b", IMAGE_SLOT_B, IMAGE_VERSION(1, 1, 0), 2);
    expect_installs("next-a", IMAGE_SLOT_A, IMAGE_VERSION(1, 2, 0), 3);
    expect_installs("next-b", IMAGE_SLOT_B, IMAGE_VERSION(1, 3, 0), 3);
}

static void test_an_older_version_of_the_same_counter_is_allowed(void **state)
{
    (void)state;
    expect_installs("downgrade-same-counter-b", IMAGE_SLOT_B, IMAGE_VERSION(0, 9, 0), 1);
}

#define IMAGE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IMAGE_TEST(test_wrong_images_are_refused_for_their_names),
        IMAGE_TEST(test_genuine_images_follow_one_another),
        IMAGE_TEST(test_an_older_version_of_the_same_counter_is_allowed),
    };

    return cmocka_run_group_tests_name("device.images", tests, NULL, NULL);
}
