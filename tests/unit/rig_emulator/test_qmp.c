/* The monitor's client against a peer that the test plays: what it may say, and what it may not. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/interrupt.h"
#include "base/process.h"
#include "emulator/qmp.h"

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n"
#define READY    "{\"return\": {}, \"id\": 1}\r\n"

enum {
    LIMIT_MS = 20000,
    SHORT_MS = 100,
};

struct bench {
    int peer;    /* QEMU's end; -1 once it is closed or the peer's process has it */
    pid_t child; /* the peer's process; 0 for none */
    struct qmp *qmp;
    struct qmp_events events;
    struct diagnostic diagnostic;
};

static int set_up(void **state)
{
    static struct bench bench;
    int ends[2];
    struct qmp_options options = {.events = &bench.events};

    memset(&bench, 0, sizeof(bench));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    bench.peer = ends[1];
    options.descriptor = ends[0];
    assert_int_equal(qmp_create(&options, &bench.qmp), RIG_OK);
    *state = &bench;
    return interrupt_install();
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    qmp_destroy(bench->qmp);
    qmp_events_clear(&bench->events);
    if (bench->peer >= 0) {
        (void)close(bench->peer);
    }
    if (bench->child > 0) {
        (void)kill(bench->child, SIGKILL);
        (void)waitpid(bench->child, NULL, 0);
    }
    return 0;
}

/* ---- the peer ---- */

/* What the peer says: first, and after each command; ended by NULL, which it answers no more. */
struct script {
    const char *says[6];
    bool closes; /* after the last of them; else it stays and is silent */
};

#define ECHO "echo" /* instead of a text: the command, as the value of its own answer */

static void say(int peer, const char *text)
{
    (void)!send(peer, text, strlen(text), MSG_NOSIGNAL);
}

static void echo(int peer, json_t *command)
{
    char *text = json_dumps(
        json_pack("{s:O, s:O}", "return", command, "id", json_object_get(command, "id")), 0);

    say(peer, text);
    say(peer, "\n");
}

/* The peer's process. What it allocates ends with it. */
static _Noreturn void play(int peer, const struct script *script)
{
    say(peer, script->says[0]);
    for (size_t i = 1; script->says[i] != NULL; i++) {
        json_t *command = json_loadfd(peer, JSON_DISABLE_EOF_CHECK, NULL);

        if (strcmp(script->says[i], ECHO) == 0) {
            echo(peer, command);
        } else {
            say(peer, script->says[i]);
        }
    }
    if (script->closes) {
        _exit(0);
    }
    for (;;) {
        (void)pause();
    }
}

static void start_peer(struct bench *bench, const struct script *script)
{
    (void)fflush(stdout);
    bench->child = fork();
    if (bench->child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)close(qmp_poll(bench->qmp).fd);
        play(bench->peer, script);
    }
    assert_true(bench->child > 0);
    (void)close(bench->peer);
    bench->peer = -1;
}

static int connect_in(struct bench *bench, int64_t limit_ms)
{
    return qmp_connect(bench->qmp, process_clock_ms() + limit_ms, &bench->diagnostic);
}

static int execute_in(struct bench *bench, int64_t limit_ms, json_t *arguments, json_t **value)
{
    const struct qmp_command command = {"query-thing", arguments, value};

    return qmp_execute(bench->qmp, &command, process_clock_ms() + limit_ms, &bench->diagnostic);
}

static void start_connected(struct bench *bench, const struct script *script)
{
    start_peer(bench, script);
    assert_int_equal(connect_in(bench, LIMIT_MS), RIG_OK);
}

/* ---- what goes well ---- */

static void test_a_command_brings_its_value(void **state)
{
    static const struct script script = {{GREETING, READY, ECHO}, false};
    struct bench *bench = *state;
    json_t *expected = json_pack("{s:s, s:i, s:{s:i}}", "execute", "query-thing", "id", 2,
                                 "arguments", "depth", 3);
    json_t *value = NULL;

    start_connected(bench, &script);
    assert_int_equal(execute_in(bench, LIMIT_MS, json_pack("{s:i}", "depth", 3), &value), RIG_OK);
    assert_true(json_equal(value, expected));
    json_decref(value);
    json_decref(expected);
}

static void test_a_refusal_is_told_and_the_connection_goes_on(void **state)
{
    static const struct script script = {
        {GREETING, READY,
         "{\"error\": {\"class\": \"X\", \"desc\": \"not \\u001b that\"}, \"id\": 2}\r\n",
         "{\"return\": [], \"id\": 3}\r\n"},
        false};
    struct bench *bench = *state;

    start_connected(bench, &script);
    assert_int_equal(execute_in(bench, LIMIT_MS, NULL, NULL), RIG_ERROR_USAGE);
    assert_string_equal(bench->diagnostic.text, "QEMU refuses 'query-thing': not \\x1b that");
    assert_int_equal(execute_in(bench, LIMIT_MS, NULL, NULL), RIG_OK);
}

static void test_a_late_answer_is_dropped(void **state)
{
    static const struct script script = {
        {GREETING, READY, "",
         "{\"return\": \"late\", \"id\": 2}\r\n{\"return\": \"new\", \"id\": 3}\r\n"},
        false};
    struct bench *bench = *state;
    json_t *value = NULL;

    start_connected(bench, &script);
    assert_int_equal(execute_in(bench, SHORT_MS, NULL, NULL), RIG_ERROR_TIMEOUT);
    assert_non_null(strstr(bench->diagnostic.text, "did not answer"));
    assert_int_equal(execute_in(bench, LIMIT_MS, NULL, &value), RIG_OK);
    assert_string_equal(json_string_value(value), "new");
    json_decref(value);
}

/* ---- what does not ---- */

/* What the peer says first and to the first command, and what becomes of qmp_connect(). */
struct hostile {
    struct script script;
    int error;
    const char *diagnostic;
};

#define ANSWERED(text)                                                                             \
    {                                                                                              \
        {GREETING, text}, false                                                                    \
    }

static const struct hostile hostile_rows[] = {
    {{{""}, false}, RIG_ERROR_TIMEOUT, "did not greet"},
    {{{""}, true}, RIG_ERROR_BENCH, "closed its monitor"},
    {{{"{\"QMP\": {\"version\""}, true}, RIG_ERROR_BENCH, "closed its monitor"},
    {{{GREETING}, true}, RIG_ERROR_BENCH, "closed its monitor"},
    {{{GREETING}, false}, RIG_ERROR_TIMEOUT, "did not answer"},
    {{{"\n"}, false}, RIG_ERROR_BENCH, "no JSON"},
    {{{"220 \033[2J mail\r\n"}, false}, RIG_ERROR_BENCH, "no JSON: '220 \\x1b[2J mail"},
    {{{"[1]\n"}, false}, RIG_ERROR_BENCH, "no greeting"},
    {{{"{\"QMP\": 1}\n"}, false}, RIG_ERROR_BENCH, "no greeting"},
    {{{"{\"QMP\": {\"version\": 7, \"capabilities\": []}}\n"}, false},
     RIG_ERROR_BENCH,
     "no greeting"},
    {{{READY}, false}, RIG_ERROR_BENCH, "no greeting"},
    {{{GREETING READY}, false}, RIG_ERROR_BENCH, "answers no command"}, /* before it was asked */
    {ANSWERED("7\n"), RIG_ERROR_BENCH, "no JSON"},
    {ANSWERED("[]\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"return\": {}}\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"return\": {}, \"id\": \"1\"}\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"return\": {}, \"id\": 2}\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"return\": {}, \"id\": 0}\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED(READY READY), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"error\": \"no\", \"id\": 1}\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"id\": 1}\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"event\": 1}\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"event\": \"A\", \"data\": []}\n"), RIG_ERROR_BENCH, "answers no command"},
    {ANSWERED("{\"id\": 1, \"id\": 1, \"return\": {}}\n"), RIG_ERROR_BENCH, "no JSON"},
};

static void try_hostile(size_t row)
{
    const struct hostile *hostile = &hostile_rows[row];
    void *made = NULL;
    struct bench *bench;
    int error;

    assert_int_equal(set_up(&made), 0);
    bench = made;
    start_peer(bench, &hostile->script);
    error = connect_in(bench, hostile->error == RIG_ERROR_TIMEOUT ? SHORT_MS : LIMIT_MS);
    if (error != hostile->error || strstr(bench->diagnostic.text, hostile->diagnostic) == NULL) {
        fail_msg("row %zu: %s, '%s'", row, rig_strerror(error), bench->diagnostic.text);
    }
    if (error == RIG_ERROR_BENCH) { /* and it stays so */
        assert_int_equal(execute_in(bench, LIMIT_MS, NULL, NULL), RIG_ERROR_BENCH);
        assert_non_null(strstr(bench->diagnostic.text, hostile->diagnostic));
    }
    assert_int_equal(tear_down(&made), 0);
}

static void test_what_is_no_qmp_ends_the_connection(void **state)
{
    (void)state;

    for (size_t row = 0; row < sizeof(hostile_rows) / sizeof(hostile_rows[0]); row++) {
        try_hostile(row);
    }
}

/* A first line of `size` bytes, spaces mostly, and what becomes of qmp_connect(). */
static int connect_to_long_line(struct bench *bench, size_t size)
{
    static char line[QMP_LINE_LIMIT + 2];
    const struct script script = {{line, READY}, false};

    memset(line, ' ', size);
    memcpy(line, GREETING, strlen(GREETING) - 2);
    line[size - 1] = '\n';
    line[size] = '\0';
    start_peer(bench, &script);
    return connect_in(bench, LIMIT_MS);
}

static void test_the_longest_line_is_taken(void **state)
{
    assert_int_equal(connect_to_long_line(*state, QMP_LINE_LIMIT), RIG_OK);
}

static void test_a_longer_line_is_refused(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(connect_to_long_line(bench, QMP_LINE_LIMIT + 1), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench->diagnostic.text, "a line without end"));
}

static void test_events_do_not_extend_a_wait(void **state)
{
    static const struct script script = {
        {GREETING, READY, "{\"event\": \"A\"}\r\n{\"event\": \"B\", \"data\": {\"x\": 1}}\r\n"},
        false};
    struct bench *bench = *state;
    int64_t start;

    start_connected(bench, &script);
    start = process_clock_ms();
    assert_int_equal(execute_in(bench, SHORT_MS, NULL, NULL), RIG_ERROR_TIMEOUT);
    assert_in_range(process_clock_ms() - start, SHORT_MS, LIMIT_MS);
}

static void test_events_are_kept_in_order_and_bounded(void **state)
{
    static const struct script script = {
        {GREETING, READY,
         "{\"event\": \"A\"}\r\n{\"event\": \"B\", \"data\": {\"x\": 1}}\r\n"
         "{\"return\": {}, \"id\": 2}\r\n"},
        false};
    struct bench *bench = *state;
    uint64_t position = 0;
    const struct qmp_event *event;

    start_connected(bench, &script);
    assert_int_equal(execute_in(bench, LIMIT_MS, NULL, NULL), RIG_OK);
    event = qmp_events_find(&bench->events, "B", &position);
    assert_non_null(event);
    assert_int_equal(json_integer_value(json_object_get(event->data, "x")), 1);
    assert_int_equal(position, 2);
    assert_null(qmp_events_find(&bench->events, "B", &position));
    assert_int_equal(qmp_events_dropped(&bench->events), 0);
    for (int i = 0; i < QMP_EVENTS_KEPT; i++) {
        assert_int_equal(qmp_events_add(&bench->events, "C", NULL), RIG_OK);
    }
    assert_int_equal(qmp_events_dropped(&bench->events), 2);
    position = 0;
    assert_null(qmp_events_find(&bench->events, "A", &position));
    assert_non_null(qmp_events_find(&bench->events, "C", &position));
    assert_int_equal(position, 3);
    assert_null(qmp_events_at(&bench->events, 1));
    assert_null(qmp_events_at(&bench->events, bench->events.count));
}

static void test_an_interrupt_ends_a_wait(void **state)
{
    struct bench *bench = *state;

    interrupt_request();
    assert_int_equal(qmp_connect(bench->qmp, PROCESS_NO_DEADLINE, &bench->diagnostic),
                     RIG_ERROR_INTERRUPTED);
}

static void test_a_peer_that_does_not_read_is_met_by_the_deadline(void **state)
{
    static const struct script script = {{GREETING, READY}, false};
    struct bench *bench = *state;
    static char text[1024 * 1024];

    memset(text, 'x', sizeof(text) - 1);
    start_connected(bench, &script);
    assert_int_equal(execute_in(bench, SHORT_MS, json_pack("{s:s}", "much", text), NULL),
                     RIG_ERROR_TIMEOUT);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_command_brings_its_value),
        CASE(test_a_refusal_is_told_and_the_connection_goes_on),
        CASE(test_a_late_answer_is_dropped),
        cmocka_unit_test(test_what_is_no_qmp_ends_the_connection),
        CASE(test_a_longer_line_is_refused),
        CASE(test_the_longest_line_is_taken),
        CASE(test_events_do_not_extend_a_wait),
        CASE(test_events_are_kept_in_order_and_bounded),
        CASE(test_an_interrupt_ends_a_wait),
        CASE(test_a_peer_that_does_not_read_is_met_by_the_deadline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
