/*
 * history_run.h - runs a history against the live device and judges every step.
 *
 * Oracles, beside crashes and the rules of flash:
 *
 *   refused-changes-nothing     a request that is refused leaves the settings alone
 *                               (5.13-1A on RTU, 5.13-1B on TCP)
 *   settings-in-range           so are the settings after anything at all (same clauses)
 *   reply-fits-request          a reply carries its request's function code (same clauses)
 *   still-answers               a plain read works at the end (same clauses)
 *   change-needs-login          nothing security-relevant changes without log-in, over TCP nothing
 *                               at all (5.5-5)
 *   session-needs-proof         no session is open that did not begin with the right proof (5.5-5)
 *   proof-needed                an altered, repeated or foreign message is not carried out (5.5-5)
 *   genuine-login-accepted      the right password is never called wrong (5.1-4)
 *   attempt-counted             a wrong proof is called wrong only after it is counted (5.1-5)
 *   attempt-forgotten           no restart takes a failed attempt back (5.1-5)
 *   back-off-kept               no proof is judged before its time (5.1-5)
 *   confirmed-settings-survive  what was confirmed is there after a restart (5.9-1)
 *   old-or-new                  what a fault interrupted is done whole or not at all (5.9-1)
 *   memory-equals-flash         the device runs on the settings that flash holds (5.9-1)
 */
#ifndef HISTORY_RUN_H
#define HISTORY_RUN_H

#include "live_device.h"

#include <stddef.h>
#include <stdint.h>

/* Runs `data` (history.h) over `bus`. Returns for harness_run(). */
int history_run(enum live_bus bus, const uint8_t *data, size_t size);

#endif
