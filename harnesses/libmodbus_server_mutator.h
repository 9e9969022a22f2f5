/* libmodbus_server_mutator.h - structure-aware mutation of the inputs of libmodbus_server. */
#ifndef LIBMODBUS_SERVER_MUTATOR_H
#define LIBMODBUS_SERVER_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* As harness_mutate() of harness.h. */
size_t libmodbus_server_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
