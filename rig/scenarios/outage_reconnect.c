#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/network_moves.h"
#include "scenarios/retry_policy.h"
#include "scenarios/word.h"
#include "target/broker.h"
#include "target/broker_peer.h"

/*
 * How a device comes back to a broker that is away (5.9-3): seldom enough, and not in step with all the
 * others that lost it at the same moment.
 *
 * Method: somebody in the broker's place resets each call and notes when it came. A device that waits
 * by full jitter (retry_policy.h; first and longest time are `limits` of the target's file) makes more
 * calls in a window, in all outages of a trial together, with a chance of one in a million for each
 * number of outages that a trial may end with: one that waits a fixed first time, or does not double,
 * makes more each time. Whether it waits at random shows in a trial alone, by outages of the same device:
 * the n-th wait of each of them must differ, for some n, by what chance misses five times in a million.
 * One that doubles without chance always waits alike, but for what the bench itself adds to a time. A
 * busy bench adds to differences, so that it may hide such a device, and never blames a sound one. So as
 * to hide few, much has to differ, in twice as many outages as most devices need: those of the second
 * half only come to a device that waited alike until then. Each outage is at another port: to a device
 * it is another broker, whose failures begin anew.
 */

enum {
    WAITS = 3,           /* compared between outages */
    WINDOW_FIRSTS = 8,   /* window in which calls are counted, in first waiting times */
    PATIENCE_MS = 15000, /* beyond the longest waits, for a call on a busy machine */
    TURN_MS = 10,
    DEFAULT_FIRST_MS = 1000,
    DEFAULT_MOST_MS = 300000,
    DEFAULT_START_MS = 10000,
    OUTAGES_MAX = 16,
    STARTS_MAX = 16,
};

/* Of blaming a sound device, for each check. The window is counted a tenth longer: the clocks of rig
 * and device are two. */
static const double chance = 1e-6;
static const double chance_in_step = 5e-6;
static const double clock_slack = 1.1;

/* ---- outages ---- */

static const char *const clauses[] = {"5.9-2", "5.9-3", NULL};

static const struct check_spec checks[] = {
    {"calls-too-many", "calls", CHECK_AT_MOST, 0, NULL, "5.9-3", FINDING_ORACLE, SEVERITY_MEDIUM,
     "a broker that is away is called more often than the product's waiting times allow"},
    {"waits-in-step", "", CHECK_EQUALS, 0, NULL, "5.9-3", FINDING_ORACLE, SEVERITY_MEDIUM,
     "waiting times do not differ between outages: devices come back in step"},
    {"calls-missing", "calls", CHECK_EQUALS, 0, NULL, "5.9-2", FINDING_HANG, SEVERITY_HIGH,
     "the device gives up calling a broker that is away"},
    {.name = NULL},
};

struct outages {
    struct retry_policy policy;
    int64_t window_ms;
    size_t count;
    size_t most;                      /* that count may come to */
    size_t calls;                     /* in all windows */
    size_t missing;                   /* of those that were waited for */
    double waits[WAITS][OUTAGES_MAX]; /* after each of the first calls */
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 8};
    static const unsigned outages[DEPTH_COUNT] = {2, 4, 4};
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++)
        error = word_append(words, "outages:%u,again:%u", outages[options->depth], i);
    return error;
}

static struct retry_policy policy_of(const struct bench *bench)
{
    return (struct retry_policy){(double)bench_limit(bench, "reconnect_first_ms", DEFAULT_FIRST_MS),
                                 (double)bench_limit(bench, "reconnect_max_ms", DEFAULT_MOST_MS)};
}

/* Takes calls, and lets the device talk, until enough came and the time is over. */
static int take_calls(struct trial *trial, struct broker_peer *peer, size_t calls,
                      int64_t window_ms, int64_t deadline, struct diagnostic *diagnostic)
{
    while (process_clock_ms() < deadline) {
        struct diagnostic nobody = {""};
        int error;

        if (peer->attempts >= calls && process_clock_ms() - peer->attempted_ms[0] >= window_ms)
            return RIG_OK;
        error = broker_peer_pump(peer, process_clock_ms() + TURN_MS, &nobody);
        if (error != RIG_OK && error != RIG_ERROR_TIMEOUT) {
            *diagnostic = nobody;
            return error;
        }
        error = bench_let_pass(trial->bench, 1, diagnostic);
        if (error != RIG_OK)
            return error;
    }
    return RIG_OK;
}

static size_t kept(const struct broker_peer *peer)
{
    return peer->attempts < BROKER_PEER_ATTEMPTS ? peer->attempts : BROKER_PEER_ATTEMPTS;
}

static void take_figures(struct trial *trial, struct outages *outages,
                         const struct broker_peer *peer)
{
    char text[128] = "";
    size_t used = 0;

    for (size_t i = 0; i < kept(peer); i++) {
        const int64_t after = peer->attempted_ms[i] - peer->attempted_ms[0];

        outages->calls += after <= outages->window_ms;
        if (i > 0 && i <= WAITS)
            outages->waits[i - 1][outages->count] =
                (double)(peer->attempted_ms[i] - peer->attempted_ms[i - 1]);
        if (used < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, " %" PRId64, after);
    }
    outages->calls += peer->attempts - kept(peer);
    outages->missing += peer->attempts < WAITS + 1 ? WAITS + 1 - peer->attempts : 0;
    outages->count++;
    trial_note(trial, "outage %zu: calls after%s ms", outages->count, text);
}

static int64_t longest_ms(const struct trial *trial, const struct retry_policy *policy)
{
    double longest = (double)bench_limit(trial->bench, "reconnect_start_ms", DEFAULT_START_MS);

    for (unsigned n = 1; n <= WAITS; n++)
        longest += retry_longest_ms(policy, n);
    return (int64_t)longest + PATIENCE_MS;
}

/* The device says that it has no connection; the peer, that it has called. */
static int prove_away(struct trial *trial, const struct broker_peer *peer,
                      struct diagnostic *diagnostic)
{
    struct adapter_health health;
    const int error = adapter_health(&trial->bench->adapter, bench_first_channel(trial->bench),
                                     &health, move_deadline(trial), diagnostic);

    if (error == RIG_OK)
        (void)trial_proof(trial,
                          peer->attempts > 0 && (!health.has_uplink || !health.uplink_connected),
                          "broker away: %zu calls were reset, and the device says that it is "
                          "%sconnected",
                          peer->attempts, health.uplink_connected ? "" : "not ");
    return error;
}

/* The broker's port moves, and somebody hangs up there. */
static int run_outage(struct trial *trial, struct outages *outages, struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    struct broker_peer peer;
    int error = broker_move(bench->broker, diagnostic);

    if (error != RIG_OK)
        return error;
    error = broker_peer_open(&peer, broker_port(bench->broker), PEER_RESET, diagnostic);
    if (error == RIG_OK)
        error = network_name_broker(trial, diagnostic);
    if (error == RIG_OK)
        error = take_calls(trial, &peer, WAITS + 1, outages->window_ms,
                           process_clock_ms() + longest_ms(trial, &outages->policy), diagnostic);
    if (error == RIG_OK)
        error = prove_away(trial, &peer, diagnostic);
    broker_peer_close(&peer);
    if (error == RIG_OK)
        take_figures(trial, outages, &peer);
    return error;
}

/* By how much waits of the same number differ most, in retry_spread_unit_ms(). */
static double spread_of(const struct outages *outages)
{
    double most = 0;

    for (unsigned n = 1; n <= WAITS; n++) {
        const double *waits = outages->waits[n - 1];
        double low = waits[0];
        double high = waits[0];
        double spread;

        for (size_t i = 1; i < outages->count; i++) {
            low = waits[i] < low ? waits[i] : low;
            high = waits[i] > high ? waits[i] : high;
        }
        spread = (high - low) / retry_spread_unit_ms(&outages->policy, n);
        most = spread > most ? spread : most;
    }
    return most;
}

/* One limit for all that may come: that it is passed before the last one changes no chance. */
static double least_spread(const struct outages *outages)
{
    return retry_least_spread(&outages->policy, WAITS, (unsigned)outages->most, chance_in_step);
}

static void measure(struct trial *trial, const struct outages *outages)
{
    const unsigned most =
        retry_most_attempts(&outages->policy, (double)outages->window_ms * clock_slack,
                            (unsigned)outages->count, chance);
    const double least = least_spread(outages);
    const double spread = spread_of(outages);

    (void)trial_measure(trial, "calls-too-many",
                        outages->calls > most ? (double)(outages->calls - most) : 0,
                        "%zu calls in %zu times %" PRId64 " ms, and chance allows %u",
                        outages->calls, outages->count, outages->window_ms, most);
    (void)trial_measure(trial, "calls-missing", (double)outages->missing, "of %zu times %d calls",
                        outages->count, WAITS + 1);
    if (outages->missing == 0)
        (void)trial_measure(
            trial, "waits-in-step", spread < least,
            "waits in %zu outages differ by %.0f %% of their span and the first one "
            "at most, by chance by %.0f %% at least",
            outages->count, 100 * spread, 100 * least);
}

/* A device that waited at random so far is done; spread_of() takes at least one outage. */
static bool has_more(const struct outages *outages, size_t least)
{
    if (outages->missing > 0 || outages->count >= outages->most)
        return false;
    return outages->count < least || spread_of(outages) < least_spread(outages);
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct outages outages = {.policy = policy_of(trial->bench)};
    struct adapter_health health;
    uint64_t least;
    int error;

    if (word_number(word, "outages", &least) != RIG_OK || least < 2 || least > OUTAGES_MAX / 2)
        return RIG_ERROR_USAGE;
    outages.most = 2 * (size_t)least;
    outages.window_ms = (int64_t)(WINDOW_FIRSTS * outages.policy.first_ms);
    error = network_start_device(trial, &health, diagnostic);
    if (error == RIG_OK)
        (void)trial_control(trial, !health.has_uplink || !health.uplink_connected,
                            "a device that nobody told a broker is not connected to one");
    while (error == RIG_OK && has_more(&outages, (size_t)least))
        error = run_outage(trial, &outages, diagnostic);
    if (error == RIG_OK)
        measure(trial, &outages);
    return error;
}

const struct scenario outage_reconnect = {
    .id = "outage.reconnect",
    .title = "a broker that is away is called seldom, and at random times",
    .clauses = clauses,
    .needs = CAN_ADAPTER | CAN_SET | CAN_BROKER | CAN_MAKE_NEW,
    .checks = checks,
    .plan = plan,
    .run = run,
};

/* ---- starts ---- */

/*
 * Method: power comes back to all devices of a street at once, and all of them call the broker. The
 * time from the moment when a device has its link to its first call is taken over several starts. One
 * that waits a random time of up to the span (`reconnect_start_ms`) has its latest call as late, and
 * its calls as far apart, as chance misses once in a million; the trial ends as soon as that is so,
 * for most devices with the second start.
 */
static const char *const start_clauses[] = {"5.9-3", NULL};

static const struct check_spec start_checks[] = {
    {"first-call-at-once", "", CHECK_EQUALS, 0, NULL, "5.9-3", FINDING_ORACLE, SEVERITY_MEDIUM,
     "after a power cut the broker is called at once: devices come back in step"},
    {"first-calls-in-step", "", CHECK_EQUALS, 0, NULL, "5.9-3", FINDING_ORACLE, SEVERITY_MEDIUM,
     "after each power cut the broker is called after the same time: devices come back in step"},
    {.name = NULL},
};

struct starts {
    double span_ms;
    double least_latest;
    double least_spread;
    size_t count;
    double earliest;
    double latest;
};

static int plan_start(const struct bench *bench, const struct plan_options *options,
                      struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 8};
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++)
        error = word_append(words, "starts:8,again:%u", i);
    return error;
}

static bool is_spread(const struct starts *starts)
{
    return starts->count > 1 && starts->latest >= starts->least_latest &&
           starts->latest - starts->earliest >= starts->least_spread;
}

static void take_time(struct starts *starts, double after_ms)
{
    if (starts->count == 0 || after_ms < starts->earliest)
        starts->earliest = after_ms;
    if (starts->count == 0 || after_ms > starts->latest)
        starts->latest = after_ms;
    starts->count++;
}

/* A first call that has not come by now will come late enough, whenever that is. */
static bool is_late_enough(const struct starts *starts, double after_ms)
{
    struct starts then = *starts;

    if (then.count == 0 || after_ms <= then.latest)
        return false;
    take_time(&then, after_ms);
    return is_spread(&then);
}

/* The link is taken for up as soon as the device answers and says so. */
static int wait_first_call(struct trial *trial, struct broker_peer *peer, struct starts *starts,
                           struct diagnostic *diagnostic)
{
    struct network_watch watch = {.polls = 0};
    const struct network_wish up = {network_link_is_up, 0, NETWORK_NOTICE_MS};
    bool held = false;
    int64_t began;
    int error = network_wait(trial, &watch, &up, &held, NULL, diagnostic);

    if (error == RIG_OK && !trial_control(trial, held, "the device says that its link is up"))
        return RIG_OK;
    began = process_clock_ms();
    while (error == RIG_OK && peer->attempts == 0 &&
           process_clock_ms() - began < (int64_t)starts->span_ms + PATIENCE_MS &&
           !is_late_enough(starts, (double)(process_clock_ms() - began)))
        error = take_calls(trial, peer, 1, 0, process_clock_ms() + TURN_MS, diagnostic);
    if (error != RIG_OK)
        return error;
    take_time(starts,
              (double)((peer->attempts > 0 ? peer->attempted_ms[0] : process_clock_ms()) - began));
    trial_note(trial, "start %zu: %s after %" PRId64 " ms", starts->count,
               peer->attempts > 0 ? "first call" : "no call yet",
               (peer->attempts > 0 ? peer->attempted_ms[0] : process_clock_ms()) - began);
    return RIG_OK;
}

/* Power goes and comes back, while somebody is in the broker's place. False in *answered: the device does
 * not come back, and nothing can be measured. */
static int start_once(struct trial *trial, struct adapter_health *health, struct starts *starts,
                      bool *answered, struct diagnostic *diagnostic)
{
    const uint16_t port = broker_port(trial->bench->broker);
    struct broker_peer peer;
    double took_ms = 0;
    int error = broker_peer_open(&peer, port, PEER_RESET, diagnostic);

    *answered = false;
    if (error == RIG_OK)
        error = move_power_cycle(trial, health, answered, &took_ms, diagnostic);
    if (error == RIG_OK && *answered)
        error = wait_first_call(trial, &peer, starts, diagnostic);
    broker_peer_close(&peer);
    return error;
}

static void measure_starts(struct trial *trial, const struct starts *starts)
{
    (void)trial_measure(trial, "first-call-at-once", starts->latest < starts->least_latest,
                        "the latest of %zu came after %.0f ms, by chance after %.0f at least",
                        starts->count, starts->latest, starts->least_latest);
    (void)trial_measure(trial, "first-calls-in-step",
                        starts->latest - starts->earliest < starts->least_spread,
                        "%zu differ by %.0f ms at most, and by chance by %.0f at least",
                        starts->count, starts->latest - starts->earliest, starts->least_spread);
}

static int run_start(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct starts starts = {
        .span_ms = (double)bench_limit(trial->bench, "reconnect_start_ms", DEFAULT_START_MS)};
    struct adapter_health health;
    bool answered = true;
    uint64_t most;
    int error;

    if (word_number(word, "starts", &most) != RIG_OK || most < 2 || most > STARTS_MAX)
        return RIG_ERROR_USAGE;
    starts.least_latest = retry_least_latest_ms(starts.span_ms, (unsigned)most, chance);
    starts.least_spread = retry_least_range_ms(starts.span_ms, (unsigned)most, chance);
    error = network_start_device(trial, &health, diagnostic);
    while (error == RIG_OK && answered && trial_is_sound(trial) && starts.count < most &&
           !is_spread(&starts))
        error = start_once(trial, &health, &starts, &answered, diagnostic);
    if (error == RIG_OK && answered && trial_is_sound(trial))
        measure_starts(trial, &starts);
    return error;
}

const struct scenario outage_reconnect_start = {
    .id = "outage.reconnect-start",
    .title = "after a power cut the broker is called after a random time",
    .clauses = start_clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_SET | CAN_RTU | CAN_BROKER | CAN_MAKE_NEW,
    .checks = start_checks,
    .plan = plan_start,
    .run = run_start,
};
