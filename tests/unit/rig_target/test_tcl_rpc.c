/* The client of OpenOCD's Tcl port, against a port that says what the test puts in its mouth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "target/tcl_rpc.h"

enum { PATIENCE_MS = 2000, LINE = 256 };

static int listener;
static int openocd; /* the connection's other end */
static struct tcl_rpc *rpc;
static struct diagnostic diagnostic;

static int64_t soon(void)
{
    return process_clock_ms() + PATIENCE_MS;
}

static int set_up(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);

    (void)state;
    diagnostic_clear(&diagnostic);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(tcl_rpc_connect(ntohs(address.sin_port), soon(), &rpc, &diagnostic), RIG_OK);
    openocd = accept(listener, NULL, NULL);
    assert_true(openocd >= 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tcl_rpc_close(rpc);
    if (openocd >= 0) {
        (void)close(openocd);
    }
    return close(listener);
}

static void openocd_says(const char *bytes, size_t size)
{
    assert_int_equal(send(openocd, bytes, size, MSG_NOSIGNAL), size);
}

#define SAYS(text) openocd_says(text, sizeof(text) - 1)

static void expect_heard(const char *line)
{
    char heard[LINE] = "";
    size_t used = 0;

    while (used < strlen(line)) {
        const ssize_t size = recv(openocd, heard + used, sizeof(heard) - 1 - used, 0);

        assert_true(size > 0);
        used += (size_t)size;
    }
    assert_string_equal(heard, line);
}

static void test_value(void **state)
{
    struct tcl_reply reply;

    (void)state;
    SAYS("0 {Open On-Chip Debugger 0.12.0}\x1A");
    assert_int_equal(tcl_rpc_call(rpc, "version", &reply, soon(), &diagnostic), RIG_OK);
    assert_false(reply.failed);
    assert_string_equal(reply.text, "Open On-Chip Debugger 0.12.0");
    expect_heard("list [catch {version} r] $r\x1A");
    SAYS("0 {}\x1A");
    assert_int_equal(tcl_rpc_call(rpc, "", &reply, soon(), &diagnostic), RIG_OK);
    assert_string_equal(reply.text, "");
}

static void test_error_is_a_result(void **state)
{
    struct tcl_reply reply;

    (void)state;
    SAYS("1 {Failed to read memory}\x1A");
    assert_int_equal(tcl_rpc_call(rpc, "mdw 0", &reply, soon(), &diagnostic), RIG_OK);
    assert_true(reply.failed);
    assert_string_equal(reply.text, "Failed to read memory");
    SAYS("-107 {}\x1A"); /* OpenOCD's own code */
    assert_int_equal(tcl_rpc_call(rpc, "mdw 0", &reply, soon(), &diagnostic), RIG_OK);
    assert_true(reply.failed);
    assert_string_equal(reply.text, "");
}

/* A result that is not empty would stand in OpenOCD's log, and in the output of a gdb. */
static void test_ping(void **state)
{
    (void)state;
    SAYS("\x1A");
    assert_int_equal(tcl_rpc_ping(rpc, soon(), &diagnostic), RIG_OK);
    expect_heard("set ordeal {}\x1A");
    SAYS("wrong # args\x1A");
    assert_int_equal(tcl_rpc_ping(rpc, soon(), &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "no answer: wrong # args"));
    assert_int_equal(tcl_rpc_ping(rpc, soon(), &diagnostic), RIG_ERROR_BENCH);
}

/* More than the first room. */
static void test_long_reply(void **state)
{
    static char text[20000];
    struct tcl_reply reply;

    (void)state;
    memset(text, 'x', sizeof(text));
    text[0] = '0';
    text[1] = ' ';
    text[2] = '{';
    text[sizeof(text) - 2] = '}';
    text[sizeof(text) - 1] = 0x1A;
    openocd_says(text, sizeof(text));
    assert_int_equal(tcl_rpc_call(rpc, "read_memory", &reply, soon(), &diagnostic), RIG_OK);
    assert_int_equal(strlen(reply.text), sizeof(text) - 5);
}

static void test_commands_that_cannot_be_sent(void **state)
{
    static const char *const commands[] = {"echo {", "echo }{", "}", "a\x1A", "echo \\{"};
    static char longest[TCL_COMMAND_MAX + 2];
    struct tcl_reply reply;

    (void)state;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        assert_int_equal(tcl_rpc_call(rpc, commands[i], &reply, soon(), &diagnostic),
                         RIG_ERROR_USAGE);
    }
    memset(longest, 'a', TCL_COMMAND_MAX + 1);
    assert_int_equal(tcl_rpc_call(rpc, longest, &reply, soon(), &diagnostic), RIG_ERROR_USAGE);
    SAYS("0 ok\x1A"); /* the connection is as it was */
    assert_int_equal(tcl_rpc_call(rpc, "echo {a {b}}", &reply, soon(), &diagnostic), RIG_OK);
}

static void expect_broken(void)
{
    struct tcl_reply reply;

    assert_int_equal(tcl_rpc_call(rpc, "version", &reply, soon(), &diagnostic), RIG_ERROR_BENCH);
    SAYS("0 ok\x1A");
    assert_int_equal(tcl_rpc_call(rpc, "version", &reply, soon(), &diagnostic), RIG_ERROR_BENCH);
}

static void test_what_is_no_answer(void **state)
{
    static const char *const answers[] = {
        "\x1A",           "0\x1A",     "running\x1A",         "0 a b\x1A",
        "1.0 {a}\x1A",    "- {a}\x1A", "12345678901 {a}\x1A", "0 {a\x1A",
        "0 a\x1A 0 b\x1A"};

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (i > 0) {
            (void)tear_down(state);
            (void)set_up(state);
        }
        openocd_says(answers[i], strlen(answers[i]));
        expect_broken();
    }
}

static void test_nul_in_an_answer(void **state)
{
    (void)state;
    SAYS("0 a\0b\x1A");
    expect_broken();
}

static void test_answer_without_end(void **state)
{
    static char much[64 * 1024];
    struct tcl_reply reply;
    size_t sent = 0;

    (void)state;
    memset(much, '0', sizeof(much));
    while (sent <= TCL_REPLY_MAX) { /* as much as the sockets take */
        const ssize_t size = send(openocd, much, sizeof(much), MSG_DONTWAIT | MSG_NOSIGNAL);

        if (size < 0) {
            break;
        }
        sent += (size_t)size;
    }
    assert_int_not_equal(
        tcl_rpc_call(rpc, "version", &reply, process_clock_ms() + 100, &diagnostic), RIG_OK);
    assert_int_equal(tcl_rpc_call(rpc, "version", &reply, soon(), &diagnostic), RIG_ERROR_BENCH);
}

static void test_silence(void **state)
{
    struct tcl_reply reply;

    (void)state;
    assert_int_equal(tcl_rpc_call(rpc, "version", &reply, process_clock_ms() + 20, &diagnostic),
                     RIG_ERROR_TIMEOUT);
    SAYS("0 late\x1A");
    assert_int_equal(tcl_rpc_call(rpc, "version", &reply, soon(), &diagnostic), RIG_ERROR_BENCH);
}

static void test_end(void **state)
{
    struct tcl_reply reply;

    (void)state;
    SAYS("0 {hal");
    (void)close(openocd);
    openocd = -1;
    assert_int_equal(tcl_rpc_call(rpc, "version", &reply, soon(), &diagnostic), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "Tcl port is gone"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_error_is_a_result, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_reply, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_commands_that_cannot_be_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nul_in_an_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_answer_without_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_silence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_end, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
