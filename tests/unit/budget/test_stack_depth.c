/* stack_depth.h on small graphs, recursion included, and against a search that tries every chain. */
#include "refusal.h"

#include "stack_depth.h"

#include <string.h>

static struct stack_graph graph;
static struct stack_depth depth;

static int end(void **state)
{
    (void)state;
    stack_depth_free(&depth);
    stack_graph_free(&graph);
    return 0;
}

static uint32_t node(uint32_t frame, uint32_t bound)
{
    uint32_t added;

    assert_int_equal(stack_graph_add(&graph, 0, frame, bound, &added), 0);
    return added;
}

static void call(uint32_t caller, uint32_t callee)
{
    assert_int_equal(stack_graph_add_call(&graph, caller, callee), 0);
}

static int find(void)
{
    stack_depth_free(&depth);
    return stack_depth_find(&depth, &graph);
}

static uint64_t bytes_below(uint32_t from)
{
    return stack_depth_bytes(&depth, stack_depth_enter(&depth, from));
}

/* The frames along the deepest chain add up to its depth. Returns the number of its steps. */
static size_t check_chain(uint32_t from)
{
    struct stack_step step = stack_depth_enter(&depth, from);
    uint64_t sum = graph.nodes[from].frame;
    size_t steps = 1;

    while (stack_depth_next(&depth, &step)) {
        sum += graph.nodes[step.node].frame;
        steps++;
    }
    assert_int_equal(sum, bytes_below(from));
    return steps;
}

static void the_deepest_of_two_ways_counts(void **state)
{
    const uint32_t top = node(8, 0);
    const uint32_t wide = node(100, 0);
    const uint32_t thin = node(16, 0);
    const uint32_t deep = node(90, 0);

    (void)state;
    call(top, thin);
    call(top, wide);
    call(thin, deep);
    call(wide, deep);
    assert_int_equal(find(), STACK_OK);
    assert_int_equal(bytes_below(top), 198);
    assert_int_equal(bytes_below(thin), 106);
    assert_int_equal(bytes_below(deep), 90);
    assert_int_equal(check_chain(top), 3);
}

static void nothing_has_no_depth(void **state)
{
    (void)state;
    assert_int_equal(find(), STACK_OK);
}

static void a_cycle_is_found_whole(void **state)
{
    const uint32_t top = node(8, 0);
    const uint32_t one = node(8, 0);
    const uint32_t two = node(8, 0);

    (void)state;
    call(top, one);
    call(one, two);
    assert_int_equal(find(), STACK_OK);
    call(two, one);
    assert_int_equal(find(), STACK_ERROR_CYCLE);
    assert_int_equal(depth.cycle_length, 2);
    assert_int_equal(depth.cycle[0], one);
    assert_int_equal(depth.cycle[1], two);
}

static void a_function_that_calls_itself_is_a_cycle(void **state)
{
    const uint32_t one = node(8, 0);

    (void)state;
    call(one, one);
    assert_int_equal(find(), STACK_ERROR_CYCLE);
    assert_int_equal(depth.cycle_length, 1);
    graph.nodes[one].bound = 3;
    assert_int_equal(find(), STACK_OK);
    assert_int_equal(bytes_below(one), 24);
    assert_int_equal(check_chain(one), 3);
    graph.nodes[one].bound = 1;
    assert_int_equal(find(), STACK_OK);
    assert_int_equal(bytes_below(one), 8);
}

/* top -> walk(bound 3) <-> visit; both may end in leaf. */
static void a_bound_holds_for_the_whole_cycle(void **state)
{
    const uint32_t top = node(8, 0);
    const uint32_t walk = node(10, 3);
    const uint32_t visit = node(100, 0);
    const uint32_t leaf = node(1, 0);

    (void)state;
    call(top, walk);
    call(walk, visit);
    call(visit, walk);
    call(visit, leaf);
    assert_int_equal(find(), STACK_OK);
    assert_int_equal(bytes_below(top), 8 + 3 * 110 + 1);
    assert_int_equal(check_chain(top), 8);
    assert_int_equal(bytes_below(visit), 100 + 3 * 110 + 1); /* where the chain begins with it */
    call(visit, visit);
    assert_int_equal(find(), STACK_ERROR_CYCLE);
}

static void bounds_that_are_too_many_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        const uint32_t one = node(8, 1000);

        call(one, one);
    }
    for (uint32_t i = 0; i < 3; i++) {
        call(i, (i + 1U) % 3U);
    }
    assert_int_equal(find(), STACK_ERROR_BOUNDS);
    graph.nodes[2].bound = 1;
    graph.nodes[1].bound = 9;
    assert_int_equal(find(), STACK_OK);
    assert_int_equal(bytes_below(0), 8 * (1000 + 9 + 1));
}

/* Recursions that cannot come back to each other are no matter of each other's bounds. */
static void bounds_of_separate_circles_do_not_multiply(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        const uint32_t one = node(8, 1000);

        call(one, one);
        if (i > 0) {
            call(one - 1U, one);
        }
    }
    assert_int_equal(find(), STACK_OK);
    assert_int_equal(bytes_below(0), 8 * 3000);
    assert_int_equal(check_chain(0), 3000);
}

/* The greatest depth by trying every chain; `left` says how often each may still be entered. */
static uint64_t try_all(uint32_t from, const uint32_t left[4])
{
    uint64_t most = 0;
    uint32_t rest[4];

    memcpy(rest, left, sizeof rest);
    rest[from] -= graph.nodes[from].bound > 0 ? 1U : 0U;
    for (uint32_t i = graph.nodes[from].first_call; i != STACK_NONE; i = graph.calls[i].next) {
        const uint32_t callee = graph.calls[i].callee;

        if (graph.nodes[callee].bound == 0 || rest[callee] > 0) {
            const uint64_t below = try_all(callee, rest);

            most = below > most ? below : most;
        }
    }
    return graph.nodes[from].frame + most;
}

/* All graphs of four functions, the last two of them bounded: every one that has no free cycle. */
static void it_agrees_with_trying_every_chain(void **state)
{
    static const uint32_t frames[4] = {8, 24, 40, 16};
    static const uint32_t bounds[4] = {0, 0, 1, 2};
    unsigned agreed = 0;

    for (unsigned calls = 0; calls < 1U << 16; calls++) {
        assert_int_equal(end(state), 0);
        for (size_t i = 0; i < 4; i++) {
            (void)node(frames[i], bounds[i]);
        }
        for (unsigned bit = 0; bit < 16; bit++) {
            if ((calls >> bit & 1U) != 0) {
                call(bit / 4, bit % 4);
            }
        }
        if (find() == STACK_ERROR_CYCLE) {
            continue;
        }
        for (uint32_t from = 0; from < 4; from++) {
            assert_int_equal(bytes_below(from), try_all(from, bounds));
            (void)check_chain(from);
        }
        agreed++;
    }
    assert_int_equal(agreed, 3U << 12); /* of 16 ways to connect the first two, 3 have no cycle */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_deepest_of_two_ways_counts, end),
        cmocka_unit_test_teardown(nothing_has_no_depth, end),
        cmocka_unit_test_teardown(a_cycle_is_found_whole, end),
        cmocka_unit_test_teardown(a_function_that_calls_itself_is_a_cycle, end),
        cmocka_unit_test_teardown(a_bound_holds_for_the_whole_cycle, end),
        cmocka_unit_test_teardown(bounds_that_are_too_many_are_refused, end),
        cmocka_unit_test_teardown(bounds_of_separate_circles_do_not_multiply, end),
        cmocka_unit_test_teardown(it_agrees_with_trying_every_chain, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
