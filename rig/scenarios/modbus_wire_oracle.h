/**
 * What a device may answer to bytes on its Modbus interface, judged from the bytes alone. Sources:
 * Modbus Application Protocol V1.1b3; Modbus over Serial Line V1.02; Modbus Messaging on TCP/IP V1.0b.
 */
#ifndef RIG_SCENARIOS_MODBUS_WIRE_ORACLE_H
#define RIG_SCENARIOS_MODBUS_WIRE_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/modbus_map.h"
#include "target/modbus_client.h"

enum {
    MODBUS_PDU_MAX = 253,
    MODBUS_REQUESTS_MAX = 16, /**< that are looked for in one frame's bytes */
    MODBUS_MBAP = 7,
};

/** An interface, and what is known of the registers behind it. */
struct modbus_bus {
    enum modbus_kind kind;
    uint8_t unit;
    const struct modbus_map *map; /**< NULL: nothing is known */
};

/** A request found in bytes that were sent. */
struct modbus_request {
    const uint8_t *pdu; /**< within those bytes */
    size_t size;
    uint8_t unit;
    uint16_t transaction; /**< TCP */
    bool is_addressed;    /**< to this device alone, so that it may answer */
    bool is_broadcast;    /**< RTU, unit 0 */
    bool is_certain;      /**< the device has to see it; else it may as well drop it */
};

/**
 * Finds the requests that a device may see in bytes that come without a pause. RTU: one at most, that
 * with a right checksum that is the whole or else the shortest part from the start on. TCP: as many as
 * the lengths in the headers say. *rest is how many bytes at the end belong to none. Returns their number.
 */
size_t modbus_requests_find(const struct modbus_bus *bus, const uint8_t *bytes, size_t size,
                            struct modbus_request requests[MODBUS_REQUESTS_MAX], size_t *rest);

/** What a request has coming. */
enum modbus_due {
    MODBUS_DUE_ANSWER,  /**< it is legal: it is done and answered */
    MODBUS_DUE_REFUSAL, /**< it must not be done */
    MODBUS_DUE_EITHER,  /**< nobody here knows */
};

/** Whatever `registers` hold: the first holding registers, `map->holding` of them; NULL without a map.
 */
enum modbus_due modbus_request_due(const struct modbus_bus *bus,
                                   const struct modbus_request *request, const uint16_t *registers);

/** Whether it asks for a change: FC 5, 6, 15, 16, 22, 23 outside the mailbox. */
bool modbus_request_writes(const struct modbus_bus *bus, const struct modbus_request *request);

/** What a legal request makes of the registers. */
void modbus_request_apply(const struct modbus_bus *bus, const struct modbus_request *request,
                          uint16_t *registers);

/** Whether it exchanges a message with the mailbox; *message is then `*size` bytes of it. */
bool modbus_request_message(const struct modbus_bus *bus, const struct modbus_request *request,
                            const uint8_t **message, size_t *size);

/** How an answer looks. */
enum modbus_answer {
    MODBUS_ANSWER_DONE,      /**< as after a request that was carried out */
    MODBUS_ANSWER_REFUSED,   /**< an exception */
    MODBUS_ANSWER_MALFORMED, /**< none of a device that keeps to the protocol */
};

/** Judges one whole answer frame; *why is set when it is malformed. */
enum modbus_answer modbus_answer_judge(const struct modbus_bus *bus,
                                       const struct modbus_request *request, const uint8_t *answer,
                                       size_t size, const char **why);

/** Bytes of the answer frame that begins there, as it announces itself; 0: more must come first, or
 * it announces nothing. */
size_t modbus_answer_size(const struct modbus_bus *bus, const uint8_t *bytes, size_t have);

/** Function code and data of a whole answer frame. NULL when it is shorter than any. */
const uint8_t *modbus_answer_pdu(const struct modbus_bus *bus, const uint8_t *answer, size_t size,
                                 size_t *pdu_size);

#endif
