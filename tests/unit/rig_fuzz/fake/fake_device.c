/*
 * A harness with one defect of each kind, each behind four bytes. FAKE_MODE makes it misbehave as a
 * harness program: "deaf" ignores the control, "dies" ends before it does anything, "fragile" fails
 * on each input, "boaster" prints figures of a fuzzer that it made up.
 */
#include "harness.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void misbehave(void)
{
    const char *mode = getenv("FAKE_MODE");

    if (mode != NULL && strcmp(mode, "deaf") == 0) {
        (void)unsetenv("ORDEAL_CONTROL");
    }
    if (mode != NULL && strcmp(mode, "dies") == 0) {
        static const char message[] = "fake device: no \x1b[31mlicence\n";

        (void)!write(STDERR_FILENO, message, sizeof(message) - 1);
        _exit(3);
    }
}

static int is_mode(const char *name)
{
    const char *mode = getenv("FAKE_MODE");

    return mode != NULL && strcmp(mode, name) == 0;
}

__attribute__((noinline)) static void overflow_table(size_t index)
{
    volatile uint8_t *volatile table = malloc(4);

    table[index] = 1;
    free((void *)table);
}

__attribute__((noinline)) static void check_counter(unsigned counter)
{
    ORACLE("5.1-5", "attempts-counted", counter == 0, "counter is %u", counter);
}

/* One oracle in two places of the harness: only what was asked tells what is broken. */
__attribute__((noinline)) static void check_change(unsigned function)
{
    ORACLE("5.5-5", "change-needs-login", function == 0, "function %u", function);
}

__attribute__((noinline)) static void check_change_after_fault(unsigned function)
{
    ORACLE("5.5-5", "change-needs-login", function == 0, "function %u after a fault", function);
}

static void ask(unsigned function, int with_fault)
{
    harness_about("function-%u", function);
    if (with_fault) {
        check_change_after_fault(function);
    } else {
        check_change(function);
    }
}

__attribute__((noinline)) static void answer_for_ever(void)
{
    for (unsigned calls = 0;; calls++) {
        if (calls > 1000) {
            harness_hang("5.13-1B", "device-calls", "%u calls", calls);
        }
    }
}

__attribute__((noinline)) static void assert_state(void)
{
    abort();
}

__attribute__((noinline)) static void spin(void)
{
    for (volatile unsigned turns = 0;; turns++) {
    }
}

/* Fails in the fuzzer alone, which is told not to look up symbols. */
__attribute__((noinline)) static void fail_in_the_fuzzer(void)
{
    const char *options = getenv("ASAN_OPTIONS");

    if (options != NULL && strstr(options, "symbolize=0") != NULL) {
        abort();
    }
}

/* Fails once for each file that FAKE_TOKEN names. */
__attribute__((noinline)) static void fail_once(void)
{
    const char *token = getenv("FAKE_TOKEN");

    if (token != NULL && unlink(token) == 0) {
        abort();
    }
}

/* Ends without a word: no sanitizer sees it. */
__attribute__((noinline)) static void die_silently(void)
{
    (void)signal(SIGSEGV, SIG_DFL);
    (void)raise(SIGSEGV);
}

/* One function with a defect that two handlers reach. */
__attribute__((noinline)) static void copy_text(size_t size)
{
    char *volatile text = malloc(4);

    memset(text, 'a', size);
    free(text);
}

__attribute__((noinline)) static int handle_read(size_t size)
{
    copy_text(size);
    return 1;
}

__attribute__((noinline)) static int handle_write(size_t size)
{
    copy_text(size);
    return 2;
}

int harness_run(const uint8_t *data, size_t size)
{
    if (is_mode("boaster")) {
        static const char figures[] = "#999999999999999999\tpulse  cov: 1 ft: 1 corp: 1/1b\n";

        (void)!write(STDERR_FILENO, figures, sizeof(figures) - 1);
        abort();
    }
    if (is_mode("fragile")) {
        abort();
    }
    if (size < 4 || memcmp(data, "BUG", 3) != 0) {
        return 0;
    }
    switch (data[3]) {
    case '1':
        overflow_table(size);
        break;
    case '2':
        check_counter((unsigned)size);
        break;
    case '3':
        answer_for_ever();
        break;
    case '4':
        assert_state();
        break;
    case '5':
        fail_in_the_fuzzer();
        break;
    case '6':
        fail_once();
        break;
    case '7':
        spin();
        break;
    case '8': /* BUG86 is function 6, BUG86! the same after a fault */
        ask(size > 4 ? (unsigned)(data[4] & 0x0f) : 1, size > 5);
        break;
    case '9':
        exit(7);
    case 'A':
        die_silently();
        break;
    case 'B': /* BUGBr and BUGBw */
        return size > 4 && data[4] == 'w' ? handle_write(size) : handle_read(size);
    default:
        break;
    }
    return 0;
}
