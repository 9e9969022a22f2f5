#include "scenarios/scenario_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "scenarios/moves.h"
#include "scenarios/word.h"
#include "target/recovery.h"

#define TRIALS_LOG     "trials.log"
#define RECOVERY_STEPS 3 /* each has the time that a device may take */

/* A run under way. */
struct session {
    const struct scenario *scenario;
    const struct scenario_options *options;
    struct scenario_result *result;
    struct bench bench;
    FILE *log;
    struct text_list words;
};

/* ---- one trial ---- */

/* A device that ended by its own fault has failed, whatever the scenario looked at: the check `faults`,
 * where there is one, or else a doubt, so that it cannot pass. */
static void judge_ends(struct trial *trial, const char *detail)
{
    if (trial->device_ends == 0)
        return;
    for (size_t i = 0; i < trial->check_count; i++) {
        if (strcmp(trial->checks[i].spec->name, "faults") == 0) {
            (void)trial_measure(trial, "faults", trial->device_ends, "it ended by itself: %s",
                                detail);
            return;
        }
    }
    (void)trial_control(trial, false, "the device runs until its power is cut: %s", detail);
}

/* Whatever the trial left running is switched off; what the device ended by is in its log. */
static int end_trial(struct session *session, struct trial *trial, struct diagnostic *diagnostic)
{
    struct diagnostic unused = {""};
    int error = RIG_OK;

    if (power_exists(&session->bench.power))
        error = bench_stop(&session->bench, process_clock_ms() + move_recover_ms(trial), &unused);
    trial->device_ends += error == RIG_ERROR_DEVICE;
    judge_ends(trial, unused.text);
    if (error == RIG_ERROR_DEVICE || error == RIG_OK)
        return RIG_OK;
    return diagnostic_fail(diagnostic, error, "when the device was switched off: %s", unused.text);
}

static void note_recovery(void *context, const char *line)
{
    trial_note(context, "recovery: %s", line);
}

/* A board is there before each trial, however the last one left it: what would fail now is not the
 * trial's doing. Other devices are made anew. */
static int recover_board(struct trial *trial, struct diagnostic *diagnostic)
{
    const struct recovery_log log = {note_recovery, trial};

    if (trial->bench->target->class != TARGET_BOARD || !adapter_exists(&trial->bench->adapter))
        return RIG_OK;
    if (power_exists(&trial->bench->power)) {
        const int error =
            bench_switch_on(trial->bench, process_clock_ms() + move_recover_ms(trial), diagnostic);

        if (error != RIG_OK)
            return error;
    }
    return board_recover(trial->bench, process_clock_ms() + RECOVERY_STEPS * move_recover_ms(trial),
                         &log, diagnostic);
}

/* Whatever a trial came to on a bench that is broken, this is why. An error of the bench's own that the trial
 * met may be what came of it only. */
static int judge_bench(struct trial *trial, int error, struct diagnostic *diagnostic)
{
    if (error == RIG_ERROR_INTERRUPTED || error == RIG_ERROR_NO_MEMORY ||
        error == RIG_ERROR_USAGE || trial_bench_works(trial))
        return error;
    *diagnostic = trial->broken;
    return RIG_ERROR_BENCH;
}

static int run_trial(struct session *session, const char *word, struct trial *trial,
                     struct diagnostic *diagnostic)
{
    int error;
    int end_error;
    struct diagnostic end_diagnostic = {""};

    trial_begin(trial, session->scenario, &session->bench, session->log);
    (void)fprintf(session->log, "trial %s\n", word);
    error = recover_board(trial, diagnostic);
    if (error == RIG_OK)
        error = session->scenario->run(trial, word, diagnostic);
    error = judge_bench(trial, error, diagnostic);
    if (error != RIG_OK)
        trial_note(trial, "the trial broke off: %s: %s", rig_strerror(error), diagnostic->text);
    end_error = end_trial(session, trial, &end_diagnostic);
    if (error == RIG_OK && end_error != RIG_OK) {
        *diagnostic = end_diagnostic;
        error = end_error;
    }
    if (fflush(session->log) != 0)
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s/%s: cannot write: %s",
                               session->options->evidence, TRIALS_LOG, strerror(errno));
    return error;
}

/* What ends the rig's work, not only the trial's. */
static bool ends_all(const struct session *session, int error)
{
    /* A word of the plan that cannot be run is the scenario's fault, one of a person's is his. */
    const bool is_refused = error == RIG_ERROR_USAGE || error == RIG_ERROR_CONFIGURATION;

    return error == RIG_ERROR_INTERRUPTED || error == RIG_ERROR_NO_MEMORY ||
           (is_refused && session->options->word != NULL);
}

static void name_replay(struct session *session, const char *word)
{
    replay_id_format(session->scenario->id, session->bench.target->name, word,
                     session->bench.firmware_hash, session->result->replay);
}

/* The same check fails again? */
static bool fails_alike(const struct trial *first, const struct trial *again)
{
    for (size_t i = 0; i < first->check_count; i++) {
        const bool failed = first->checks[i].is_measured && !first->checks[i].ok;
        const bool fails = again->checks[i].is_measured && !again->checks[i].ok;

        if (failed && fails)
            return true;
    }
    return false;
}

static int run_again(struct session *session, const char *word, const struct trial *failed,
                     struct diagnostic *diagnostic)
{
    struct scenario_result *result = session->result;

    for (unsigned i = 0; i < SCENARIO_AGAIN; i++) {
        struct trial again;
        struct diagnostic unused = {""};
        const int error = run_trial(session, word, &again, &unused);

        if (error == RIG_ERROR_INTERRUPTED || error == RIG_ERROR_NO_MEMORY) {
            *diagnostic = unused;
            return error;
        }
        if (error != RIG_OK)
            continue; /* says nothing of whether it fails again */
        result->attempts++;
        result->reproduced += fails_alike(failed, &again);
    }
    return RIG_OK;
}

/* ---- all of them ---- */

static int run_words(struct session *session, struct diagnostic *diagnostic)
{
    struct scenario_result *result = session->result;
    const struct scenario_options *options = session->options;

    for (size_t i = 0; i < session->words.count; i++) {
        const char *word = session->words.items[i];
        struct trial trial;
        struct diagnostic trouble = {""};
        int error;

        if (interrupt_requested())
            return RIG_ERROR_INTERRUPTED;
        if (options->on_trial != NULL)
            options->on_trial(options->context, session->scenario, i, session->words.count);
        error = run_trial(session, word, &trial, &trouble);
        if (error == RIG_ERROR_USAGE && trouble.text[0] == '\0')
            diagnostic_set(&trouble, "%s has no trial '%.200s'", session->scenario->id, word);
        if (ends_all(session, error)) {
            *diagnostic = trouble;
            return error;
        }
        result->trials++;
        trial_add(&result->sum, &trial, error);
        name_replay(session, word);
        if (trial_has_failed(&trial)) /* a replay is a repetition already */
            return options->word == NULL ? run_again(session, word, &trial, diagnostic) : RIG_OK;
        if (error != RIG_OK) {
            (void)snprintf(result->reason, sizeof result->reason, "%s",
                           trouble.text[0] != '\0' ? trouble.text : rig_strerror(error));
            return RIG_OK;
        }
        if (!trial_is_sound(&trial))
            return RIG_OK;
    }
    return RIG_OK;
}

/* A person's word is tried as it is, if its parts are some that this scenario's trials have. */
static int plan_word(struct session *session, const char *word, struct diagnostic *diagnostic)
{
    const struct plan_options all = {DEPTH_DEEP, session->options->seed};
    struct text_list planned = {NULL, 0};
    const char *odd = NULL;
    size_t length = 0;
    int error = session->scenario->plan(&session->bench, &all, &planned, diagnostic);

    if (error == RIG_OK && planned.count > 0 && !word_is_known(word, &planned, &odd, &length))
        error = diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                                "%s has no trial '%.200s': '%.*s' is unknown, or there twice",
                                session->scenario->id, word, (int)length, odd);
    text_list_free(&planned);
    return error == RIG_OK ? text_list_append(&session->words, word) : error;
}

static int plan(struct session *session, struct diagnostic *diagnostic)
{
    const struct plan_options options = {session->options->depth, session->options->seed};
    int error;

    if (session->options->word != NULL)
        error = plan_word(session, session->options->word, diagnostic);
    else
        error = session->scenario->plan(&session->bench, &options, &session->words, diagnostic);
    session->result->planned = session->words.count;
    return error;
}

static int open_log(struct session *session, struct diagnostic *diagnostic)
{
    char *path = file_join(session->options->evidence, TRIALS_LOG);

    if (path == NULL)
        return RIG_ERROR_NO_MEMORY;
    session->log = fopen(path, "ae");
    free(path);
    return session->log != NULL
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s/%s: cannot open: %s",
                                 session->options->evidence, TRIALS_LOG, strerror(errno));
}

/* ---- verdict ---- */

/* Whether faults were looked for where nobody could see them: a device without a console, or one whose
 * words for a fault are not known. A process that ends is seen by itself. */
static bool is_blind_for_faults(const struct session *session)
{
    const struct target *target = session->bench.target;
    const struct check_spec *spec = session->scenario->checks;

    while (spec->name != NULL && strcmp(spec->name, "faults") != 0)
        spec++;
    return spec->name != NULL && target->class != TARGET_NATIVE &&
           target_find_setting(target, "console", "fault") == NULL;
}

static void explain_pass(struct session *session)
{
    struct scenario_result *result = session->result;
    char disclaimers[SCENARIO_REASON / 2];

    trial_describe_disclaimers(&result->sum, disclaimers, sizeof disclaimers);
    (void)snprintf(result->reason, sizeof result->reason, "no counter-example in %zu trial%s%s%s%s",
                   result->trials, result->trials == 1 ? "" : "s",
                   is_blind_for_faults(session) ? "; no console tells of faults" : "",
                   disclaimers[0] != '\0' ? "; not claimed: " : "", disclaimers);
}

static void explain(struct session *session)
{
    struct scenario_result *result = session->result;
    const struct trial *sum = &result->sum;

    for (size_t i = 0; i < sum->check_count; i++) {
        const struct check_result *check = &sum->checks[i];

        if (check->is_measured && !check->ok) {
            (void)snprintf(result->reason, sizeof result->reason, "%s: %.200s",
                           check->spec->meaning, check->detail);
            return;
        }
    }
    if (result->reason[0] != '\0')
        return;
    if (sum->doubt[0] != '\0')
        (void)snprintf(result->reason, sizeof result->reason, "%s", sum->doubt);
    else if (result->verdict == VERDICT_PASS)
        explain_pass(session);
    else
        (void)snprintf(result->reason, sizeof result->reason, "a check was never measured");
}

/* Whoever reads a verdict has to know that it is not about the image that the target's file names. */
static void disown(struct session *session)
{
    struct scenario_result *result = session->result;
    const size_t used = strlen(result->reason);

    if (session->bench.is_other_product)
        (void)snprintf(result->reason + used, sizeof result->reason - used,
                       "%sof another product than `firmware.sha256` names", used > 0 ? "; " : "");
}

/* Says what is missing, and what would bring it; false when nothing is. */
static bool lacks(const struct session *session, char *reason, size_t size)
{
    const unsigned missing = session->scenario->needs & ~session->bench.capabilities;
    char text[SCENARIO_REASON - 32];

    if (missing == 0)
        return false;
    capability_describe(missing, text, sizeof text);
    (void)snprintf(reason, size, "the target lacks %s", text);
    return true;
}

static int run_on_bench(struct session *session, struct diagnostic *diagnostic)
{
    struct scenario_result *result = session->result;
    int error;

    result->has_network = (session->bench.capabilities & (CAN_TCP | CAN_BROKER)) != 0;
    memcpy(result->firmware_hash, session->bench.firmware_hash, sizeof result->firmware_hash);
    if (lacks(session, result->reason, sizeof result->reason)) {
        result->verdict = VERDICT_NOT_TESTED;
        return RIG_OK;
    }
    trial_begin(&result->sum, session->scenario, &session->bench, NULL);
    error = plan(session, diagnostic);
    if (error == RIG_OK && session->words.count == 0) {
        result->verdict = VERDICT_NOT_TESTED;
        (void)snprintf(result->reason, sizeof result->reason,
                       "nothing of it can be tried on this target");
        return RIG_OK;
    }
    if (error == RIG_OK)
        error = run_words(session, diagnostic);
    if (error == RIG_OK || trial_has_failed(&result->sum)) {
        const struct trial_evidence evidence = trial_evidence(&result->sum, NULL);

        result->verdict = verdict_decide(&evidence);
        explain(session);
        disown(session);
    }
    return error;
}

int scenario_run(const struct scenario *scenario, const struct scenario_options *options,
                 struct scenario_result *result, struct diagnostic *diagnostic)
{
    struct session session = {.scenario = scenario, .options = options, .result = result};
    const struct bench_options bench_options = {
        options->target, options->workspace, options->folder, options->evidence, scenario->needs};
    struct diagnostic trouble = {""};
    int error;

    *result = (struct scenario_result){
        .scenario = scenario, .verdict = VERDICT_ERROR, .seed = options->seed};
    error = open_log(&session, diagnostic);
    if (error != RIG_OK)
        return error;
    error = bench_open(&session.bench, &bench_options, &trouble);
    if (error == RIG_OK)
        error = run_on_bench(&session, &trouble);
    bench_close(&session.bench);
    text_list_free(&session.words);
    if (fclose(session.log) != 0 && error == RIG_OK)
        error = diagnostic_fail(&trouble, RIG_ERROR_BENCH, "%s/%s: cannot write: %s",
                                options->evidence, TRIALS_LOG, strerror(errno));
    if (error != RIG_OK)
        *diagnostic = trouble;
    return error;
}
