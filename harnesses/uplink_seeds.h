/* uplink_seeds.h - the committed seeds of the harness uplink. */
#ifndef UPLINK_SEEDS_H
#define UPLINK_SEEDS_H

#include <stddef.h>
#include <stdint.h>

/* Calls `save` for each seed. */
void uplink_seeds(void (*save)(const char *harness, const char *name, const uint8_t *data,
                               size_t size));

#endif
