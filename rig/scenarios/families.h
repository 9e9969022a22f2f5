/**
 * The scenarios of all families, one file a family or part of one; for catalogue.c.
 */
#ifndef RIG_SCENARIOS_FAMILIES_H
#define RIG_SCENARIOS_FAMILIES_H

#include "scenarios/scenario.h"

/* outage_power.c */
extern const struct scenario outage_power_idle;
extern const struct scenario outage_power_start;
extern const struct scenario outage_power_settings;

/* outage_network.c, outage_broker.c, outage_weather.c, outage_reconnect.c */
extern const struct scenario outage_link;
extern const struct scenario outage_broker;
extern const struct scenario outage_weather;
extern const struct scenario outage_reconnect;
extern const struct scenario outage_reconnect_start;

/* input_settings.c */
extern const struct scenario input_settings;

#endif
