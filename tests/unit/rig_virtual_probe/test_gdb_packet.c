/* Packets out of a stream that is cut, damaged or too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "virtual_probe/gdb_packet.h"

static struct gdb_packet_reader reader;

static int set_up(void **state)
{
    (void)state;
    memset(&reader, 0, sizeof(reader));
    return 0;
}

/* Takes all of it; what the last byte made. */
static enum gdb_packet_status take(const char *text)
{
    enum gdb_packet_status status = GDB_PACKET_INCOMPLETE;

    for (; *text != '\0'; text++) {
        status = gdb_packet_take(&reader, *text);
        if (text[1] != '\0') {
            assert_int_equal(status, GDB_PACKET_INCOMPLETE);
        }
    }
    return status;
}

static void test_frame(void **state)
{
    static char longest[GDB_PACKET_DATA + 2];
    static char packet[GDB_PACKET_ROOM];

    (void)state;
    assert_int_equal(gdb_packet_frame("m0,4", packet), 8);
    assert_string_equal(packet, "$m0,4#fd");
    assert_int_equal(gdb_packet_frame("", packet), 4);
    assert_string_equal(packet, "$#00");
    memset(longest, 'a', GDB_PACKET_DATA);
    assert_int_equal(gdb_packet_frame(longest, packet), GDB_PACKET_DATA + 4);
    assert_int_equal(take(packet), GDB_PACKET_COMPLETE);
    assert_int_equal(reader.size, GDB_PACKET_DATA);
    longest[GDB_PACKET_DATA] = 'a';
    assert_int_equal(gdb_packet_frame(longest, packet), 0);
}

static void test_packets_between_acknowledgements(void **state)
{
    (void)state;
    assert_int_equal(take("+$OK#9a"), GDB_PACKET_COMPLETE);
    assert_string_equal(reader.data, "OK");
    assert_int_equal(take("+-+$#00"), GDB_PACKET_COMPLETE);
    assert_string_equal(reader.data, "");
    assert_int_equal(take("$OK#9A"), GDB_PACKET_COMPLETE);
}

static void test_damage(void **state)
{
    (void)state;
    assert_int_equal(take("$OK#9b"), GDB_PACKET_DAMAGED);
    assert_int_equal(take("$OK#x"), GDB_PACKET_DAMAGED);
    assert_int_equal(take("$O$"), GDB_PACKET_DAMAGED);
    assert_int_equal(take("OK#9a"), GDB_PACKET_COMPLETE); /* begun by that last $ */
}

static void test_too_long(void **state)
{
    (void)state;
    (void)gdb_packet_take(&reader, '$');
    for (size_t i = 0; i < GDB_PACKET_DATA; i++) {
        assert_int_equal(gdb_packet_take(&reader, 'a'), GDB_PACKET_INCOMPLETE);
    }
    assert_int_equal(gdb_packet_take(&reader, 'a'), GDB_PACKET_DAMAGED);
    assert_int_equal(take("a#00$OK#9a"), GDB_PACKET_COMPLETE);
}

static void test_hexadecimal(void **state)
{
    const uint8_t bytes[] = {0x00, 0x7F, 0xAB};
    uint8_t read[3];
    char text[7];

    (void)state;
    gdb_packet_hex(bytes, sizeof(bytes), text);
    assert_string_equal(text, "007fab");
    assert_true(gdb_packet_bytes("007FaBcd", read, sizeof(read)));
    assert_memory_equal(read, bytes, sizeof(bytes));
    assert_false(gdb_packet_bytes("007fa", read, sizeof(read)));
    assert_false(gdb_packet_bytes("007fxx", read, sizeof(read)));
    assert_false(gdb_packet_bytes("", read, 1));
    assert_true(gdb_packet_bytes("", read, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_frame, set_up),
        cmocka_unit_test_setup(test_packets_between_acknowledgements, set_up),
        cmocka_unit_test_setup(test_damage, set_up),
        cmocka_unit_test_setup(test_too_long, set_up),
        cmocka_unit_test_setup(test_hexadecimal, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
