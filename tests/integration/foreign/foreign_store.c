#include "foreign_store.h"

#include <string.h>

#include "foreign_flash.h"

struct header {
    uint32_t magic;
    uint32_t sequence;
    uint32_t size;
    uint32_t checksum; /* over all that stands before it, then the record */
};

enum { MAGIC = 0x54494d45 };

/* CRC-32 as of ISO/IEC 3309, bit by bit. */
static uint32_t crc32(uint32_t crc, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= from[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
        }
    }
    return ~crc;
}

static uint32_t checksum(const struct header *header, const void *record)
{
    uint32_t sum = crc32(0, header, offsetof(struct header, checksum));
    return crc32(sum, record, header->size);
}

/* Reads a page; false when there is no whole record of that size. */
static bool read_page(unsigned page, struct header *header, void *record, size_t size)
{
    unsigned char bytes[sizeof *header + STORE_RECORD_MAX];
    flash_read(page, bytes, sizeof *header + size);
    memcpy(header, bytes, sizeof *header);
    memcpy(record, bytes + sizeof *header, size);
    return header->magic == MAGIC && header->size == size &&
           header->checksum == checksum(header, record);
}

bool store_load(struct store *store, void *record, size_t size)
{
    bool found = false;
    store->page = store->first_page;
    store->sequence = 0;
    for (unsigned page = store->first_page; page < store->first_page + 2; page++) {
        struct header header;
        unsigned char bytes[STORE_RECORD_MAX];
        if (read_page(page, &header, bytes, size) && header.sequence >= store->sequence) {
            memcpy(record, bytes, size);
            store->page = page;
            store->sequence = header.sequence;
            found = true;
        }
    }
    return found;
}

static unsigned other_page(const struct store *store)
{
    return store->page == store->first_page ? store->first_page + 1 : store->first_page;
}

void store_save(struct store *store, const void *record, size_t size)
{
    struct header header = {MAGIC, store->sequence + 1, (uint32_t)size, 0};
    unsigned char bytes[sizeof header + STORE_RECORD_MAX];
    unsigned page = store->in_place ? store->first_page : other_page(store);
    header.checksum = checksum(&header, record);
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + sizeof header, record, size);
    flash_erase(page);
    flash_program(page, bytes, sizeof header + size);
    store->page = page;
    store->sequence = header.sequence;
}

void store_erase_older(const struct store *store)
{
    flash_erase(other_page(store));
}
