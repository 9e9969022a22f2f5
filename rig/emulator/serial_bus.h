/**
 * The wired bus of an emulated device: a pseudo-terminal whose slave side clients open as a serial
 * port (libmodbus does), and whose master side is the device's. It outlives power cuts: the path
 * stays the same, and clients keep their descriptors.
 *
 * What it does not model: baud rate, parity and noise.
 */
#ifndef RIG_EMULATOR_SERIAL_BUS_H
#define RIG_EMULATOR_SERIAL_BUS_H

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** Made by serial_bus_create(), freed by serial_bus_destroy(). */
struct serial_bus;

/**
 * Opens a pseudo-terminal in raw mode. RIG_OK, RIG_ERROR_BENCH with a diagnostic, or
 * RIG_ERROR_NO_MEMORY.
 */
int serial_bus_create(struct serial_bus **bus, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Hangs up and frees all. NULL is allowed. */
void serial_bus_destroy(struct serial_bus *bus);

/** Path of the slave, e.g. "/dev/pts/4". Owned by the bus. */
const char *serial_bus_path(const struct serial_bus *bus);

/** Descriptor of the master, close-on-exec, for the device's process to inherit. Owned by the bus. */
int serial_bus_descriptor(const struct serial_bus *bus);

/** Drops the bytes that are under way in both directions. To be called while no device is on it. */
int serial_bus_drop(struct serial_bus *bus, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
