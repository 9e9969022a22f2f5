#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "target/bench_file.h"

#define TARGET                                                                                     \
    "schema: 1\nname: demo\nclass: board\n"                                                        \
    "power: {driver: command, on: relay on, off: relay off}\n"                                     \
    "console: {driver: tty, path: /dev/ttyS0, baud: 9600}\n"                                       \
    "modbus: {rtu: {driver: tty, path: /dev/ttyS1, baud: 19200, unit: 1}}\n"                       \
    "adapter: {driver: hearth}\n"                                                                  \
    "limits: {boot_ms: 100}\n"

#define BENCH "schema: 1\ntargets:\n  demo:\n"

struct bench {
    char *folder;
    char *path;
    struct target target;
    struct diagnostic diagnostic;
};

static void open_bench(struct bench *bench, const char *target, const char *text)
{
    bench->folder = scratch_make();
    bench->path = scratch_path(bench->folder, "bench.yaml");
    bench->diagnostic.text[0] = '\0';
    scratch_write(bench->folder, "demo.yaml", target);
    scratch_write(bench->folder, "bench.yaml", text);
    char *path = scratch_path(bench->folder, "demo.yaml");
    if (target_load(path, &bench->target, &bench->diagnostic) != RIG_OK) {
        fail_msg("%s", bench->diagnostic.text);
    }
    free(path);
}

static void close_bench(struct bench *bench)
{
    target_clear(&bench->target);
    free(bench->path);
    scratch_remove(bench->folder);
}

static int apply(struct bench *bench)
{
    return target_apply_bench(&bench->target, bench->path, &bench->diagnostic);
}

static void expect(const struct bench *bench, const char *section, const char *name,
                   const char *wanted)
{
    const char *value = target_find_setting(&bench->target, section, name);
    if (wanted == NULL) {
        assert_null(value);
    } else {
        assert_non_null(value);
        assert_string_equal(value, wanted);
    }
}

static void overrides_and_adds_keys(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, TARGET "probe: {driver: openocd, openocd: [interface/cmsis-dap.cfg]}\n",
               BENCH "    console: {path: /dev/ttyACM0}\n"
                     "    probe: {serial: 0240000034544e45}\n"
                     "    power: {driver: command, off: usb off, reset: usb reset, "
                     "deadline_ms: 500}\n"
                     "    modbus:\n      rtu: {path: /dev/ttyUSB7}\n"
                     "      tcp: {driver: network, host: 192.0.2.7, port: 502}\n"
                     "    adapter: {device_id: 0a0b000000000000000000000000000f, "
                     "password: 'correct horse'}\n"
                     "    limits: {watchdog_ms: 7}\n"
                     "  other: {nonsense: 1}\n");
    if (apply(&bench) != RIG_OK) {
        fail_msg("%s", bench.diagnostic.text);
    }
    expect(&bench, "console", "path", "/dev/ttyACM0");
    expect(&bench, "console", "baud", "9600");
    expect(&bench, "console", "driver", "tty");
    expect(&bench, "probe", "driver", "openocd");
    expect(&bench, "probe", "serial", "0240000034544e45");
    expect(&bench, "power", "on", "relay on");
    expect(&bench, "power", "off", "usb off");
    expect(&bench, "power", "reset", "usb reset");
    expect(&bench, "power", "deadline_ms", "500");
    expect(&bench, "modbus.rtu", "path", "/dev/ttyUSB7");
    expect(&bench, "modbus.rtu", "unit", "1");
    expect(&bench, "modbus.tcp", "host", "192.0.2.7");
    expect(&bench, "adapter", "driver", "hearth");
    expect(&bench, "adapter", "device_id", "0a0b000000000000000000000000000f");
    expect(&bench, "adapter", "password", "correct horse");
    expect(&bench, "limits", "boot_ms", "100");
    expect(&bench, "limits", "watchdog_ms", "7");
    close_bench(&bench);
}

static void another_driver_takes_the_sections_place(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, TARGET, BENCH "    console: {driver: socket, path: /run/console}\n");
    assert_int_equal(apply(&bench), RIG_OK);
    expect(&bench, "console", "driver", "socket");
    expect(&bench, "console", "path", "/run/console");
    expect(&bench, "console", "baud", NULL);
    expect(&bench, "modbus.rtu", "baud", "19200");
    close_bench(&bench);
}

static void adds_sections_that_the_target_leaves_to_it(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, "schema: 1\nname: demo\nclass: board\n",
               BENCH "    power: {driver: command, on: a, off: b}\n");
    assert_int_equal(apply(&bench), RIG_OK);
    expect(&bench, "power", "off", "b");
    close_bench(&bench);
}

static const struct {
    const char *text;
    const char *place;
    const char *message;
} refusals[] = {
    {"targets: {demo: {}}\n", ":1:", "schema"},
    {"schema: 2\ntargets: {demo: {}}\n", ":1:", "newer"},
    {"schema: 1\n", ":1:", "a bench file has `targets`"},
    {"schema: 1\ntargets: [demo]\n", ":2:", "a bench file has `targets`"},
    {"schema: 1\ntarget: demo\ntargets: {demo: {}}\n", ":2:", "target"},
    {"schema: 1\ntargets: {demi: {}, x: {}}\n", ":2:", "not have target `demo`; it has demi, x"},
    {BENCH "    []\n", ":4:", "a map"},
    {BENCH "    consle: {path: /dev/x}\n", ":4:", "did you mean console?"},
    {BENCH "    class: native\n", ":4:", "unknown key `class`"},
    {BENCH "    console:\n      pth: /dev/x\n", ":5:", "unknown key `pth`; did you mean path?"},
    {BENCH "    console: {path: ttyS0}\n", ":4:", "write the absolute path of a device"},
    {BENCH "    console: {driver: stderr}\n", ":4:", "class board has no console driver `stderr`"},
    {BENCH "    console: {driver: socket}\n", ":4:", "key `path` is missing"},
    {BENCH "    probe: {openocd: [a]}\n", ":4:", "`driver` is missing"},
    {BENCH "    modbus: {tcp: {host: a}}\n", ":4:", "`driver` is missing"},
    {BENCH "    modbus: {tcp: {driver: network, host: a}}\n", ":4:", "key `port` is missing"},
    {BENCH "    adapter: {password: \"a\\nb\"}\n", ":4:", "1 to 79 bytes"},
    {BENCH "    power: {on: 'a \"b'}\n", ":4:", "quotes in pairs"},
};

static void refuses_each_with_its_line_and_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct bench bench;
        open_bench(&bench, TARGET, refusals[i].text);
        size_t count = bench.target.setting_count;
        size_t length = strlen(bench.path);
        int error = apply(&bench);
        if (error != RIG_ERROR_CONFIGURATION ||
            strncmp(bench.diagnostic.text, bench.path, length) != 0 ||
            strncmp(bench.diagnostic.text + length, refusals[i].place, strlen(refusals[i].place)) !=
                0 ||
            strstr(bench.diagnostic.text, refusals[i].message) == NULL) {
            fail_msg("case %zu: error %d: %s", i, error, bench.diagnostic.text);
        }
        assert_int_equal(bench.target.setting_count, count);
        expect(&bench, "console", "path", "/dev/ttyS0");
        close_bench(&bench);
    }
}

static void a_missing_file_is_told(void **state)
{
    struct bench bench;
    (void)state;
    open_bench(&bench, TARGET, "");
    bench.path[strlen(bench.path) - 1] = 'X';
    assert_int_equal(apply(&bench), RIG_ERROR_NOT_FOUND);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overrides_and_adds_keys),
        cmocka_unit_test(another_driver_takes_the_sections_place),
        cmocka_unit_test(adds_sections_that_the_target_leaves_to_it),
        cmocka_unit_test(refuses_each_with_its_line_and_changes_nothing),
        cmocka_unit_test(a_missing_file_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
