/* mqtt_frame.h: where packets end, and which lengths are none. */
#include "support.h"

#include "mqtt_frame.h"

#include <string.h>

static bool take(struct mqtt_frame *frame, const void *bytes, size_t count)
{
    return mqtt_frame_take(frame, bytes, count);
}

/* Whether the bytes, however they are cut in two, end between packets, or are refused. */
static void expect(const void *bytes, size_t count, bool is_good, bool at_end)
{
    const uint8_t *text = bytes;

    for (size_t cut = 0; cut <= count; cut++) {
        struct mqtt_frame frame = {0};
        const bool good = take(&frame, text, cut) && take(&frame, text + cut, count - cut);

        assert_int_equal(good, is_good);
        if (is_good) {
            assert_int_equal(!frame.in_length && frame.left == 0, at_end);
        }
    }
}

static void packets_end_where_their_length_says(void **state)
{
    (void)state;
    expect("", 0, true, true);
    expect("\xD0\x00", 2, true, true);
    expect("\x20\x02\x00\x00", 4, true, true);
    expect("\x20\x02\x00\x00\xD0\x00\x40\x02\x12\x34", 10, true, true);
    expect("\x30\x83\x00"
           "abc\xD0\x00",
           8, true, true);
    expect("\x30\x80\x80\x80\x00", 5, true, true);
    expect("\x30", 1, true, false);
    expect("\x30\x80", 2, true, false);
    expect("\x30\x03xx", 4, true, false);
    expect("\x30\xFF\xFF\xFF\x7Fxx", 7, true, false);
}

static void a_length_of_five_bytes_is_refused(void **state)
{
    (void)state;
    expect("\x30\x80\x80\x80\x80\x00", 6, false, false);
    expect("\x30\xFF\xFF\xFF\xFF\x7F", 6, false, false);
    expect("\xD0\x00\x30\x81\x80\x80\x80\x00", 8, false, false);
}

static void a_length_that_never_ends_is_refused_at_once_and_for_good(void **state)
{
    uint8_t bytes[600];
    struct mqtt_frame frame = {0};

    (void)state;
    memset(bytes, 0xFF, sizeof bytes);
    expect(bytes, sizeof bytes, false, false);
    assert_true(take(&frame, bytes, 5));
    assert_false(take(&frame, bytes, 1));
    assert_false(take(&frame, bytes, 1));
    assert_false(take(&frame, "\x00", 1));
}

static void what_is_inside_a_packet_is_no_length(void **state)
{
    uint8_t bytes[3 + 300 + 2];
    struct mqtt_frame frame = {0};

    (void)state;
    memset(bytes, 0xFF, sizeof bytes);
    bytes[0] = 0x30;
    bytes[1] = 0xAC; /* 300 */
    bytes[2] = 0x02;
    bytes[303] = 0xD0;
    bytes[304] = 0x00;
    expect(bytes, sizeof bytes, true, true);
    assert_true(take(&frame, bytes, 203));
    assert_int_equal(frame.left, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_end_where_their_length_says),
        cmocka_unit_test(a_length_of_five_bytes_is_refused),
        cmocka_unit_test(a_length_that_never_ends_is_refused_at_once_and_for_good),
        cmocka_unit_test(what_is_inside_a_packet_is_no_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
