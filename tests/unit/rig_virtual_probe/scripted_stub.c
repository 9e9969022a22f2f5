#include "scripted_stub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"

struct scripted_stub stub;

void stub_says(const char *data)
{
    char packet[GDB_PACKET_ROOM];
    const size_t size = gdb_packet_frame(data, packet);

    assert_int_equal(send(stub.ends[1], "+", 1, 0), 1);
    assert_int_equal(send(stub.ends[1], packet, size, 0), size);
}

const char *stub_heard(void)
{
    static char heard[8192];
    static struct gdb_packet_reader reader;
    char byte;
    size_t used = 0;

    heard[0] = '\0';
    while (recv(stub.ends[1], &byte, 1, MSG_DONTWAIT) == 1) {
        if (byte == '\x03') {
            used += (size_t)snprintf(heard + used, sizeof(heard) - used, "^C ");
        } else if (gdb_packet_take(&reader, byte) == GDB_PACKET_COMPLETE) {
            used += (size_t)snprintf(heard + used, sizeof(heard) - used, "%s ", reader.data);
        }
    }
    return heard;
}

int scripted_stub_set_up(void **state)
{
    (void)state;
    diagnostic_clear(&stub.diagnostic);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, stub.ends), 0);
    stub_says("PacketSize=1000;qXfer:features:read+");
    stub_says("l<?xml version=\"1.0\"?>");
    stub_says("T02thread:01;");
    assert_int_equal(gdb_client_open(&stub.client, stub.ends[0],
                                     process_clock_ms() + SCRIPTED_STUB_MS, &stub.diagnostic),
                     RIG_OK);
    (void)stub_heard();
    return 0;
}

int scripted_stub_tear_down(void **state)
{
    (void)state;
    (void)close(stub.ends[0]);
    return stub.ends[1] < 0 ? 0 : close(stub.ends[1]);
}
