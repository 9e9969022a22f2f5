/**
 * What chance allows a client that waits by full jitter: before attempt n + 1 a random time, each as
 * likely as any other, of 0 to min(first * 2^(n-1), most). (Brooker: Exponential backoff and jitter,
 * AWS Architecture Blog, 2015.) Pure functions.
 */
#ifndef RIG_SCENARIOS_RETRY_POLICY_H
#define RIG_SCENARIOS_RETRY_POLICY_H

#include <stddef.h>

/** Milliseconds; both at least 1. */
struct retry_policy {
    double first_ms;
    double most_ms;
};

enum { RETRY_ATTEMPTS_MAX = 128 /**< in all outages together; more are not told apart */ };

/** The most that attempt n + 1 waits after attempt n; n from 1. */
double retry_longest_ms(const struct retry_policy *policy, unsigned n);

/**
 * The most attempts in `outages` windows of `window_ms`, each of which begins with a first attempt
 * that counts: such a client makes more with a probability of at most `chance`.
 */
unsigned retry_most_attempts(const struct retry_policy *policy, double window_ms, unsigned outages,
                             double chance);

/**
 * What a difference between two n-th waiting times is measured in: first_ms and the longest that the wait
 * may be. A bench adds to a time what has to do with the wait's length (two clocks), and what has not
 * (a call that it takes late).
 */
double retry_spread_unit_ms(const struct retry_policy *policy, unsigned n);

/**
 * The least by which waiting times of the same number differ between outages, in that unit, for the
 * number (1 to `waits`) for which they differ most: such a client stays below with a probability of
 * `chance`. 0 for less than two outages.
 */
double retry_least_spread(const struct retry_policy *policy, unsigned waits, unsigned outages,
                          double chance);

/** The latest of `tries` times of 0 to `span_ms` is earlier than this with a probability of `chance`. */
double retry_least_latest_ms(double span_ms, unsigned tries, double chance);

/** So many times of 0 to `span_ms` all lie closer together than this with that probability. */
double retry_least_range_ms(double span_ms, unsigned tries, double chance);

#endif
