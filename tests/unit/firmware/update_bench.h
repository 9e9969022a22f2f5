/*
 * update_bench.h - a board that runs a signed image from slot A, and images to update it with.
 */
#ifndef UPDATE_BENCH_H
#define UPDATE_BENCH_H

#include "boot.h"
#include "boot_state.h"
#include "demo_image.h"
#include "flash_model.h"
#include "update.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_SLOT_SIZE (FLASH_SLOT_SECTORS * FLASH_SECTOR_SIZE)
#define BENCH_MAX_BODY  (BENCH_SLOT_SIZE - IMAGE_HEADER_SIZE)

/* What the board starts with, in slot A. */
#define BENCH_VERSION IMAGE_VERSION(1, 0, 0)
#define BENCH_COUNTER 5U

/* What the application has at hand in an update. Plain bytes, so that a sweep can put it back. */
struct update_bench {
    struct boot_handover running;
    struct boot_state_store state;
    struct update update;
};

/* An image as its file would be. */
struct bench_image {
    uint8_t header[IMAGE_HEADER_SIZE];
    uint8_t body[BENCH_MAX_BODY];
    size_t length; /* of the body, bytes */
};

/* Signs an image of BENCH_COUNTER + `newer`, version 2.0.`newer`, for `slot`. */
void bench_make_image(struct bench_image *image, enum image_slot slot, uint32_t newer,
                      uint32_t body_length);

/* Puts an image into `slot`, past the flash model. */
void bench_place_image(const struct bench_image *image, enum image_slot slot);

/* A fresh board with the image above in slot A, confirmed and started. */
void bench_new(struct update_bench *bench);

/* A fresh board without any image: in recovery. */
void bench_new_recovery(struct update_bench *bench);

/* Power off and on, then the boot stage; a test fails if that cannot decide. */
void bench_start(struct update_bench *bench);

/* UPDATE_OK or the first error of: begin; all data, in pieces of `piece` bytes; finish. */
int bench_begin(struct update_bench *bench, const struct bench_image *image);
int bench_send(struct update_bench *bench, const struct bench_image *image, size_t piece);
int bench_stage(struct update_bench *bench, const struct bench_image *image, size_t piece);

/* Stages and activates. */
int bench_update(struct update_bench *bench, const struct bench_image *image);

int bench_finish(struct update_bench *bench);
int bench_activate(struct update_bench *bench);
int bench_confirm(struct update_bench *bench);

/* Whether the slot holds this image whole, and erased flash up to the end of its last unit. */
bool bench_slot_holds(enum image_slot slot, const struct bench_image *image);

/* Whether a genuine header in the slot has its genuine body behind it; true if there is no such
 * header. */
bool bench_slot_is_whole_or_empty(enum image_slot slot);

#endif
