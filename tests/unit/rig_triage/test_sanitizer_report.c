#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_text.h"

static void test_address_sanitizer(void **state)
{
    const struct sanitizer_report report = report_text_parse(
        "Running: input\n"
        "=================================================================\n"
        "==4242==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000018 at pc "
        "0x1\n"
        "WRITE of size 1 at 0x602000000018 thread T0\n"
        "    #0 0x55d0a1 in modbus_pdu_handle /src/firmware/app/modbus_pdu.c:120:9\n"
        "    #1 0x55d0a2 in harness_run /src/harnesses/modbus_tcp.c:33\n"
        "    #2 0x7f0001  (/lib/x86_64-linux-gnu/libc.so.6+0x3c04f) (BuildId: 93ac)\n"
        "    #3 0x55d0a3 in _start (/build/modbus_tcp.reproducer+0x22380)\n"
        "\n"
        "0x602000000018 is located 0 bytes to the right of 8-byte region\n"
        "allocated by thread T0 here:\n"
        "    #0 0x55d0b1 in malloc (/build/modbus_tcp.reproducer+0x1)\n"
        "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/a.c:1 in f\n");
    char text[512];
    (void)state;

    assert_int_equal(report.report_class, REPORT_MEMORY);
    assert_string_equal(report.kind, "heap-buffer-overflow");
    assert_string_equal(report.clause, "");
    assert_int_equal(report.frame_count, 4);
    assert_string_equal(report.frames[0].function, "modbus_pdu_handle");
    assert_string_equal(report.frames[0].file, "modbus_pdu.c");
    assert_int_equal(report.frames[0].line, 120);
    assert_int_equal(report.frames[1].line, 33);
    assert_string_equal(report.frames[2].function, "");
    assert_string_equal(report.frames[2].file, "libc.so.6");
    assert_int_equal(report.frames[2].offset, 0x3c04f);
    assert_string_equal(report.frames[3].function, "_start");
    sanitizer_report_frames(&report, text, sizeof(text));
    assert_memory_equal(text, "#0 modbus_pdu_handle modbus_pdu.c:120\n", 38);
    sanitizer_report_frames(&report, text, 50); /* whole lines only */
    assert_string_equal(text, "#0 modbus_pdu_handle modbus_pdu.c:120\n");
}

static void test_address_sanitizer_kinds(void **state)
{
    static const struct {
        const char *text;
        const char *kind;
        enum report_class report_class;
    } cases[] = {
        {"SEGV on unknown address 0x0", "SEGV", REPORT_MEMORY},
        {"stack-overflow on address 0x7ff", "stack-overflow", REPORT_MEMORY},
        {"attempting double-free on 0x60", "double-free", REPORT_MEMORY},
        {"attempting free on address which was not malloc()-ed", "bad-free", REPORT_MEMORY},
        {"requested allocation size 0x7f exceeds", "allocation-size-too-big", REPORT_MEMORY},
        {"out of memory: allocator is trying", "out-of-memory", REPORT_MEMORY},
        {"FPE on unknown address 0x1", "FPE", REPORT_FAULT},
        {"ABRT on unknown address 0x1", "abort", REPORT_FAULT},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];
        struct sanitizer_report report;

        (void)snprintf(text, sizeof(text), "==7==ERROR: AddressSanitizer: %s\n", cases[i].text);
        report = report_text_parse(text);
        assert_string_equal(report.kind, cases[i].kind);
        assert_int_equal(report.report_class, cases[i].report_class);
    }
}

static void test_the_memory_limit(void **state)
{
    const struct sanitizer_report report =
        report_text_parse("==7==AddressSanitizer: hard rss limit exhausted (1024Mb vs 1100Mb)\n");
    (void)state;

    assert_string_equal(report.kind, "out-of-memory");
    assert_int_equal(report.report_class, REPORT_MEMORY);
}

static void test_undefined_behaviour(void **state)
{
    const struct sanitizer_report report = report_text_parse(
        "/src/thermostat.c:41:20: runtime error: signed integer overflow: 2147483647 + 1 cannot\n"
        "    #0 0x55d0 in thermostat_step /src/thermostat.c:41:20\n"
        "    #1 0x55d1 in device_step /src/device.c:9:1\n"
        "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior /src/thermostat.c:41:20 in\n");
    (void)state;

    assert_int_equal(report.report_class, REPORT_MEMORY);
    assert_string_equal(report.kind, "signed-integer-overflow");
    assert_string_equal(report.frames[0].function, "thermostat_step");
    assert_int_equal(report.frame_count, 2);
}

/* The abort that ends an oracle is its consequence, and does not replace it. */
static void test_an_oracle_and_its_abort(void **state)
{
    const struct sanitizer_report report = report_text_parse(
        "ORACLE VIOLATED clause=5.13-1B name=refused-changes-nothing: setpoint 21 became 99\n"
        "    #0 0x55d0 in __sanitizer_print_stack_trace (/build/x+0x1)\n"
        "    #1 0x55d1 in harness_oracle_violated /src/harness.c:40:5\n"
        "    #2 0x55d2 in check_refusal /src/modbus_tcp.c:80:9\n"
        "AddressSanitizer:DEADLYSIGNAL\n"
        "==7==ERROR: AddressSanitizer: ABRT on unknown address 0x1\n"
        "    #0 0x7f in raise signal/../sysdeps/posix/raise.c:26:13\n"
        "==7== ERROR: libFuzzer: deadly signal\n"
        "    #0 0x7f in raise signal/../sysdeps/posix/raise.c:26:13\n");
    (void)state;

    assert_int_equal(report.report_class, REPORT_ORACLE);
    assert_string_equal(report.clause, "5.13-1B");
    assert_string_equal(report.name, "refused-changes-nothing");
    assert_string_equal(report.about, "");
    assert_string_equal(report.message, "setpoint 21 became 99");
    assert_int_equal(report.frame_count, 3);
    assert_string_equal(report.frames[2].function, "check_refusal");
}

static void test_what_was_asked(void **state)
{
    struct sanitizer_report report = report_text_parse(
        "ORACLE VIOLATED clause=5.5-5 name=change-needs-login about=function-6: register 3\n");
    (void)state;

    assert_int_equal(report.report_class, REPORT_ORACLE);
    assert_string_equal(report.name, "change-needs-login");
    assert_string_equal(report.about, "function-6");
    assert_string_equal(report.message, "register 3");
    report = report_text_parse("HANG clause=- name=device-calls about=log-in: 5000 calls\n");
    assert_int_equal(report.report_class, REPORT_HANG);
    assert_string_equal(report.about, "log-in");
    assert_string_equal(report.message, "5000 calls");
}

static void test_hangs(void **state)
{
    struct sanitizer_report report =
        report_text_parse("HANG clause=5.13-1A name=device-calls: 5000 calls\n");
    (void)state;

    assert_int_equal(report.report_class, REPORT_HANG);
    assert_string_equal(report.clause, "5.13-1A");
    report = report_text_parse("HANG clause=- name=wall-clock: no end\n");
    assert_string_equal(report.clause, "");
    report = report_text_parse("==7== ERROR: libFuzzer: timeout after 10 seconds\n");
    assert_int_equal(report.report_class, REPORT_HANG);
    assert_string_equal(report.kind, "timeout");
}

static void test_libfuzzer(void **state)
{
    struct sanitizer_report report = report_text_parse("==7== ERROR: libFuzzer: deadly signal\n");
    (void)state;

    assert_int_equal(report.report_class, REPORT_FAULT);
    report =
        report_text_parse("==7== ERROR: libFuzzer: out-of-memory (used: 1100Mb; limit: 1Gb)\n");
    assert_int_equal(report.report_class, REPORT_MEMORY);
    assert_string_equal(report.kind, "out-of-memory");
}

static void test_ends_without_a_report(void **state)
{
    static const struct {
        struct process_end end;
        enum report_class report_class;
        const char *kind;
    } cases[] = {
        {{.outcome = PROCESS_EXITED}, REPORT_NONE, ""},
        {{.outcome = PROCESS_EXITED, .exit_code = 1}, REPORT_FAULT, "exit-1"},
        {{.outcome = PROCESS_SIGNALED, .signal_number = 6}, REPORT_FAULT, "abort"},
        {{.outcome = PROCESS_SIGNALED, .signal_number = 11}, REPORT_FAULT, "SIGSEGV"},
        {{.outcome = PROCESS_STOPPED, .signal_number = 9}, REPORT_HANG, "deadline"},
    };
    struct sanitizer_report report;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sanitizer_report_parse("noise\n", 6, &cases[i].end, &report);
        assert_int_equal(report.report_class, cases[i].report_class);
        assert_string_equal(report.kind, cases[i].kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address_sanitizer),
        cmocka_unit_test(test_address_sanitizer_kinds),
        cmocka_unit_test(test_the_memory_limit),
        cmocka_unit_test(test_undefined_behaviour),
        cmocka_unit_test(test_an_oracle_and_its_abort),
        cmocka_unit_test(test_what_was_asked),
        cmocka_unit_test(test_hangs),
        cmocka_unit_test(test_libfuzzer),
        cmocka_unit_test(test_ends_without_a_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
