#include "scenarios/families.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/random.h"
#include "scenarios/network_moves.h"
#include "scenarios/word.h"

/*
 * The network cable goes out and in (5.9-1, 5.9-2).
 *
 * Method: the device is connected to a broker. Its cable goes out for as long as it takes until a
 * reading is due, and then a few times more, for as long as the device takes to see it and a random
 * moment; all the time its local interface is asked, and a setting is written there. That the cable is
 * out is proven by the device's own word at the local interface. Once the cable is in for good the
 * device owes all its readings, its settings, and an answer at the network interface.
 */

static const char *const clauses[] = {"5.9-1", "5.9-2", NULL};

#define WHEN "while the network cable goes out and in"

static const struct check_spec checks[] = {
    NETWORK_LOCAL_CHECKS(WHEN),
    NETWORK_UPLINK_CHECKS(WHEN),
    {.name = NULL},
};

enum {
    FLAP_MS = 800,           /* at most between two flaps */
    TAKE_READING_MS = 40000, /* a device takes its next reading after at most so long */
};

static int plan(const struct bench *bench, const struct plan_options *options,
                struct text_list *words, struct diagnostic *diagnostic)
{
    static const unsigned counts[DEPTH_COUNT] = {1, 1, 8};
    static const unsigned flaps[DEPTH_COUNT] = {1, 3, 8};
    uint64_t state = options->seed;
    int error = RIG_OK;

    (void)bench;
    (void)diagnostic;
    for (unsigned i = 0; error == RIG_OK && i < counts[options->depth]; i++)
        error = word_append(words, "flaps:%u,seed:%" PRIu64, flaps[options->depth],
                            random_below(&state, 1000000));
    return error;
}

static int plug(struct trial *trial, bool in, struct diagnostic *diagnostic)
{
    return net_link_set(&trial->bench->net, in, move_deadline(trial), diagnostic);
}

/* Out, until the device says so. */
static int pull(struct trial *trial, struct network_watch *watch, struct diagnostic *diagnostic)
{
    const struct network_wish down = {network_link_is_down, 0, NETWORK_NOTICE_MS};
    bool held = false;
    int error = plug(trial, false, diagnostic);

    if (error == RIG_OK)
        error = network_wait(trial, watch, &down, &held, NULL, diagnostic);
    if (error == RIG_OK)
        (void)trial_proof(trial, held || network_is_over(watch), "cable out: the device %s",
                          held ? "says that it has no link" : "falls silent");
    return error;
}

/* Long enough for a reading that has to wait. */
static int be_out(struct trial *trial, struct network_watch *watch, const char *value,
                  struct diagnostic *diagnostic)
{
    const struct network_wish taken = {
        network_has_taken, watch->last.acknowledged + watch->last.queued + 1, TAKE_READING_MS};
    bool held = false;
    int error = pull(trial, watch, diagnostic);

    if (error == RIG_OK)
        error = network_measure_loss(trial, watch, diagnostic);
    if (error == RIG_OK && !network_is_over(watch))
        error = network_write(trial, value, diagnostic);
    if (error == RIG_OK)
        error = network_wait(trial, watch, &taken, &held, NULL, diagnostic);
    if (error == RIG_OK && !network_is_over(watch))
        trial_note(trial, "while the cable is out the device %s",
                   held ? "takes a reading" : "takes no reading");
    return error == RIG_OK ? plug(trial, true, diagnostic) : error;
}

static int flap(struct trial *trial, struct network_watch *watch, uint64_t flaps, uint64_t seed,
                struct diagnostic *diagnostic)
{
    const struct network_wish up = {network_link_is_up, 0, NETWORK_NOTICE_MS};
    uint64_t state = seed;
    bool held = false;
    int error = RIG_OK;

    for (uint64_t i = 0; error == RIG_OK && !network_is_over(watch) && i < flaps; i++) {
        const int64_t pause_ms = 1 + (int64_t)random_below(&state, FLAP_MS);

        error = network_wait(trial, watch, &up, &held, NULL, diagnostic);
        if (error == RIG_OK)
            error = bench_let_pass(trial->bench, pause_ms, diagnostic);
        if (error == RIG_OK || error == RIG_ERROR_DEVICE)
            error = pull(trial, watch, diagnostic);
        if (error == RIG_OK)
            error = plug(trial, true, diagnostic);
    }
    return error;
}

static int run(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    struct network_watch watch;
    char value[ADAPTER_TEXT];
    uint64_t flaps;
    uint64_t seed;
    int error;

    if (word_number(word, "flaps", &flaps) != RIG_OK || word_number(word, "seed", &seed) != RIG_OK)
        return RIG_ERROR_USAGE;
    network_value(seed, value);
    error = network_begin(trial, &watch, true, diagnostic);
    if (error == RIG_OK)
        error = be_out(trial, &watch, value, diagnostic);
    if (error == RIG_OK)
        error = flap(trial, &watch, flaps, seed, diagnostic);
    return error == RIG_OK ? network_end(trial, &watch, true, value, diagnostic) : error;
}

const struct scenario outage_link = {
    .id = "outage.link",
    .title = "the network cable goes out and in",
    .clauses = clauses,
    .needs =
        CAN_ADAPTER | CAN_DUMP | CAN_SET | CAN_RTU | CAN_TCP | CAN_LINK | CAN_BROKER | CAN_MAKE_NEW,
    .checks = checks,
    .plan = plan,
    .run = run,
};
