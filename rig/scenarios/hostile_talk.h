/**
 * What goes on between a device and a hostile broker in its broker's place (hostile_broker.h): a place
 * to which the device is called, the steps of a welcome, and what the device answers.
 *
 * Errors as of network_moves.h. A device that has ended or fallen silent is in the watch: all waits end
 * then.
 */
#ifndef RIG_SCENARIOS_HOSTILE_TALK_H
#define RIG_SCENARIOS_HOSTILE_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/mqtt_packet.h"
#include "scenarios/network_moves.h"
#include "target/hostile_broker.h"

struct hostile_talk {
    struct trial *trial;
    struct network_watch *watch;
    struct hostile_broker *broker; /**< owned; NULL: none */
    size_t connects;               /**< CONNECT packets of this place that were waited for */
    size_t from;                   /**< what came on the present connection, behind its CONNECT */
    size_t connects_ever;          /**< of all places */
};

/** Nobody is in the broker's place; the genuine one must be stopped. */
void hostile_talk_begin(struct hostile_talk *talk, struct trial *trial,
                        struct network_watch *watch);

/**
 * Takes another port, tells it to the device, and waits for its CONNECT: a device that has been dropped
 * calls a new place at once, an old one later and later. *came: it is there. watch->settings gets the new
 * place.
 */
int hostile_talk_open(struct hostile_talk *talk, bool *came,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Leaves the place for another port, where nobody is yet, and tells it to the device. */
int hostile_talk_leave(struct hostile_talk *talk, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Ends the hostile broker, if there is one. Not before hostile_talk_begin(). */
void hostile_talk_close(struct hostile_talk *talk);

int hostile_talk_send(struct hostile_talk *talk, const struct mqtt_bytes *bytes,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What is waited for. */
struct hostile_wish {
    unsigned type; /**< enum mqtt_type of a packet of the present connection; 0: none */
    unsigned id;   /**< with this identifier; 0: any */
    int64_t limit_ms;
};

enum hostile_answer {
    HOSTILE_NOTHING, /**< in the time */
    HOSTILE_PACKET,  /**< that was waited for */
    HOSTILE_AGAIN,   /**< the device has hung up, and called again */
};

/** Waits, while the local interface is asked. *seen (NULL: not wanted): the packet, good until the next
 * call. */
int hostile_talk_wait(struct hostile_talk *talk, const struct hostile_wish *wish,
                      enum hostile_answer *answer, struct mqtt_seen *seen,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** How many packets of that type came on the present connection. */
size_t hostile_talk_count(const struct hostile_talk *talk, unsigned type);

/** Welcomes the device as a broker does, and grants what it subscribes to. *topic gets the filter.
 * *welcome: it is connected. */
int hostile_talk_welcome(struct hostile_talk *talk, char *topic, size_t topic_size, bool *welcome,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
