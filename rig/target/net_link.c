#include "target/net_link.h"

#include <stddef.h>

bool net_link_exists(const struct net_link *net)
{
    return net->driver != NULL;
}

bool net_link_has_weather(const struct net_link *net)
{
    return net->driver != NULL && net->driver->set_weather != NULL &&
           net->driver->count_weather != NULL;
}

int net_link_set(const struct net_link *net, bool up, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    if (net->driver == NULL)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "this target has no network link that the bench controls");
    return net->driver->set_link(net->self, up, deadline_ms, diagnostic);
}

int net_link_set_weather(const struct net_link *net, const struct net_weather *weather,
                         int64_t deadline_ms, struct diagnostic *diagnostic)
{
    if (!net_link_has_weather(net))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "this target's network driver cannot touch frames");
    return net->driver->set_weather(net->self, weather, deadline_ms, diagnostic);
}

int net_link_count_weather(const struct net_link *net, struct net_weather_counters *counters,
                           int64_t deadline_ms, struct diagnostic *diagnostic)
{
    if (!net_link_has_weather(net))
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "this target's network driver cannot touch frames");
    return net->driver->count_weather(net->self, counters, deadline_ms, diagnostic);
}
