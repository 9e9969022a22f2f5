#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/qemu_arguments.h"

static const struct qemu_descriptors descriptors = {11, 12, 13, {{21, 23}, {22, 24}}, {31, 32, 33}};

/* The command line as one text, with a bar between arguments; for free(). */
static char *command_line(const struct emulator_options *options)
{
    struct text_list arguments = {0};
    char *text;

    assert_int_equal(qemu_arguments(options, &descriptors, &arguments), RIG_OK);
    text = text_list_join(&arguments, '|');
    text_list_free(&arguments);
    assert_non_null(text);
    return text;
}

static void test_a_plain_board(void **state)
{
    const struct emulator_options options = {
        .kernel = "boot.elf", .flash = "flash", .flash_size = 16777216};
    char *text = command_line(&options);
    (void)state;

    assert_string_equal(text,
                        "qemu-system-arm|-no-user-config|-nodefaults|-display|none|-monitor|none|-S"
                        "|-M|mps2-an505,memory-backend=nor"
                        "|-object|memory-backend-file,id=nor,mem-path=flash,size=16777216,share=on"
                        "|-kernel|boot.elf"
                        "|-add-fd|fd=13,set=1|-chardev|serial,id=bus,path=/dev/fdset/1"
                        "|-chardev|socket,id=qmp,fd=11"
                        "|-mon|chardev=qmp,mode=control|-serial|chardev:bus"
                        "|-chardev|socket,id=console,fd=12|-serial|chardev:console"
                        "|-nic|user,id=n0");
    free(text);
}

static void test_a_board_behind_a_relay(void **state)
{
    const struct emulator_options options = {
        .kernel = "boot.elf", .flash = "flash", .flash_size = 16777216, .relay = "relay"};
    char *text = command_line(&options);
    (void)state;

    assert_non_null(strstr(
        text, "|-nic|user,id=n0"
              "|-chardev|socket,id=rx-out,fd=21|-chardev|socket,id=rx-in,fd=22"
              "|-object|filter-redirector,id=rx-relay,netdev=n0,queue=rx,outdev=rx-out,indev=rx-in"
              "|-chardev|socket,id=tx-out,fd=23|-chardev|socket,id=tx-in,fd=24"
              "|-object|filter-redirector,id=tx-relay,netdev=n0,queue=tx,outdev=tx-out,indev="
              "tx-in"));
    free(text);
}

/* The debugger's lines come last but for what the caller adds. */
static void test_a_board_with_a_debugger(void **state)
{
    static const struct emulator_options options = {
        .kernel = "boot.elf", .flash = "flash", .flash_size = 16777216, .debug = true};
    static const char expected[] =
        "|-chardev|socket,id=qtest,fd=32|-accel|tcg|-qtest|chardev:qtest|-qtest-log|/dev/null"
        "|-chardev|socket,id=gdb,fd=31|-chardev|socket,id=debug,fd=33"
        "|-gdb|chardev:gdb|-mon|chardev=debug,mode=control";
    char *line = command_line(&options);

    (void)state;
    assert_true(strlen(line) > strlen(expected));
    assert_string_equal(line + strlen(line) - strlen(expected), expected);
    free(line);
}

/* One whose flash is its own: all that the flash file's board has besides is left out. */
static void test_a_board_with_flash_of_its_own(void **state)
{
    static const struct emulator_options options = {.machine = "microbit",
                                                    .flash = "flash",
                                                    .flash_size = 262144,
                                                    .flash_kind = EMULATOR_FLASH_NVMC,
                                                    .no_console = true,
                                                    .no_network = true};
    char *line = command_line(&options);

    (void)state;
    assert_string_equal(line,
                        "qemu-system-arm|-no-user-config|-nodefaults|-display|none|-monitor|none|-S"
                        "|-M|microbit"
                        "|-add-fd|fd=13,set=1|-chardev|serial,id=bus,path=/dev/fdset/1"
                        "|-chardev|socket,id=qmp,fd=11"
                        "|-mon|chardev=qmp,mode=control|-serial|chardev:bus"
                        "|-chardev|socket,id=qtest,fd=32|-accel|tcg"
                        "|-qtest|chardev:qtest|-qtest-log|/dev/null");
    free(line);
}

/* A name with a comma must not become an option of its own. */
static void test_no_name_becomes_an_option(void **state)
{
    const char *const extra[] = {"-icount", "shift=5,sleep=on", NULL};
    const struct emulator_options options = {.qemu = "/opt/qemu,8/bin/qemu",
                                             .machine = "m,secure=off",
                                             .kernel = "boot,1.elf",
                                             .flash = "a,,b,readonly=on",
                                             .flash_size = 1,
                                             .sensor = "i2c,x=y",
                                             .extra = extra};
    char *text = command_line(&options);
    (void)state;

    assert_memory_equal(text, "/opt/qemu,8/bin/qemu|", 21);
    assert_non_null(strstr(text, "|-M|m,,secure=off,memory-backend=nor|"));
    assert_non_null(
        strstr(text, "mem-path=a,,,,b,,readonly=on,size=1,share=on|-kernel|boot,1.elf|"));
    assert_non_null(strstr(text, "|-device|tmp105,id=temp0,bus=i2c,,x=y,address=0x48|"));
    assert_non_null(strstr(text, "|-icount|shift=5,sleep=on"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plain_board),
        cmocka_unit_test(test_a_board_behind_a_relay),
        cmocka_unit_test(test_a_board_with_a_debugger),
        cmocka_unit_test(test_a_board_with_flash_of_its_own),
        cmocka_unit_test(test_no_name_becomes_an_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
