#include "virtual_probe/write_buffer.h"

enum { BYTE_BITS = 8 };

bool write_buffer_add(struct write_buffer *buffer, uint32_t address, unsigned size, uint32_t value)
{
    if (buffer->size == 0) {
        buffer->address = address;
    }
    if (address - buffer->address != buffer->size || size > sizeof(buffer->bytes) - buffer->size) {
        return false;
    }
    for (unsigned i = 0; i < size; i++) {
        buffer->bytes[buffer->size++] = (uint8_t)(value >> BYTE_BITS * i);
    }
    return true;
}
