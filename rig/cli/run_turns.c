#include "cli/run_turns.h"

#include <inttypes.h>
#include <modbus-version.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "cli/output.h"
#include "cli/tool.h"
#include "target/bench.h"
#include "target/bench_firmware.h"
#include "target/emulated_machine.h"

#define QEMU          "qemu-system-arm"
#define VERSION_SIZE  256
#define VERSIONS_SIZE 1024

/* Versions of what a run rests on, one a line, for its record. */
static void list_tools(const struct target *target, const struct bench_product *product,
                       char text[VERSIONS_SIZE])
{
    size_t used;

    char version[VERSION_SIZE] = "";
    char *path = target->class == TARGET_EMULATED ? tool_find(QEMU) : NULL;
    const char *const argv[] = {path, "--version", NULL};

    if (path != NULL)
        (void)tool_first_line(argv, version, sizeof version);
    (void)snprintf(text, VERSIONS_SIZE, "ordeal %s\nlibmodbus %s%s%s", ORDEAL_VERSION,
                   LIBMODBUS_VERSION_STRING, version[0] != '\0' ? "\n" : "", version);
    used = strlen(text);
    if (bench_product_is_other(product))
        (void)snprintf(text + used, VERSIONS_SIZE - used, "\nproduct %s, and not the named %s",
                       product->hash, product->named);
    free(path);
}

static void tell_trial(void *context, const struct scenario *scenario, size_t index, size_t count)
{
    (void)context;
    (void)scenario;
    if (index > 0 && index % 10 == 0)
        message_print("  trial %zu of %zu", index + 1, count);
}

static void tell_turn(const struct run_turn *turn)
{
    message_print("  %s in %.1f s: %s", verdict_name(turn->result.verdict), turn->took_s,
                  turn->result.reason);
}

/* What stops the scenarios that follow. A bench that failed in one may serve another. */
static bool ends_all(int error)
{
    return error == RIG_ERROR_INTERRUPTED || error == RIG_ERROR_NO_MEMORY ||
           error == RIG_ERROR_CONFIGURATION || error == RIG_ERROR_USAGE;
}

/* What could not be stored, or logged, is no success. What ended all leaves the verdict as it was. */
static void spoil(struct run_turn *turn, const char *why, bool keeps)
{
    if (turn->result.verdict != VERDICT_FAIL && !keeps)
        turn->result.verdict = VERDICT_ERROR;
    if (turn->result.reason[0] == '\0')
        (void)snprintf(turn->result.reason, sizeof turn->result.reason, "%s", why);
}

static int run_one(struct run_turn *turn, const struct scenario *scenario,
                   const struct run_plan *plan, const struct workspace *workspace,
                   const struct scenario_store *where, struct diagnostic *diagnostic)
{
    const struct scenario_options options = {
        .target = &plan->target,
        .workspace = workspace,
        .depth = plan->depth,
        .seed = plan->seed,
        .word = plan->replay.word[0] != '\0' ? plan->replay.word : NULL,
        .on_trial = tell_trial,
    };
    const int64_t began = process_clock_ms();
    const int error =
        scenario_run_stored(scenario, &options, where, &turn->result, &turn->record, diagnostic);

    turn->took_s = (double)(process_clock_ms() - began) / 1000.0;
    if (error != RIG_OK && diagnostic->text[0] == '\0')
        diagnostic_set(diagnostic, "%s", rig_strerror(error));
    if (error != RIG_OK)
        spoil(turn, diagnostic->text, ends_all(error));
    tell_turn(turn);
    return error;
}

/* What the target lacks on this machine is told once, before anything is switched on. */
static int check_bench(const struct run_plan *plan, const struct workspace *workspace,
                       struct diagnostic *diagnostic)
{
    struct diagnostic unused = {.text = ""};
    struct bench_options options = {.target = &plan->target, .workspace = workspace};
    struct bench bench;
    char *folder = NULL;
    int error = file_make_temporary(&folder, diagnostic);

    if (error != RIG_OK)
        return error;
    options.folder = folder;
    options.evidence = folder;
    error = bench_open(&bench, &options, diagnostic);
    bench_close(&bench);
    if (error == RIG_OK)
        error = emulated_machine_check(&plan->target, diagnostic);
    if (file_remove(folder, &unused) != RIG_OK)
        message_print("ordeal: %s", unused.text);
    free(folder);
    return error;
}

/* Whose verdicts they will be. */
static int read_product(const struct run_plan *plan, const struct workspace *workspace,
                        struct bench_product *product, struct diagnostic *diagnostic)
{
    const int error = bench_product_read(&plan->target, workspace, product, diagnostic);

    if (error == RIG_OK && bench_product_is_other(product))
        message_print("ordeal: %s: %s that was built has SHA-256 %s, and `firmware.sha256` names "
                      "another one: the verdicts are about what was built; to change that, "
                      "see `ordeal doctor -t %s`",
                      plan->target.path, product->file, product->hash, plan->target.name);
    return error;
}

/* A board that failed its bench once costs every scenario that follows its whole patience. */
static bool is_over(const struct run_turn *turn, const struct run_plan *plan)
{
    return plan->target.class == TARGET_BOARD && turn->result.verdict == VERDICT_ERROR;
}

int run_turns_run(struct run_turns *turns, const struct run_plan *plan,
                  const struct workspace *workspace, struct store *store, const char *command,
                  struct diagnostic *diagnostic)
{
    char versions[VERSIONS_SIZE];
    const struct scenario_store where = {store, command, versions};
    struct bench_product product;
    int error = check_bench(plan, workspace, diagnostic);

    if (error == RIG_OK)
        error = read_product(plan, workspace, &product, diagnostic);
    if (error != RIG_OK)
        return error;
    list_tools(&plan->target, &product, versions);
    turns->items = calloc(plan->count, sizeof *turns->items);
    if (turns->items == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; i < plan->count && !ends_all(error); i++) {
        struct diagnostic trouble = {.text = ""};

        message_print("[%zu/%zu] %s: %s", i + 1, plan->count, plan->scenarios[i]->id,
                      plan->scenarios[i]->title);
        error = run_one(&turns->items[turns->count++], plan->scenarios[i], plan, workspace, &where,
                        &trouble);
        if (is_over(&turns->items[turns->count - 1], plan) && !ends_all(error))
            return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                   "%s: %s; the scenarios that follow were not run",
                                   plan->target.name, turns->items[turns->count - 1].result.reason);
        if (ends_all(error)) {
            *diagnostic = trouble;
        } else if (error != RIG_OK) {
            if (strcmp(turns->items[turns->count - 1].result.reason, trouble.text) != 0)
                message_print("ordeal: %s: %s", plan->scenarios[i]->id, trouble.text);
        }
    }
    return ends_all(error) ? error : RIG_OK;
}

enum exit_code run_turns_exit_code(const struct run_turns *turns)
{
    enum exit_code code = EXIT_CLEAN;
    bool judged = false;

    for (size_t i = 0; i < turns->count; i++) {
        const enum verdict verdict = turns->items[i].result.verdict;

        judged = judged || verdict == VERDICT_PASS || verdict == VERDICT_FAIL;
        if (verdict != VERDICT_NOT_TESTED)
            code = exit_code_combine(code, verdict_exit_code(verdict));
    }
    return judged ? code : exit_code_combine(code, EXIT_INCONCLUSIVE);
}

void run_turns_clear(struct run_turns *turns)
{
    free(turns->items);
    *turns = (struct run_turns){NULL, 0};
}
