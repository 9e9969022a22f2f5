/* The foreign device, asked through its adapter as the rig asks it: sound by default, and each defect shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "target/adapter_command.h"
#include "target/kept_terminal.h"
#include "target/target_file.h"

enum { SOON_MS = 20000 };

struct bench {
    char *folder;
    char *flash;
    char *console;
    char *variable; /* ORDEAL_CONSOLE=... */
    const char *environment[2];
    const char *defect;
    struct process *device;
    struct kept_terminal kept; /* its console's, or it may become that of another test's device */
    char announcement[512];
    struct adapter adapter;
    struct diagnostic diagnostic;
};

static int64_t soon(void)
{
    return process_clock_ms() + SOON_MS;
}

static void expect_ok(const struct bench *bench, int error)
{
    if (error != RIG_OK) {
        fail_msg("%s", bench->diagnostic.text);
    }
}

static void take_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct bench *bench = context;
    if (stream == PROCESS_STDOUT && size < sizeof bench->announcement) {
        memcpy(bench->announcement, line, size + 1);
    }
}

static bool is_running(const struct bench *bench)
{
    return process_end(bench->device)->outcome == PROCESS_RUNNING;
}

static void drop_console(struct bench *bench)
{
    (void)unlink(bench->console); /* a device that is killed leaves it */
    kept_terminal_close(&bench->kept);
}

/* Starts the device; `cut` is as of its --power-cut, or NULL. Whether it came up. */
static bool start(struct bench *bench, const char *cut)
{
    const char *argv[10] = {DEVICE, "--flash", bench->flash, "--console", bench->console};
    const struct process_options options = {
        .argv = argv, .on_line = take_line, .on_line_context = bench};
    size_t used = 5;
    if (bench->defect != NULL) {
        argv[used++] = "--defect";
        argv[used++] = bench->defect;
    }
    if (cut != NULL) {
        argv[used++] = "--power-cut";
        argv[used++] = cut;
    }
    bench->announcement[0] = '\0';
    expect_ok(bench, process_start(&options, &bench->device, &bench->diagnostic));
    while (bench->announcement[0] == '\0' && is_running(bench)) {
        struct diagnostic unused;
        int error = process_wait_ready(bench->device, NULL, 0, process_clock_ms() + 5, &unused);
        assert_true(error == RIG_OK || error == RIG_ERROR_TIMEOUT);
    }
    if (bench->announcement[0] != '\0') {
        struct diagnostic unused;
        kept_terminal_open(&bench->kept, bench->console);
        (void)!process_wait_ready(bench->device, NULL, 0, process_clock_ms(), &unused);
        if (!is_running(bench)) { /* it may have been another one's already */
            drop_console(bench);
        }
    }
    return bench->announcement[0] != '\0';
}

static void stop(struct bench *bench)
{
    process_destroy(bench->device);
    bench->device = NULL;
    drop_console(bench);
    bench->adapter.driver->forget(bench->adapter.self);
}

/* What the factory put onto the label. */
static void read_label(struct bench *bench)
{
    const char *label = strstr(bench->announcement, "\"label_password\": \"");
    assert_non_null(label);
    label += strlen("\"label_password\": \"");
    (void)snprintf(bench->adapter.password, sizeof bench->adapter.password, "%.*s",
                   (int)strcspn(label, "\""), label);
}

static void open_bench(struct bench *bench, const char *defect)
{
    const struct adapter_command_options options = {.program = ADAPTER,
                                                    .environment = bench->environment};
    memset(bench, 0, sizeof *bench);
    bench->kept = (struct kept_terminal)KEPT_TERMINAL_NONE;
    bench->defect = defect;
    expect_ok(bench, file_make_temporary(&bench->folder, &bench->diagnostic));
    bench->flash = file_join(bench->folder, "flash");
    bench->console = file_join(bench->folder, "console");
    bench->variable = text_format("ORDEAL_CONSOLE=%s", bench->console);
    bench->environment[0] = bench->variable;
    expect_ok(bench, adapter_command_create(&options, &bench->adapter, &bench->diagnostic));
    assert_true(start(bench, NULL));
    read_label(bench);
}

static void close_bench(struct bench *bench)
{
    bench->adapter.driver->destroy(bench->adapter.self);
    process_destroy(bench->device);
    drop_console(bench);
    expect_ok(bench, file_remove(bench->folder, &bench->diagnostic));
    free(bench->folder);
    free(bench->flash);
    free(bench->console);
    free(bench->variable);
}

static int set(struct bench *bench, const char *name, const char *value,
               struct adapter_answer *answer)
{
    return bench->adapter.driver->set(bench->adapter.self, name, value, answer, soon(),
                                      &bench->diagnostic);
}

static void set_well(struct bench *bench, const char *name, const char *value)
{
    struct adapter_answer answer;
    expect_ok(bench, set(bench, name, value, &answer));
    assert_int_equal(answer.outcome, ADAPTER_ACCEPTED);
}

/* "name/interval/volume" */
static void read_settings(struct bench *bench, char text[128])
{
    struct adapter_dump dump;
    expect_ok(bench,
              bench->adapter.driver->dump(bench->adapter.self, &dump, soon(), &bench->diagnostic));
    assert_int_equal(dump.count, 3);
    (void)snprintf(text, 128, "%s/%s/%s", dump.settings[0].value, dump.settings[1].value,
                   dump.settings[2].value);
}

static void expect_settings(struct bench *bench, const char *wanted)
{
    char text[128];
    read_settings(bench, text);
    assert_string_equal(text, wanted);
}

static uint64_t read_starts(struct bench *bench)
{
    struct adapter_health health;
    expect_ok(bench, bench->adapter.driver->health(bench->adapter.self, ADAPTER_LOCAL, &health,
                                                   soon(), &bench->diagnostic));
    assert_true(health.ok && health.has_starts);
    return health.starts;
}

static bool flash_holds(struct bench *bench, const char *text)
{
    struct file_content content;
    bool holds = false;
    expect_ok(bench, file_read(bench->flash, 1 << 20, &content, &bench->diagnostic));
    for (size_t i = 0; i + strlen(text) <= content.size; i++) {
        holds = holds || memcmp(content.bytes + i, text, strlen(text)) == 0;
    }
    file_content_free(&content);
    return holds;
}

static void its_target_file_is_sound(void **state)
{
    struct target target;
    struct diagnostic diagnostic = {""};
    (void)state;
    if (target_load(TARGET_FILE, &target, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    target_clear(&target);
}

static void a_sound_device_keeps_what_it_is_told(void **state)
{
    struct bench bench;
    struct adapter_identity identity;
    struct adapter_answer answer;
    (void)state;
    open_bench(&bench, NULL);
    expect_ok(&bench, bench.adapter.driver->identity(bench.adapter.self, &identity, soon(),
                                                     &bench.diagnostic));
    assert_string_equal(identity.product, "foreign-timer");
    assert_non_null(strstr(bench.announcement, identity.device_id));
    expect_settings(&bench, "timer/60/5");
    set_well(&bench, "name", "tea & cake");
    set_well(&bench, "volume", "0");
    assert_int_equal(set(&bench, "interval", "0", &answer), RIG_OK);
    assert_int_equal(answer.outcome, ADAPTER_REFUSED);
    assert_int_equal(set(&bench, "name", "two\nlines", &answer), RIG_ERROR_USAGE);
    uint64_t starts = read_starts(&bench);
    stop(&bench);
    assert_true(start(&bench, NULL));
    assert_non_null(strstr(bench.announcement, "\"new\": false"));
    assert_int_equal(read_starts(&bench), starts + 1);
    expect_settings(&bench, "tea & cake/60/0");
    close_bench(&bench);
}

static void a_device_that_is_off_is_a_timeout(void **state)
{
    struct bench bench;
    struct adapter_health health;
    (void)state;
    open_bench(&bench, NULL);
    stop(&bench);
    assert_int_equal(bench.adapter.driver->health(bench.adapter.self, ADAPTER_LOCAL, &health,
                                                  soon(), &bench.diagnostic),
                     RIG_ERROR_TIMEOUT);
    close_bench(&bench);
}

static void log_in(struct bench *bench, const char *password, struct adapter_answer *answer)
{
    expect_ok(bench, bench->adapter.driver->login(bench->adapter.self, ADAPTER_LOCAL, password,
                                                  answer, soon(), &bench->diagnostic));
}

static void wrong_passwords_are_slowed_down_across_restarts(void **state)
{
    struct bench bench;
    struct adapter_answer answer;
    (void)state;
    open_bench(&bench, NULL);
    for (int i = 0; i < 3; i++) {
        log_in(&bench, "wrong", &answer);
        assert_int_equal(answer.outcome, ADAPTER_REFUSED);
    }
    log_in(&bench, bench.adapter.password, &answer);
    assert_int_equal(answer.outcome, ADAPTER_WAIT);
    stop(&bench);
    assert_true(start(&bench, NULL));
    log_in(&bench, bench.adapter.password, &answer);
    assert_int_equal(answer.outcome, ADAPTER_WAIT);
    assert_true(answer.wait_ms > 0);
    set_well(&bench, "name", "patience"); /* waits by itself */
    close_bench(&bench);
}

static void an_erase_leaves_nothing_but_by_defect(void **state)
{
    (void)state;
    for (int lazy = 0; lazy < 2; lazy++) {
        struct bench bench;
        struct adapter_answer answer;
        open_bench(&bench, lazy == 0 ? NULL : "lazy-erase");
        set_well(&bench, "name", "nobody else's");
        expect_ok(&bench, bench.adapter.driver->erase(bench.adapter.self, &answer, soon(),
                                                      &bench.diagnostic));
        assert_int_equal(answer.outcome, ADAPTER_ACCEPTED);
        expect_settings(&bench, "timer/60/5");
        stop(&bench);
        assert_int_equal(flash_holds(&bench, "nobody else's"), lazy);
        close_bench(&bench);
    }
}

static void a_long_line_is_refused_but_by_defect(void **state)
{
    char name[251];
    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int defect = 0; defect < 2; defect++) {
        struct bench bench;
        struct adapter_answer answer;
        open_bench(&bench, defect == 0 ? NULL : "long-line");
        int error = set(&bench, "name", name, &answer);
        if (defect == 0) {
            expect_ok(&bench, error);
            assert_int_equal(answer.outcome, ADAPTER_REFUSED);
        } else {
            assert_int_equal(error, RIG_ERROR_TIMEOUT);
            expect_ok(&bench, process_wait(bench.device, soon(), &bench.diagnostic));
            assert_int_equal(process_end(bench.device)->signal_number, SIGABRT);
        }
        close_bench(&bench);
    }
}

/*
 * Method: the change is made once for each flash operation that it takes, and for each moment of it, with
 * power failing there. What the next start finds must be what was before, or what was asked for.
 * Returns how often it was neither; *cuts is how many cuts there were.
 */
static int count_losses(const char *defect, int *cuts)
{
    struct bench bench;
    int losses = 0;
    bool is_cut = true;
    open_bench(&bench, defect);
    set_well(&bench, "volume", "1");
    set_well(&bench, "volume", "2");
    *cuts = 0;
    for (int operation = 0; is_cut; operation++) {
        for (int moment = 0; moment < 3; moment++) {
            struct adapter_answer answer;
            char before[128];
            char after[128];
            const char *value = (operation + moment) % 2 == 0 ? "7" : "8";
            read_settings(&bench, before);
            const union sigval cut = {.sival_int = operation * 4 + moment};
            assert_int_equal(sigqueue(process_id(bench.device), SIGUSR1, cut), 0);
            int error = set(&bench, "volume", value, &answer);
            is_cut = error == RIG_ERROR_TIMEOUT;
            if (!is_cut) {
                expect_ok(&bench, error);
                break;
            }
            (*cuts)++;
            stop(&bench);
            assert_true(start(&bench, NULL));
            read_settings(&bench, after);
            char *asked = text_format("timer/60/%s", value);
            losses += strcmp(after, before) != 0 && strcmp(after, asked) != 0 ? 1 : 0;
            free(asked);
            set_well(&bench, "volume", "3");
        }
    }
    close_bench(&bench);
    return losses;
}

static void power_cuts_lose_no_settings_but_by_defect(void **state)
{
    int cuts = 0;
    (void)state;
    assert_int_equal(count_losses(NULL, &cuts), 0);
    assert_true(cuts >= 12);
    assert_true(count_losses("torn-settings", &cuts) > 0);
    assert_true(cuts >= 12);
}

/* A start takes flash operations too: the count of starts is never lost, and never the same twice. */
static void power_cuts_in_a_start_lose_nothing(void **state)
{
    struct bench bench;
    uint64_t starts;
    int cuts = 0;
    bool is_cut = true;
    (void)state;
    open_bench(&bench, NULL);
    set_well(&bench, "name", "kept");
    starts = read_starts(&bench);
    for (int operation = 0; is_cut; operation++) {
        static const char *const moments[] = {"before", "torn", "after"};
        for (size_t moment = 0; is_cut && moment < 3; moment++) {
            char *cut = text_format("%d:%s", operation, moments[moment]);
            stop(&bench);
            is_cut = !start(&bench, cut);
            free(cut);
            cuts += is_cut ? 1 : 0;
            if (is_cut) {
                stop(&bench);
                assert_true(start(&bench, NULL));
            }
            uint64_t now = read_starts(&bench);
            assert_true(now > starts);
            starts = now;
            expect_settings(&bench, "kept/60/5");
        }
    }
    assert_true(cuts >= 3);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_target_file_is_sound),
        cmocka_unit_test(a_sound_device_keeps_what_it_is_told),
        cmocka_unit_test(a_device_that_is_off_is_a_timeout),
        cmocka_unit_test(wrong_passwords_are_slowed_down_across_restarts),
        cmocka_unit_test(an_erase_leaves_nothing_but_by_defect),
        cmocka_unit_test(a_long_line_is_refused_but_by_defect),
        cmocka_unit_test(power_cuts_lose_no_settings_but_by_defect),
        cmocka_unit_test(power_cuts_in_a_start_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
