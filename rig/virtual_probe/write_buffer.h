/**
 * Writes to following addresses, put together: a debugger loads a word at a time, and each word of its
 * own would take QEMU as long as thousands together.
 */
#ifndef RIG_VIRTUAL_PROBE_WRITE_BUFFER_H
#define RIG_VIRTUAL_PROBE_WRITE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WRITE_BUFFER_SIZE = 16 * 1024 };

/** All zero is an empty one. */
struct write_buffer {
    uint32_t address;
    size_t size; /**< bytes that wait */
    uint8_t bytes[WRITE_BUFFER_SIZE];
};

/** Adds 1, 2 or 4 bytes of `value`. False when they do not follow, or do not fit: flush it first. */
bool write_buffer_add(struct write_buffer *buffer, uint32_t address, unsigned size, uint32_t value);

#endif
