/**
 * Commands published to a device through its real broker by the bench's own client, and what the device
 * made of them: by its acknowledgements in the broker's log, and by its settings at the local interface.
 *
 * Errors as of network_moves.h. A device that has ended or fallen silent is in the watch.
 */
#ifndef RIG_SCENARIOS_COMMAND_PLAYER_H
#define RIG_SCENARIOS_COMMAND_PLAYER_H

#include "scenarios/mqtt_command.h"
#include "scenarios/network_moves.h"

struct command_player {
    struct trial *trial;
    struct network_watch *watch;
    int held;              /**< tenths of a degree that the device has to hold */
    size_t published;      /**< to the device, since the broker's log stood at `logged` */
    size_t logged;         /**< acknowledgements of the device in it */
    size_t published_ever; /**< to any topic */
    bool is_lost;          /**< the connection was, since the last command_player_settle() */
};

/** `watch` is begun with a broker. Takes what the device holds from watch->settings;
 * RIG_ERROR_DEVICE when these have no set-point. */
int command_player_begin(struct command_player *player, struct trial *trial,
                         struct network_watch *watch, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Publishes at QoS 1, and returns when the broker has it. */
int command_player_publish(struct command_player *player, const struct mqtt_command *command,
                           struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Waits until the device has acknowledged all that was published to it, or lost its connection and made
 * it anew. *delivered: one of the two was seen. */
int command_player_settle(struct command_player *player, bool *delivered,
                          struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The set-point that the device shows at its local interface. RIG_ERROR_DEVICE when it shows none. */
int command_set_point(struct bench *bench, int *tenths,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What the device holds is what watch->settings says from now on: nothing that is held against it twice. */
void command_player_expect_held(const struct command_player *player);

/** Publishes a right command for `tenths`, and waits until the device shows it; once more when the
 * connection was lost. On *obeyed the device has to hold it from now on. */
int command_player_order(struct command_player *player, const struct mqtt_command *command,
                         int tenths, bool *obeyed, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
