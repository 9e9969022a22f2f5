/** A history in the making. Private to modbus_generator.c and modbus_messages.c. */
#ifndef RIG_SCENARIOS_MODBUS_GENERATOR_STATE_H
#define RIG_SCENARIOS_MODBUS_GENERATOR_STATE_H

#include "scenarios/modbus_generator.h"

struct modbus_making {
    const struct modbus_bus *bus;
    const struct modbus_map *map;
    uint64_t random;
    size_t limit;
    bool has_guessed;
    struct modbus_history *history;
};

/** Function code and data. */
struct modbus_pdu {
    uint8_t bytes[MODBUS_PDU_MAX];
    size_t size;
};

unsigned modbus_making_below(struct modbus_making *making, unsigned limit);
void modbus_pdu_put8(struct modbus_pdu *pdu, unsigned value);
void modbus_pdu_put16(struct modbus_pdu *pdu, unsigned value);

/** Adds a well formed frame to the device; NULL when the history is full. */
struct modbus_frame *modbus_making_add(struct modbus_making *making, const char *what,
                                       const struct modbus_pdu *pdu);

/** Adds one frame or some, for the mailbox. */
void modbus_make_messages(struct modbus_making *making);

#endif
