/* boot_state_seeds.h - the committed seeds of the harness boot_state. */
#ifndef BOOT_STATE_SEEDS_H
#define BOOT_STATE_SEEDS_H

#include <stddef.h>
#include <stdint.h>

/* Calls `save` for each seed. */
void boot_state_seeds(void (*save)(const char *harness, const char *name, const uint8_t *data,
                                   size_t size));

#endif
