/* A record that survives power cuts: two pages in turn, each with a sequence number and a checksum; the newest
 * that is whole counts. */
#ifndef FOREIGN_STORE_H
#define FOREIGN_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_RECORD_MAX = 256 };

struct store {
    unsigned first_page;
    bool in_place; /* a defect: the record is written over itself, so that a cut loses it */
    unsigned page; /* of the newest record, from first_page on */
    uint32_t sequence;
};

/* False when there is no whole record of that size; `record` is as it was then. */
bool store_load(struct store *store, void *record, size_t size);

void store_save(struct store *store, const void *record, size_t size);

/* Erases the page that does not hold the newest record. */
void store_erase_older(const struct store *store);

#endif
