#include "scenarios/families.h"

#include <inttypes.h>
#include <string.h>

#include "base/process.h"
#include "base/random.h"
#include "scenarios/network_moves.h"
#include "scenarios/word.h"
#include "target/broker.h"
#include "target/broker_peer.h"

/*
 * The broker goes away (5.9-1, 5.9-2).
 *
 * Method: three outages in a row, each worse to notice or to bear than none at all. The broker
 * stands still while a reading is under way: proven by the bench's own client, who gets no answer.
 * It dies, with all that it had not read: proven by the device's own word. In its place somebody
 * takes calls and resets them, or says nothing: proven by the calls that he took. Then it is back.
 * The local interface is asked all the time, and a setting is written there.
 */

static const char *const clauses[] = {"5.9-1", "5.9-2", NULL};

#define WHEN "while the broker is away"

static const struct check_spec checks[] = {
    NETWORK_LOCAL_CHECKS(WHEN),
    NETWORK_UPLINK_CHECKS(WHEN),
    {.name = NULL},
};

enum {
    TAKE_READING_MS = 40000,
    STILL_MS = 1000,   /* in which a broker that stands still acknowledges nothing */
    SENDING_MS = 1500, /* for the reading that is under way */
    CALLS = 2,         /* of the one in its place */
    CALLS_MS = 60000,  /* in which they must have come */
    SILENT_MS = 35000, /* on a call that nobody answers: a device gives it up after 30 s */
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
        error = word_append(words, "peer:%s,seed:%" PRIu64, i % 2 == 0 ? "reset" : "silent",
                            random_below(&state, 1000000));
    return error;
}

/* ---- it stands still ---- */

/* The bench's own client gets no answer either. */
static int prove_frozen(struct trial *trial, struct diagnostic *diagnostic)
{
    static const char topic[] = "ordeal/probe";
    struct diagnostic trouble = {""};
    const int error =
        broker_publish(trial->bench->broker, topic, "", 0, process_clock_ms() + STILL_MS, &trouble);

    if (error != RIG_OK && error != RIG_ERROR_TIMEOUT)
        return diagnostic_fail(diagnostic, error, "%s", trouble.text);
    (void)trial_proof(trial, error == RIG_ERROR_TIMEOUT,
                      "broker frozen: the bench's own client gets %s within %d ms",
                      error == RIG_OK ? "an answer" : "no answer", STILL_MS);
    return RIG_OK;
}

/* Until the device has taken a reading, and some time more, in which it may try to send it. */
static int freeze(struct trial *trial, struct network_watch *watch, const char *value,
                  struct diagnostic *diagnostic)
{
    const struct network_wish taken = {
        network_has_taken, watch->last.acknowledged + watch->last.queued + 1, TAKE_READING_MS};
    const struct network_wish never = {network_never, 0, SENDING_MS};
    bool held = false;
    int error = broker_freeze(trial->bench->broker, diagnostic);

    if (error == RIG_OK)
        error = prove_frozen(trial, diagnostic);
    if (error == RIG_OK)
        error = network_write(trial, value, diagnostic);
    if (error == RIG_OK)
        error = network_wait(trial, watch, &taken, &held, NULL, diagnostic);
    if (error == RIG_OK && !network_is_over(watch))
        (void)trial_proof(trial, held, "broker frozen: the device says that a reading waits");
    if (error == RIG_OK)
        error = network_wait(trial, watch, &never, &held, NULL, diagnostic);
    return error;
}

/* ---- it dies ---- */

static int die(struct trial *trial, struct network_watch *watch, struct diagnostic *diagnostic)
{
    int error = broker_stop(trial->bench->broker, diagnostic);

    return error == RIG_OK ? network_measure_loss(trial, watch, diagnostic) : error;
}

/* ---- another in its place ---- */

/* Until enough calls were taken, and were kept waiting for `hold_ms`. */
static int take_calls(struct trial *trial, struct network_watch *watch, struct broker_peer *peer,
                      size_t calls, int64_t hold_ms, struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + CALLS_MS;
    int error = RIG_OK;

    while (error == RIG_OK && !network_is_over(watch) && process_clock_ms() < deadline) {
        struct diagnostic nobody = {""};

        if (peer->attempts >= calls &&
            process_clock_ms() - peer->attempted_ms[calls - 1] >= hold_ms)
            return RIG_OK;
        error = broker_peer_pump(peer, process_clock_ms(), &nobody);
        if (error == RIG_OK || error == RIG_ERROR_TIMEOUT)
            error = network_turn(trial, watch, diagnostic);
        else
            *diagnostic = nobody;
    }
    return error;
}

static int be_replaced(struct trial *trial, struct network_watch *watch, enum broker_peer_mode mode,
                       struct diagnostic *diagnostic)
{
    const size_t calls = mode == PEER_RESET ? CALLS : 1;
    struct broker_peer peer;
    int error = broker_peer_open(&peer, broker_port(trial->bench->broker), mode, diagnostic);

    if (error == RIG_OK)
        error =
            take_calls(trial, watch, &peer, calls, mode == PEER_RESET ? 0 : SILENT_MS, diagnostic);
    broker_peer_close(&peer);
    if (error == RIG_OK && !network_is_over(watch))
        (void)trial_proof(trial, peer.attempts >= calls && !watch->last.uplink_connected,
                          "somebody in the broker's place %s: he took %zu calls, and the device "
                          "says that it is %sconnected",
                          mode == PEER_RESET ? "hangs up" : "says nothing", peer.attempts,
                          watch->last.uplink_connected ? "" : "not ");
    return error;
}

/* ---- all of it ---- */

static int run_outages(struct trial *trial, struct network_watch *watch, enum broker_peer_mode mode,
                       const char *value, struct diagnostic *diagnostic)
{
    int error = freeze(trial, watch, value, diagnostic);

    if (error == RIG_OK)
        error = die(trial, watch, diagnostic);
    if (error == RIG_OK)
        error = be_replaced(trial, watch, mode, diagnostic);
    if (error == RIG_OK)
        error =
            broker_start(trial->bench->broker, BROKER_GENUINE, move_deadline(trial), diagnostic);
    return error;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct network_watch watch;
    char value[ADAPTER_TEXT];
    char peer[8];
    uint64_t seed;
    int error;

    if (word_text(word, "peer", peer, sizeof peer) != RIG_OK ||
        (strcmp(peer, "reset") != 0 && strcmp(peer, "silent") != 0) ||
        word_number(word, "seed", &seed) != RIG_OK)
        return RIG_ERROR_USAGE;
    network_value(seed, value);
    error = network_begin(trial, &watch, true, diagnostic);
    if (error == RIG_OK)
        error = run_outages(trial, &watch, strcmp(peer, "reset") == 0 ? PEER_RESET : PEER_SILENT,
                            value, diagnostic);
    return error == RIG_OK ? network_end(trial, &watch, true, value, diagnostic) : error;
}

const struct scenario outage_broker = {
    .id = "outage.broker",
    .title = "the broker stands still, dies, is replaced by somebody who hangs up, and comes back",
    .clauses = clauses,
    .needs = CAN_ADAPTER | CAN_DUMP | CAN_SET | CAN_RTU | CAN_TCP | CAN_BROKER | CAN_MAKE_NEW,
    .checks = checks,
    .plan = plan,
    .run = run,
};
