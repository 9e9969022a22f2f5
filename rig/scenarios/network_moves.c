#include "scenarios/network_moves.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "target/broker.h"

enum {
    TRIES = 4,       /* of a poll */
    VERB_MS = 10000, /* for each try of a verb that logs in */
    TRY_MS = 3000,   /* for each of them */
    FEWER_POLLS = 2, /* with fewer readings, and they are gone */
    QUIET_MS = 100,  /* after one that failed: what comes late has come */
    SET_POINT_LOW = 151,
    SET_POINTS = 40,
};

/* ---- before ---- */

int network_restore(struct trial *trial, struct diagnostic *diagnostic)
{
    static const struct net_weather fair = {0};
    struct bench *bench = trial->bench;
    int error = RIG_OK;

    if (bench->broker != NULL)
        error = broker_stop(bench->broker, diagnostic);
    if (error == RIG_OK && net_link_exists(&bench->net))
        error = net_link_set(&bench->net, true, move_deadline(trial), diagnostic);
    if (error == RIG_OK && (bench->needs & CAN_WEATHER) != 0)
        error = net_link_set_weather(&bench->net, &fair, move_deadline(trial), diagnostic);
    return error;
}

/* After a verb that got no answer: what comes late has come, and the verb may be tried again. */
static int settle(struct trial *trial, int error, struct diagnostic *diagnostic)
{
    int passed;

    trial_note(trial, "no answer at the local interface: %s", diagnostic->text);
    adapter_forget(&trial->bench->adapter);
    passed = bench_let_pass(trial->bench, QUIET_MS, diagnostic);
    return passed == RIG_OK || move_is_silence(passed) ? error : passed;
}

/* A frame that a busy host cut in two is dropped by a device, as is one that met a late answer. A master
 * asks again (Modbus over Serial Line V1.02, 2.4.1). */
static int set(struct trial *trial, const char *name, const char *value,
               struct adapter_answer *answer, struct diagnostic *diagnostic)
{
    int error = RIG_ERROR_TIMEOUT;

    for (int i = 0; i < TRIES && move_is_silence(error); i++) {
        error = adapter_set(&trial->bench->adapter, name, value, answer,
                            process_clock_ms() + VERB_MS, diagnostic);
        if (move_is_silence(error))
            error = settle(trial, error, diagnostic);
    }
    return error;
}

static int dump_settings(struct trial *trial, struct adapter_dump *dump,
                         struct diagnostic *diagnostic)
{
    int error = RIG_ERROR_TIMEOUT;

    for (int i = 0; i < TRIES && move_is_silence(error); i++) {
        error =
            adapter_dump(&trial->bench->adapter, dump, process_clock_ms() + VERB_MS, diagnostic);
        if (move_is_silence(error))
            error = settle(trial, error, diagnostic);
    }
    return error;
}

static int must_set(struct trial *trial, const char *name, const char *value,
                    struct diagnostic *diagnostic)
{
    struct adapter_answer answer;
    const int error = set(trial, name, value, &answer, diagnostic);

    if (error != RIG_OK || answer.outcome == ADAPTER_ACCEPTED)
        return error;
    return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the device does not take '%s' as %s: %s",
                           value, name, answer.reason);
}

void network_broker_place(const struct trial *trial, char place[ADAPTER_TEXT])
{
    const char *host = target_find_setting(trial->bench->target, "broker", "host");

    (void)snprintf(place, ADAPTER_TEXT, "%s:%u", host != NULL ? host : "",
                   (unsigned)broker_port(trial->bench->broker));
}

void network_expect(struct network_watch *watch, const char *name, const char *value)
{
    struct adapter_dump *dump = &watch->settings;

    for (size_t i = 0; i < dump->count; i++) {
        if (strcmp(dump->settings[i].name, name) == 0)
            (void)snprintf(dump->settings[i].value, sizeof dump->settings[i].value, "%s", value);
    }
}

int network_name_broker(struct trial *trial, struct diagnostic *diagnostic)
{
    char place[ADAPTER_TEXT];

    network_broker_place(trial, place);
    return must_set(trial, "broker", place, diagnostic);
}

int network_start_device(struct trial *trial, struct adapter_health *health,
                         struct diagnostic *diagnostic)
{
    int error = network_restore(trial, diagnostic);

    if (error == RIG_OK)
        error = move_start(trial, health, diagnostic);
    if (error == RIG_OK)
        error = network_name_broker(trial, diagnostic);
    return error == RIG_OK ? must_set(trial, "consent", "1", diagnostic) : error;
}

static int control_network(struct trial *trial, struct diagnostic *diagnostic)
{
    struct adapter_health health;
    const int error = bench_wait_healthy(trial->bench, ADAPTER_NETWORK, &health,
                                         move_deadline(trial), diagnostic);

    if (error == RIG_OK || move_is_silence(error))
        (void)trial_control(trial, error == RIG_OK,
                            "before the outage the device answers at its network interface");
    return error;
}

/* The broker hears what the device sends, and the device knows it. */
static int control_reading(struct trial *trial, struct network_watch *watch,
                           struct diagnostic *diagnostic)
{
    const struct network_wish sent = {network_has_sent, 0, NETWORK_CONNECT_MS};
    const int64_t deadline = process_clock_ms() + NETWORK_CONNECT_MS;
    size_t count = 0;
    bool held = false;
    int error = RIG_OK;

    while (error == RIG_OK && count == 0 && !network_is_over(watch) &&
           process_clock_ms() < deadline) {
        error = network_turn(trial, watch, diagnostic);
        if (error == RIG_OK)
            error = network_count_readings(trial, watch, &count, diagnostic);
    }
    if (error == RIG_OK)
        error = network_wait(trial, watch, &sent, &held, NULL, diagnostic);
    if (error != RIG_OK)
        return error;
    if (trial_control(trial, count > 0 && held,
                      "before the outage a reading reaches the broker, which acknowledges it"))
        return RIG_OK;
    return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "no reading reaches the broker");
}

static void begin_watch(struct network_watch *watch)
{
    watch->before = watch->last;
    watch->polls = 0;
    watch->failed = 0;
    watch->function_lost = 0;
    watch->slowest_ms = 0;
}

static int begin_with_broker(struct trial *trial, struct network_watch *watch,
                             struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    struct broker_readings readings;
    int error = network_start_device(trial, &watch->last, diagnostic);

    if (error == RIG_OK)
        error = broker_readings(bench->broker, &readings, diagnostic);
    if (error != RIG_OK)
        return error;
    watch->readings = readings.count;
    return broker_start(bench->broker, BROKER_GENUINE, move_deadline(trial), diagnostic);
}

static int begin_alone(struct trial *trial, struct network_watch *watch,
                       struct diagnostic *diagnostic)
{
    const int error = network_restore(trial, diagnostic);

    return error == RIG_OK ? move_start(trial, &watch->last, diagnostic) : error;
}

int network_begin(struct trial *trial, struct network_watch *watch, bool with_broker,
                  struct diagnostic *diagnostic)
{
    int error;

    memset(watch, 0, sizeof *watch);
    watch->console = console_port_position(&trial->bench->console);
    error = with_broker ? begin_with_broker(trial, watch, diagnostic)
                        : begin_alone(trial, watch, diagnostic);
    if (error == RIG_OK)
        error = control_network(trial, diagnostic);
    if (error == RIG_OK)
        error = dump_settings(trial, &watch->settings, diagnostic);
    if (error == RIG_OK && with_broker)
        error = control_reading(trial, watch, diagnostic);
    begin_watch(watch);
    return error;
}

/* ---- meanwhile ---- */

/* Each reading stays in one of the two numbers; one poll may fall between them. */
static void note_readings(struct network_watch *watch)
{
    const uint64_t counts = watch->last.acknowledged + watch->last.queued;

    watch->fewer = counts < watch->counted ? watch->fewer + 1 : 0;
    if (watch->fewer == FEWER_POLLS)
        watch->forgotten += watch->counted - counts;
    if (watch->fewer == 0 || watch->fewer == FEWER_POLLS) {
        watch->counted = counts;
        watch->fewer = 0;
    }
    if (counts > watch->taken)
        watch->taken = counts;
}

static void note_poll(struct trial *trial, struct network_watch *watch, int error, double took_ms,
                      const struct diagnostic *diagnostic)
{
    watch->polls++;
    if (took_ms > watch->slowest_ms)
        watch->slowest_ms = took_ms;
    if (error != RIG_OK) {
        watch->failed++;
        trial_note(trial, "a poll of the local interface failed after %.0f ms: %s", took_ms,
                   diagnostic->text);
        return;
    }
    if (!watch->last.function_ok || !watch->last.ok)
        watch->function_lost++;
    note_readings(watch);
}

static int ask_local(struct trial *trial, struct adapter_health *health,
                     struct diagnostic *diagnostic)
{
    int error = RIG_ERROR_TIMEOUT;

    for (int i = 0; i < TRIES && move_is_silence(error); i++) {
        error = adapter_health(&trial->bench->adapter, ADAPTER_LOCAL, health,
                               process_clock_ms() + TRY_MS, diagnostic);
        if (move_is_silence(error))
            error = settle(trial, error, diagnostic);
    }
    return error;
}

int network_turn(struct trial *trial, struct network_watch *watch, struct diagnostic *diagnostic)
{
    struct bench *bench = trial->bench;
    struct adapter_health health;
    struct diagnostic trouble = {""};
    int64_t began;
    int error = bench_let_pass(bench, NETWORK_LOOK_MS, diagnostic);

    if (error == RIG_ERROR_DEVICE) {
        watch->ended = true; /* it says so each time, and every poll fails */
        error = process_pause_until(process_clock_ms() + NETWORK_LOOK_MS);
    }
    if (error == RIG_OK && bench->broker != NULL)
        error = broker_check(bench->broker, diagnostic);
    if (error != RIG_OK)
        return error;
    began = process_clock_ms();
    error = ask_local(trial, &health, &trouble);
    if (error == RIG_OK)
        watch->last = health;
    else if (!move_is_silence(error))
        return diagnostic_fail(diagnostic, error, "%s", trouble.text);
    note_poll(trial, watch, error, (double)(process_clock_ms() - began), &trouble);
    return RIG_OK;
}

bool network_is_over(const struct network_watch *watch)
{
    return watch->ended || watch->failed > 0;
}

bool network_never(const struct adapter_health *health, uint64_t unused)
{
    (void)health;
    (void)unused;
    return false;
}

bool network_link_is_down(const struct adapter_health *health, uint64_t unused)
{
    (void)unused;
    return health->has_link && !health->link_up;
}

bool network_link_is_up(const struct adapter_health *health, uint64_t unused)
{
    (void)unused;
    return !health->has_link || health->link_up;
}

bool network_uplink_is_down(const struct adapter_health *health, uint64_t unused)
{
    (void)unused;
    return health->has_uplink && !health->uplink_connected;
}

bool network_uplink_is_up(const struct adapter_health *health, uint64_t unused)
{
    (void)unused;
    return health->has_uplink && health->uplink_connected;
}

bool network_has_taken(const struct adapter_health *health, uint64_t number)
{
    return health->acknowledged + health->queued >= number;
}

bool network_has_sent(const struct adapter_health *health, uint64_t unused)
{
    return health->queued == 0 && network_uplink_is_up(health, unused);
}

int network_wait(struct trial *trial, struct network_watch *watch, const struct network_wish *wish,
                 bool *held, double *took_ms, struct diagnostic *diagnostic)
{
    const int64_t began = process_clock_ms();
    int error = RIG_OK;

    *held = false;
    while (error == RIG_OK && !*held && !watch->ended &&
           process_clock_ms() - began < wish->limit_ms) {
        const unsigned failed = watch->failed;

        error = network_turn(trial, watch, diagnostic);
        *held =
            error == RIG_OK && watch->failed == failed && wish->holds(&watch->last, wish->number);
    }
    if (took_ms != NULL)
        *took_ms = (double)(process_clock_ms() - began);
    return error;
}

int network_measure_loss(struct trial *trial, struct network_watch *watch,
                         struct diagnostic *diagnostic)
{
    const struct network_wish down = {network_uplink_is_down, 0, NETWORK_NOTICE_MS + 1};
    double took_ms = 0;
    bool held = false;
    const int error = network_wait(trial, watch, &down, &held, &took_ms, diagnostic);

    if (error == RIG_OK && !network_is_over(watch))
        (void)trial_measure(trial, "loss-noticed-within", held ? took_ms : NETWORK_NOTICE_MS + 1,
                            "it says that it is %sconnected", held ? "not " : "");
    return error;
}

void network_value(uint64_t number, char value[ADAPTER_TEXT])
{
    (void)snprintf(value, ADAPTER_TEXT, "%" PRIu64, SET_POINT_LOW + number % SET_POINTS);
}

int network_write(struct trial *trial, const char *value, struct diagnostic *diagnostic)
{
    struct adapter_answer answer = {.outcome = ADAPTER_REFUSED};
    struct diagnostic trouble = {""};
    const int error = set(trial, NETWORK_SETTING, value, &answer, &trouble);

    if (error != RIG_OK && !move_is_silence(error))
        return diagnostic_fail(diagnostic, error, "%s", trouble.text);
    (void)trial_measure(trial, "local-write", error == RIG_OK && answer.outcome == ADAPTER_ACCEPTED,
                        "%s = %s: %s", NETWORK_SETTING, value,
                        error == RIG_OK ? adapter_outcome_name(answer.outcome) : trouble.text);
    return RIG_OK;
}

/* ---- afterwards ---- */

static int measure_network(struct trial *trial, struct network_watch *watch,
                           struct diagnostic *diagnostic)
{
    const int64_t began = process_clock_ms();
    const int64_t deadline = began + 2 * move_recover_ms(trial);
    struct adapter_health health;
    int error = bench_wait_healthy(trial->bench, ADAPTER_NETWORK, &health, deadline, diagnostic);

    if (error == RIG_ERROR_DEVICE)
        watch->ended = true;
    if (error != RIG_OK && !move_is_silence(error))
        return error;
    (void)trial_measure(trial, "network-back-within", (double)(process_clock_ms() - began), "%s",
                        error == RIG_OK ? "it answers" : "it does not answer");
    return RIG_OK;
}

static int measure_uplink(struct trial *trial, struct network_watch *watch,
                          struct diagnostic *diagnostic)
{
    const struct network_wish sent = {network_has_sent, 0, NETWORK_UPLINK_MS + 1};
    double took_ms = 0;
    bool held = false;
    int error = network_wait(trial, watch, &sent, &held, &took_ms, diagnostic);

    if (error != RIG_OK || network_is_over(watch))
        return error;
    (void)trial_measure(trial, "uplink-back-within", held ? took_ms : NETWORK_UPLINK_MS + 1,
                        "%s; %" PRIu64 " readings queued",
                        held ? "connected" : "the queue is not sent, or there is no connection",
                        watch->last.queued);
    return held ? network_measure_readings(trial, watch, diagnostic) : RIG_OK;
}

static int measure_settings(struct trial *trial, const struct network_watch *watch,
                            const char *written, struct diagnostic *diagnostic)
{
    struct adapter_dump after;
    const char *found;
    const int error = dump_settings(trial, &after, diagnostic);

    if (error != RIG_OK)
        return error;
    (void)trial_measure(trial, "settings-changed",
                        (double)move_count_changes(&watch->settings, &after,
                                                   written != NULL ? NETWORK_SETTING : NULL),
                        "%s", written != NULL ? "beside " NETWORK_SETTING : "of all");
    if (written == NULL)
        return RIG_OK;
    found = adapter_dump_value(&after, NETWORK_SETTING);
    (void)trial_measure(trial, "local-write", found != NULL && strcmp(found, written) == 0,
                        "%s is %s, written was %s", NETWORK_SETTING,
                        found != NULL ? found : "missing", written);
    return RIG_OK;
}

/* Without a start count, its time since the start must not have gone back. */
static void measure_watch(struct trial *trial, const struct network_watch *watch)
{
    const struct adapter_health *before = &watch->before;
    const struct adapter_health *after = &watch->last;
    const double resets = before->has_starts && after->has_starts
                              ? (double)after->starts - (double)before->starts
                              : (double)(after->uptime_s < before->uptime_s);

    (void)trial_measure(trial, "local-silent", watch->failed, "of %u polls", watch->polls);
    (void)trial_measure(trial, "local-slowest", watch->slowest_ms, "of %u polls", watch->polls);
    (void)trial_measure(trial, "function-lost", watch->function_lost, "of %u polls", watch->polls);
    (void)trial_measure(trial, "resets", resets, "the last cause is %s", after->reset_cause);
    (void)trial_measure(trial, "faults",
                        (double)move_faults(trial, watch->console) + (watch->ended ? 1 : 0), "%s",
                        watch->ended ? "the device has ended" : "on its console");
}

int network_end(struct trial *trial, struct network_watch *watch, bool with_broker,
                const char *written, struct diagnostic *diagnostic)
{
    int error = network_is_over(watch) ? RIG_OK : measure_network(trial, watch, diagnostic);

    if (error == RIG_OK && with_broker && !network_is_over(watch))
        error = measure_uplink(trial, watch, diagnostic);
    else if (error == RIG_OK && !network_is_over(watch))
        error = network_turn(trial, watch, diagnostic);
    if (error != RIG_OK)
        return error;
    measure_watch(trial, watch);
    return network_is_over(watch) ? RIG_OK : measure_settings(trial, watch, written, diagnostic);
}
