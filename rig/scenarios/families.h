/**
 * The scenarios of all families, one file a family or part of one; for catalogue.c.
 */
#ifndef RIG_SCENARIOS_FAMILIES_H
#define RIG_SCENARIOS_FAMILIES_H

#include "scenarios/scenario.h"

/* input_modbus.c */
extern const struct scenario input_modbus_rtu;
extern const struct scenario input_modbus_tcp;

/* input_write.c */
extern const struct scenario input_unauthenticated_write;

/* outage_power.c */
extern const struct scenario outage_power_idle;
extern const struct scenario outage_power_start;
extern const struct scenario outage_power_settings;

/* input_settings.c */
extern const struct scenario input_settings;

#endif
