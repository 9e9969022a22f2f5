/**
 * Packets of gdb's remote protocol (GDB manual, appendix E): `$data#checksum`, each answered with `+`.
 * Pure functions and a reader without a socket.
 */
#ifndef RIG_VIRTUAL_PROBE_GDB_PACKET_H
#define RIG_VIRTUAL_PROBE_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GDB_PACKET_DATA = 4096,                /**< bytes of data; QEMU's stub sends no more */
    GDB_PACKET_ROOM = GDB_PACKET_DATA + 5, /**< with its frame, and a NUL */
};

/** Frames `data` (text without $ and #) for sending. Returns its size; 0 when it is too long. */
size_t gdb_packet_frame(const char *data, char packet[GDB_PACKET_ROOM]);

enum gdb_packet_status {
    GDB_PACKET_INCOMPLETE, /**< more bytes are needed */
    GDB_PACKET_COMPLETE,   /**< `data` holds one, until the next byte */
    GDB_PACKET_DAMAGED,    /**< too long, or its checksum is wrong; the reader looks for the next */
};

/** All zero is one that has read nothing. */
struct gdb_packet_reader {
    char data[GDB_PACKET_DATA + 1]; /**< NUL-terminated when complete; it may hold NULs besides */
    size_t size;
    uint8_t sum;
    uint8_t expected;
    unsigned place; /**< 0: before $; 1: in the data; 2, 3: in the checksum */
};

/** Takes one byte. What stands between packets (acknowledgements) is passed over. */
enum gdb_packet_status gdb_packet_take(struct gdb_packet_reader *reader, char byte);

/** Reads `size` bytes from `text`, two hexadecimal digits each. False unless all of them are there. */
bool gdb_packet_bytes(const char *text, uint8_t *bytes, size_t size);

/** Writes them so, with a NUL: 2 * size + 1 characters. */
void gdb_packet_hex(const uint8_t *bytes, size_t size, char *text);

#endif
