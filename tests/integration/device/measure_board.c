/*
 * measure_board - how fast the device is on the emulated board; for scripts/measure. Prints, among
 * what cmocka says, one line a figure:
 *
 *   measured|cold_start|STARTS|MEDIAN|MIN|MAX    ms from power on to the first answer over Modbus TCP
 *   measured|modbus_tcp|REQUESTS|NANOSECONDS     one client, one request after the other
 *
 * A cold start is the start of the emulator, the boot stage with the verification of the image, the
 * application, an address by DHCP, a connection and one request.
 */
#include "modbus_link.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define STARTS     20U
#define WARM_UP_NS 200000000U
#define REQUESTS   5000
#define INPUTS     12

static struct device_process device;

static int set_up(void **state)
{
    *state = &device;
    device_process_create(&device);
    device_process_start(&device, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_process_destroy(&device);
    return 0;
}

static uint64_t now_ns(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void ask(modbus_t *modbus)
{
    uint16_t values[INPUTS];

    if (modbus_read_input_registers(modbus, 0, INPUTS, values) != INPUTS) {
        fail_msg("no answer: %s", modbus_strerror(errno));
    }
}

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

static void measure_cold_starts(void **state)
{
    double took_ms[STARTS];

    (void)state;
    for (size_t i = 0; i < STARTS; i++) {
        uint64_t began;
        modbus_t *modbus;

        device_process_kill(&device);
        began = now_ns();
        device_process_start(&device, NULL);
        modbus = modbus_link_open(&device, MODBUS_LINK_TCP);
        ask(modbus);
        took_ms[i] = (double)(now_ns() - began) / 1e6;
        modbus_link_close(modbus);
    }
    qsort(took_ms, STARTS, sizeof took_ms[0], by_size);
    (void)printf("measured|cold_start|%u|%.0f|%.0f|%.0f\n", STARTS,
                 (took_ms[STARTS / 2U - 1U] + took_ms[STARTS / 2U]) / 2.0, took_ms[0],
                 took_ms[STARTS - 1U]);
}

static void measure_requests(void **state)
{
    modbus_t *modbus = modbus_link_open(&device, MODBUS_LINK_TCP);
    uint64_t began = now_ns();

    (void)state;
    while (now_ns() - began < WARM_UP_NS) {
        ask(modbus);
    }
    began = now_ns();
    for (int i = 0; i < REQUESTS; i++) {
        ask(modbus);
    }
    (void)printf("measured|modbus_tcp|%d|%" PRIu64 "\n", REQUESTS, now_ns() - began);
    modbus_link_close(modbus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(measure_cold_starts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(measure_requests, set_up, tear_down),
    };

    if (!device_process_is_emulated()) {
        (void)fprintf(stderr, "measure_board: set HEARTH_TARGET=mps2_an505_qemu\n");
        return 2;
    }
    return cmocka_run_group_tests_name("measure_board", tests, NULL, NULL);
}
