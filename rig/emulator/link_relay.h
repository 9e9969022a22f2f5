/**
 * The rig's side of a link relay: a process of its own (ordeal-link-relay), since the rig waits in
 * other calls while frames go on. It lives as long as one QEMU, and dies with the rig
 * (base/process.h).
 */
#ifndef RIG_EMULATOR_LINK_RELAY_H
#define RIG_EMULATOR_LINK_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "emulator/net_weather.h"
#include "emulator/qemu_arguments.h"

/** Made by link_relay_start(), freed by link_relay_destroy(). */
struct link_relay;

/**
 * Starts `program` in fair weather. *network is set to QEMU's ends, which the caller closes: the
 * relay ends once nobody holds them. RIG_OK; RIG_ERROR_BENCH with a diagnostic; RIG_ERROR_NO_MEMORY;
 * nothing is left on error.
 */
int link_relay_start(const char *program, struct qemu_network *network, struct link_relay **relay,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends the process and frees all. NULL is allowed. */
void link_relay_destroy(struct link_relay *relay);

/** Closes the ends that are open, and makes them -1. */
void link_relay_close_network(struct qemu_network *network);

/**
 * Sends an order: to set the weather (NULL: only to report). The report, which link_relay_serve()
 * reads, tells that it is done. RIG_OK, or as link_relay_check().
 */
int link_relay_order(struct link_relay *relay, const struct net_weather *weather,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What to poll for: descriptor -1 once the relay has ended. */
struct pollfd link_relay_poll(const struct link_relay *relay);

/** Reads one report, without waiting. RIG_OK (also when none came), or as link_relay_check(). */
int link_relay_serve(struct link_relay *relay, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** RIG_OK; RIG_ERROR_BENCH with a diagnostic once the relay ended before QEMU did. */
int link_relay_check(const struct link_relay *relay, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether the last order was carried out. */
bool link_relay_has_answered(const struct link_relay *relay);

/** Waits for the last report, to be called once QEMU has ended. At most 2 s. */
void link_relay_finish(struct link_relay *relay);

pid_t link_relay_process_id(const struct link_relay *relay);

/** Of the last report; all zero without one. Owned by the relay. */
const struct net_weather_counters *link_relay_counters(const struct link_relay *relay);

#endif
