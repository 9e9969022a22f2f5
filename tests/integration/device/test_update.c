/*
 * Updates of hearth-native by a stock Modbus client: what is genuine and newer is staged, tried and
 * confirmed; all else is refused, and the client can read why (EN 303 645, 5.3-2, 5.3-9, 5.3-10,
 * 5.7-1).
 */
#include "byte_order.h"
#include "image_signer.h"
#include "test_choice.h"
#include "test_keys.h"
#include "update_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define FACTORY_NUMBER  0U /* the image of a new device is version 1.0.0, counter 1 */
#define FACTORY_COUNTER 1U
#define RESERVED        60U /* bytes of a header, up to the signature: zeros (image.h) */

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

static int ask(uint8_t type)
{
    return update_bench_try(&bench, type, NULL, 0);
}

static void expect_running(enum image_slot slot, uint32_t number, uint8_t flags)
{
    const struct update_status status = update_bench_status(&bench);

    assert_int_equal(status.slot, slot);
    assert_int_equal(status.version, UPDATE_BENCH_VERSION(number));
    assert_int_equal(status.flags & ~MAILBOX_UPDATE_TESTED, flags);
    assert_int_equal(status.flags & MAILBOX_UPDATE_TESTED, MAILBOX_UPDATE_TESTED);
}

/* Stages and activates an image for slot B, and follows the device into its trial. */
static void begin_trial(uint32_t number)
{
    update_bench_make_image(&image, IMAGE_SLOT_B, number);
    assert_int_equal(update_bench_stage(&bench, &image), MAILBOX_STATUS_OK);
    assert_int_equal(ask(MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_OK);
    assert_true(update_bench_try_follow_restart(&bench));
}

static void wait_for_self_test(void)
{
    const uint64_t deadline = device_process_now_ms() + 10000U;

    while ((update_bench_status(&bench).flags & MAILBOX_UPDATE_TESTED) == 0) {
        assert_true(device_process_now_ms() < deadline);
        device_process_pause(2);
    }
}

static void test_whole_update(void **state)
{
    struct update_status status;
    size_t middle;

    (void)state;
    wait_for_self_test();
    expect_running(IMAGE_SLOT_A, FACTORY_NUMBER, 0);
    status = update_bench_status(&bench);
    assert_int_equal(status.phase, 0);
    assert_int_equal(status.address, image_slot_geometry(IMAGE_SLOT_B).offset);

    update_bench_make_image(&image, IMAGE_SLOT_B, 2);
    assert_int_equal(update_bench_try(&bench, MAILBOX_UPDATE_BEGIN, image.bytes, IMAGE_HEADER_SIZE),
                     MAILBOX_STATUS_OK);
    middle = update_image_body(&image) / 2U;
    assert_int_equal(update_bench_send_body(&bench, &image, 0, middle), MAILBOX_STATUS_OK);
    status = update_bench_status(&bench);
    assert_int_equal(status.phase, 1);
    assert_int_equal(status.offset, middle);
    assert_int_equal(update_bench_send_body(&bench, &image, middle, update_image_body(&image)),
                     MAILBOX_STATUS_OK);
    assert_int_equal(ask(MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_OK);
    assert_int_equal(update_bench_status(&bench).phase, 2);
    expect_running(IMAGE_SLOT_A, FACTORY_NUMBER, 0);
    assert_true(update_bench_holds(&bench, IMAGE_SLOT_B, &image));

    assert_int_equal(ask(MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_OK);
    assert_true(update_bench_try_follow_restart(&bench));
    wait_for_self_test();
    expect_running(IMAGE_SLOT_B, 2, MAILBOX_UPDATE_TRIAL);
    assert_int_equal(update_bench_status(&bench).counter, FACTORY_COUNTER); /* not by a trial */
    assert_int_equal(update_bench_confirm(&bench), MAILBOX_STATUS_OK);
    expect_running(IMAGE_SLOT_B, 2, 0);
    assert_int_equal(update_bench_status(&bench).counter, 2);
    update_bench_cut(&bench);
    update_bench_restart(&bench);
    wait_for_self_test();
    expect_running(IMAGE_SLOT_B, 2, 0);
    update_bench_update(&bench, 3); /* and the other way round */
}

static void test_unconfirmed_trial_reverts(void **state)
{
    (void)state;
    begin_trial(2);
    wait_for_self_test();
    expect_running(IMAGE_SLOT_B, 2, MAILBOX_UPDATE_TRIAL);
    update_bench_cut(&bench);
    update_bench_restart(&bench);
    wait_for_self_test();
    expect_running(IMAGE_SLOT_A, FACTORY_NUMBER, MAILBOX_UPDATE_REVERTED);
    assert_int_equal(update_bench_status(&bench).counter, FACTORY_COUNTER);
    update_bench_cut(&bench);
    update_bench_restart(&bench);
    wait_for_self_test();
    expect_running(IMAGE_SLOT_A, FACTORY_NUMBER, 0);
    update_bench_update(&bench, 3);
}

/* A power cut before the restart that UPDATE_ACTIVATE announced: the trial comes all the same. */
static void test_activation_survives_a_power_cut(void **state)
{
    (void)state;
    update_bench_make_image(&image, IMAGE_SLOT_B, 2);
    assert_int_equal(update_bench_stage(&bench, &image), MAILBOX_STATUS_OK);
    assert_int_equal(ask(MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_OK);
    update_bench_cut(&bench);
    update_bench_restart(&bench);
    wait_for_self_test();
    expect_running(IMAGE_SLOT_B, 2, MAILBOX_UPDATE_TRIAL);
}

/* --- What is refused --- */

/* Signs a header that says what `change` makes of it. */
static void sign_changed(void (*change)(struct image_info *info))
{
    struct image_info info;

    update_bench_make_image(&image, IMAGE_SLOT_B, 2);
    image_decode(&info, image.bytes);
    change(&info);
    assert_int_equal(signer_make_header(test_image_private_key, &info,
                                        image.bytes + IMAGE_HEADER_SIZE, image.bytes),
                     SIGNER_OK);
}

static void other_product(struct image_info *info)
{
    info->product++;
}

static void slot_a(struct image_info *info)
{
    info->slot_address = image_slot_geometry(IMAGE_SLOT_A).offset;
}

static void counter_0(struct image_info *info)
{
    info->security_counter = 0;
}

static void expect_refused_header(int status)
{
    assert_int_equal(update_bench_try(&bench, MAILBOX_UPDATE_BEGIN, image.bytes, IMAGE_HEADER_SIZE),
                     status);
    assert_int_equal(update_bench_status(&bench).phase, 0);
    assert_int_equal(ask(MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_ORDER);
    assert_int_equal(ask(MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_ORDER);
}

static void test_wrong_headers_are_refused(void **state)
{
    (void)state;
    sign_changed(other_product);
    expect_refused_header(MAILBOX_STATUS_IMAGE_PRODUCT);
    sign_changed(slot_a);
    expect_refused_header(MAILBOX_STATUS_IMAGE_SLOT);
    sign_changed(counter_0);
    expect_refused_header(MAILBOX_STATUS_IMAGE_OLDER);
    for (size_t i = 12; i < IMAGE_HEADER_SIZE; i += 5) {
        const bool reserved = i >= RESERVED && i < IMAGE_SIGNED_SIZE;
        update_bench_make_image(&image, IMAGE_SLOT_B, 2);
        image.bytes[i] ^= 0x10U;
        expect_refused_header(reserved ? MAILBOX_STATUS_IMAGE_FORMAT
                                       : MAILBOX_STATUS_IMAGE_SIGNATURE);
    }
    update_bench_make_image(&image, IMAGE_SLOT_B, 2);
    assert_int_equal(signer_sign_header(test_unlock_private_key, image.bytes), SIGNER_OK);
    expect_refused_header(MAILBOX_STATUS_IMAGE_SIGNATURE);
    memset(image.bytes, 0, sizeof image.bytes);
    expect_refused_header(MAILBOX_STATUS_IMAGE_FORMAT);
    update_bench_cut(&bench);
    update_bench_restart(&bench);
    wait_for_self_test();
    expect_running(IMAGE_SLOT_A, FACTORY_NUMBER, 0);
    update_bench_update(&bench, 2);
}

/* After a refusal at UPDATE_FINISH a power cut must find the old image, and the new one must fit in. */
static void expect_old_one_runs(void)
{
    assert_int_equal(ask(MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_ORDER);
    update_bench_cut(&bench);
    update_bench_restart(&bench);
    wait_for_self_test();
    expect_running(IMAGE_SLOT_A, FACTORY_NUMBER, 0);
}

static void test_tampered_body_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t places[] = {0, 1, 0, 0};

        update_bench_make_image(&image, IMAGE_SLOT_B, 2);
        places[2] = update_image_body(&image) / 2U;
        places[3] = update_image_body(&image) - 1U;
        image.bytes[IMAGE_HEADER_SIZE + places[i]] ^= 0x01U;
        assert_int_equal(update_bench_stage(&bench, &image), MAILBOX_STATUS_IMAGE_BODY);
        assert_int_equal(update_bench_status(&bench).phase, 0);
    }
    expect_old_one_runs();
    update_bench_update(&bench, 2);
}

static void test_truncated_image_is_refused(void **state)
{
    (void)state;
    update_bench_make_image(&image, IMAGE_SLOT_B, 2);
    image.length--;
    assert_int_equal(update_bench_stage(&bench, &image), MAILBOX_STATUS_TRUNCATED);
    expect_old_one_runs();
    update_bench_update(&bench, 2);
}

static void test_data_out_of_order_are_refused(void **state)
{
    uint8_t payload[5] = {0};

    (void)state;
    update_bench_make_image(&image, IMAGE_SLOT_B, 2);
    assert_int_equal(update_bench_send_body(&bench, &image, 0, 100), MAILBOX_STATUS_ORDER);
    assert_int_equal(update_bench_try(&bench, MAILBOX_UPDATE_BEGIN, image.bytes, IMAGE_HEADER_SIZE),
                     MAILBOX_STATUS_OK);
    assert_int_equal(update_bench_send_body(&bench, &image, 0, 100), MAILBOX_STATUS_OK);
    assert_int_equal(update_bench_send_body(&bench, &image, 0, 100), MAILBOX_STATUS_ORDER);
    assert_int_equal(update_bench_send_body(&bench, &image, 200, 300), MAILBOX_STATUS_ORDER);
    assert_int_equal(update_bench_send_body(&bench, &image, 100, update_image_body(&image)),
                     MAILBOX_STATUS_OK);
    put_le32(payload, (uint32_t)update_image_body(&image));
    assert_int_equal(update_bench_try(&bench, MAILBOX_UPDATE_DATA, payload, sizeof payload),
                     MAILBOX_STATUS_IMAGE_LENGTH);
    assert_int_equal(ask(MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_OK);
    assert_true(update_bench_holds(&bench, IMAGE_SLOT_B, &image));
}

/* The sealed bytes of a message once more: refused, and the update goes on where it was. */
static void test_replayed_message_is_refused(void **state)
{
    struct mailbox_client before;
    uint8_t payload[104] = {0};
    uint8_t message[MAILBOX_MAX_MESSAGE];
    uint8_t answer[MAILBOX_MAX_MESSAGE];
    struct mailbox_client_answer refused;
    size_t length;

    (void)state;
    update_bench_make_image(&image, IMAGE_SLOT_B, 2);
    assert_int_equal(update_bench_try(&bench, MAILBOX_UPDATE_BEGIN, image.bytes, IMAGE_HEADER_SIZE),
                     MAILBOX_STATUS_OK);
    memcpy(payload + 4, image.bytes + IMAGE_HEADER_SIZE, 100);
    assert_int_equal(mailbox_client_request(&bench.mailbox.client, MAILBOX_UPDATE_DATA, payload,
                                            sizeof payload, message, &length),
                     MAILBOX_CLIENT_OK);
    before = bench.mailbox.client;
    assert_int_equal(mailbox_link_carry(&bench.mailbox, message, length, answer),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(
        mailbox_client_take_answer(&bench.mailbox.client, answer, sizeof answer, &refused),
        MAILBOX_CLIENT_OK);
    assert_int_equal(refused.status, MAILBOX_STATUS_OK);
    bench.mailbox.client = before;
    assert_int_equal(mailbox_link_carry(&bench.mailbox, message, length, answer),
                     MAILBOX_CLIENT_OK);
    assert_int_equal(
        mailbox_client_take_answer(&bench.mailbox.client, answer, sizeof answer, &refused),
        MAILBOX_CLIENT_REFUSED);
    assert_int_equal(refused.status, MAILBOX_STATUS_REPLAYED);
    assert_int_equal(update_bench_status(&bench).offset, 100);
    assert_int_equal(update_bench_send_body(&bench, &image, 100, update_image_body(&image)),
                     MAILBOX_STATUS_OK);
    assert_int_equal(ask(MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_OK);
}

/* A genuine image of before, kept by an attacker: it ran once, and may not run again. */
static void test_old_image_is_refused(void **state)
{
    static struct update_image old;

    (void)state;
    update_bench_make_image(&old, IMAGE_SLOT_B, 2);
    update_bench_update(&bench, 2); /* into slot B */
    update_bench_update(&bench, 3); /* into slot A */
    assert_int_equal(update_bench_try(&bench, MAILBOX_UPDATE_BEGIN, old.bytes, IMAGE_HEADER_SIZE),
                     MAILBOX_STATUS_IMAGE_OLDER);
    update_bench_cut(&bench);
    update_bench_restart(&bench);
    wait_for_self_test();
    expect_running(IMAGE_SLOT_A, 3, 0);
    update_bench_update(&bench, 4);
}

static void test_steps_that_are_not_due_are_refused(void **state)
{
    (void)state;
    wait_for_self_test();
    assert_int_equal(ask(MAILBOX_UPDATE_FINISH), MAILBOX_STATUS_ORDER);
    assert_int_equal(ask(MAILBOX_UPDATE_ACTIVATE), MAILBOX_STATUS_ORDER);
    begin_trial(2);
    update_bench_make_image(&image, IMAGE_SLOT_A, 3);
    assert_int_equal(update_bench_try(&bench, MAILBOX_UPDATE_BEGIN, image.bytes, IMAGE_HEADER_SIZE),
                     MAILBOX_STATUS_ORDER); /* the other slot holds what a revert goes back to */
}

/* Who has not logged in gets nowhere: the status is all in clear that there is. */
static void test_without_a_login_nothing_is_taken(void **state)
{
    struct mailbox_client_answer answer;

    (void)state;
    update_bench_make_image(&image, IMAGE_SLOT_B, 2);
    assert_int_equal(mailbox_link_log_out(&bench.mailbox, &answer), MAILBOX_CLIENT_OK);
    assert_int_equal(mailbox_link_request(&bench.mailbox, MAILBOX_UPDATE_BEGIN, image.bytes,
                                          IMAGE_HEADER_SIZE, &answer),
                     MAILBOX_CLIENT_ERROR_ORDER);
    bench.mailbox.client.state = MAILBOX_CLIENT_OPEN; /* a client that does not care */
    assert_int_equal(
        update_bench_try_ask(&bench, MAILBOX_UPDATE_BEGIN, image.bytes, IMAGE_HEADER_SIZE, &answer),
        MAILBOX_STATUS_NO_SESSION);
}

#define UPDATE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        UPDATE_TEST(test_whole_update),
        UPDATE_TEST(test_unconfirmed_trial_reverts),
        UPDATE_TEST(test_activation_survives_a_power_cut),
        UPDATE_TEST(test_wrong_headers_are_refused),
        UPDATE_TEST(test_tampered_body_is_refused),
        UPDATE_TEST(test_truncated_image_is_refused),
        UPDATE_TEST(test_data_out_of_order_are_refused),
        UPDATE_TEST(test_replayed_message_is_refused),
        UPDATE_TEST(test_old_image_is_refused),
        UPDATE_TEST(test_steps_that_are_not_due_are_refused),
        UPDATE_TEST(test_without_a_login_nothing_is_taken),
    };

    if (!test_choice(argc, argv, tests, sizeof tests / sizeof tests[0])) {
        return 2;
    }
    return cmocka_run_group_tests_name("device.update", tests, NULL, NULL);
}
