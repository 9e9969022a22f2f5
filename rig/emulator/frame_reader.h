/**
 * Ethernet frames out of a byte stream, each with its length before it: 4 bytes, the highest first
 * (QEMU's framing on stream sockets, net/net.c, net_fill_rstate()).
 *
 * The stream is hostile: it may be cut anywhere, and a length may be any number.
 */
#ifndef RIG_EMULATOR_FRAME_READER_H
#define RIG_EMULATOR_FRAME_READER_H

#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_HEADER = 4,
    FRAME_MAX = 64 * 1024, /**< bytes of the longest frame */
};

enum frame_status {
    FRAME_INCOMPLETE, /**< all bytes were taken; more are needed */
    FRAME_COMPLETE,   /**< frame_reader.frame holds one, until the next call */
    FRAME_MALFORMED,  /**< a length of 0 or more than FRAME_MAX; the stream cannot be read on */
};

/** All zero is one that has read nothing. */
struct frame_reader {
    size_t taken; /**< bytes of the present frame that came, its header included */
    size_t size;  /**< of the frame; 0 while its header is incomplete */
    uint8_t header[FRAME_HEADER];
    uint8_t frame[FRAME_MAX];
};

/** Takes bytes up to the end of the present frame; *used is how many. Malformed stays so. */
enum frame_status frame_reader_take(struct frame_reader *reader, const uint8_t *bytes, size_t count,
                                    size_t *used);

/** Writes the header of a frame of `size` bytes, 1 to FRAME_MAX. */
void frame_header(uint8_t header[FRAME_HEADER], size_t size);

#endif
