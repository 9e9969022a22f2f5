#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/network_moves.h"
#include "scenarios/word.h"

/*
 * Bad weather in the network (5.9-1, 5.9-2): frames are lost, then damaged, then those with data are.
 *
 * Method: a client asks over one connection, with patience for several retransmissions, and compares
 * each answer, byte by byte, with what the wired interface says, which has no weather. It sends several
 * requests in one segment, so that a bit that is turned hits a request rather than a header: a device
 * that does not look at checksums shows. It sends the next segment even if the answers to the last one
 * are still due: a device that forgets what it may have to send again shows. All of them together are
 * few enough for a small device to answer without a pause.
 *
 * A weather stays until enough answers came, one of them was late, and enough frames were hit: in the
 * last weather, which spares all others, frames with requests or answers. A connection may break; the next one
 * must do. Then the weather is fair, and the device must answer as before.
 *
 * That frames are hit is proven by whoever touches them, which counts them whether or not the device
 * lives; and if all answers came, by the client: one that takes a retransmission, which waits for
 * hundreds of milliseconds, is far later than any in fair weather. Silence proves nothing: a device that
 * is dead is silent in any weather.
 */

static const char *const clauses[] = {"5.9-1", "5.9-2", NULL};

#define WHEN "while frames are lost and damaged"

static const struct check_spec checks[] = {
    NETWORK_LOCAL_CHECKS(WHEN),
    {"wrong-answers", "answers", CHECK_EQUALS, 0, NULL, "5.9-1", FINDING_ORACLE, SEVERITY_HIGH,
     "the device answers at its network interface what is not so " WHEN},
    {"answers-missing", "answers", CHECK_EQUALS, 0, NULL, "5.9-1", FINDING_HANG, SEVERITY_MEDIUM,
     "the network interface does not answer " WHEN},
    {.name = NULL},
};

enum {
    REGISTERS = 12, /* compared; holding registers from 0 on */
    SEGMENTS = 2,
    REQUESTS = 6,      /* in one of them */
    REQUEST_SIZE = 12, /* MBAP header and FC 3 */
    ANSWER_HEADER = 9, /* MBAP header, function, number of bytes */
    ANSWER_SIZE = ANSWER_HEADER + 2 * REGISTERS,
    READ_HOLDING = 3,
    FAIR_ANSWERS = 5, /* in fair weather, each to all requests of a segment */
    LATE_MS = 150,    /* beyond the slowest in fair weather: a retransmission */
    HITS = 1,         /* frames lost or damaged */
    DATA_HITS = 12,   /* some turn no bit of a request, or one that ends the connection */
    WEATHERS = 3,
    MOST_PERCENT = 60,
    MOST_ANSWERS = 1000,
    WEATHER_TEXT = 64,
    WIRED_MS = 5000,
    MISSES = 4,          /* and the device is given up */
    CLIENT_MS = 20000,   /* for one answer, with several retransmissions */
    WEATHER_MS = 400000, /* for all of them */
};

struct weather_run {
    struct network_watch watch;
    struct modbus_client *client; /* NULL: not connected */
    uint16_t transaction;
    unsigned answers;
    unsigned wrong;
    unsigned misses; /* exchanges without all answers, in a row */
    double slowest_ms;
    double fair_ms;                     /* the slowest in fair weather */
    double late_ms;                     /* from which on an answer is late */
    const struct net_weather *weather;  /* the present one */
    struct net_weather_counters before; /* it began */
    uint64_t hits;                      /* frames, in it */
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 8};
    static const unsigned answers[DEPTH_COUNT] = {4, 4, 20};
    uint64_t state = options->seed;
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++)
        error = word_append(words, "loss:30,damage:15,data:40,answers:%u,seed:%" PRIu64,
                            answers[options->depth], random_below(&state, 1000000));
    return error;
}

/* ---- asking ---- */

static int ask_wired_once(struct trial *trial, uint16_t values[REGISTERS],
                          struct diagnostic *diagnostic)
{
    const struct modbus_registers all = {0, REGISTERS};
    const int64_t deadline = process_clock_ms() + WIRED_MS;
    struct modbus_client *client = NULL;
    int error = modbus_client_open(&trial->bench->rtu, deadline, &client, diagnostic);

    if (error == RIG_OK)
        error = modbus_client_read_holding(client, all, values, deadline, diagnostic);
    modbus_client_close(client);
    return error;
}

/* A poll in between, which asks again as long as a master would, takes what comes late. */
static int ask_wired(struct trial *trial, struct weather_run *run, uint16_t values[REGISTERS],
                     struct diagnostic *diagnostic)
{
    int error = ask_wired_once(trial, values, diagnostic);
    int turned;

    if (!move_is_silence(error))
        return error;
    turned = network_turn(trial, &run->watch, diagnostic);
    return turned == RIG_OK ? ask_wired_once(trial, values, diagnostic) : turned;
}

static void disconnect(struct weather_run *run)
{
    modbus_client_close(run->client);
    run->client = NULL;
}

static void put16(uint8_t *bytes, unsigned value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

/* MBAP header (Messaging on TCP/IP V1.0b, 3.1.3) and function. */
static void put_header(uint8_t *bytes, uint16_t transaction, size_t size, uint8_t unit)
{
    put16(bytes, transaction);
    put16(bytes + 2, 0);
    put16(bytes + 4, (unsigned)size - 6U);
    bytes[6] = unit;
    bytes[7] = READ_HOLDING;
}

/* What is asked, and what a device answers whose registers are `values`. */
static void write_exchange(struct weather_run *run, uint8_t unit, const uint16_t values[REGISTERS],
                           uint8_t *requests, uint8_t *answers)
{
    for (unsigned i = 0; i < REQUESTS; i++) {
        uint8_t *request = requests + (size_t)i * REQUEST_SIZE;
        uint8_t *answer = answers + (size_t)i * ANSWER_SIZE;

        run->transaction++;
        put_header(request, run->transaction, REQUEST_SIZE, unit);
        put16(request + 8, 0);
        put16(request + 10, REGISTERS);
        put_header(answer, run->transaction, ANSWER_SIZE, unit);
        answer[8] = 2 * REGISTERS;
        for (size_t k = 0; k < REGISTERS; k++)
            put16(answer + ANSWER_HEADER + 2 * k, values[k]);
    }
}

/* Answers that are due, and how far they have come. */
struct hearing {
    uint8_t expected[SEGMENTS * REQUESTS * ANSWER_SIZE];
    size_t heard;
    bool wrong;
};

/* What has come, for a moment. Silence is RIG_OK, unless the connection is gone. */
static int hear_some(struct weather_run *run, struct hearing *hearing, bool *silent,
                     struct diagnostic *diagnostic)
{
    uint8_t bytes[sizeof hearing->expected];
    const int64_t until = process_clock_ms() + NETWORK_LOOK_MS;
    size_t count = 0;
    const int error = modbus_client_receive_raw(
        run->client, bytes, sizeof hearing->expected - hearing->heard, &count, until, diagnostic);

    hearing->wrong =
        hearing->wrong || memcmp(bytes, hearing->expected + hearing->heard, count) != 0;
    hearing->heard += count;
    *silent = count == 0;
    return error == RIG_ERROR_TIMEOUT && !modbus_client_is_closed(run->client) ? RIG_OK : error;
}

/* Until all of it has come, or something else. The wired interface is watched meanwhile. */
static int hear(struct trial *trial, struct weather_run *run, struct hearing *hearing,
                int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    while (error == RIG_OK && !hearing->wrong && hearing->heard < sizeof hearing->expected) {
        bool silent = false;

        if (process_clock_ms() >= deadline_ms)
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "no whole answer in time");
        error = hear_some(run, hearing, &silent, diagnostic);
        if (error == RIG_OK && silent)
            error = network_turn(trial, &run->watch, diagnostic);
    }
    return error;
}

/* The answers to a segment are waited for, but not for long: the next one is sent all the same. */
static int exchange(struct trial *trial, struct weather_run *run, const uint16_t wired[REGISTERS],
                    bool *wrong, struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + CLIENT_MS;
    uint8_t requests[SEGMENTS][REQUESTS * REQUEST_SIZE];
    struct hearing hearing = {.wrong = false};
    bool silent;
    int error = RIG_OK;

    for (size_t i = 0; i < SEGMENTS; i++)
        write_exchange(run, trial->bench->tcp.unit, wired, requests[i],
                       hearing.expected + i * REQUESTS * ANSWER_SIZE);
    if (run->client == NULL)
        error = modbus_client_open(&trial->bench->tcp, deadline, &run->client, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < SEGMENTS; i++) {
        error = modbus_client_send_raw(run->client, requests[i], sizeof requests[i], deadline,
                                       diagnostic);
        if (error == RIG_OK)
            error = hear_some(run, &hearing, &silent, diagnostic);
    }
    if (error == RIG_OK)
        error = hear(trial, run, &hearing, deadline, diagnostic);
    *wrong = hearing.wrong;
    return error;
}

static int ask(struct trial *trial, struct weather_run *run, struct diagnostic *diagnostic)
{
    uint16_t wired[REGISTERS] = {0};
    struct diagnostic trouble = {""};
    bool wrong = false;
    int64_t began;
    int error = ask_wired(trial, run, wired, diagnostic);

    if (move_is_silence(error))
        return network_turn(trial, &run->watch, diagnostic); /* that is the watch's to count */
    if (error != RIG_OK)
        return error;
    began = process_clock_ms();
    error = exchange(trial, run, wired, &wrong, &trouble);
    if (error != RIG_OK && !move_is_silence(error))
        return diagnostic_fail(diagnostic, error, "%s", trouble.text);
    run->wrong += wrong;
    if (error == RIG_OK && !wrong) {
        const double took_ms = (double)(process_clock_ms() - began);

        run->answers++;
        run->misses = 0;
        run->slowest_ms = took_ms > run->slowest_ms ? took_ms : run->slowest_ms;
    } else {
        trial_note(trial, "over the network: %s", wrong ? "a wrong answer" : trouble.text);
        disconnect(run);
        run->misses++;
    }
    return network_turn(trial, &run->watch, diagnostic);
}

static int ask_in_fair_weather(struct trial *trial, struct weather_run *run,
                               struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < FAIR_ANSWERS; i++)
        error = ask(trial, run, diagnostic);
    if (error != RIG_OK)
        return error;
    run->fair_ms = run->slowest_ms;
    run->late_ms = run->fair_ms + LATE_MS;
    (void)trial_control(trial, run->answers == FAIR_ANSWERS && run->wrong == 0,
                        "in fair weather both interfaces say the same: %u of %d answers, %u "
                        "wrong, the slowest after %.0f ms",
                        run->answers, FAIR_ANSWERS, run->wrong, run->fair_ms);
    return RIG_OK;
}

/* ---- weather ---- */

static int set_weather(struct trial *trial, const struct net_weather *weather,
                       struct diagnostic *diagnostic)
{
    return net_link_set_weather(&trial->bench->net, weather, move_deadline(trial), diagnostic);
}

static int count(struct trial *trial, struct net_weather_counters *counters,
                 struct diagnostic *diagnostic)
{
    return net_link_count_weather(&trial->bench->net, counters, move_deadline(trial), diagnostic);
}

/* Without a device nobody carries frames any more: then the last count stays. */
static int ask_and_count(struct trial *trial, struct weather_run *run,
                         struct diagnostic *diagnostic)
{
    struct net_weather_counters now = run->before;
    int error = ask(trial, run, diagnostic);

    if (error != RIG_OK || run->watch.ended)
        return error;
    error = count(trial, &now, diagnostic);
    if (error != RIG_OK)
        return move_is_silence(error) ? RIG_OK : error; /* the next question shows it */
    run->hits = now.dropped + now.corrupted - run->before.dropped - run->before.corrupted;
    return RIG_OK;
}

/* Something that the device must not do, in this weather or the one before. */
static bool has_failed(const struct weather_run *run)
{
    return run->wrong > 0 || run->misses >= MISSES || network_is_over(&run->watch);
}

static uint64_t hits_due(const struct weather_run *run)
{
    return run->weather->data_only && !has_failed(run) ? DATA_HITS : HITS;
}

static bool has_seen_enough(const struct weather_run *run, unsigned answers)
{
    return run->answers >= answers && run->slowest_ms >= run->late_ms && run->hits >= hits_due(run);
}

/* The first hit may be too much for a device. One that lives has seen more of them, and if it answers,
 * the client has seen them, too. */
static void prove_weather(struct trial *trial, const struct weather_run *run, unsigned answers)
{
    const struct net_weather *weather = run->weather;
    char text[WEATHER_TEXT];

    (void)snprintf(text, sizeof text, "%u %% of %s %s",
                   weather->loss_percent + weather->corruption_percent,
                   weather->data_only ? "frames with data" : "frames",
                   weather->loss_percent > 0 ? "lost" : "damaged");
    (void)trial_proof(trial, run->hits >= hits_due(run),
                      "%s: who carries the frames counts %" PRIu64, text, run->hits);
    if (!has_failed(run) && run->answers >= answers)
        (void)trial_proof(trial, run->slowest_ms >= run->late_ms,
                          "%s: the slowest of %u answers came after %.0f ms, in fair weather after "
                          "%.0f",
                          text, run->answers, run->slowest_ms, run->fair_ms);
}

static void measure_missing(struct trial *trial, const struct weather_run *run, unsigned answers)
{
    const unsigned missing = run->answers < answers ? answers - run->answers : 0;

    (void)trial_measure(trial, "answers-missing",
                        missing + (run->misses >= MISSES ? run->misses : 0),
                        "%u came, and %u in a row did not", run->answers, run->misses);
}

static int ask_in_weather(struct trial *trial, struct weather_run *run,
                          const struct net_weather *weather, unsigned answers,
                          struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + WEATHER_MS;
    int error = count(trial, &run->before, diagnostic);

    run->weather = weather;
    run->hits = 0;
    run->answers = 0;
    run->slowest_ms = 0;
    if (error == RIG_OK)
        error = set_weather(trial, weather, diagnostic);
    while (error == RIG_OK && !has_failed(run) && !has_seen_enough(run, answers) &&
           process_clock_ms() < deadline)
        error = ask_and_count(trial, run, diagnostic);
    if (error != RIG_OK)
        return error;
    prove_weather(trial, run, answers);
    if (run->wrong == 0 && !network_is_over(&run->watch))
        measure_missing(trial, run, answers);
    return RIG_OK;
}

static int run_weathers(struct trial *trial, struct weather_run *run,
                        const struct net_weather weathers[WEATHERS], unsigned answers,
                        struct diagnostic *diagnostic)
{
    static const struct net_weather fair = {0};
    int error = ask_in_fair_weather(trial, run, diagnostic);

    for (int i = 0; error == RIG_OK && !has_failed(run) && i < WEATHERS; i++)
        error = ask_in_weather(trial, run, &weathers[i], i == 0 ? (answers + 1) / 2 : answers,
                               diagnostic);
    disconnect(run);
    if (error == RIG_OK)
        error = set_weather(trial, &fair, diagnostic);
    if (error == RIG_OK)
        (void)trial_measure(trial, "wrong-answers", run->wrong, "in all weathers");
    return error;
}

/* A number of the word, 1 to `most`. */
static int read_number(const char *word, const char *name, uint64_t most, unsigned *number)
{
    uint64_t read;

    if (word_number(word, name, &read) != RIG_OK || read == 0 || read > most)
        return RIG_ERROR_USAGE;
    *number = (unsigned)read;
    return RIG_OK;
}

static int read_word(const char *word, struct net_weather weathers[WEATHERS], unsigned *answers)
{
    uint64_t seed;

    memset(weathers, 0, WEATHERS * sizeof *weathers);
    if (read_number(word, "loss", MOST_PERCENT, &weathers[0].loss_percent) != RIG_OK ||
        read_number(word, "damage", MOST_PERCENT, &weathers[1].corruption_percent) != RIG_OK ||
        read_number(word, "data", MOST_PERCENT, &weathers[2].corruption_percent) != RIG_OK ||
        read_number(word, "answers", MOST_ANSWERS, answers) != RIG_OK ||
        word_number(word, "seed", &seed) != RIG_OK)
        return RIG_ERROR_USAGE;
    weathers[2].data_only = true;
    for (int i = 0; i < WEATHERS; i++)
        weathers[i].seed = seed;
    return RIG_OK;
}

static int run_trial(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct weather_run run = {.client = NULL};
    struct net_weather weathers[WEATHERS];
    unsigned answers;
    int error;

    if (read_word(word, weathers, &answers) != RIG_OK)
        return RIG_ERROR_USAGE;
    error = network_begin(trial, &run.watch, false, diagnostic);
    if (error == RIG_OK)
        error = run_weathers(trial, &run, weathers, answers, diagnostic);
    disconnect(&run);
    return error == RIG_OK ? network_end(trial, &run.watch, false, NULL, diagnostic) : error;
}

const struct scenario outage_weather = {
    .id = "outage.weather",
    .title = "frames of the network are lost, and damaged",
    .clauses = clauses,
    .needs = CAN_ADAPTER | CAN_DUMP | CAN_SET | CAN_RTU | CAN_TCP | CAN_WEATHER,
    .checks = checks,
    .plan = plan,
    .run = run_trial,
};
