/*
 * image_model.h - what boot/image.h says about images, written a second time: what the firmware
 * decides is compared with this. Nothing here asks the firmware.
 */
#ifndef IMAGE_MODEL_H
#define IMAGE_MODEL_H

#include "image.h"

#include <stdbool.h>
#include <stdint.h>

/* The result that image_check_header() must have. */
int image_model_header(const uint8_t header[IMAGE_HEADER_SIZE], enum image_slot slot,
                       uint32_t least_counter);

/* The result that image_verify() must have for what the slot of the in-process board holds. */
int image_model_slot(enum image_slot slot, uint32_t least_counter);

/* The security counter that the header in a slot claims. */
uint32_t image_model_counter(enum image_slot slot);

#endif
