/* thumb_frame.h: prologues as GCC 12 writes them. */
#include "refusal.h"

#include "thumb_frame.h"

#define CODE(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void arguments_on_the_stack_are_added(void **state)
{
    (void)state;
    /* push {r0-r3}; push {r0, r1, r2, lr} */
    assert_int_equal(thumb_frame(CODE(0x0F, 0xB4, 0x07, 0xB5), 16), 32);
    /* sub sp, #8; push {r4, r5, r6, lr} */
    assert_int_equal(thumb_frame(CODE(0x82, 0xB0, 0x70, 0xB5), 16), 24);
    /* push {r2, r3}; mov r1, r0; stmdb sp!, {r4-r8, lr} */
    assert_int_equal(thumb_frame(CODE(0x0C, 0xB4, 0x01, 0x46, 0x2D, 0xE9, 0xF0, 0x41), 24), 32);
    /* str r3, [sp, #-4]!; push {r4, lr} */
    assert_int_equal(thumb_frame(CODE(0x4D, 0xF8, 0x04, 0x3D, 0x10, 0xB5), 8), 12);
    /* cbz r0, ...; bx lr; push {r0-r3}; push {r4, lr} */
    assert_int_equal(thumb_frame(CODE(0x08, 0xB1, 0x70, 0x47, 0x0F, 0xB4, 0x10, 0xB5), 8), 24);
}

static void arguments_of_leaf_functions_are_added(void **state)
{
    (void)state;
    /* push {r0-r3}; sub sp, #8; add sp, #8; add sp, #16; bx lr */
    assert_int_equal(
        thumb_frame(CODE(0x0F, 0xB4, 0x82, 0xB0, 0x02, 0xB0, 0x04, 0xB0, 0x70, 0x47), 8), 24);
    /* sub sp, #8; add sp, #8; bx lr, where GCC says 0 */
    assert_int_equal(thumb_frame(CODE(0x82, 0xB0, 0x02, 0xB0, 0x70, 0x47), 0), 8);
}

static void other_frames_stay(void **state)
{
    (void)state;
    assert_int_equal(thumb_frame(NULL, 0, 40), 40);
    /* push {r4, lr}; sub sp, #40 */
    assert_int_equal(thumb_frame(CODE(0x10, 0xB5, 0x8A, 0xB0), 48), 48);
    /* push {r0, r1, r2, r3, r4, lr}: room for locals */
    assert_int_equal(thumb_frame(CODE(0x1F, 0xB5), 24), 24);
    /* push {r7}; sub sp, #20: a leaf without optimisation */
    assert_int_equal(thumb_frame(CODE(0x80, 0xB4, 0x85, 0xB0), 24), 24);
    /* sub sp, #40; add sp, #40; bx lr: locals of a leaf */
    assert_int_equal(thumb_frame(CODE(0x8A, 0xB0, 0x0A, 0xB0, 0x70, 0x47), 40), 40);
    /* strd r4, r5, [sp, #-16]! */
    assert_int_equal(thumb_frame(CODE(0x6D, 0xE9, 0x04, 0x45), 16), 16);
}

static void code_that_ends_early_is_not_read_beyond(void **state)
{
    (void)state;
    assert_int_equal(thumb_frame(CODE(0x0F), 8), 8);
    assert_int_equal(thumb_frame(CODE(0x2D, 0xE9), 8), 8);
    assert_int_equal(thumb_frame(CODE(0x2D, 0xE9, 0xF0), 8), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_on_the_stack_are_added),
        cmocka_unit_test(arguments_of_leaf_functions_are_added),
        cmocka_unit_test(other_frames_stay),
        cmocka_unit_test(code_that_ends_early_is_not_read_beyond),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
