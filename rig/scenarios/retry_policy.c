#include "scenarios/retry_policy.h"

#include <math.h>
#include <string.h>

enum {
    BINS = 1024,   /* of the window */
    HALVINGS = 60, /* of a search by halves */
};

double retry_longest_ms(const struct retry_policy *policy, unsigned n)
{
    const double longest = ldexp(policy->first_ms, n > 1 ? (int)n - 1 : 0);

    return longest < policy->most_ms ? longest : policy->most_ms;
}

/*
 * Method: the window is cut into bins, and sums[i] is the probability that the waits until now add up
 * to bin i. A wait is rounded down to a bin, so that attempts come rather too early, and the limit is
 * rather too high. A further wait of w bins, each as likely, makes of it a moving average over w bins.
 */
static void add_wait(double sums[BINS], double longest_bins)
{
    const size_t count = longest_bins < 1 ? 1 : (size_t)ceil(longest_bins);
    double moved[BINS];
    double inside = 0;

    for (size_t i = 0; i < BINS; i++) {
        inside += sums[i];
        if (i >= count)
            inside -= sums[i - count];
        moved[i] = inside / (double)count;
    }
    memcpy(sums, moved, sizeof moved);
}

static double total(const double sums[BINS])
{
    double all = 0;

    for (size_t i = 0; i < BINS; i++)
        all += sums[i];
    return all;
}

/* exactly[n]: the probability of n attempts in one window; of the last place: of so many or more. */
static void count_one(const struct retry_policy *policy, double window_ms,
                      double exactly[RETRY_ATTEMPTS_MAX])
{
    double sums[BINS] = {1};
    double reached = 1; /* of at least n attempts */

    for (unsigned n = 1; n < RETRY_ATTEMPTS_MAX; n++) {
        double next;

        add_wait(sums, floor(retry_longest_ms(policy, n) / window_ms * BINS));
        next = total(sums);
        exactly[n] = reached > next ? reached - next : 0;
        reached = next;
    }
    exactly[0] = 0;
    exactly[RETRY_ATTEMPTS_MAX - 1] += reached;
}

static void add_outage(double all[RETRY_ATTEMPTS_MAX], const double one[RETRY_ATTEMPTS_MAX])
{
    double sum[RETRY_ATTEMPTS_MAX] = {0};

    for (size_t i = 0; i < RETRY_ATTEMPTS_MAX; i++) {
        for (size_t j = 0; j < RETRY_ATTEMPTS_MAX; j++)
            sum[i + j < RETRY_ATTEMPTS_MAX ? i + j : RETRY_ATTEMPTS_MAX - 1] += all[i] * one[j];
    }
    memcpy(all, sum, sizeof sum);
}

unsigned retry_most_attempts(const struct retry_policy *policy, double window_ms, unsigned outages,
                             double chance)
{
    double one[RETRY_ATTEMPTS_MAX];
    double all[RETRY_ATTEMPTS_MAX] = {1};
    double beyond = 0;
    unsigned most = RETRY_ATTEMPTS_MAX - 1;

    count_one(policy, window_ms, one);
    for (unsigned i = 0; i < outages; i++)
        add_outage(all, one);
    while (most > 0 && beyond + all[most] <= chance)
        beyond += all[most--];
    return most;
}

/* The probability that `count` times of 0 to `longest` all lie within a span of `spread`: the
 * distribution of the range of a uniform sample (David, Nagaraja: Order Statistics, 2003, 2.3). */
static double chance_within(double spread, double longest, unsigned count)
{
    const double part = spread < longest ? spread / longest : 1;

    return count * pow(part, count - 1.0) - (count - 1.0) * pow(part, count);
}

double retry_spread_unit_ms(const struct retry_policy *policy, unsigned n)
{
    return policy->first_ms + retry_longest_ms(policy, n);
}

double retry_least_spread(const struct retry_policy *policy, unsigned waits, unsigned outages,
                          double chance)
{
    double low = 0;
    double high = 1;

    if (outages < 2)
        return 0;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = (low + high) / 2;
        double together = 1;

        for (unsigned n = 1; n <= waits; n++)
            together *= chance_within(middle * retry_spread_unit_ms(policy, n),
                                      retry_longest_ms(policy, n), outages);
        if (together > chance)
            high = middle;
        else
            low = middle;
    }
    return low;
}

double retry_least_range_ms(double span_ms, unsigned tries, double chance)
{
    const struct retry_policy span = {span_ms, span_ms};

    return retry_least_spread(&span, 1, tries, chance) * retry_spread_unit_ms(&span, 1);
}

double retry_least_latest_ms(double span_ms, unsigned tries, double chance)
{
    return tries > 0 ? span_ms * pow(chance, 1.0 / tries) : 0;
}
