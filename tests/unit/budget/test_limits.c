/* budget_limits.h: what a limits file says, and what is wrong with one, by file and line. */
#include "refusal.h"

#include "budget_limits.h"

#include <stdlib.h>
#include <string.h>

#define COMPLETE "text 4096\ndata 0x10\nbss 0\nstack 4294967295\nentry reset\n"

static struct budget_limits limits;

static int parse_as(const char *text, bool draft)
{
    char *copy = strdup(text);

    assert_non_null(copy);
    budget_limits_free(&limits);
    return budget_limits_parse(&limits, "l", copy, strlen(text), draft);
}

static int parse(const char *text)
{
    return parse_as(text, false);
}

static int end(void **state)
{
    (void)state;
    budget_limits_free(&limits);
    return 0;
}

static void check(size_t i, enum budget_kind kind, const char *name, uint32_t number)
{
    assert_true(i < limits.count);
    assert_int_equal(limits.statements[i].kind, kind);
    assert_string_equal(limits.statements[i].name, name);
    assert_int_equal(limits.statements[i].number, number);
    assert_false(limits.statements[i].used);
}

static void every_statement_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse("# all of it\n\n" COMPLETE "exception 104 # with FPU\n"
                           "  interrupt tick 7\r\n"
                           "calls a.c:run: one b.c:two\n"
                           "calls a.c:run: three\n"
                           "none idle never set here\n"
                           "frame memcpy 16 looked at\n"
                           "frame * 64 guessed\n"
                           "recursion walk 3 depth of the tree\n"
                           "stack-section .stack"),
                     0);
    assert_int_equal(limits.most[BUDGET_TEXT], 4096);
    assert_int_equal(limits.lines[BUDGET_TEXT], 3);
    assert_int_equal(limits.most[BUDGET_DATA], 16);
    assert_int_equal(limits.most[BUDGET_BSS], 0);
    assert_int_equal(limits.most[BUDGET_STACK], UINT32_MAX);
    assert_int_equal(limits.exception, 104);
    assert_int_equal(limits.count, 10);
    check(0, BUDGET_ENTRY, "reset", 0);
    check(1, BUDGET_INTERRUPT, "tick", 7);
    check(2, BUDGET_CALLS, "a.c:run", 0);
    assert_string_equal(limits.statements[2].callee, "one");
    assert_string_equal(limits.statements[3].callee, "b.c:two");
    assert_int_equal(limits.statements[3].line, 10);
    assert_string_equal(limits.statements[4].callee, "three");
    check(5, BUDGET_NONE, "idle", 0);
    check(6, BUDGET_FRAME, "memcpy", 16);
    check(7, BUDGET_FRAME, "*", 64);
    check(8, BUDGET_RECURSION, "walk", 3);
    check(9, BUDGET_STACK_SECTION, ".stack", 0);
}

static void what_must_be_there_is_asked_for(void **state)
{
    (void)state;
    assert_refused(parse(""), "l: no `entry NAME`");
    assert_refused(parse("entry x\ntext 1\ndata 1\nbss 1\n"), "l: no `stack BYTES`");
    assert_refused(parse("entry x\ndata 1\nbss 1\nstack 1\n"), "l: no `text BYTES`");
    assert_int_equal(parse_as("entry x\n", true), 0);
    assert_refused(parse_as("text 1\n", true), "l: no `entry NAME`");
    assert_int_equal(parse(COMPLETE), 0);
    assert_int_equal(limits.exception, 32);
}

static void wrong_lines_are_named(void **state)
{
    static const struct {
        const char *text;
        const char *refusal;
    } rows[] = {
        {"\ntxt 1\n", "l:2: txt: no such statement"},
        {"text\n", "l:1: text: '' is no number"},
        {"text 1k\n", "l:1: text: '1k' is no number"},
        {"text -1\n", "l:1: text: '-1' is no number"},
        {"text 4294967296\n", "is no number from 0 to 4294967295"},
        {"text 99999999999999999999999\n", "is no number"},
        {"text 0x\n", "is no number"},
        {"text 1 2\n", "l:1: text: too many words"},
        {"text 1\ntext 1\n", "l:2: text: given twice"},
        {"exception 31\n", "is no number from 32"},
        {"exception 32\nexception 32\n", "l:2: exception: given twice"},
        {"entry\n", "l:1: entry: a name is missing"},
        {"entry a b\n", "l:1: entry: too many words"},
        {"entry a*\n", "l:1: a*: * may stand"},
        {"entry a\nentry a\n", "l:2: entry a: line 1 speaks of it"},
        {"interrupt a\n", "l:1: interrupt: '' is no number"},
        {"interrupt a 256\n", "is no number from 0 to 255"},
        {"interrupt a 1\ninterrupt a 2\n", "l:2: interrupt a: line 1 speaks of it"},
        {"calls\n", "l:1: calls: write"},
        {"calls :\n", "l:1: calls: write"},
        {"calls a b\n", "l:1: calls: write"},
        {"calls a:\n", "l:1: a: calls nobody"},
        {"calls a: b b\n", "l:1: calls a: line 1 speaks of it"},
        {"calls a: b\nnone a why\n", "l:2: none a: line 1 speaks of it"},
        {"none a why\ncalls a: b\n", "l:2: calls a: line 1 speaks of it"},
        {"none a\n", "l:1: none: say why"},
        {"frame a\n", "l:1: frame: '' is no number"},
        {"frame a 8\n", "l:1: frame: say why"},
        {"frame a 8 # why\n", "l:1: frame: say why"},
        {"frame a*b 8 why\n", "l:1: a*b: * may stand"},
        {"frame a 1048577 why\n", "is no number from 0 to 1048576"},
        {"recursion a 0 why\n", "is no number from 1 to 1000"},
        {"recursion a 2\n", "l:1: recursion: say why"},
        {"stack-section\n", "l:1: stack-section: a name is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_refused(parse(rows[i].text), rows[i].refusal);
    }
}

static void zeros_are_refused(void **state)
{
    char *text = calloc(4, 1);

    (void)state;
    assert_non_null(text);
    budget_limits_free(&limits);
    assert_refused(budget_limits_parse(&limits, "l", text, 3, false), "holds zeros");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_statement_is_read, end),
        cmocka_unit_test_teardown(what_must_be_there_is_asked_for, end),
        cmocka_unit_test_teardown(wrong_lines_are_named, end),
        cmocka_unit_test_teardown(zeros_are_refused, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
