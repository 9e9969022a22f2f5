/*
 * update_bench.h - a device that is updated by a stock Modbus client through the secure mailbox.
 *
 * Functions whose name has `try` report a transport that is gone; all others fail the test then.
 */
#ifndef TESTS_UPDATE_BENCH_H
#define TESTS_UPDATE_BENCH_H

#include "demo_image.h"
#include "device_process.h"
#include "image.h"
#include "mailbox_link.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UPDATE_BENCH_LABEL      "label-password-of-an-update"
#define UPDATE_BENCH_MAX_IMAGE  (IMAGE_HEADER_SIZE + 262144U)
#define UPDATE_BENCH_CHUNK      200U /* bytes of a body in one message */
#define UPDATE_BENCH_GONE       (-1) /* no status: the transport is gone */
#define UPDATE_BENCH_VERSION(n) IMAGE_VERSION(1, 0, (n))

/* A signed image for one slot. */
struct update_image {
    uint8_t bytes[UPDATE_BENCH_MAX_IMAGE];
    size_t length;
};

/* The answer to UPDATE_STATUS. */
struct update_status {
    uint8_t flags; /* MAILBOX_UPDATE_* */
    enum image_slot slot;
    uint8_t phase; /* enum update_phase */
    uint32_t version;
    uint32_t counter;
    uint32_t offset;
    uint32_t address;
};

/* Bytes of an image's body. */
size_t update_image_body(const struct update_image *image);

struct update_bench {
    struct device_process device;
    modbus_t *modbus; /* NULL: not connected */
    uint16_t starts;  /* of the device, as it counted when it was connected */
    struct mailbox_link mailbox;
};

/* Makes a new device, starts it, logs in. `flash_time_us` is what --flash-time takes, or NULL. */
void update_bench_create(struct update_bench *bench, const char *flash_time_us);
void update_bench_destroy(struct update_bench *bench);

/* Cuts the power; the client's connection is closed, too. */
void update_bench_cut(struct update_bench *bench);

/* Starts it again and logs in. */
void update_bench_restart(struct update_bench *bench);

/* Connects anew and logs in, after the delay that the device asks for. False: nobody answers. */
bool update_bench_try_connect(struct update_bench *bench);

/* One message. Returns its enum mailbox_status, or UPDATE_BENCH_GONE. */
int update_bench_try(struct update_bench *bench, uint8_t type, const uint8_t *payload,
                     size_t length);

/* Likewise; `answer` has the result. */
int update_bench_try_ask(struct update_bench *bench, uint8_t type, const uint8_t *payload,
                         size_t length, struct mailbox_client_answer *answer);

bool update_bench_try_status(struct update_bench *bench, struct update_status *status);
struct update_status update_bench_status(struct update_bench *bench);

/* An image for `slot`, version 1.0.`number`, security counter `number`. On the emulated board its body
 * is the firmware that the build made for that slot; on a process it can be anything. */
void update_bench_make_image(struct update_image *image, enum image_slot slot, uint32_t number);

/* Reads a signed image from a file. */
void update_bench_load_image(struct update_image *image, const char *path);

/* UPDATE_DATA with the bytes of the body from `offset` to `end`. Returns as update_bench_try() the
 * first status that is not OK, or OK. */
int update_bench_send_body(struct update_bench *bench, const struct update_image *image,
                           size_t offset, size_t end);

/* UPDATE_BEGIN, all UPDATE_DATA, UPDATE_FINISH; returns likewise. */
int update_bench_stage(struct update_bench *bench, const struct update_image *image);

/* After UPDATE_ACTIVATE: waits for the restart that the device does by itself, and logs in again. */
bool update_bench_try_follow_restart(struct update_bench *bench);

/* UPDATE_CONFIRM as soon as the self-test has passed. Returns as update_bench_try(). */
int update_bench_confirm(struct update_bench *bench);

/* A whole update to version 1.0.`number`: staged, activated, confirmed. */
void update_bench_update(struct update_bench *bench, uint32_t number);

/* Whether the slot in the device's flash file holds exactly this image. */
bool update_bench_holds(const struct update_bench *bench, enum image_slot slot,
                        const struct update_image *image);

#endif
