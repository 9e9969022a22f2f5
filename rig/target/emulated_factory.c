#include "target/emulated_factory.h"

#include <string.h>

#include "base/process.h"
#include "target/bench_device.h"
#include "target/broker.h"
#include "target/last_line.h"

enum { PROVISION_WORDS = 20 };

static int run_provision(const struct emulated_factory *factory, struct bench *bench,
                         const char *const *words, int64_t deadline_ms,
                         struct diagnostic *diagnostic)
{
    const struct process_options options = {.argv = words};
    struct process *process = NULL;
    const char *output;
    char end[64];
    char said[LAST_LINE_TEXT];
    size_t size = 0;
    int error = process_run(&options, deadline_ms - process_clock_ms(), &process, diagnostic);

    if (error != RIG_OK)
        return error;
    if (process_end(process)->outcome == PROCESS_EXITED && process_end(process)->exit_code == 0) {
        output = process_output(process, PROCESS_STDOUT, &size);
        error = bench_take_label(bench, output, size, factory->provision, diagnostic);
    } else {
        process_end_describe(process_end(process), end, sizeof end);
        error = diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH, "%s: %s: %s; its files are those of `firmware` in %s",
            factory->provision, end, last_words_of(process, said), bench->target->path);
    }
    process_destroy(process);
    return error;
}

static void add_words(const char *words[PROVISION_WORDS], const char *const *more, size_t count)
{
    size_t used = 0;

    while (words[used] != NULL)
        used++;
    memcpy(words + used, more, count * sizeof *more);
}

static void add_credentials(const struct broker *broker, const char *words[PROVISION_WORDS])
{
    const struct broker_credentials credentials = broker_credentials(broker);
    const char *const more[] = {"--broker-ca",   credentials.authority,
                                "--certificate", credentials.certificate,
                                "--private-key", credentials.private_key};

    add_words(words, more, sizeof more / sizeof more[0]);
}

int emulated_factory_make(const struct emulated_factory *factory, struct bench *bench,
                          int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const char *const boot[] = {"--boot", factory->boot};
    const char *const life_cycle[] = {"--life-cycle", "factory"};
    const char *words[PROVISION_WORDS] = {
        factory->provision, "--board",      target_find_setting(bench->target, "firmware", "board"),
        "--flash",          factory->flash, "--image-a",
        factory->image,     "--json"};

    if (bench->broker != NULL)
        add_credentials(bench->broker, words);
    if (factory->boot != NULL)
        add_words(words, boot, 2);
    if (bench->debug_is_open) /* debug is open on a device that has not been closed yet */
        add_words(words, life_cycle, 2);
    return run_provision(factory, bench, words, deadline_ms, diagnostic);
}
