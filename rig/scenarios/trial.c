#include "scenarios/trial.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/process.h"
#include "scenarios/moves.h"

/* One line of the log, with the time since the trial began. What devices say is escaped before. */
static void write_line(struct trial *trial, const char *kind, const char *text)
{
    if (trial->log != NULL)
        (void)fprintf(trial->log, "%8.3f %s %s\n",
                      (double)(process_clock_ms() - trial->began_ms) / 1000.0, kind, text);
}

static void format_text(char text[TRIAL_REASON], const char *format, va_list arguments)
{
    char raw[2 * TRIAL_REASON];

    (void)vsnprintf(raw, sizeof raw, format, arguments);
    (void)text_escape(text, TRIAL_REASON, raw, strlen(raw));
}

static double limit_of(const struct check_spec *spec, const struct bench *bench)
{
    uint64_t number = 0;

    if (spec->limit_key != NULL &&
        target_find_number(bench->target, "limits", spec->limit_key, &number))
        return (double)number;
    return spec->limit;
}

void trial_begin(struct trial *trial, const struct scenario *scenario, struct bench *bench,
                 FILE *log)
{
    *trial = (struct trial){
        .scenario = scenario, .bench = bench, .log = log, .began_ms = process_clock_ms()};
    while (trial->check_count < TRIAL_CHECKS_MAX &&
           scenario->checks[trial->check_count].name != NULL) {
        struct check_result *check = &trial->checks[trial->check_count];

        check->spec = &scenario->checks[trial->check_count];
        check->limit = limit_of(check->spec, bench);
        trial->check_count++;
    }
}

/* `flaw` is said before what was to be seen, which reads as if it had been seen. */
static void doubt(struct trial *trial, const char *flaw, const char *text)
{
    if (trial->doubt[0] == '\0')
        (void)snprintf(trial->doubt, sizeof trial->doubt, "%s%s", flaw, text);
}

bool trial_control(struct trial *trial, bool held, const char *format, ...)
{
    char text[TRIAL_REASON];
    va_list arguments;

    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    trial->controls++;
    write_line(trial, held ? "control held:" : "CONTROL FAILED:", text);
    if (!held) {
        trial->controls_failed++;
        doubt(trial, "did not hold: ", text);
    }
    return held;
}

bool trial_proof(struct trial *trial, bool fired, const char *format, ...)
{
    char text[TRIAL_REASON];
    va_list arguments;

    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    trial->faults++;
    write_line(trial, fired ? "fault proven:" : "FAULT NOT PROVEN:", text);
    if (!fired) {
        trial->unproven++;
        doubt(trial, "not proven: ", text);
    }
    return fired;
}

void trial_note(struct trial *trial, const char *format, ...)
{
    char text[TRIAL_REASON];
    va_list arguments;

    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    write_line(trial, "-", text);
}

bool trial_is_sound(const struct trial *trial)
{
    return trial->controls > 0 && trial->controls_failed == 0 && trial->unproven == 0;
}

static struct check_result *find(struct trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->check_count; i++) {
        if (strcmp(trial->checks[i].spec->name, name) == 0)
            return &trial->checks[i];
    }
    return NULL;
}

static bool keeps(const struct check_result *check, double value)
{
    switch (check->spec->relation) {
    case CHECK_AT_MOST:
        return value <= check->limit;
    case CHECK_AT_LEAST:
        return value >= check->limit;
    case CHECK_EQUALS:
    default:
        return fabs(value - check->limit) < 1e-9;
    }
}

/* Whether a value says more than the one that is kept: a broken limit, or nearer to it. */
static bool is_worse(const struct check_result *check, double value, bool ok)
{
    if (!check->is_measured || check->ok != ok)
        return !check->is_measured || !ok;
    return check->spec->relation == CHECK_AT_LEAST ? value < check->value : value > check->value;
}

bool trial_bench_works(struct trial *trial)
{
    struct diagnostic broken = {""};

    if (trial->broken.text[0] != '\0')
        return false;
    if (bench_check(trial->bench, &broken) != RIG_ERROR_BENCH)
        return true;
    trial->broken = broken;
    write_line(trial, "THE BENCH IS BROKEN:", broken.text);
    return false;
}

bool trial_measure(struct trial *trial, const char *check, double value, const char *format, ...)
{
    struct check_result *result = find(trial, check);
    char text[TRIAL_REASON];
    va_list arguments;
    bool ok;

    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    if (result == NULL || isnan(result->limit)) {
        trial->undeclared += result == NULL;
        write_line(trial, "CHECK WITHOUT A LIMIT:", check);
        doubt(trial, "", "a check without a declared limit");
        return false;
    }
    ok = keeps(result, value);
    if (trial->log != NULL)
        (void)fprintf(trial->log, "%8.3f %s %s: %g %s, limit %g: %s\n",
                      (double)(process_clock_ms() - trial->began_ms) / 1000.0,
                      ok ? "check kept:" : "CHECK BROKEN:", check, value, result->spec->unit,
                      result->limit, text);
    if (!ok && (interrupt_requested() || !trial_bench_works(trial)))
        return false;
    if (trial_is_sound(trial) && is_worse(result, value, ok)) {
        result->is_measured = true;
        result->is_disclaimed = false;
        result->value = value;
        result->ok = ok;
        (void)snprintf(result->detail, sizeof result->detail, "%s", text);
    }
    return ok;
}

void trial_disclaim(struct trial *trial, const char *check, const char *claim, const char *format,
                    ...)
{
    struct check_result *result = find(trial, check);
    char text[TRIAL_REASON];
    char line[4 * TRIAL_REASON];
    va_list arguments;

    va_start(arguments, format);
    format_text(text, format, arguments);
    va_end(arguments);
    (void)snprintf(line, sizeof line, "%s: %s (%s)", check, text, claim);
    write_line(trial, "NOT CLAIMED:", line);
    trial->undeclared += result == NULL;
    if (result == NULL || result->is_measured)
        return;
    result->is_disclaimed = true;
    result->claim = claim;
    (void)snprintf(result->detail, sizeof result->detail, "%s", text);
}

void trial_omit(struct trial *trial, const char *check, const char *reason)
{
    struct check_result *result = find(trial, check);
    char line[2 * TRIAL_REASON];

    (void)snprintf(line, sizeof line, "%s: %s", check, reason);
    write_line(trial, "not here:", line);
    trial->undeclared += result == NULL;
    if (result != NULL && !result->is_measured)
        result->is_disclaimed = true;
}

/* The next check from `from` on that was disclaimed; check_count at the end. */
static size_t next_disclaimed(const struct trial *trial, size_t from)
{
    while (from < trial->check_count &&
           (!trial->checks[from].is_disclaimed || trial->checks[from].claim == NULL))
        from++;
    return from;
}

void trial_describe_disclaimers(const struct trial *trial, char *text, size_t size)
{
    size_t at = next_disclaimed(trial, 0);
    size_t used = 0;

    text[0] = '\0';
    while (at < trial->check_count && used < size) {
        const struct check_result *check = &trial->checks[at];
        const size_t next = next_disclaimed(trial, at + 1);
        const bool is_last =
            next == trial->check_count || strcmp(trial->checks[next].claim, check->claim) != 0;
        const int length = snprintf(text + used, size - used, "%s: %s%s%s%s%s", check->spec->name,
                                    check->detail, is_last ? " (" : "", is_last ? check->claim : "",
                                    is_last ? ")" : "", next < trial->check_count ? "; " : "");

        used = length < 0 ? size : used + (size_t)length;
        at = next;
    }
}

bool trial_has_failed(const struct trial *trial)
{
    for (size_t i = 0; i < trial->check_count; i++) {
        if (trial->checks[i].is_measured && !trial->checks[i].ok)
            return true;
    }
    return false;
}

static bool has_measured(const struct trial *trial)
{
    for (size_t i = 0; i < trial->check_count; i++) {
        if (trial->checks[i].is_measured)
            return true;
    }
    return false;
}

/* What is wrong with a trial that ended, and which nobody wrote down in it. */
static void find_gaps(struct trial *sum, const struct trial *one)
{
    if (one->controls == 0) {
        sum->controls_failed++;
        doubt(sum, "", "a trial without a control");
    }
    if (one->faults == 0) {
        sum->unproven++;
        doubt(sum, "", "a trial whose fault nobody proved");
    }
    if (!has_measured(one)) {
        sum->undeclared++;
        doubt(sum, "", "a trial that measured nothing");
    }
}

void trial_add(struct trial *sum, const struct trial *one, int error)
{
    sum->controls += one->controls;
    sum->controls_failed += one->controls_failed;
    sum->faults += one->faults;
    sum->unproven += one->unproven;
    sum->undeclared += one->undeclared;
    /* A device that does not answer where nobody measured that is no fault of the bench. */
    sum->undeclared += move_is_silence(error);
    sum->bench_failed = sum->bench_failed || one->broken.text[0] != '\0' ||
                        (error != RIG_OK && !move_is_silence(error));
    if (one->doubt[0] != '\0')
        doubt(sum, "", one->doubt);
    if (error == RIG_OK)
        find_gaps(sum, one);
    for (size_t i = 0; i < sum->check_count; i++) {
        const struct check_result *check = &one->checks[i];

        if ((check->is_measured && is_worse(&sum->checks[i], check->value, check->ok)) ||
            (check->is_disclaimed && !sum->checks[i].is_measured))
            sum->checks[i] = *check;
    }
}

/* What is not claimed is not missed where the same clause is looked at in another way. */
static bool is_missed(const struct trial *sum, const struct check_result *check)
{
    if (check->is_measured || !check->is_disclaimed)
        return !check->is_measured;
    for (size_t i = 0; i < sum->check_count; i++) {
        if (sum->checks[i].is_measured &&
            strcmp(sum->checks[i].spec->clause, check->spec->clause) == 0)
            return false;
    }
    return true;
}

struct trial_evidence trial_evidence(const struct trial *sum, const char *clause)
{
    struct trial_evidence evidence = {
        .bench_failed = sum->bench_failed,
        .control_held = sum->controls > 0 && sum->controls_failed == 0,
        .attempts = sum->faults > sum->unproven ? sum->faults - sum->unproven : 0,
        .unproven = sum->unproven,
        .unmeasured = sum->undeclared,
    };

    for (size_t i = 0; i < sum->check_count; i++) {
        const struct check_result *check = &sum->checks[i];

        if (clause != NULL && strcmp(check->spec->clause, clause) != 0)
            continue;
        evidence.unmeasured += is_missed(sum, check);
        evidence.failures += check->is_measured && !check->ok;
    }
    return evidence;
}
