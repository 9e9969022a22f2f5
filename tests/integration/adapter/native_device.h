#ifndef TESTS_NATIVE_DEVICE_H
#define TESTS_NATIVE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/process.h"
#include "target/adapter_hearth.h"
#include "target/kept_terminal.h"

/* hearth-native with the adapter on it. All functions fail the test when they cannot do their work. */
struct native_device {
    char *folder;
    char *flash;
    char *link;
    struct process *process;   /* NULL: off */
    struct kept_terminal kept; /* its bus's, or it may become that of another test's device */
    bool announced;
    const char *flash_time; /* us that a flash operation takes from the next start on; NULL: none */
    char device_id[40];
    struct modbus_port rtu;
    struct modbus_port tcp;
    struct adapter adapter;
};

/* A new device, on, with its adapter and the password of its label. */
void native_device_create(struct native_device *device);
void native_device_destroy(struct native_device *device);

/* SIGKILL, as a power cut; and on again with the same flash. */
void native_device_cut(struct native_device *device);
void native_device_start(struct native_device *device);

/* Signs an image; `wrong` as of hearth-image, NULL for a right one. Its path, for free(). */
char *native_device_make_image(const struct native_device *device, const char *slot,
                               const char *version, const char *counter, const char *wrong);

#endif
