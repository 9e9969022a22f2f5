/* What `info usernet` may say. port_forward_open() is tested with whole devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/port_forward.h"

#define HEAD                                                                                       \
    "Hub -1 (n0):\r\n  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ "   \
    "SendQ\r\n"
#define LINE(address, port, guest_port)                                                            \
    "  TCP[HOST_FORWARD]  12 " address " " port "       10.0.2.15 " guest_port "     0     0\r\n"

struct row {
    const char *text;
    int port; /* -1: not found */
};

static void test_finds_the_port_and_nothing_else(void **state)
{
    static const struct row rows[] = {
        {HEAD LINE("127.0.0.1", "37627", "502"), 37627},
        {LINE("127.0.0.1", "1", "502"), 1},
        {HEAD LINE("127.0.0.1", "37627", "80") LINE("127.0.0.1", "65535", "502"), 65535},
        {HEAD "  TCP[ESTABLISHED]  13 127.0.0.1 4000 10.0.2.15 502 0 0\r\n", -1},
        {HEAD "  UDP[HOST_FORWARD]  13 127.0.0.1 4000 10.0.2.15 502 0 0\r\n", -1},
        {HEAD LINE("127.0.0.1", "37627", "502") LINE("127.0.0.1", "37628", "502"), -1},
        {HEAD LINE("0.0.0.0", "37627", "502"), -1},
        {HEAD LINE("127.0.0.1", "0", "502"), -1},
        {HEAD LINE("127.0.0.1", "65536", "502"), -1},
        {HEAD LINE("127.0.0.1", "99999999999999999999", "502"), -1},
        {HEAD LINE("127.0.0.1", "-1", "502"), -1},
        {HEAD LINE("127.0.0.1", "37627", "5020"), -1},
        {"  TCP[HOST_FORWARD]  12 127.0.0.1 37627 10.0.2.15 502", -1},
        {"  TCP[HOST_FORWARD]  12 127.0.0.1 37627 10.0.2.15 502 0 0 0", -1},
        {HEAD, -1},
        {"", -1},
        {"\r\n\r\n\n", -1},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint16_t port = 0;
        int error = port_forward_parse(rows[i].text, 502, &port);

        if (rows[i].port < 0 ? error != RIG_ERROR_NOT_FOUND
                             : error != RIG_OK || port != rows[i].port) {
            fail_msg("row %zu: %s, port %u", i, rig_strerror(error), (unsigned)port);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_finds_the_port_and_nothing_else)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
