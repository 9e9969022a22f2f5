/**
 * What a scenario knows of the Modbus addresses of a product, and what whoever is at the local interface
 * may change there without log-in.
 */
#ifndef RIG_SCENARIOS_MODBUS_MAP_H
#define RIG_SCENARIOS_MODBUS_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "target/bench.h"

enum { MODBUS_MAP_HOLDING_MAX = 16, MODBUS_MAP_OPEN_MAX = 2 };

/** A holding register that is open at the local interface, from address 0 on. */
struct modbus_open_register {
    const char *setting; /**< of the adapter's dump */
    int16_t low;
    int16_t high;
};

struct modbus_map {
    uint16_t coils;
    uint16_t discrete_inputs;
    uint16_t inputs;
    uint16_t holding; /**< at most MODBUS_MAP_HOLDING_MAX */
    uint16_t open_count;
    struct modbus_open_register open[MODBUS_MAP_OPEN_MAX];
    uint16_t mailbox;       /**< holding register at which messages are exchanged by FC 23 */
    uint16_t mailbox_count; /**< registers, all of which are read; 0: there is no mailbox */
    uint8_t identification; /**< objects of FC 43/14 */
};

/** The map of the product that the target's adapter is for; NULL when nothing is known of it. */
const struct modbus_map *modbus_map_of(const struct target *target);

/** Hearth's: firmware/app/registers.h. Its coils are two views of register 1, the mode: see
 * modbus_map_write_coils(). */
const struct modbus_map *modbus_map_hearth(void);

/** The mode after a write of coil 0 (heating on) and 1 (by schedule): `mask` says which, `bits` how. */
uint16_t modbus_map_write_coils(uint16_t mode, unsigned mask, unsigned bits);

#endif
