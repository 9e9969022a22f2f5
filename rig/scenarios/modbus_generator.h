/**
 * Hostile histories of Modbus frames: valid ones, nearly valid ones and rubbish, in an order that a seed
 * determines. Each history mixes reads and writes at the edges of the map, lengths and counts that lie,
 * unknown functions, broken framing and messages for the mailbox of somebody who has no session.
 *
 * A history holds one guess at the password at the most: a device counts them, and makes whoever comes
 * next wait.
 */
#ifndef RIG_SCENARIOS_MODBUS_GENERATOR_H
#define RIG_SCENARIOS_MODBUS_GENERATOR_H

#include "scenarios/modbus_frame.h"

/** Fills `history` with `count` frames, at most MODBUS_HISTORY_MAX. Without a map of the bus, addresses
 * are those of a small device, and nothing is for a mailbox. */
void modbus_history_generate(const struct modbus_bus *bus, uint64_t seed, size_t count,
                             struct modbus_history *history);

/** A transaction number and a read that no history holds are the player's own: see
 * modbus_player.h. */
enum { MODBUS_GENERATED_TRANSACTIONS = 0x8000 /**< numbers from here on are not generated */ };

#endif
