/**
 * Plays hostile frames to a running device on one of its Modbus interfaces, and watches what comes back.
 *
 * Behind each frame the player sends a read of its own on the same wire, until it is answered: that ends
 * the frame's turn. So it is known that the device got past the frame, how long that took, and what the
 * frame made of the registers; and an answer that comes late is not taken for another frame's.
 */
#ifndef RIG_SCENARIOS_MODBUS_PLAYER_H
#define RIG_SCENARIOS_MODBUS_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "scenarios/modbus_frame.h"
#include "target/bench.h"

enum { MODBUS_TURN_BYTES = 4096, MODBUS_TURN_TEXT = 160 };

/** What one frame did. */
struct modbus_turn {
    unsigned requests;         /**< that the frame holds and the device may answer */
    unsigned refused;          /**< answered with an exception */
    unsigned done;             /**< answered as carried out */
    unsigned accepted_illegal; /**< of these: such that must not be */
    unsigned malformed;        /**< answers that are none, or that nobody asked for; no answer to a
                                    request that is legal */
    unsigned unanswered; /**< legal requests without an answer, though they were sent again; they
                              count as malformed, too */
    unsigned changed;    /**< registers that are not what the accepted requests say */
    bool is_alive;       /**< it answered the read behind the frame */
    int64_t took_ms;     /**< until then, or until the player gave up */
    char why[MODBUS_TURN_TEXT];    /**< of the first thing that is wrong with its answers */
    char change[MODBUS_TURN_TEXT]; /**< of the first register that changed */
};

struct modbus_player {
    struct bench *bench;
    const struct modbus_port *port;
    struct modbus_bus bus;
    int64_t limit_ms;             /**< until it gives up */
    struct modbus_client *client; /**< NULL: not connected */
    uint16_t transaction;
    bool knows_registers;
    uint16_t registers[MODBUS_MAP_HOLDING_MAX]; /**< as they have to be, with a map */
    uint32_t session; /**< number of the mailbox session that the device gave last */
    size_t used;
    uint8_t bytes[MODBUS_TURN_BYTES]; /**< of the turn under way */
};

/**
 * Begins to play on the device's interface of `kind`, which the target must have; the device is up.
 * Reads its registers. RIG_ERROR_TIMEOUT when they cannot be read; RIG_ERROR_BENCH,
 * RIG_ERROR_INTERRUPTED. Call modbus_player_end() in each case.
 */
int modbus_player_begin(struct modbus_player *player, struct bench *bench, enum modbus_kind kind,
                        int64_t limit_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Plays one frame; a frame that wants the mailbox session's number gets it, and is left so. RIG_OK
 * also when the device falls silent. RIG_ERROR_BENCH, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY.
 */
int modbus_player_play(struct modbus_player *player, struct modbus_frame *frame,
                       struct modbus_turn *turn, struct diagnostic *diagnostic) RIG_MUST_CHECK;

void modbus_player_end(struct modbus_player *player);

#endif
