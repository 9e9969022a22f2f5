/* call_file.h: what is read, and what is refused, of files that gcc wrote and of others. */
#include "refusal.h"

#include "call_file.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "graph: { title: \"a.c\"\n"
#define RUN  "node: { title: \"run\" label: \"run\\na.c:1:5\\n16 bytes (static)\" }\n"

static struct call_graph graph;

static int begin(void **state)
{
    (void)state;
    call_graph_begin(&graph);
    return 0;
}

static int end(void **state)
{
    (void)state;
    call_graph_free(&graph);
    return 0;
}

static int parse(const char *path, const char *text)
{
    const size_t length = strlen(text);
    char *copy = strdup(text); /* of its exact length, for the sanitizer */
    int result;

    assert_non_null(copy);
    result = call_file_parse(&graph, path, copy, length);
    free(copy);
    return result;
}

static struct call_function *function(const char *title)
{
    uint32_t found;

    assert_int_equal(call_graph_add(&graph, title, strlen(title), &found), 0);
    return &graph.functions[found];
}

static void functions_and_calls_are_read(void **state)
{
    (void)state;
    assert_int_equal(
        parse("a.ci", HEAD RUN
              "node: { title: \"memcpy\" label: \"__builtin_memcpy\\n<built-in>\" "
              "shape : ellipse }\n"
              "edge: { sourcename: \"run\" targetname: \"memcpy\" }\n"
              "node: { title: \"d/a.c:step.part.0\" label: \"step.part\\nd/a.c:9:1\\n8 bytes "
              "(dynamic,bounded)\\n1 dynamic objects\\n b a.c:2:3\" }\n"
              "edge: { sourcename: \"run\" targetname: \"d/a.c:step.part.0\" label: \"a.c:2:2\" }\n"
              "node: { title: \"__indirect_call\" label: \"Indirect Call Placeholder\" "
              "shape : ellipse }\n"
              "edge: { sourcename: \"d/a.c:step.part.0\" targetname: \"__indirect_call\" label: "
              "\"a.c:9:9\" }\n"
              "node: { title: \"*named\" label: \"x\\na.c:3:1\\n24 bytes (dynamic)\" }\n"
              "}\n"),
        0);
    assert_int_equal(function("run")->frame, 16);
    assert_int_equal(function("run")->frame_kind, CALL_FRAME_BOUNDED);
    assert_false(function("run")->calls_pointer);
    assert_int_equal(function("memcpy")->frame_kind, CALL_FRAME_UNKNOWN);
    assert_null(function("memcpy")->call_file);
    assert_int_equal(function("d/a.c:step.part.0")->frame, 8);
    assert_int_equal(function("d/a.c:step.part.0")->frame_kind, CALL_FRAME_BOUNDED);
    assert_string_equal(function("d/a.c:step.part.0")->name, "step.part.0");
    assert_true(function("d/a.c:step.part.0")->calls_pointer);
    assert_int_equal(function("named")->frame_kind, CALL_FRAME_UNBOUNDED);
    assert_int_equal(graph.call_count, 2);
    assert_int_equal(graph.count, 4);
}

static void functions_of_several_files_meet(void **state)
{
    (void)state;
    assert_int_equal(parse("a.ci", HEAD RUN
                           "edge: { sourcename: \"run\" targetname: \"step\" label: \"a.c:2:2\" }\n"
                           "}\n"),
                     0);
    assert_int_equal(function("step")->frame_kind, CALL_FRAME_UNKNOWN);
    assert_int_equal(parse("b.ci", HEAD "node: { title: \"step\" label: \"step\\nb.c:1:5\\n0 bytes "
                                        "(static)\" }\n}\n"),
                     0);
    assert_int_equal(function("step")->frame_kind, CALL_FRAME_BOUNDED);
    assert_refused(parse("c.ci", HEAD RUN "}\n"), "c.ci:2: run is defined in a.ci too");
}

static void what_gcc_does_not_write_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "graph",
        HEAD "node",
        HEAD "hello\n}\n",
        HEAD "node: { title: \"run\n}\n",
        HEAD "node: { title: \"\" label: \"x\\ny\\n8 bytes (static)\" }\n}\n",
        HEAD "node: { title: \"a.c:\" label: \"x\\ny\\n8 bytes (static)\" }\n}\n",
        HEAD "node: { title: \"x\" label: \"x\\ny\\n8 bytes (static)\n}\n",
        HEAD "node: { title: \"x\" label: \"x\\ny\\n8 bytes (static)\" } }\n}\n",
        HEAD "node: { title: \"x\" label: \"x\\ny\\n8 bytes (stat)\" }\n}\n",
        HEAD "node: { title: \"x\" label: \"x\\ny\\n-8 bytes (static)\" }\n}\n",
        HEAD "node: { title: \"x\" label: \"x\\ny\\n99999999999999999999 bytes (static)\" }\n}\n",
        HEAD "node: { title: \"x\" label: \"x\\ny\\n16777217 bytes (static)\" }\n}\n",
        HEAD RUN "edge: { sourcename: \"run\" }\n}\n",
        HEAD RUN "edge: { sourcename: \"run\" targetname: \"a\" shape }\n}\n",
        HEAD RUN "}\n" RUN,
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse("a.ci", bad[i]), -1);
        assert_int_equal(end(state), 0);
    }
    assert_refused(parse("a.ci", HEAD "node: { title: \"x\n"), "a.ci:2: not as gcc 12 writes it");
    assert_refused(parse("b.ci", HEAD RUN), "b.ci: ends too early");
}

static void a_function_without_size_is_refused(void **state)
{
    (void)state;
    assert_refused(parse("a.ci", HEAD "node: { title: \"x\" label: \"x\\na.c:1:1\" }\n}\n"),
                   "a.ci:2: a function without its stack; compile with -fcallgraph-info=su");
}

static void a_call_by_a_stranger_is_refused(void **state)
{
    (void)state;
    assert_refused(parse("a.ci", HEAD "edge: { sourcename: \"x\" targetname: \"y\" }\n}\n"),
                   "a.ci:2: a call by a function that this file does not define");
}

static void zeros_are_refused(void **state)
{
    char text[] = HEAD "\0}\n";

    (void)state;
    assert_refused(call_file_parse(&graph, "a.ci", text, sizeof text - 1U), "holds zeros");
}

/* Every beginning of a good file, and every byte of it replaced, is read or refused: no more. */
static void no_text_does_harm(void **state)
{
    static const char good[] = HEAD RUN "edge: { sourcename: \"run\" targetname: \"x\" }\n}\n";
    char text[sizeof good];

    for (size_t i = 0; i < sizeof good - 1U; i++) {
        memcpy(text, good, sizeof good);
        text[i] = '\0';
        if (i < sizeof good - 2U) { /* the last line end may be missing */
            assert_int_equal(parse("a.ci", text), -1);
        }
        assert_int_equal(end(state), 0);
        memcpy(text, good, sizeof good);
        text[i] = text[i] == '"' ? '\\' : '"';
        (void)parse("a.ci", text);
        assert_int_equal(end(state), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(functions_and_calls_are_read, begin, end),
        cmocka_unit_test_setup_teardown(functions_of_several_files_meet, begin, end),
        cmocka_unit_test_setup_teardown(what_gcc_does_not_write_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_function_without_size_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_call_by_a_stranger_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(zeros_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(no_text_does_harm, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
