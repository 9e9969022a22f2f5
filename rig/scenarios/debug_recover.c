#include "scenarios/families.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/process.h"
#include "scenarios/debug_moves.h"
#include "scenarios/debug_secrets.h"
#include "scenarios/moves.h"
#include "scenarios/user_data.h"
#include "scenarios/word.h"
#include "target/probe_access.h"
#include "target/probe_claim.h"

/*
 * A closed device whose chip a debugger may erase as a whole, which wins the chip back for whoever has it
 * (5.4-1): what is left of its user then.
 *
 * Method: a device is given data of a user's, closed as it is. The debugger erases the chip by the
 * command that the target's file names, resets it, and holds it before its first instruction. By
 * then the port has to be open, and flash and RAM are read through it; flash also where the bench
 * has it, once the power is off. On a device that is not closed the debugger finds the same data in
 * flash. A chip that keeps its RAM over the reset has its target's file say so.
 */

enum {
    ATTEMPT_MS = 10000,
    ERASE_MS = 30000,
    DUMP_MS = 60000,
    ERASED = 0xFF,
};

static const char *const clauses[] = {"5.4-1", NULL};

static const struct check_spec checks[] = {
    {"flash-left", "canaries", CHECK_EQUALS, 0, NULL, "5.4-1", FINDING_SILENT, SEVERITY_HIGH,
     "data of the user's are in flash after a debugger has erased the chip"},
    {"memory-left", "canaries", CHECK_EQUALS, 0, NULL, "5.4-1", FINDING_SILENT, SEVERITY_HIGH,
     "data of the user's are in RAM after a debugger has erased the chip and reset it"},
    {"keys-left", "bytes", CHECK_EQUALS, 0, NULL, "5.4-1", FINDING_SILENT, SEVERITY_HIGH,
     "keys that were erased from flash are in RAM after a debugger has erased the chip and reset "
     "it"},
    {.name = NULL},
};

/* A trial under way. Frees what it owns at its end. */
struct recover_trial {
    struct trial *trial;
    struct debug_session session;
    struct adapter_health health;
    struct user_data data;
    uint64_t random;
    struct file_content before; /* flash with the user's data */
    struct file_content flash;  /* as the debugger got it */
    struct file_content memory; /* likewise, RAM */
};

/* ---- the device ---- */

/* One that is closed, or not, with a user's data, running, and a debugger at it. */
static int prepare(struct recover_trial *recover, bool is_open, struct diagnostic *diagnostic)
{
    struct trial *trial = recover->trial;
    int error = debug_make_new(trial, is_open, diagnostic);

    file_content_free(&recover->before);
    if (error == RIG_OK)
        error = move_switch_on(trial, &recover->health, diagnostic);
    if (error == RIG_OK)
        error =
            user_data_plant(trial, &recover->random, &recover->data, &recover->before, diagnostic);
    if (error == RIG_OK)
        error = move_switch_on(trial, &recover->health, diagnostic);
    return error == RIG_OK ? debug_attach(&recover->session, diagnostic) : error;
}

/* ---- what a debugger reads ---- */

/* All of flash and RAM, of a core that stands still. */
static int dump_all(struct recover_trial *recover, struct diagnostic *diagnostic)
{
    struct debug_session *session = &recover->session;
    struct probe_range flash = {0, (uint32_t)recover->before.size};
    uint64_t base = 0;
    int error = probe_examine(&session->probe, process_clock_ms() + ATTEMPT_MS, diagnostic);

    (void)target_find_number(recover->trial->bench->target, "storage", "base", &base);
    flash.base = (uint32_t)base;
    if (error == RIG_OK)
        error = probe_halt(&session->probe, process_clock_ms() + ATTEMPT_MS, diagnostic);
    if (error == RIG_OK)
        error =
            debug_dump(session, flash, &recover->flash, process_clock_ms() + DUMP_MS, diagnostic);
    if (error == RIG_OK)
        error = debug_dump(session, session->ram, &recover->memory, process_clock_ms() + DUMP_MS,
                           diagnostic);
    return debug_no_silence(error);
}

static size_t count(const struct recover_trial *recover, const struct file_content *content,
                    struct canary_hit *first)
{
    return canary_count(&recover->data.canaries, content->bytes, content->size, first);
}

/* On a device that is not closed a debugger finds what must be gone in the end. */
static int control(struct recover_trial *recover, struct diagnostic *diagnostic)
{
    struct trial *trial = recover->trial;
    struct canary_hit first;
    int error = prepare(recover, true, diagnostic);

    if (error == RIG_OK && trial_is_sound(trial))
        error = dump_all(recover, diagnostic);
    if (error == RIG_OK && trial_is_sound(trial))
        (void)trial_control(
            trial, count(recover, &recover->flash, &first) > 0,
            "on a device that is not closed a debugger finds %zu canaries in flash, and "
            "%zu in RAM",
            count(recover, &recover->flash, &first), count(recover, &recover->memory, &first));
    debug_detach(&recover->session);
    return error == RIG_OK ? move_stop(trial, diagnostic) : error;
}

/* ---- the erasure ---- */

/* The core is held behind the reset: what would run is gone. */
static int erase_and_reset(struct recover_trial *recover, struct diagnostic *diagnostic)
{
    struct trial *trial = recover->trial;
    struct probe *probe = &recover->session.probe;
    const char *command = target_find_setting(trial->bench->target, "probe", "erase.command");
    int error = probe_examine(probe, process_clock_ms() + ATTEMPT_MS, diagnostic);

    if (error == RIG_OK)
        error = probe_erase_all(probe, command, process_clock_ms() + ERASE_MS, diagnostic);
    if (error == RIG_OK)
        error = probe_access_catch_reset(probe, process_clock_ms() + ATTEMPT_MS, diagnostic);
    if (error == RIG_OK)
        error = debug_reset_core(&recover->session, diagnostic);
    return debug_no_silence(error);
}

static int erase(struct recover_trial *recover, struct diagnostic *diagnostic)
{
    struct trial *trial = recover->trial;
    bool is_open = true;
    int error = debug_look(&recover->session, &is_open, diagnostic);

    if (error != RIG_OK || !trial_control(trial, !is_open, "the device is closed"))
        return error;
    error = erase_and_reset(recover, diagnostic);
    if (error == RIG_ERROR_DEVICE) {
        (void)trial_control(trial, false, "the debugger erases the chip: %s", diagnostic->text);
        return RIG_OK;
    }
    if (error == RIG_OK)
        error = debug_look(&recover->session, &is_open, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(trial, is_open,
                            "the debug port is open once the chip is erased and reset");
    return error;
}

/* ---- what is left ---- */

static void measure_flash(struct recover_trial *recover, const struct file_content *flash,
                          const char *reader)
{
    struct canary_hit first;
    const size_t found = count(recover, flash, &first);
    char text[TRIAL_REASON];

    user_data_describe(found, &first, text);
    (void)trial_measure(recover->trial, "flash-left", (double)found, "as %s reads it: %.200s",
                        reader, text);
}

/* What the target does not claim is told all the same. */
static void measure_ram(struct trial *trial, const char *check, size_t found, const char *text)
{
    if (probe_erases_flash_alone(trial->bench->target))
        trial_disclaim(trial, check, PROBE_ERASE_LIMIT, "%zu in RAM, %s", found, text);
    else
        (void)trial_measure(trial, check, (double)found, "%s", text);
}

static int measure_memory(struct recover_trial *recover, struct diagnostic *diagnostic)
{
    struct trial *trial = recover->trial;
    struct debug_session *session = &recover->session;
    struct debug_secrets secrets = {0};
    struct canary_hit first;
    char text[TRIAL_REASON];
    const size_t found = count(recover, &recover->memory, &first);
    const int error =
        debug_secrets_find(&recover->memory, &recover->before, &recover->flash, &secrets);

    if (error != RIG_OK)
        return diagnostic_fail(diagnostic, error, "the dump of flash is of another size");
    (void)snprintf(text, sizeof text, "%s%s, at 0x%zX", found > 0 ? first.canary->name : "none",
                   found > 0 ? " of the user" : "", found > 0 ? session->ram.base + first.at : 0);
    measure_ram(trial, "memory-left", found, text);
    (void)snprintf(text, sizeof text, "the first ones at 0x%zX, from offset 0x%zX of flash",
                   session->ram.base + secrets.at, secrets.at_flash);
    measure_ram(trial, "keys-left", secrets.count, text);
    return RIG_OK;
}

/* Where the bench has the flash: that the program is gone proves that there was an erasure. */
static int look_at_storage(struct recover_trial *recover, struct diagnostic *diagnostic)
{
    struct trial *trial = recover->trial;
    struct file_content flash = {0};
    size_t program = 0; /* bytes of it that are left */
    int error = move_stop(trial, diagnostic);

    if (error == RIG_OK)
        error = storage_read(&trial->bench->storage, &flash, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < flash.size; i++)
        program += flash.bytes[i] != ERASED;
    if (error == RIG_OK &&
        trial_proof(trial, program == 0, "the erasure: of %zu bytes of flash %zu are not erased",
                    flash.size, program))
        measure_flash(recover, &flash, "the bench");
    file_content_free(&flash);
    return error;
}

/* ---- the trial ---- */

static int run_steps(struct recover_trial *recover, struct diagnostic *diagnostic)
{
    struct trial *trial = recover->trial;
    int error = control(recover, diagnostic);

    if (error == RIG_OK && trial_is_sound(trial))
        error = prepare(recover, false, diagnostic);
    if (error == RIG_OK && trial_is_sound(trial))
        error = erase(recover, diagnostic);
    if (error != RIG_OK || !trial_is_sound(trial))
        return error;
    error = dump_all(recover, diagnostic);
    debug_detach(&recover->session);
    if (error == RIG_OK)
        error = look_at_storage(recover, diagnostic);
    if (error != RIG_OK)
        return error;
    measure_flash(recover, &recover->flash, "the debugger");
    return measure_memory(recover, diagnostic);
}

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 10};

    (void)bench;
    (void)diagnostic;
    return word_append_seeds(words, options, counts[options->depth]);
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct recover_trial *recover = calloc(1, sizeof *recover);
    int error;

    if (recover == NULL)
        return RIG_ERROR_NO_MEMORY;
    recover->trial = trial;
    debug_begin(&recover->session, trial);
    error = word_number(word, "seed", &recover->random);
    if (error == RIG_OK)
        error = run_steps(recover, diagnostic);
    debug_detach(&recover->session);
    file_content_free(&recover->before);
    file_content_free(&recover->flash);
    file_content_free(&recover->memory);
    free(recover);
    return error;
}

const struct scenario debug_lock_recover = {
    .id = "debug_lock.recover",
    .title = "a chip that a debugger erases to win it back has nothing of its user left",
    .clauses = clauses,
    .needs = DEBUG_NEEDS | CAN_ERASE_ALL | CAN_MAKE_NEW | CAN_STORAGE | CAN_DUMP | CAN_SET |
             CAN_SET_PASSWORD,
    .checks = checks,
    .plan = plan,
    .run = run,
};
