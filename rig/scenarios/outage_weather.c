#include "scenarios/families.h"

#include <inttypes.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/network_moves.h"
#include "scenarios/word.h"

/*
 * Bad weather in the network (5.9-1, 5.9-2): frames are lost, then damaged.
 *
 * Method: a client asks over one connection, with patience for several retransmissions, and compares
 * each answer, byte by byte, with what the wired interface says, which has no weather. It sends several
 * requests in one segment, so that a bit that is turned hits a request rather than a header: a device
 * that does not look at checksums shows. That frames are hit is proven by the client: an answer that
 * takes a retransmission, which waits for hundreds of milliseconds, is far later than any in fair
 * weather. A weather stays until enough answers came and one of them was late. A connection may break;
 * the next one must do. Then the weather is fair, and the device must answer as before.
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
    REGISTERS = 12,    /* compared; holding registers from 0 on */
    REQUESTS = 16,     /* in one segment */
    REQUEST_SIZE = 12, /* MBAP header and FC 3 */
    ANSWER_HEADER = 9, /* MBAP header, function, number of bytes */
    ANSWER_SIZE = ANSWER_HEADER + 2 * REGISTERS,
    READ_HOLDING = 3,
    FAIR_ANSWERS = 5, /* in fair weather, each to all requests of a segment */
    LATE_MS = 150,    /* beyond the slowest in fair weather: a retransmission */
    WIRED_MS = 5000,
    CLIENT_MS = 20000,   /* for one answer, with several retransmissions */
    WEATHER_MS = 400000, /* for all of them */
};

struct weather_run {
    struct network_watch watch;
    struct modbus_client *client; /* NULL: not connected */
    uint16_t transaction;
    unsigned answers;
    unsigned wrong;
    double slowest_ms;
    double fair_ms; /* the slowest in fair weather */
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 8};
    static const unsigned answers[DEPTH_COUNT] = {2, 4, 20};
    uint64_t state = options->seed;
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++)
        error = word_append(words, "loss:20,damage:15,answers:%u,seed:%" PRIu64,
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

/* What has come, for a moment. Silence is RIG_OK, unless the connection is gone. */
static int hear_some(struct weather_run *run, uint8_t *heard, size_t room, size_t *count,
                     struct diagnostic *diagnostic)
{
    const int error = modbus_client_receive_raw(run->client, heard, room, count,
                                                process_clock_ms() + NETWORK_LOOK_MS, diagnostic);

    return error == RIG_ERROR_TIMEOUT && !modbus_client_is_closed(run->client) ? RIG_OK : error;
}

/* Until all of it has come, or something else: *wrong. The wired interface is watched meanwhile. */
static int hear(struct trial *trial, struct weather_run *run, const uint8_t *expected, size_t size,
                int64_t deadline_ms, bool *wrong, struct diagnostic *diagnostic)
{
    uint8_t heard[REQUESTS * ANSWER_SIZE];
    size_t used = 0;
    int error = RIG_OK;

    while (error == RIG_OK && !*wrong && used < size) {
        size_t count = 0;

        if (process_clock_ms() >= deadline_ms)
            return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "no whole answer in time");
        error = hear_some(run, heard + used, size - used, &count, diagnostic);
        *wrong = memcmp(heard + used, expected + used, count) != 0;
        used += count;
        if (error == RIG_OK && count == 0)
            error = network_turn(trial, &run->watch, diagnostic);
    }
    return error;
}

/* One segment of requests, and the answers to them. */
static int exchange(struct trial *trial, struct weather_run *run, const uint16_t wired[REGISTERS],
                    bool *wrong, struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + CLIENT_MS;
    uint8_t requests[REQUESTS * REQUEST_SIZE];
    uint8_t answers[REQUESTS * ANSWER_SIZE];
    int error = RIG_OK;

    *wrong = false;
    write_exchange(run, trial->bench->tcp.unit, wired, requests, answers);
    if (run->client == NULL)
        error = modbus_client_open(&trial->bench->tcp, deadline, &run->client, diagnostic);
    if (error == RIG_OK)
        error =
            modbus_client_send_raw(run->client, requests, sizeof requests, deadline, diagnostic);
    if (error == RIG_OK)
        error = hear(trial, run, answers, sizeof answers, deadline, wrong, diagnostic);
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
        run->slowest_ms = took_ms > run->slowest_ms ? took_ms : run->slowest_ms;
    } else {
        trial_note(trial, "over the network: %s", wrong ? "a wrong answer" : trouble.text);
        disconnect(run);
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

static int ask_in_weather(struct trial *trial, struct weather_run *run,
                          const struct net_weather *weather, unsigned answers,
                          struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + WEATHER_MS;
    const double late_ms = run->fair_ms + LATE_MS;
    int error = set_weather(trial, weather, diagnostic);

    run->answers = 0;
    run->slowest_ms = 0;
    while (error == RIG_OK && !network_is_over(&run->watch) && process_clock_ms() < deadline &&
           run->wrong == 0 && (run->answers < answers || run->slowest_ms < late_ms))
        error = ask(trial, run, diagnostic);
    if (error != RIG_OK || network_is_over(&run->watch))
        return error;
    (void)trial_proof(trial, run->answers < answers || run->slowest_ms >= late_ms,
                      "%u %% of frames %s: the slowest of %u answers came after %.0f ms, in fair "
                      "weather after %.0f",
                      weather->loss_percent + weather->corruption_percent,
                      weather->loss_percent > 0 ? "lost" : "damaged", run->answers, run->slowest_ms,
                      run->fair_ms);
    if (run->wrong == 0)
        (void)trial_measure(trial, "answers-missing",
                            run->answers < answers ? answers - run->answers : 0, "%u came",
                            run->answers);
    return RIG_OK;
}

static int run_weathers(struct trial *trial, struct weather_run *run,
                        const struct net_weather *loss, const struct net_weather *damage,
                        uint64_t answers, struct diagnostic *diagnostic)
{
    static const struct net_weather fair = {0};
    int error = ask_in_fair_weather(trial, run, diagnostic);

    if (error == RIG_OK)
        error = ask_in_weather(trial, run, loss, (unsigned)(answers + 1) / 2, diagnostic);
    if (error == RIG_OK)
        error = ask_in_weather(trial, run, damage, (unsigned)answers, diagnostic);
    disconnect(run);
    if (error == RIG_OK)
        error = set_weather(trial, &fair, diagnostic);
    if (error == RIG_OK)
        (void)trial_measure(trial, "wrong-answers", run->wrong, "in both weathers");
    return error;
}

static int run_trial(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct weather_run run = {.client = NULL};
    struct net_weather loss_weather = {0};
    struct net_weather damage_weather = {0};
    uint64_t loss;
    uint64_t damage;
    uint64_t answers;
    uint64_t seed;
    int error;

    if (word_number(word, "loss", &loss) != RIG_OK || loss == 0 || loss > 60 ||
        word_number(word, "damage", &damage) != RIG_OK || damage == 0 || damage > 60 ||
        word_number(word, "answers", &answers) != RIG_OK || answers == 0 || answers > 1000 ||
        word_number(word, "seed", &seed) != RIG_OK)
        return RIG_ERROR_USAGE;
    loss_weather = (struct net_weather){.loss_percent = (unsigned)loss, .seed = seed};
    damage_weather = (struct net_weather){.corruption_percent = (unsigned)damage, .seed = seed};
    error = network_begin(trial, &run.watch, false, diagnostic);
    if (error == RIG_OK)
        error = run_weathers(trial, &run, &loss_weather, &damage_weather, answers, diagnostic);
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
