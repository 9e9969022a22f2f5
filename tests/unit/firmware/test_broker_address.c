/* broker_address.h: which texts are addresses, and what host and port they name. */
#include "support.h"

#include "broker_address.h"

#include <stdio.h>
#include <string.h>

#define FORTY "a-name-of-forty-characters.in.a.cellar.x"

/* As long as the setting, so that the sanitizer sees a read beyond. */
static bool parse(const char *text, struct broker_address *address)
{
    char setting[SETTINGS_BROKER_SIZE] = {0};

    assert_in_range(strlen(text), 0, sizeof setting);
    for (size_t i = 0; text[i] != '\0'; i++) {
        setting[i] = text[i];
    }
    return broker_address_parse(address,
                                (const char *)support_at_edge((uint8_t *)setting, sizeof setting));
}

static void an_address_is_a_host_and_maybe_a_port(void **state)
{
    static const struct {
        const char *text;
        const char *host;
        uint16_t port;
    } rows[] = {
        {"b", "b", 8883},
        {"broker.example", "broker.example", 8883},
        {"192.0.2.7:1883", "192.0.2.7", 1883},
        {"BROKER-9:1", "BROKER-9", 1},
        {"b:65535", "b", 65535},
        {"-.:10", "-.", 10},
        {"8883", "8883", 8883},
        {FORTY, FORTY, 8883},
        {"a-name-of-forty-characters.in.a.ce:65535", "a-name-of-forty-characters.in.a.ce", 65535},
    };
    struct broker_address address;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        memset(&address, 0xAA, sizeof address);
        assert_true(parse(rows[i].text, &address));
        assert_string_equal(address.host, rows[i].host);
        assert_int_equal(address.port, rows[i].port);
    }
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const rows[] = {
        "",          ":",       ":8883",        "b:",    "b:0",  "b:01",   "b:08883", "b:65536",
        "b:100000",  "b:99999", "b:4294967297", "b:1:1", "b::1", "b:+1",   "b:-1",    "b: 1",
        "b:1 ",      "b:1a",    "b:0x1",        "b 1",   "b/1",  "b@c",    "[::1]:1", "b_c",
        "mqtts://b", "b:1/",    "b:1.",         "b,1",   "\x80", "b:\xB1", "b;1",     "b\n",
    };
    struct broker_address address;
    struct broker_address before;

    (void)state;
    memset(&address, 0xAA, sizeof address);
    before = address;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        if (parse(rows[i], &address)) {
            fail_msg("'%s' is taken for an address", rows[i]);
        }
        assert_memory_equal(&address, &before, sizeof address);
    }
}

static void a_port_has_sixteen_bits(void **state)
{
    char text[SETTINGS_BROKER_SIZE];
    struct broker_address address;

    (void)state;
    for (unsigned port = 0; port <= 200000U; port++) {
        (void)snprintf(text, sizeof text, "b:%u", port);
        assert_int_equal(parse(text, &address), port >= 1 && port <= UINT16_MAX);
        if (port >= 1 && port <= UINT16_MAX) {
            assert_int_equal(address.port, port);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_a_host_and_maybe_a_port),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(a_port_has_sixteen_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
