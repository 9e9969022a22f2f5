/* numbered_log.h - a record log whose values are numbers, spread over records of any size. */
#ifndef NUMBERED_LOG_H
#define NUMBERED_LOG_H

#include "record_log.h"

#include <stdint.h>

#define NUMBERED_KIND 0x4E55U
#define NUMBERED_AREA HAL_FLASH_ATTEMPTS

struct numbered_log {
    struct record_log log;
    uint16_t size;   /* of a record's payload, 4 or more bytes */
    uint32_t number; /* mounted, or appended last; 0: none */
};

/* Mounts; `number` says what was found. Fails the test if a value is none that was ever written. */
int numbered_mount(struct numbered_log *numbered);

/* Appends `number`; the field changes only on success. */
int numbered_append(struct numbered_log *numbered, uint32_t number);

/* A fresh board with `count` records: 1, 2, ... `count`. */
void numbered_new(struct numbered_log *numbered, uint16_t size, uint32_t count);

#endif
