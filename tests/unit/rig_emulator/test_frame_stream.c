/* Frames out of a stream that is cut anywhere and may lie, and into one that is read slowly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/frame_queue.h"
#include "emulator/frame_reader.h"

enum { SMALL = 5 };

/* Too large for a stack. */
static struct frame_reader reader;
static struct frame_queue queue;

static int set_up(void **state)
{
    (void)state;
    memset(&reader, 0, sizeof(reader));
    memset(&queue, 0, sizeof(queue));
    return 0;
}

static enum frame_status take(const uint8_t *bytes, size_t count, size_t *used)
{
    return frame_reader_take(&reader, bytes, count, used);
}

static const uint8_t two[] = {0, 0, 0, 2, 'a', 'b', 0, 0, 0, 1, 'c'};

static void test_frames_in_one_piece(void **state)
{
    size_t used = 0;
    (void)state;

    assert_int_equal(take(two, sizeof(two), &used), FRAME_COMPLETE);
    assert_int_equal(used, 6);
    assert_int_equal(reader.size, 2);
    assert_memory_equal(reader.frame, "ab", 2);
    assert_int_equal(take(two + 6, sizeof(two) - 6, &used), FRAME_COMPLETE);
    assert_int_equal(used, 5);
    assert_int_equal(reader.size, 1);
    assert_int_equal(reader.frame[0], 'c');
    assert_int_equal(take(two, 0, &used), FRAME_INCOMPLETE);
}

/* Every two cuts of the stream, of no byte too. */
static void test_frames_in_any_pieces(void **state)
{
    (void)state;
    for (size_t first = 0; first <= sizeof(two); first++) {
        for (size_t second = first; second <= sizeof(two); second++) {
            const size_t ends[] = {first, second, sizeof(two)};
            size_t done = 0;
            size_t frames = 0;

            (void)set_up(NULL);
            for (size_t i = 0; i < 3; i++) {
                size_t used = 0;

                while (take(two + done, ends[i] - done, &used) == FRAME_COMPLETE) {
                    assert_memory_equal(reader.frame, frames == 0 ? "ab" : "c", reader.size);
                    frames++;
                    done += used;
                }
                done += used;
                assert_int_equal(done, ends[i]);
            }
            assert_int_equal(frames, 2);
        }
    }
}

static void expect_malformed(const uint8_t header[FRAME_HEADER])
{
    size_t used = 0;

    (void)set_up(NULL);
    assert_int_equal(take(header, FRAME_HEADER - 1, &used), FRAME_INCOMPLETE);
    assert_int_equal(take(header + FRAME_HEADER - 1, 1, &used), FRAME_MALFORMED);
    assert_int_equal(take(two, sizeof(two), &used), FRAME_MALFORMED); /* for ever */
    assert_int_equal(used, 0);
}

static void test_lengths_that_are_none(void **state)
{
    (void)state;
    expect_malformed((const uint8_t[]){0, 0, 0, 0});
    expect_malformed((const uint8_t[]){0, 1, 0, 1});
    expect_malformed((const uint8_t[]){0x7F, 0xFF, 0xFF, 0xFF});
    expect_malformed((const uint8_t[]){0xFF, 0xFF, 0xFF, 0xFF});
}

static void test_the_longest_frame(void **state)
{
    const size_t size = FRAME_HEADER + FRAME_MAX;
    uint8_t *bytes = calloc(1, size);
    size_t used = 0;
    (void)state;

    assert_non_null(bytes);
    frame_header(bytes, FRAME_MAX);
    bytes[size - 1] = 'z';
    assert_int_equal(take(bytes, size - 1, &used), FRAME_INCOMPLETE);
    assert_int_equal(take(bytes + used, 1, &used), FRAME_COMPLETE);
    assert_int_equal(reader.size, FRAME_MAX);
    assert_int_equal(reader.frame[FRAME_MAX - 1], 'z');
    free(bytes);
}

/* ---- the queue ---- */

static void add(const char *text, size_t size)
{
    assert_true(frame_queue_add(&queue, (const uint8_t *)text, size));
}

static void test_a_queue_is_the_stream(void **state)
{
    size_t size = 0;
    (void)state;

    (void)frame_queue_unsent(&queue, &size);
    assert_int_equal(size, 0);
    add("ab", 2);
    add("c", 1);
    assert_memory_equal(frame_queue_unsent(&queue, &size), two, sizeof(two));
    assert_int_equal(size, sizeof(two));
    frame_queue_sent(&queue, 3);
    assert_memory_equal(frame_queue_unsent(&queue, &size), two + 3, sizeof(two) - 3);
    frame_queue_sent(&queue, sizeof(two) - 3);
    (void)frame_queue_unsent(&queue, &size);
    assert_int_equal(size, 0);
}

/* What came before is whole and in order, and the room of what was sent is used again. */
static void test_a_full_queue_loses_whole_frames(void **state)
{
    uint8_t *frame = calloc(1, FRAME_MAX);
    size_t size = 0;
    size_t added = 0;
    const uint8_t *unsent;
    (void)state;

    assert_non_null(frame);
    while (frame_queue_add(&queue, frame, FRAME_MAX)) {
        added++;
        frame[0]++;
    }
    assert_int_equal(added, 4);
    assert_false(frame_queue_add(&queue, frame, 1));
    frame_queue_sent(&queue, FRAME_HEADER + FRAME_MAX);
    assert_false(frame_queue_add(&queue, frame, FRAME_MAX + 1)); /* by one byte */
    add("hello", SMALL);
    unsent = frame_queue_unsent(&queue, &size);
    assert_int_equal(size, 3 * (FRAME_HEADER + FRAME_MAX) + FRAME_HEADER + SMALL);
    assert_int_equal(unsent[FRAME_HEADER], 1);
    assert_memory_equal(unsent + size - SMALL, "hello", SMALL);
    free(frame);
}

#define CASE(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_frames_in_one_piece),   CASE(test_frames_in_any_pieces),
        CASE(test_lengths_that_are_none), CASE(test_the_longest_frame),
        CASE(test_a_queue_is_the_stream), CASE(test_a_full_queue_loses_whole_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
