/*
 * device_emulated.h - the part of device_process.h that runs the device on an emulated board: the real
 * ARM firmware in QEMU. For device_process.c; tests call device_process_*().
 */
#ifndef TESTS_DEVICE_EMULATED_H
#define TESTS_DEVICE_EMULATED_H

#include "device_process.h"

#include <stdbool.h>

/* Makes the flash file, unless it is there; switches on; waits until the network has an address or, where
 * there is none, until the bus answers. */
void device_emulated_start(struct device_process *device, const char *password);

/* Cuts the power, unless something else has done so already. */
void device_emulated_cut(struct device_process *device);

/* Waits until a restarted device has its address again, where it has one. False: its power was cut
 * meanwhile. */
bool device_emulated_follow_restart(struct device_process *device);

void device_emulated_refresh_flash(const struct device_process *device);

/* Ends what runs. Never fails the test. */
void device_emulated_destroy(struct device_process *device);

#endif
