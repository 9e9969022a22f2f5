/**
 * The device's network link, as the bench can spoil it. Whether a fault fired is proven by others:
 * by what the device says of its link, or by its peer's log. How many frames the weather has hit, only
 * whoever touched them knows, whether or not the device lives.
 */
#ifndef RIG_TARGET_NET_LINK_H
#define RIG_TARGET_NET_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "emulator/net_weather.h"

struct net_driver {
    int (*set_link)(void *self, bool up, int64_t deadline_ms, struct diagnostic *diagnostic);
    /** NULL where frames cannot be touched. */
    int (*set_weather)(void *self, const struct net_weather *weather, int64_t deadline_ms,
                       struct diagnostic *diagnostic);
    /** What became of frames; NULL as set_weather. */
    int (*count_weather)(void *self, struct net_weather_counters *counters, int64_t deadline_ms,
                         struct diagnostic *diagnostic);
};

/** All zero: the target has no network that the bench controls. */
struct net_link {
    const struct net_driver *driver;
    void *self;
};

bool net_link_exists(const struct net_link *net);
bool net_link_has_weather(const struct net_link *net);

/** Plugs the cable in or out; stays so over power cuts. RIG_ERROR_USAGE without a driver;
 * RIG_ERROR_BENCH, RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED, RIG_ERROR_DEVICE. */
int net_link_set(const struct net_link *net, bool up, int64_t deadline_ms,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Sets the weather; likewise. */
int net_link_set_weather(const struct net_link *net, const struct net_weather *weather,
                         int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What became of frames since the bench was opened, as whoever touches them counts; likewise. */
int net_link_count_weather(const struct net_link *net, struct net_weather_counters *counters,
                           int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
