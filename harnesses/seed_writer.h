/*
 * seed_writer.h - puts seeds together, step by step (history.h), and writes them to
 * FOLDER/<harness>/seeds/<name>. A seed that cannot be written ends the program.
 */
#ifndef SEED_WRITER_H
#define SEED_WRITER_H

#include <stddef.h>
#include <stdint.h>

/* Where seeds go from now on; made when missing. */
void seed_writer_start(const char *folder);

/* Writes a seed that is whole. */
void seed_write(const char *harness, const char *name, const uint8_t *data, size_t size);

/* Appends a step to the seed in the making. `body` may be NULL if `length` is 0. */
void seed_add(int kind, uint8_t options, const void *body, size_t length);

/* Steps that many seeds have. */
void seed_message(uint8_t type, uint8_t options, const void *payload, size_t length);
void seed_log_in(void);
void seed_wait(uint32_t milliseconds);
void seed_fault(uint8_t kind, uint8_t moment, uint8_t operation, uint8_t units);

/* Writes the seed in the making, for one harness or for both buses, and begins another. */
void seed_save(const char *harness, const char *name);
void seed_save_for_both(const char *name);

#endif
