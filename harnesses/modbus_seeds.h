/* modbus_seeds.h - the committed seeds of modbus_tcp and modbus_rtu. */
#ifndef MODBUS_SEEDS_H
#define MODBUS_SEEDS_H

/* Writes them with seed_writer.h. */
void modbus_seeds(void);

#endif
