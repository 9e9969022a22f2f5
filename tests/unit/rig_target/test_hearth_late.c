/* A device on a wired bus that answers late: no answer is taken for that to a later request. */
#define _GNU_SOURCE /* posix_openpt and its relatives, cfmakeraw */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "target/adapter_hearth.h"
#include "target/modbus_client.h"

enum {
    UNIT = 1,
    REQUEST = 8, /* bytes of one that reads */
    ANSWER = 64,
    SHORT_MS = 200,
    LONG_MS = 10000,
    READ_DISCRETE = 2,
    STARTS = 13, /* input register */
};

static char path[64];
static int master = -1;
static int slave = -1;
static pid_t device;

/* ---- the device ---- */

/* Every input register is 0 but the count of its starts, which is the number of the request. */
static size_t make_answer(const uint8_t request[REQUEST], uint8_t number, uint8_t answer[ANSWER])
{
    const uint8_t count = request[5];
    const size_t data = request[1] == READ_DISCRETE ? 1 : 2U * count;
    uint16_t crc;

    memset(answer, 0, ANSWER);
    answer[0] = UNIT;
    answer[1] = request[1];
    answer[2] = (uint8_t)data;
    if (request[1] != READ_DISCRETE && request[3] + count > STARTS)
        answer[3 + 2 * (STARTS - request[3]) + 1] = number;
    crc = modbus_crc(answer, 3 + data);
    answer[3 + data] = (uint8_t)crc;
    answer[4 + data] = (uint8_t)(crc >> 8);
    return data + 5;
}

static void read_request(uint8_t request[REQUEST])
{
    for (size_t used = 0; used < REQUEST;) {
        const ssize_t size = read(master, request + used, REQUEST - used);

        if (size <= 0)
            _exit(1);
        used += (size_t)size;
    }
}

/* The first answer comes with the second one. */
static void run_device(void)
{
    uint8_t request[REQUEST];
    uint8_t answers[2 * ANSWER];
    size_t held = 0;

    for (uint8_t number = 1;; number++) {
        read_request(request);
        held += make_answer(request, number, answers + held);
        if (number == 1)
            continue;
        if (write(master, answers, held) != (ssize_t)held)
            _exit(1);
        held = 0;
    }
}

static int set_up(void **state)
{
    struct termios settings;

    (void)state;
    master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    assert_int_equal(ptsname_r(master, path, sizeof path), 0);
    slave = open(path, O_RDWR | O_NOCTTY);
    assert_int_equal(tcgetattr(slave, &settings), 0);
    cfmakeraw(&settings);
    assert_int_equal(tcsetattr(slave, TCSANOW, &settings), 0);
    device = fork();
    if (device == 0)
        run_device();
    assert_true(device > 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)kill(device, SIGKILL);
    assert_int_equal(waitpid(device, NULL, 0), device);
    (void)close(master);
    (void)close(slave);
    return 0;
}

/* ---- the test ---- */

static void a_late_answer_is_not_the_next_ones(void **state)
{
    const struct modbus_port port = {
        .exists = true, .kind = MODBUS_RTU, .unit = UNIT, .path = path};
    const struct hearth_adapter_options options = {.rtu = &port};
    struct diagnostic diagnostic = {""};
    struct adapter adapter = {.driver = NULL};
    struct adapter_health health;

    (void)state;
    assert_int_equal(hearth_adapter_create(&options, &adapter, &diagnostic), RIG_OK);
    assert_int_equal(adapter_health(&adapter, ADAPTER_LOCAL, &health, process_clock_ms() + SHORT_MS,
                                    &diagnostic),
                     RIG_ERROR_TIMEOUT);
    assert_int_equal(
        adapter_health(&adapter, ADAPTER_LOCAL, &health, process_clock_ms() + LONG_MS, &diagnostic),
        RIG_OK);
    assert_in_range(health.starts, 3, UINT8_MAX);
    adapter_destroy(&adapter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_late_answer_is_not_the_next_ones, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
