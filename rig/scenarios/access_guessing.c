#include "scenarios/families.h"

#include <inttypes.h>

#include "base/random.h"
#include "scenarios/guessing.h"
#include "scenarios/word.h"

/* Guessing passwords (5.1-5): how is in guessing.c. */

enum { SEEDS = 1000000 };

static const char *const clauses[] = {"5.1-5", NULL};

#define COMMON_CHECKS                                                                              \
    {"answers",                                                                                    \
     "",                                                                                           \
     CHECK_EQUALS,                                                                                 \
     1,                                                                                            \
     NULL,                                                                                         \
     "5.1-5",                                                                                      \
     FINDING_HANG,                                                                                 \
     SEVERITY_HIGH,                                                                                \
     "the device falls silent while passwords are guessed"},                                       \
        {"wrong-accepted",                                                                         \
         "passwords",                                                                              \
         CHECK_EQUALS,                                                                             \
         0,                                                                                        \
         NULL,                                                                                     \
         "5.1-5",                                                                                  \
         FINDING_ORACLE,                                                                           \
         SEVERITY_CRITICAL,                                                                        \
         "a wrong password is accepted"},                                                          \
        {"accepted-early",                                                                         \
         "passwords",                                                                              \
         CHECK_EQUALS,                                                                             \
         0,                                                                                        \
         NULL,                                                                                     \
         "5.1-5",                                                                                  \
         FINDING_ORACLE,                                                                           \
         SEVERITY_HIGH,                                                                            \
         "a password is judged before the delay that the device told is over"},                    \
        {"last-delay",                                                                             \
         "ms",                                                                                     \
         CHECK_AT_LEAST,                                                                           \
         1000,                                                                                     \
         "login_delay_ms",                                                                         \
         "5.1-5",                                                                                  \
         FINDING_ORACLE,                                                                           \
         SEVERITY_HIGH,                                                                            \
         "wrong passwords may follow each other too fast"},                                        \
        {"growth",                                                                                 \
         "times",                                                                                  \
         CHECK_AT_LEAST,                                                                           \
         1.5,                                                                                      \
         NULL,                                                                                     \
         "5.1-5",                                                                                  \
         FINDING_ORACLE,                                                                           \
         SEVERITY_MEDIUM,                                                                          \
         "the delay does not grow with each wrong password"},                                      \
    {                                                                                              \
        "odds", "bits", CHECK_AT_MOST, -20, NULL, "5.1-5", FINDING_ORACLE, SEVERITY_HIGH,          \
            "guessing for ten years at the pace that was measured finds the password of the "      \
            "label "                                                                               \
            "with a chance of more than one in a million"                                          \
    }

static const struct check_spec local_checks[] = {
    COMMON_CHECKS,
    {"locked-out", "", CHECK_EQUALS, 0, NULL, "5.1-5", FINDING_HANG, SEVERITY_MEDIUM,
     "after wrong passwords the right one is refused even when its time has come"},
    {"lost-in-cut", "ms", CHECK_AT_MOST, 250, NULL, "5.1-5", FINDING_ORACLE, SEVERITY_HIGH,
     "a power cut shortens the delay before the next password"},
    {"growth-over-cut", "times", CHECK_AT_LEAST, 1.5, NULL, "5.1-5", FINDING_ORACLE, SEVERITY_HIGH,
     "a power cut makes the device forget wrong passwords"},
    {.name = NULL},
};

static const struct check_spec network_checks[] = {
    COMMON_CHECKS,
    {"lost-in-cut", "ms", CHECK_AT_MOST, 250, NULL, "5.1-5", FINDING_ORACLE, SEVERITY_HIGH,
     "a power cut shortens the delay before the next password"},
    {"growth-over-cut", "times", CHECK_AT_LEAST, 1.5, NULL, "5.1-5", FINDING_ORACLE, SEVERITY_HIGH,
     "a power cut makes the device forget wrong passwords"},
    {.name = NULL},
};

static const struct check_spec parallel_checks[] = {
    COMMON_CHECKS,
    {.name = NULL},
};

static const struct check_spec link_checks[] = {
    COMMON_CHECKS,
    {"lost-in-flap", "ms", CHECK_AT_MOST, 250, NULL, "5.1-5", FINDING_ORACLE, SEVERITY_HIGH,
     "a network link that goes and comes shortens the delay before the next password"},
    {"growth-over-flap", "times", CHECK_AT_LEAST, 1.5, NULL, "5.1-5", FINDING_ORACLE, SEVERITY_HIGH,
     "a network link that goes and comes makes the device forget wrong passwords"},
    {.name = NULL},
};

/* ---- words ---- */

static int plan_words(const struct plan_options *options, const char *const words[DEPTH_COUNT],
                      struct text_list *planned)
{
    struct text_list parts = {0};
    uint64_t random = options->seed;
    int error = text_list_split(&parts, words[options->depth], ' ');

    for (size_t i = 0; error == RIG_OK && i < parts.count; i++)
        error =
            word_append(planned, "%s,seed:%" PRIu64, parts.items[i], random_below(&random, SEEDS));
    text_list_free(&parts);
    return error;
}

/* ---- the scenarios ---- */

static int plan_local(const struct bench *bench, const struct plan_options *options,
                      struct text_list *words, struct diagnostic *diagnostic)
{
    static const char *const planned[DEPTH_COUNT] = {
        "wrong:3,after:2", "wrong:3,after:2",
        "wrong:3,after:2 wrong:5,after:3 wrong:4,after:2 wrong:6,after:5"};

    (void)bench;
    (void)diagnostic;
    return plan_words(options, planned, words);
}

static int plan_alternating(const struct bench *bench, const struct plan_options *options,
                            struct text_list *words, struct diagnostic *diagnostic)
{
    static const char *const planned[DEPTH_COUNT] = {"wrong:2,after:0", "wrong:2,after:0",
                                                     "wrong:3,after:0 wrong:6,after:0"};

    (void)bench;
    (void)diagnostic;
    return plan_words(options, planned, words);
}

static int run_local(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    static const struct guess_manner manner = {.first = ADAPTER_LOCAL,
                                               .ends_right = true,
                                               .lost = "lost-in-cut",
                                               .growth_over = "growth-over-cut"};

    return guessing_run(trial, &manner, word, diagnostic);
}

static int run_network(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    static const struct guess_manner manner = {
        .first = ADAPTER_NETWORK, .lost = "lost-in-cut", .growth_over = "growth-over-cut"};

    return guessing_run(trial, &manner, word, diagnostic);
}

static int run_parallel(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    static const struct guess_manner manner = {.first = ADAPTER_NETWORK, .alternates = true};

    return guessing_run(trial, &manner, word, diagnostic);
}

static int run_link(struct trial *trial, const char *word, struct diagnostic *diagnostic)
{
    static const struct guess_manner manner = {.first = ADAPTER_NETWORK,
                                               .flaps = true,
                                               .lost = "lost-in-flap",
                                               .growth_over = "growth-over-flap"};

    return guessing_run(trial, &manner, word, diagnostic);
}

const struct scenario access_guessing_local = {
    .id = "access.guessing-local",
    .title = "passwords are guessed by the local interface, over a power cut",
    .clauses = clauses,
    .network_clauses = clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_LOGIN | CAN_RTU,
    .checks = local_checks,
    .plan = plan_local,
    .run = run_local,
};

const struct scenario access_guessing_network = {
    .id = "access.guessing-network",
    .title = "passwords are guessed over the network, over a power cut",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_LOGIN | CAN_TCP,
    .checks = network_checks,
    .plan = plan_local,
    .run = run_network,
};

const struct scenario access_guessing_parallel = {
    .id = "access.guessing-parallel",
    .title = "passwords are guessed by both interfaces in turn",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_LOGIN | CAN_RTU | CAN_TCP,
    .checks = parallel_checks,
    .plan = plan_alternating,
    .run = run_parallel,
};

const struct scenario access_guessing_link = {
    .id = "access.guessing-link",
    .title = "passwords are guessed over the network, while its link goes and comes",
    .clauses = clauses,
    .needs = CAN_POWER | CAN_ADAPTER | CAN_LOGIN | CAN_RTU | CAN_TCP | CAN_LINK,
    .checks = link_checks,
    .plan = plan_local,
    .run = run_link,
};
