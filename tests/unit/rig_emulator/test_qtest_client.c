/* The client of qtest, against one that says what the test puts in its mouth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "emulator/qtest_client.h"

enum { PATIENCE_MS = 2000 };

static int ends[2]; /* the client's, QEMU's */
static struct qtest_client client;
static struct diagnostic diagnostic;

static void qemu_says(const char *line)
{
    assert_int_equal(send(ends[1], line, strlen(line), 0), strlen(line));
}

static void qemu_heard(const char *expected)
{
    static char heard[64 * 1024];
    const ssize_t size = recv(ends[1], heard, sizeof(heard) - 1, MSG_DONTWAIT);

    assert_true(size > 0);
    heard[size] = '\0';
    assert_string_equal(heard, expected);
}

static int64_t soon(void)
{
    return process_clock_ms() + PATIENCE_MS;
}

static int read_at(uint32_t address, unsigned size, uint32_t *value)
{
    return qtest_client_read(&client, address, size, value, soon(), &diagnostic);
}

static int set_up(void **state)
{
    (void)state;
    diagnostic_clear(&diagnostic);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    qtest_client_open(&client, ends[0]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)close(ends[0]);
    (void)close(ends[1]);
    return 0;
}

static void test_reads(void **state)
{
    uint32_t value = 0;

    (void)state;
    qemu_says("OK 0x00000000deadbeef\n");
    assert_int_equal(read_at(0xE000ED00, 4, &value), RIG_OK);
    assert_int_equal(value, 0xDEADBEEF);
    qemu_heard("readl 0xe000ed00\n");
    qemu_says("OK 0x7f\n");
    assert_int_equal(read_at(0x40004001, 1, &value), RIG_OK);
    assert_int_equal(value, 0x7F);
    qemu_heard("readb 0x40004001\n");
    qemu_says("OK 0x100\n"); /* no byte */
    assert_int_equal(read_at(0x40004001, 1, &value), RIG_ERROR_BENCH);
}

static void test_writes(void **state)
{
    static const uint8_t bytes[] = {0x00, 0x10, 0xFF};

    (void)state;
    qemu_says("OK\n");
    assert_int_equal(qtest_client_write(&client, 0x40004002, 2, 0x12345678, soon(), &diagnostic),
                     RIG_OK);
    qemu_heard("writew 0x40004002 0x5678\n");
    qemu_says("OK\n");
    assert_int_equal(
        qtest_client_write_block(&client, 0x80000000, bytes, sizeof(bytes), soon(), &diagnostic),
        RIG_OK);
    qemu_heard("write 0x80000000 0x3 0x0010ff\n");
}

static void test_blocks_that_are_no_blocks(void **state)
{
    static const uint8_t bytes[QTEST_BLOCK_MAX + 1];

    (void)state;
    assert_int_equal(
        qtest_client_write_block(&client, 0, bytes, sizeof(bytes), soon(), &diagnostic),
        RIG_ERROR_USAGE);
    assert_int_equal(qtest_client_write_block(&client, 0, bytes, 0, soon(), &diagnostic),
                     RIG_ERROR_USAGE);
    qemu_says("OK\n");
    assert_int_equal(
        qtest_client_write_block(&client, 0, bytes, QTEST_BLOCK_MAX, soon(), &diagnostic), RIG_OK);
}

static void test_refusal(void **state)
{
    uint32_t value = 0;

    (void)state;
    qemu_says("FAIL Unknown command 'readl'\n");
    assert_int_equal(read_at(0, 4, &value), RIG_ERROR_NOT_FOUND);
    qemu_says("OK 0x1\n");
    assert_int_equal(read_at(0, 4, &value), RIG_OK);
}

static void test_nonsense(void **state)
{
    static const char *const answers[] = {"OK\n",       "OK 0x\n", "OK 0xzz\n",
                                          "Hello %n\n", "\n",      "OK 0x1ffffffff\n"};
    char endless[2 * QTEST_ANSWER_MAX];
    uint32_t value = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        qemu_says(answers[i]);
        assert_int_equal(read_at(0, 4, &value), RIG_ERROR_BENCH);
    }
    memset(endless, 'O', sizeof(endless) - 1);
    endless[sizeof(endless) - 1] = '\0';
    qemu_says(endless);
    assert_int_equal(read_at(0, 4, &value), RIG_ERROR_BENCH);
    assert_non_null(strstr(diagnostic.text, "too long"));
}

static void test_silence_and_end(void **state)
{
    uint32_t value = 0;

    (void)state;
    qemu_says("OK 0x"); /* half an answer */
    assert_int_equal(qtest_client_read(&client, 0, 4, &value, process_clock_ms() + 20, &diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_int_equal(shutdown(ends[1], SHUT_RDWR), 0);
    assert_int_equal(read_at(0, 4, &value), RIG_ERROR_BENCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_blocks_that_are_no_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refusal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nonsense, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_silence_and_end, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
