/*
 * Plays QEMU for test_guest_ram.c: a page of memory at 0x20000000, and before it, in the process, one that
 * begins with the buffer in which the stub keeps the bytes of its last packet. The stub is at standard input.
 *
 * A program of its own, since the address space of one with AddressSanitizer is too large to be searched.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "virtual_probe/gdb_packet.h"

enum { PAGE = 4096, MEMORY = 0x20000000 };

static _Alignas(PAGE) struct {
    uint8_t buffer[PAGE];
    uint8_t memory[PAGE];
} played;

static void answer(const char *data)
{
    char packet[GDB_PACKET_ROOM];
    const size_t size = gdb_packet_frame(data, packet);

    if (send(STDIN_FILENO, "+", 1, 0) != 1 ||
        send(STDIN_FILENO, packet, size, 0) != (ssize_t)size) {
        exit(EXIT_FAILURE);
    }
}

static void answer_read(unsigned place, unsigned size)
{
    char text[2 * PAGE + 1];

    memcpy(played.buffer, played.memory + place, size);
    gdb_packet_hex(played.buffer, size, text);
    answer(text);
}

static void answer_write(unsigned place, unsigned size, const char *data)
{
    if (data == NULL || !gdb_packet_bytes(data + 1, played.buffer, size)) {
        exit(EXIT_FAILURE);
    }
    memcpy(played.memory + place, played.buffer, size);
    answer("OK");
}

static void answer_request(const char *request)
{
    unsigned address = 0;
    unsigned size = 0;

    if (sscanf(request + 1, "%x,%x", &address, &size) == 2) {
        if (size > PAGE || address - MEMORY > PAGE - size) {
            answer("E14");
        } else if (request[0] == 'm') {
            answer_read(address - MEMORY, size);
        } else {
            answer_write(address - MEMORY, size, strchr(request, ':'));
        }
    } else if (strncmp(request, "qSupported", 10) == 0) {
        answer("PacketSize=1000;qXfer:features:read+");
    } else {
        answer(request[0] == 'q' ? "l<?xml version=\"1.0\"?>" : "T02thread:01;");
    }
}

int main(void)
{
    static struct gdb_packet_reader reader;
    char byte;

    while (recv(STDIN_FILENO, &byte, 1, 0) == 1) {
        if (gdb_packet_take(&reader, byte) == GDB_PACKET_COMPLETE) {
            answer_request(reader.data);
        }
    }
    return EXIT_SUCCESS;
}
