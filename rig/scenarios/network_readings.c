#include "scenarios/network_moves.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/process.h"
#include "target/broker.h"

enum {
    ARRIVE_MS = 5000,     /* from the broker's acknowledgement to the rig */
    NUMBERS_MAX = 100000, /* of readings in a trial; what a device counts beyond is nonsense */
};

static int compare_numbers(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left;
    const uint32_t b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

int network_count_readings(struct trial *trial, const struct network_watch *watch, size_t *count,
                           struct diagnostic *diagnostic)
{
    struct broker_readings readings;
    uint32_t *numbers;
    size_t arrived;
    int error = broker_readings(trial->bench->broker, &readings, diagnostic);

    *count = 0;
    if (error != RIG_OK || readings.count <= watch->readings)
        return error;
    arrived = readings.count - watch->readings;
    numbers = calloc(arrived, sizeof *numbers);
    if (numbers == NULL)
        return RIG_ERROR_NO_MEMORY;
    for (size_t i = 0; i < arrived; i++)
        numbers[i] = readings.items[watch->readings + i].number;
    qsort(numbers, arrived, sizeof *numbers, compare_numbers);
    for (size_t i = 0; i < arrived; i++)
        *count += i == 0 || numbers[i] != numbers[i - 1];
    free(numbers);
    return RIG_OK;
}

/* The highest number of a reading that has arrived. */
static int find_newest(struct trial *trial, const struct network_watch *watch, uint64_t *newest,
                       struct diagnostic *diagnostic)
{
    struct broker_readings readings;
    const int error = broker_readings(trial->bench->broker, &readings, diagnostic);

    *newest = 0;
    for (size_t i = watch->readings; error == RIG_OK && i < readings.count; i++) {
        if (readings.items[i].number > *newest)
            *newest = readings.items[i].number;
    }
    return error;
}

/* Those that the device has counted at any time, queued ones included, or numbered, and that never
 * came. A device that begins to count anew has not got rid of what it owes: what it counts no more
 * is lost, whatever came. */
int network_measure_readings(struct trial *trial, struct network_watch *watch,
                             struct diagnostic *diagnostic)
{
    const int64_t deadline = process_clock_ms() + ARRIVE_MS;
    uint64_t owed = 0;
    uint64_t newest = 0;
    size_t count = 0;
    int error;

    do {
        error = network_turn(trial, watch, diagnostic);
        if (error == RIG_OK)
            error = network_count_readings(trial, watch, &count, diagnostic);
        if (error == RIG_OK)
            error = find_newest(trial, watch, &newest, diagnostic);
        owed = watch->taken > newest ? watch->taken : newest;
    } while (error == RIG_OK && count < owed && !network_is_over(watch) &&
             process_clock_ms() < deadline);
    if (error != RIG_OK)
        return error;
    owed = owed > NUMBERS_MAX ? NUMBERS_MAX : owed;
    (void)trial_measure(trial, "readings-lost",
                        (double)(owed > count ? owed - count : 0) + (double)watch->last.dropped +
                            (double)watch->forgotten,
                        "%zu readings arrived, the newest with number %" PRIu64
                        "; the device has counted %" PRIu64 ", %" PRIu64
                        " dropped, and gone back by %" PRIu64,
                        count, newest, watch->taken, watch->last.dropped, watch->forgotten);
    return RIG_OK;
}
