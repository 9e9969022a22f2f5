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
 * each answer with the one of the wired interface, which has no weather. That frames are hit is proven
 * by the client: an answer that takes a retransmission, which waits for hundreds of milliseconds, is
 * far later than any in fair weather. The weather stays until enough answers came and one of them was
 * late. A connection may break; the next one must do. Then the weather is fair, and the device must
 * answer as before.
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
    REGISTERS = 12,      /* compared; holding registers from 0 on */
    FAIR_ANSWERS = 5,    /* in fair weather */
    ANSWERS = 4,         /* that must come in each weather */
    LATE_MS = 150,       /* beyond the slowest in fair weather: a retransmission */
    ANSWER_MS = 20000,   /* for one, with several retransmissions */
    WEATHER_MS = 120000, /* for all of them */
};

struct weather_run {
    struct network_watch watch;
    struct modbus_client *client; /* NULL: not connected */
    unsigned answers;
    unsigned wrong;
    double slowest_ms;
    double fair_ms; /* the slowest in fair weather */
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 8};
    uint64_t state = options->seed;
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++)
        error =
            word_append(words, "loss:30,damage:20,seed:%" PRIu64, random_below(&state, 1000000));
    return error;
}

/* ---- asking ---- */

static bool is_silence(int error)
{
    return error == RIG_ERROR_TIMEOUT || error == RIG_ERROR_DEVICE;
}

static int ask_wired(struct trial *trial, uint16_t values[REGISTERS], struct diagnostic *diagnostic)
{
    const struct modbus_registers all = {0, REGISTERS};
    const int64_t deadline = process_clock_ms() + 2 * NETWORK_LOCAL_MS;
    struct modbus_client *client = NULL;
    int error = modbus_client_open(&trial->bench->rtu, deadline, &client, diagnostic);

    if (error == RIG_OK)
        error = modbus_client_read_holding(client, all, values, deadline, diagnostic);
    modbus_client_close(client);
    return error;
}

static void disconnect(struct weather_run *run)
{
    modbus_client_close(run->client);
    run->client = NULL;
}

/* One question over the network. An answer is compared with what the wired interface says. */
static int ask(struct trial *trial, struct weather_run *run, struct diagnostic *diagnostic)
{
    const struct modbus_registers all = {0, REGISTERS};
    uint16_t wired[REGISTERS] = {0};
    uint16_t values[REGISTERS] = {0};
    struct diagnostic trouble = {""};
    int64_t began;
    int error = ask_wired(trial, wired, diagnostic);

    if (is_silence(error))
        return network_turn(trial, &run->watch, diagnostic); /* that is the watch's to count */
    began = process_clock_ms();
    if (error == RIG_OK && run->client == NULL)
        error = modbus_client_open(&trial->bench->tcp, began + ANSWER_MS, &run->client, &trouble);
    if (error == RIG_OK)
        error = modbus_client_read_holding(run->client, all, values, began + ANSWER_MS, &trouble);
    if (error != RIG_OK && !is_silence(error))
        return diagnostic_fail(diagnostic, error, "%s", trouble.text);
    if (error == RIG_OK) {
        const double took_ms = (double)(process_clock_ms() - began);

        run->answers++;
        run->wrong += memcmp(values, wired, sizeof values) != 0;
        run->slowest_ms = took_ms > run->slowest_ms ? took_ms : run->slowest_ms;
    } else {
        run->wrong += error == RIG_ERROR_DEVICE;
        trial_note(trial, "no answer over the network: %s", trouble.text);
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
                          const struct net_weather *weather, struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + WEATHER_MS;
    const double late_ms = run->fair_ms + LATE_MS;
    int error = set_weather(trial, weather, diagnostic);

    run->answers = 0;
    run->slowest_ms = 0;
    while (error == RIG_OK && !run->watch.ended && process_clock_ms() < deadline &&
           (run->answers < ANSWERS || run->slowest_ms < late_ms))
        error = ask(trial, run, diagnostic);
    if (error != RIG_OK || run->watch.ended)
        return error;
    (void)trial_proof(trial, run->answers < ANSWERS || run->slowest_ms >= late_ms,
                      "%u %% of frames %s: the slowest of %u answers came after %.0f ms, in fair "
                      "weather after %.0f",
                      weather->loss_percent + weather->corruption_percent,
                      weather->loss_percent > 0 ? "lost" : "damaged", run->answers, run->slowest_ms,
                      run->fair_ms);
    (void)trial_measure(trial, "answers-missing",
                        run->answers < ANSWERS ? ANSWERS - run->answers : 0, "%u came",
                        run->answers);
    return RIG_OK;
}

static int run_weathers(struct trial *trial, struct weather_run *run,
                        const struct net_weather *loss, const struct net_weather *damage,
                        struct diagnostic *diagnostic)
{
    static const struct net_weather fair = {0};
    int error = ask_in_fair_weather(trial, run, diagnostic);

    if (error == RIG_OK)
        error = ask_in_weather(trial, run, loss, diagnostic);
    if (error == RIG_OK)
        error = ask_in_weather(trial, run, damage, diagnostic);
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
    uint64_t seed;
    int error;

    if (word_number(word, "loss", &loss) != RIG_OK || loss == 0 || loss > 60 ||
        word_number(word, "damage", &damage) != RIG_OK || damage == 0 || damage > 60 ||
        word_number(word, "seed", &seed) != RIG_OK)
        return RIG_ERROR_USAGE;
    loss_weather = (struct net_weather){.loss_percent = (unsigned)loss, .seed = seed};
    damage_weather = (struct net_weather){.corruption_percent = (unsigned)damage, .seed = seed};
    error = network_begin(trial, &run.watch, false, diagnostic);
    if (error == RIG_OK)
        error = run_weathers(trial, &run, &loss_weather, &damage_weather, diagnostic);
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
