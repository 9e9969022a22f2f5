/**
 * Checks that the scenarios of hostile MQTT share: those that network_end() measures, and what wrong and
 * right commands may do. All speak to the validation of what comes over the network.
 */
#ifndef RIG_SCENARIOS_MQTT_CHECKS_H
#define RIG_SCENARIOS_MQTT_CHECKS_H

#include "scenarios/network_moves.h"

#define MQTT_CLAUSE "5.13-1B"

/* clang-format off */
#define MQTT_CHECKS(BY)                                                                            \
    {"local-silent", "polls", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_HANG, SEVERITY_HIGH,     \
     BY " silences the local interface"},                                                          \
    {"local-slowest", "ms", CHECK_AT_MOST, NETWORK_LOCAL_MS, NULL, MQTT_CLAUSE, FINDING_HANG,      \
     SEVERITY_MEDIUM, BY " makes the local interface answer too late"},                            \
    {"function-lost", "polls", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_ORACLE, SEVERITY_HIGH,  \
     BY " stops the main function"},                                                               \
    {"resets", "starts", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_RESET, SEVERITY_HIGH,         \
     BY " resets the device"},                                                                     \
    {"faults", "faults", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_FAULT, SEVERITY_HIGH,         \
     BY " makes the device fault"},                                                                \
    {"settings-changed", "settings", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_SILENT,           \
     SEVERITY_HIGH, BY " changes settings"},                                                       \
    {"network-back-within", "ms", CHECK_AT_MOST, 20000, "recover_ms", MQTT_CLAUSE, FINDING_HANG,   \
     SEVERITY_HIGH, BY " silences the network interface"},                                         \
    {"uplink-back-within", "ms", CHECK_AT_MOST, NETWORK_UPLINK_MS, NULL, MQTT_CLAUSE,              \
     FINDING_HANG, SEVERITY_MEDIUM, BY " keeps the device off its broker afterwards"},             \
    {"readings-lost", "readings", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_SILENT,              \
     SEVERITY_MEDIUM, BY " makes the device lose readings"},                                       \
    {"wrong-obeyed", "commands", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_ORACLE,               \
     SEVERITY_HIGH, "a wrong command changes the set-point"},                                      \
    {"right-refused", "commands", CHECK_EQUALS, 0, NULL, MQTT_CLAUSE, FINDING_HANG,                \
     SEVERITY_MEDIUM, "after wrong commands a right one is not obeyed any more"}
/* clang-format on */

#endif
