#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "base/text.h"
#include "scratch.h"
#include "target/adapter_command.h"

/*
 * The program is a shell script that answers hello as it should, writes each later request to the file
 * `asked`, and answers it as the test says: `answer` is what stands between `while read` and `done`.
 */
#define HELLO                                                                                      \
    "{\"ok\":true,\"protocol\":1,\"verbs\":[\"identity\",\"health\",\"dump\",\"login\",\"set\","   \
    "\"set_password\",\"update\",\"erase\",\"dance\"],\"more\":{}}"

enum { SOON_MS = 20000 };

struct bench {
    char *folder;
    struct adapter adapter;
    struct diagnostic diagnostic;
};

static int open_bench(struct bench *bench, const char *hello, const char *answer)
{
    char *script = text_format("echo start >> starts\nread line\nprintf '%%s\\n' '%s'\n"
                               "while read -r line; do\nprintf '%%s\\n' \"$line\" >> asked\n%s\n"
                               "done\necho end >> ends\n",
                               hello, answer);
    const struct adapter_command_options options = {
        .program = "sh script", .folder = NULL, .hello_ms = SOON_MS};
    struct adapter_command_options placed = options;
    memset(bench, 0, sizeof *bench);
    bench->folder = scratch_make();
    scratch_write(bench->folder, "script", script);
    free(script);
    (void)text_copy(bench->adapter.password, sizeof bench->adapter.password, "se\"cret");
    placed.folder = bench->folder;
    return adapter_command_create(&placed, &bench->adapter, &bench->diagnostic);
}

static void open_sound(struct bench *bench, const char *answer)
{
    if (open_bench(bench, HELLO, answer) != RIG_OK) {
        fail_msg("%s", bench->diagnostic.text);
    }
}

static void close_bench(struct bench *bench)
{
    if (bench->adapter.driver != NULL) {
        bench->adapter.driver->destroy(bench->adapter.self);
    }
    scratch_remove(bench->folder);
}

static int64_t soon(void)
{
    return process_clock_ms() + SOON_MS;
}

static int health(struct bench *bench, struct adapter_health *health, int64_t deadline_ms)
{
    return bench->adapter.driver->health(bench->adapter.self, ADAPTER_NETWORK, health, deadline_ms,
                                         &bench->diagnostic);
}

/* The text of a file that the script wrote. */
static char *written(const struct bench *bench, const char *name)
{
    struct file_content content;
    struct diagnostic diagnostic;
    char *path = scratch_path(bench->folder, name);
    assert_int_equal(file_read(path, 4096, &content, &diagnostic), RIG_OK);
    free(path);
    return (char *)content.bytes;
}

static void expect_asked(const struct bench *bench, const char *wanted)
{
    char *asked = written(bench, "asked");
    if (strstr(asked, wanted) == NULL) {
        fail_msg("asked %s", asked);
    }
    free(asked);
}

static void knows_the_verbs_of_the_program(void **state)
{
    struct bench bench;
    (void)state;
    open_sound(&bench, ":");
    assert_int_equal(bench.adapter.driver->verbs, ADAPTER_CAN_DUMP | ADAPTER_CAN_LOGIN |
                                                      ADAPTER_CAN_SET | ADAPTER_CAN_SET_PASSWORD |
                                                      ADAPTER_CAN_UPDATE | ADAPTER_CAN_ERASE);
    assert_string_equal(bench.adapter.password, "se\"cret");
    close_bench(&bench);
    assert_int_equal(
        open_bench(&bench, "{\"ok\":true,\"protocol\":1,\"verbs\":[\"health\",\"identity\"]}", ":"),
        RIG_OK);
    assert_int_equal(bench.adapter.driver->verbs, 0);
    close_bench(&bench);
}

static void refuses_programs_that_are_no_adapter(void **state)
{
    static const struct {
        const char *hello;
        const char *message;
    } cases[] = {
        {"{\"ok\":true,\"protocol\":2,\"verbs\":[\"identity\",\"health\"]}", "`protocol` is not 1"},
        {"{\"ok\":true,\"protocol\":1,\"verbs\":[\"identity\"]}", "lacks identity or health"},
        {"{\"ok\":true,\"protocol\":1,\"verbs\":[\"identity\",7]}", "a verb is no text"},
        {"{\"ok\":true,\"protocol\":1,\"verbs\":\"identity\"}", "`verbs` is no list"},
        {"{\"ok\":1}", "an answer without `ok` or `error`"},
        {"hello", "an answer that is no JSON object: `hello`"},
        {"[]", "no JSON object"},
        {"", "no JSON object: ``"},
        {"{\"error\":\"bench\",\"detail\":\"no port\"}", "adapter, hello: bench: no port"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench bench;
        assert_int_equal(open_bench(&bench, cases[i].hello, ":"), RIG_ERROR_BENCH);
        if (strstr(bench.diagnostic.text, cases[i].message) == NULL) {
            fail_msg("case %zu: %s", i, bench.diagnostic.text);
        }
        assert_null(bench.adapter.driver);
        assert_null(bench.adapter.self);
        close_bench(&bench);
    }
}

static void refuses_programs_that_cannot_start(void **state)
{
    static const struct {
        const char *program;
        int error;
        const char *message;
    } cases[] = {
        {"no-such-adapter", RIG_ERROR_BENCH, "cannot start 'no-such-adapter'"},
        {"sh -c \"exit", RIG_ERROR_CONFIGURATION, "is no command line"},
        {"sh -c \"echo no port >&2; exit 3\"", RIG_ERROR_BENCH,
         "ended by itself: exit code 3: no port"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct adapter_command_options options = {.program = cases[i].program};
        struct diagnostic diagnostic = {""};
        struct adapter adapter = {NULL, NULL, ""};
        assert_int_equal(adapter_command_create(&options, &adapter, &diagnostic), cases[i].error);
        if (strstr(diagnostic.text, cases[i].message) == NULL) {
            fail_msg("case %zu: %s", i, diagnostic.text);
        }
    }
}

static void reads_health_with_and_without_what_may_be_missing(void **state)
{
    struct bench bench;
    struct adapter_health got;
    (void)state;
    open_sound(&bench,
               "case $line in\n*network*) echo '{\"ok\":true,\"uptime_s\":7}';;\n"
               "*) echo '{\"ok\":true,\"uptime_s\":8,\"starts\":3,\"healthy\":false,\"link_up\":"
               "false,\"uplink_connected\":true,\"queued\":4,\"dropped\":5,\"acknowledged\":6,"
               "\"function_ok\":true,\"reset_cause\":\"pin\",\"other\":[1]}';;\nesac");
    assert_int_equal(health(&bench, &got, soon()), RIG_OK);
    assert_true(got.ok && got.function_ok);
    assert_false(got.has_starts || got.has_link || got.has_uplink);
    assert_int_equal(got.uptime_s, 7);
    assert_int_equal(bench.adapter.driver->health(bench.adapter.self, ADAPTER_LOCAL, &got, soon(),
                                                  &bench.diagnostic),
                     RIG_OK);
    assert_false(got.ok || got.link_up);
    assert_true(got.function_ok && got.has_starts && got.has_link && got.has_uplink &&
                got.uplink_connected);
    assert_int_equal(got.starts, 3);
    assert_int_equal(got.queued * 100 + got.dropped * 10 + got.acknowledged, 456);
    assert_string_equal(got.reset_cause, "pin");
    expect_asked(&bench, "\"verb\":\"health\"");
    expect_asked(&bench, "\"channel\":\"local\"");
    expect_asked(&bench, "\"deadline_ms\":");
    close_bench(&bench);
}

static void reads_identity_and_settings(void **state)
{
    struct bench bench;
    struct adapter_identity identity;
    struct adapter_dump dump;
    (void)state;
    open_sound(&bench, "case $line in\n*identity*) echo '{\"ok\":true,\"product\":\"p\","
                       "\"version\":\"1\",\"slot\":\"b\",\"on_trial\":true}';;\n"
                       "*) echo '{\"ok\":true,\"settings\":[{\"name\":\"n\",\"value\":\"\"},"
                       "{\"name\":\"m\",\"value\":\"2\",\"is_open\":true}]}';;\nesac");
    assert_int_equal(
        bench.adapter.driver->identity(bench.adapter.self, &identity, soon(), &bench.diagnostic),
        RIG_OK);
    assert_string_equal(identity.slot, "b");
    assert_string_equal(identity.device_id, "");
    assert_true(identity.on_trial);
    assert_int_equal(
        bench.adapter.driver->dump(bench.adapter.self, &dump, soon(), &bench.diagnostic), RIG_OK);
    assert_int_equal(dump.count, 2);
    assert_string_equal(dump.settings[1].value, "2");
    assert_true(!dump.settings[0].is_open && dump.settings[1].is_open);
    expect_asked(&bench, "\"password\":\"se\\\"cret\"");
    close_bench(&bench);
}

static void passes_changes_on_and_reads_outcomes(void **state)
{
    struct bench bench;
    struct adapter_answer answer;
    (void)state;
    open_sound(&bench, "case $line in\n*login*) echo '{\"ok\":true,\"outcome\":\"wait\",\"wait_ms\""
                       ":250,\"reason\":\"\\u001b[2J\"}';;\n"
                       "*update*) echo '{\"ok\":true,\"outcome\":\"busy\"}';;\n"
                       "*confirm*) echo '{\"ok\":true,\"outcome\":\"refused\"}';;\n"
                       "*) echo '{\"ok\":true,\"outcome\":\"accepted\"}';;\nesac");
    const struct adapter_driver *driver = bench.adapter.driver;
    void *self = bench.adapter.self;
    assert_int_equal(driver->login(self, ADAPTER_LOCAL, "pw", &answer, soon(), &bench.diagnostic),
                     RIG_OK);
    assert_int_equal(answer.outcome, ADAPTER_WAIT);
    assert_int_equal(answer.wait_ms, 250);
    assert_string_equal(answer.reason, "\\x1b[2J");
    assert_int_equal(driver->set(self, "n\n", "\"v\"", &answer, soon(), &bench.diagnostic), RIG_OK);
    assert_int_equal(answer.outcome, ADAPTER_ACCEPTED);
    expect_asked(&bench, "\"name\":\"n\\n\",\"value\":\"\\\"v\\\"\",\"password\":\"se\\\"cret\"");
    assert_int_equal(driver->set_password(self, "new", &answer, soon(), &bench.diagnostic), RIG_OK);
    expect_asked(&bench, "\"new_password\":\"new\",\"password\":\"se\\\"cret\"");
    struct adapter_update update = {"/dev/null", 5, true, ADAPTER_NETWORK};
    assert_int_equal(driver->update(self, &update, &answer, soon(), &bench.diagnostic), RIG_OK);
    assert_int_equal(answer.outcome, ADAPTER_BUSY);
    expect_asked(&bench, "\"image\":\"/dev/null\",\"activate\":true,\"stop_after\":5");
    update.stop_after = UINT64_MAX;
    update.activate = false;
    assert_int_equal(driver->update(self, &update, &answer, soon(), &bench.diagnostic), RIG_OK);
    expect_asked(&bench, "\"activate\":false,\"password\"");
    assert_int_equal(driver->confirm(self, &answer, soon(), &bench.diagnostic), RIG_OK);
    assert_int_equal(answer.outcome, ADAPTER_REFUSED);
    assert_int_equal(driver->erase(self, &answer, soon(), &bench.diagnostic), RIG_OK);
    expect_asked(&bench, "\"verb\":\"erase\"");
    close_bench(&bench);
}

static void asks_for_challenges_and_offers_tokens(void **state)
{
    const struct adapter_bytes token = {2, {0xAB, 0x01}};
    struct adapter_bytes challenge;
    struct adapter_answer answer;
    struct adapter_unlock_log log;
    struct bench bench;

    (void)state;
    open_sound(&bench, "case $line in\n"
                       "*unlock_log*) echo '{\"ok\":true,\"opened\":2,\"refused\":3}';;\n"
                       "*challenge*) echo "
                       "'{\"ok\":true,\"outcome\":\"accepted\",\"challenge\":\"00fF\"}';;\n"
                       "*) echo '{\"ok\":true,\"outcome\":\"refused\"}';;\nesac");
    const struct adapter_driver *driver = bench.adapter.driver;
    void *self = bench.adapter.self;

    assert_int_equal(driver->challenge(self, &challenge, &answer, soon(), &bench.diagnostic),
                     RIG_OK);
    assert_int_equal(challenge.size, 2);
    assert_int_equal(challenge.bytes[1], 0xFF);
    assert_int_equal(driver->unlock(self, &token, &answer, soon(), &bench.diagnostic), RIG_OK);
    assert_int_equal(answer.outcome, ADAPTER_REFUSED);
    expect_asked(&bench, "\"token\":\"ab01\",\"password\":\"se\\\"cret\"");
    assert_int_equal(driver->unlock_log(self, &log, soon(), &bench.diagnostic), RIG_OK);
    assert_int_equal(log.opened * 10 + log.refused, 23);
    close_bench(&bench);
}

static void a_text_that_is_no_utf8_is_not_sent(void **state)
{
    struct bench bench;
    struct adapter_answer answer;
    (void)state;
    open_sound(&bench, "echo '{\"ok\":true,\"outcome\":\"accepted\"}'");
    assert_int_equal(bench.adapter.driver->set(bench.adapter.self, "n", "\xff", &answer, soon(),
                                               &bench.diagnostic),
                     RIG_ERROR_USAGE);
    assert_non_null(strstr(bench.diagnostic.text, "no UTF-8"));
    close_bench(&bench);
}

static void tells_whose_fault_an_error_is(void **state)
{
    static const struct {
        const char *answer;
        int error;
        const char *message;
    } cases[] = {
        {"{\"error\":\"timeout\",\"detail\":\"off\"}", RIG_ERROR_TIMEOUT, "health: timeout: off"},
        {"{\"error\":\"device\",\"ok\":true}", RIG_ERROR_DEVICE, "health: device"},
        {"{\"error\":\"unsupported\"}", RIG_ERROR_USAGE, "health: unsupported"},
        {"{\"error\":\"bench\",\"detail\":\"a\\nb\"}", RIG_ERROR_BENCH, "health: bench: a\\nb"},
        {"{\"error\":\"mystery\"}", RIG_ERROR_BENCH, "`error` is none of timeout"},
        {"{\"error\":5}", RIG_ERROR_BENCH, "`error` or `detail` is no text"},
        {"{\"error\":\"device\",\"detail\":5}", RIG_ERROR_BENCH, "`error` or `detail` is no text"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench bench;
        struct adapter_health got;
        char *answer = text_format("printf '%%s\\n' '%s'", cases[i].answer);
        open_sound(&bench, answer);
        free(answer);
        assert_int_equal(health(&bench, &got, soon()), cases[i].error);
        if (strstr(bench.diagnostic.text, cases[i].message) == NULL) {
            fail_msg("case %zu: %s", i, bench.diagnostic.text);
        }
        close_bench(&bench);
    }
}

/* Each is an error of the bench that quotes the answer, and the next request starts a new program. */
static void refuses_lies(void **state)
{
    static const struct {
        const char *answer;
        const char *message;
    } cases[] = {
        {"echo nonsense", "`sh script`: an answer that is no JSON object: `nonsense`"},
        {"printf '{\"ok\":true,\\033}\\n'", "no JSON object: `{\"ok\":true,\\x1b}`"},
        {"echo '{\"ok\":true,\"uptime_s\":1,\"uptime_s\":2}'", "no JSON object"},
        {"echo '{\"ok\":\"true\",\"uptime_s\":1}'", "without `ok` or `error`"},
        {"echo '{\"ok\":true}'", "`uptime_s` is no number from 0 on: `{\"ok\":true}`"},
        {"echo '{\"ok\":true,\"uptime_s\":-1}'", "`uptime_s` is no number"},
        {"echo '{\"ok\":true,\"uptime_s\":1.5}'", "`uptime_s` is no number"},
        {"echo '{\"ok\":true,\"uptime_s\":99999999999999999999}'", "no JSON object"},
        {"echo '{\"ok\":true,\"uptime_s\":1,\"starts\":\"3\"}'", "`starts` is no number"},
        {"echo '{\"ok\":true,\"uptime_s\":1,\"healthy\":1}'", "`healthy` is no bool"},
        {"echo '{\"ok\":true,\"uptime_s\":1,\"link_up\":null}'", "`link_up` or"},
        {"echo '{\"ok\":true,\"uptime_s\":1,\"reset_cause\":\"012345678901234567890123\"}'",
         "`reset_cause` is no text of at most 23 bytes"},
        {"echo '{\"ok\":true,\"uptime_s\":1,\"reset_cause\":\"a\\u0000b\"}'", "no JSON object"},
        {"printf '{\"ok\":true,\\0\"uptime_s\":1}\\n'", "a NUL byte in its answer"},
        {"printf '{\"ok\":true,\"uptime_s\":1}\\n{\"ok\"'", "more than one line for one request"},
        {"head -c 70000 /dev/zero", "an answer of more than 64 KiB"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench bench;
        struct adapter_health got;
        open_sound(&bench, cases[i].answer);
        assert_int_equal(health(&bench, &got, soon()), RIG_ERROR_BENCH);
        if (strstr(bench.diagnostic.text, cases[i].message) == NULL) {
            fail_msg("case %zu: %s", i, bench.diagnostic.text);
        }
        assert_int_equal(health(&bench, &got, soon()), RIG_ERROR_BENCH);
        char *starts = written(&bench, "starts");
        assert_string_equal(starts, "start\nstart\n");
        free(starts);
        close_bench(&bench);
    }
}

static void an_answer_without_a_request_is_not_taken_for_the_next(void **state)
{
    struct bench bench;
    struct adapter_health got;
    (void)state;
    open_sound(&bench, "echo '{\"ok\":true,\"uptime_s\":1}'; (while [ ! -e go ]; do :; done; "
                       "echo '{\"ok\":true,\"uptime_s\":2}'; echo >> done)");
    assert_int_equal(health(&bench, &got, soon()), RIG_OK);
    assert_int_equal(got.uptime_s, 1);
    scratch_write(bench.folder, "go", "");
    char *path = scratch_path(bench.folder, "done");
    for (int64_t until = soon(); !file_exists(path) && process_clock_ms() < until;) {
        (void)poll(NULL, 0, 1);
    }
    free(path);
    assert_int_equal(health(&bench, &got, soon()), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench.diagnostic.text, "an answer without a request"));
    close_bench(&bench);
}

static void a_long_answer_is_read_whole(void **state)
{
    struct bench bench;
    struct adapter_health got;
    (void)state;
    open_sound(&bench, "printf '{\"ok\":true,\"uptime_s\":1,\"more\":\"'\n"
                       "head -c 65000 /dev/zero | tr '\\0' x\necho '\"}'");
    assert_int_equal(health(&bench, &got, soon()), RIG_OK);
    close_bench(&bench);
}

static void an_answer_behind_the_deadline_is_taken(void **state)
{
    struct bench bench;
    struct adapter_health got;
    (void)state;
    open_sound(&bench, "echo '{\"ok\":true,\"uptime_s\":1}'");
    assert_int_equal(health(&bench, &got, process_clock_ms()), RIG_OK);
    close_bench(&bench);
}

static void a_program_that_hangs_is_killed(void **state)
{
    struct bench bench;
    struct adapter_health got;
    (void)state;
    open_sound(&bench, "echo $$ > pid; sleep 1000");
    assert_int_equal(health(&bench, &got, process_clock_ms() + 500), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench.diagnostic.text, "did not answer in time and was killed"));
    char *pid = written(&bench, "pid");
    assert_int_equal(kill((pid_t)strtol(pid, NULL, 10), 0), -1);
    assert_int_equal(errno, ESRCH);
    free(pid);
    close_bench(&bench);
}

static void a_program_that_dies_is_told_and_started_anew(void **state)
{
    struct bench bench;
    struct adapter_health got;
    (void)state;
    open_sound(&bench, "if [ -e was ]; then echo '{\"ok\":true,\"uptime_s\":1}'; else\n"
                       "echo >> was; echo usb lost >&2; exit 4; fi");
    assert_int_equal(health(&bench, &got, soon()), RIG_ERROR_BENCH);
    assert_non_null(strstr(bench.diagnostic.text,
                           "adapter program `sh script` ended by itself: exit code 4: usb lost"));
    assert_int_equal(health(&bench, &got, soon()), RIG_OK);
    close_bench(&bench);
}

static void forget_ends_it_in_peace(void **state)
{
    struct bench bench;
    struct adapter_health got;
    (void)state;
    open_sound(&bench, "echo '{\"ok\":true,\"uptime_s\":1}'");
    bench.adapter.driver->forget(bench.adapter.self);
    bench.adapter.driver->forget(bench.adapter.self);
    char *ends = written(&bench, "ends");
    assert_string_equal(ends, "end\n");
    free(ends);
    assert_int_equal(health(&bench, &got, soon()), RIG_OK);
    char *starts = written(&bench, "starts");
    assert_string_equal(starts, "start\nstart\n");
    free(starts);
    close_bench(&bench);
}

static void an_interrupt_ends_a_request(void **state)
{
    struct bench bench;
    struct adapter_health got;
    (void)state;
    open_sound(&bench, "sleep 1000");
    assert_int_equal(interrupt_install(), RIG_OK);
    interrupt_request();
    assert_int_equal(health(&bench, &got, soon()), RIG_ERROR_INTERRUPTED);
    assert_int_equal(interrupt_install(), RIG_OK);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_verbs_of_the_program),
        cmocka_unit_test(refuses_programs_that_are_no_adapter),
        cmocka_unit_test(refuses_programs_that_cannot_start),
        cmocka_unit_test(reads_health_with_and_without_what_may_be_missing),
        cmocka_unit_test(reads_identity_and_settings),
        cmocka_unit_test(passes_changes_on_and_reads_outcomes),
        cmocka_unit_test(asks_for_challenges_and_offers_tokens),
        cmocka_unit_test(a_text_that_is_no_utf8_is_not_sent),
        cmocka_unit_test(tells_whose_fault_an_error_is),
        cmocka_unit_test(refuses_lies),
        cmocka_unit_test(an_answer_without_a_request_is_not_taken_for_the_next),
        cmocka_unit_test(a_long_answer_is_read_whole),
        cmocka_unit_test(an_answer_behind_the_deadline_is_taken),
        cmocka_unit_test(a_program_that_hangs_is_killed),
        cmocka_unit_test(a_program_that_dies_is_told_and_started_anew),
        cmocka_unit_test(forget_ends_it_in_peace),
        cmocka_unit_test(an_interrupt_ends_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
