/* tag_reader.h - a radio tag's advertisement: fields of one byte of type, one of length, a value.
 */
#ifndef TAG_READER_H
#define TAG_READER_H

#include <stddef.h>
#include <stdint.h>

#define TAG_NAME_SIZE 16

struct tag {
    int temperature; /* tenths of a degree Celsius, -32768 to 32767 */
    char name[TAG_NAME_SIZE];
};

/* Reads `size` bytes into `tag`. Returns the number of fields, or -1 for a malformed message. */
int tag_read(struct tag *tag, const uint8_t *data, size_t size);

#endif
