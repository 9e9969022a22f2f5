#include "virtual_probe/gdb_packet.h"

#include <string.h>

enum place { BEFORE, DATA, FIRST_DIGIT, SECOND_DIGIT };

enum { HEX = 16 };

static const char digits[] = "0123456789abcdef";

/* -1 for what is no digit. */
static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

size_t gdb_packet_frame(const char *data, char packet[GDB_PACKET_ROOM])
{
    const size_t size = strlen(data);
    uint8_t sum = 0;

    if (size > GDB_PACKET_DATA) {
        return 0;
    }
    packet[0] = '$';
    for (size_t i = 0; i < size; i++) {
        packet[1 + i] = data[i];
        sum = (uint8_t)(sum + (uint8_t)data[i]);
    }
    packet[size + 1] = '#';
    packet[size + 2] = digits[sum / HEX];
    packet[size + 3] = digits[sum % HEX];
    packet[size + 4] = '\0';
    return size + 4;
}

static void begin(struct gdb_packet_reader *reader)
{
    reader->place = DATA;
    reader->size = 0;
    reader->sum = 0;
}

static enum gdb_packet_status take_data(struct gdb_packet_reader *reader, char byte)
{
    if (byte == '$') {
        begin(reader); /* the end of the one before was lost */
        return GDB_PACKET_DAMAGED;
    }
    if (byte == '#') {
        reader->data[reader->size] = '\0';
        reader->place = FIRST_DIGIT;
        return GDB_PACKET_INCOMPLETE;
    }
    if (reader->size == GDB_PACKET_DATA) {
        reader->place = BEFORE;
        return GDB_PACKET_DAMAGED;
    }
    reader->data[reader->size++] = byte;
    reader->sum = (uint8_t)(reader->sum + (uint8_t)byte);
    return GDB_PACKET_INCOMPLETE;
}

static enum gdb_packet_status take_digit(struct gdb_packet_reader *reader, char byte)
{
    const int value = digit_value(byte);

    if (value < 0) {
        reader->place = BEFORE;
        return GDB_PACKET_DAMAGED;
    }
    if (reader->place == FIRST_DIGIT) {
        reader->expected = (uint8_t)(value * HEX);
        reader->place = SECOND_DIGIT;
        return GDB_PACKET_INCOMPLETE;
    }
    reader->place = BEFORE;
    return reader->expected + value == reader->sum ? GDB_PACKET_COMPLETE : GDB_PACKET_DAMAGED;
}

enum gdb_packet_status gdb_packet_take(struct gdb_packet_reader *reader, char byte)
{
    switch (reader->place) {
    case DATA:
        return take_data(reader, byte);
    case FIRST_DIGIT:
    case SECOND_DIGIT:
        return take_digit(reader, byte);
    default:
        if (byte == '$') {
            begin(reader);
        }
        return GDB_PACKET_INCOMPLETE;
    }
}

bool gdb_packet_bytes(const char *text, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const int high = digit_value(text[2 * i]);
        const int low = high < 0 ? -1 : digit_value(text[2 * i + 1]);

        if (low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high * HEX + low);
    }
    return true;
}

void gdb_packet_hex(const uint8_t *bytes, size_t size, char *text)
{
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] / HEX];
        text[2 * i + 1] = digits[bytes[i] % HEX];
    }
    text[2 * size] = '\0';
}
