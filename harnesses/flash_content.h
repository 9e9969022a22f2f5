/*
 * flash_content.h - flash as a harness finds it convenient: bytes and records put where they have
 * "always been", past the driver and its rules.
 */
#ifndef FLASH_CONTENT_H
#define FLASH_CONTENT_H

#include "hal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes at `offset` (taken modulo the area's size) of `area`; what does not fit is left out. */
void flash_content_place(enum hal_flash_area area, uint32_t offset, const uint8_t *bytes,
                         size_t length);

/* A record as record_log.c writes it; checksum and sizes are made right. */
struct flash_record {
    enum hal_flash_area area;
    uint16_t kind;
    uint32_t slot; /* in the area; taken modulo their number */
    uint32_t sequence;
    uint8_t mark; /* 0: blank, 1: begun, others: settled */
    const uint8_t *payload;
    uint16_t payload_size;
};
void flash_content_place_record(const struct flash_record *record);

/* True if every byte of the area reads erased. */
bool flash_content_is_blank(enum hal_flash_area area);

#endif
