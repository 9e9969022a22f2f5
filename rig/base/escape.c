#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct code_point {
    size_t length; /* bytes; 0 when they are no valid UTF-8 */
    uint32_t value;
};

/* Reads one UTF-8 sequence: shortest form only, no surrogates, at most U+10FFFF (RFC 3629, 4). */
static struct code_point decode(const unsigned char *bytes, size_t size)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    struct code_point point = {0, 0};
    size_t length = bytes[0] < 0x80             ? 1
                    : (bytes[0] & 0xe0) == 0xc0 ? 2
                    : (bytes[0] & 0xf0) == 0xe0 ? 3
                    : (bytes[0] & 0xf8) == 0xf0 ? 4
                                                : 0;
    if (length == 0 || length > size) {
        return point;
    }
    uint32_t value = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return point;
        }
        value = value << 6 | (bytes[i] & 0x3fu);
    }
    if (value >= smallest[length] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff)) {
        point = (struct code_point){length, value};
    }
    return point;
}

/* Control characters, and marks that reorder or hide what a person reads (Unicode UAX 9, UTR 36).
 */
static bool is_safe(uint32_t value)
{
    return value >= 0x20 && !(value >= 0x7f && value < 0xa0) && value != 0xad && value != 0x61c &&
           !(value >= 0x200b && value <= 0x200f) && !(value >= 0x2028 && value <= 0x202e) &&
           !(value >= 0x2060 && value <= 0x206f) && value != 0xfeff &&
           !(value >= 0xfff9 && value <= 0xfffb) && !(value >= 0xe0000 && value <= 0xe0fff);
}

/* Writes one byte as an escape; returns the length, at most 4. */
static size_t escape_byte(char piece[5], unsigned char byte)
{
    const char *short_form = byte == '\n'   ? "\\n"
                             : byte == '\r' ? "\\r"
                             : byte == '\t' ? "\\t"
                                            : "";
    if (short_form[0] != '\0') {
        memcpy(piece, short_form, 3);
        return 2;
    }
    (void)snprintf(piece, 5, "\\x%02x", byte);
    return 4;
}

size_t text_escape(char *out, size_t size, const char *bytes, size_t length)
{
    const unsigned char *in = (const unsigned char *)bytes;
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        struct code_point point = decode(in + at, length - at);
        char piece[5] = {0};
        size_t piece_length = point.length;
        if (point.length > 0 && is_safe(point.value)) {
            memcpy(piece, in + at, point.length);
            at += point.length;
        } else {
            piece_length = escape_byte(piece, in[at++]);
        }
        if (written + piece_length >= size) {
            break;
        }
        memcpy(out + written, piece, piece_length);
        written += piece_length;
    }
    out[written] = '\0';
    return written;
}
