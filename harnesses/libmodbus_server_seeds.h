/* libmodbus_server_seeds.h - the seeds of the harness libmodbus_server, for make_seeds.c. */
#ifndef LIBMODBUS_SERVER_SEEDS_H
#define LIBMODBUS_SERVER_SEEDS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Makes every seed in turn. `keep` takes a finished one: `size` bytes of `data`, to be kept under
 * `name`.
 */
void libmodbus_server_make_seeds(void (*keep)(const char *name, const uint8_t *data, size_t size));

#endif
