/* A stock Modbus client against the device: what each interface may do, and what it must not. */
#include "modbus_link.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define COILS            2
#define DISCRETE_INPUTS  4
#define INPUTS           14
#define HOLDING          12
#define SILENCE_LIMIT_MS 100U

#define DEAF_CLIENTS     4U /* and the one that is there already makes room */
#define POURED_REQUESTS  200000U
#define POUR_PATIENCE_MS 500

/* A new device and a client on each interface. */
struct bench {
    struct device_process device;
    modbus_t *by[2]; /* by enum modbus_link_kind */
};

static struct bench bench;

/* All that can be written over Modbus, and what follows from it. */
struct registers {
    uint16_t holding[HOLDING];
    uint8_t coils[COILS];
};

static void connect_all(void)
{
    for (enum modbus_link_kind kind = modbus_link_first(); kind <= MODBUS_LINK_RTU; kind++) {
        bench.by[kind] = modbus_link_open(&bench.device, kind);
    }
}

static int set_up(void **state)
{
    *state = &bench;
    device_process_create(&bench.device);
    device_process_start(&bench.device, NULL);
    connect_all();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    modbus_link_close(bench.by[MODBUS_LINK_TCP]);
    modbus_link_close(bench.by[MODBUS_LINK_RTU]);
    device_process_destroy(&bench.device);
    memset(&bench, 0, sizeof bench);
    return 0;
}

static void read_registers(modbus_t *modbus, struct registers *found)
{
    EXPECT_DONE(modbus_read_registers(modbus, 0, HOLDING, found->holding), HOLDING);
    EXPECT_DONE(modbus_read_bits(modbus, 0, COILS, found->coils), COILS);
}

/* Both interfaces must show set-point and mode, and coils that go with the mode. */
static void expect_heating(uint16_t set_point, uint16_t mode)
{
    for (enum modbus_link_kind kind = modbus_link_first(); kind <= MODBUS_LINK_RTU; kind++) {
        struct registers found;
        read_registers(bench.by[kind], &found);
        assert_int_equal(found.holding[0], set_point);
        assert_int_equal(found.holding[1], mode);
        assert_int_equal(found.coils[0], mode != 0);
        assert_int_equal(found.coils[1], mode == 2);
    }
}

static void reads_of_all_kinds(modbus_t *modbus)
{
    struct registers found;
    uint8_t discrete[DISCRETE_INPUTS];
    uint16_t inputs[INPUTS];

    read_registers(modbus, &found);
    EXPECT_DONE(modbus_read_input_bits(modbus, 0, DISCRETE_INPUTS, discrete), DISCRETE_INPUTS);
    EXPECT_DONE(modbus_read_input_registers(modbus, 0, INPUTS, inputs), INPUTS);
    assert_in_range(found.holding[0], 50, 300);
    assert_int_equal(found.coils[0], found.holding[1] != 0);
    assert_int_equal(discrete[1], 0); /* no sensor fault */
    assert_int_equal(discrete[3], 0); /* no mailbox session */
    assert_int_equal(inputs[0], device_process_temperature());
    assert_int_equal(inputs[2], 0);
    assert_in_range(inputs[3], 0, 120);
    assert_int_equal(inputs[4], 0); /* log-in at once */
    assert_int_equal(inputs[6], 0); /* the power came on */
    /* A process has no network link. */
    assert_int_equal(inputs[7], bench.device.is_emulated && device_process_has_network());
    for (int i = 8; i < 12; i++) {
        assert_int_equal(inputs[i], 0); /* nobody has asked for an uplink */
    }
    assert_int_equal(inputs[12], 0);
    assert_int_equal(inputs[13], 1); /* the first start of a new device */
}

static void reads_out_of_range_are_refused(modbus_t *modbus)
{
    uint16_t registers[HOLDING + 1];
    uint8_t bits[DISCRETE_INPUTS + 1];

    EXPECT_REFUSED(modbus_read_registers(modbus, 0, HOLDING + 1, registers), EMBXILADD);
    EXPECT_REFUSED(modbus_read_registers(modbus, 0x1000, 1, registers), EMBXILADD);
    EXPECT_REFUSED(modbus_read_registers(modbus, 0xFFFF, 1, registers), EMBXILADD);
    EXPECT_REFUSED(modbus_read_input_registers(modbus, INPUTS, 1, registers), EMBXILADD);
    EXPECT_REFUSED(modbus_read_bits(modbus, COILS, 1, bits), EMBXILADD);
    EXPECT_REFUSED(modbus_read_input_bits(modbus, 0, DISCRETE_INPUTS + 1, bits), EMBXILADD);
}

static void test_reads(void **state)
{
    (void)state;
    for (enum modbus_link_kind kind = modbus_link_first(); kind <= MODBUS_LINK_RTU; kind++) {
        reads_of_all_kinds(bench.by[kind]);
        reads_out_of_range_are_refused(bench.by[kind]);
    }
}

static void test_local_bus_may_write(void **state)
{
    const uint8_t both_on[COILS] = {1, 1};
    const uint16_t pair[2] = {190, 1};
    const uint16_t other_pair[2] = {210, 2};
    uint16_t read_back[HOLDING];
    modbus_t *modbus = bench.by[MODBUS_LINK_RTU];

    (void)state;
    EXPECT_DONE(modbus_write_register(modbus, 0, 235), 1);
    EXPECT_DONE(modbus_write_bit(modbus, 0, 0), 1);
    expect_heating(235, 0);
    EXPECT_DONE(modbus_write_bits(modbus, 0, COILS, both_on), COILS);
    expect_heating(235, 2);
    EXPECT_DONE(modbus_write_registers(modbus, 0, 2, pair), 2);
    expect_heating(190, 1);
    /* (190 AND 0xFF00) OR (200 AND NOT 0xFF00): V1.1b3, 6.16. */
    EXPECT_DONE(modbus_mask_write_register(modbus, 0, 0xFF00, 200), 1);
    expect_heating(200, 1);
    EXPECT_DONE(modbus_write_and_read_registers(modbus, 0, 2, other_pair, 0, HOLDING, read_back),
                HOLDING);
    assert_int_equal(read_back[0], 210);
    assert_int_equal(read_back[1], 2);
    expect_heating(210, 2);
}

static void test_local_writes_survive_a_kill(void **state)
{
    const uint16_t pair[2] = {185, 2};

    (void)state;
    EXPECT_DONE(modbus_write_registers(bench.by[MODBUS_LINK_RTU], 0, 2, pair), 2);
    modbus_link_close(bench.by[MODBUS_LINK_TCP]);
    modbus_link_close(bench.by[MODBUS_LINK_RTU]);
    memset(bench.by, 0, sizeof bench.by);
    device_process_kill(&bench.device);
    device_process_start(&bench.device, NULL);
    assert_false(bench.device.is_new);
    connect_all();
    expect_heating(185, 2);
}

static void test_bad_local_writes_change_nothing(void **state)
{
    const uint16_t second_is_bad[2] = {180, 3};
    const uint16_t too_far[3] = {180, 1, 20};
    modbus_t *modbus = bench.by[MODBUS_LINK_RTU];
    struct registers before;
    struct registers after;

    (void)state;
    read_registers(modbus, &before);
    EXPECT_REFUSED(modbus_write_register(modbus, 0, 301), EMBXILVAL);
    EXPECT_REFUSED(modbus_write_register(modbus, 0, 49), EMBXILVAL);
    EXPECT_REFUSED(modbus_write_register(modbus, 2, 10), EMBXILADD);
    EXPECT_REFUSED(modbus_write_registers(modbus, 0, 2, second_is_bad), EMBXILVAL);
    EXPECT_REFUSED(modbus_write_registers(modbus, 0, 3, too_far), EMBXILADD);
    EXPECT_REFUSED(modbus_write_bit(modbus, COILS, 1), EMBXILADD);
    EXPECT_REFUSED(modbus_mask_write_register(modbus, 1, 0, 7), EMBXILVAL);
    read_registers(modbus, &after);
    assert_memory_equal(&before, &after, sizeof before);
}

/* EN 303 645, 5.5-5: the same writes that the local bus may make, from the network. */
static void test_network_must_not_write(void **state)
{
    const uint8_t on[COILS] = {1, 1};
    const uint16_t pair[2] = {190, 2};
    uint16_t read_back[HOLDING];
    modbus_t *modbus = bench.by[MODBUS_LINK_TCP];
    struct registers before;
    struct registers after;

    (void)state;
    if (modbus == NULL) {
        skip(); /* there is no network */
    }
    read_registers(modbus, &before);
    assert_true(before.holding[0] != pair[0] || before.holding[1] != pair[1]);
    EXPECT_REFUSED(modbus_write_bit(modbus, 0, !before.coils[0]), EMBXILFUN);
    EXPECT_REFUSED(modbus_write_register(modbus, 0, pair[0]), EMBXILFUN);
    EXPECT_REFUSED(modbus_write_bits(modbus, 0, COILS, on), EMBXILFUN);
    EXPECT_REFUSED(modbus_write_registers(modbus, 0, 2, pair), EMBXILFUN);
    EXPECT_REFUSED(modbus_mask_write_register(modbus, 0, 0, pair[0]), EMBXILFUN);
    EXPECT_REFUSED(modbus_write_and_read_registers(modbus, 0, 2, pair, 0, HOLDING, read_back),
                   EMBXILADD);
    EXPECT_REFUSED(modbus_write_and_read_registers(modbus, 0x1000, 2, pair, 0, HOLDING, read_back),
                   EMBXILADD);
    EXPECT_REFUSED(modbus_write_and_read_registers(modbus, 0, 2, pair, 0x1000, 121, read_back),
                   EMBXILADD);
    read_registers(modbus, &after);
    assert_memory_equal(&before, &after, sizeof before);
    read_registers(bench.by[MODBUS_LINK_RTU], &after);
    assert_memory_equal(&before, &after, sizeof before);
}

/* Checks one object of a device identification and returns what follows it. */
static const uint8_t *expect_object(const uint8_t *at, uint8_t id, const char *text)
{
    assert_int_equal(at[0], id);
    assert_int_equal(at[1], strlen(text));
    assert_memory_equal(at + 2, text, strlen(text));
    return at + 2 + strlen(text);
}

static void identification(enum modbus_link_kind kind)
{
    const uint8_t basic[] = {0x2B, 0x0E, 0x01, 0x00};
    const uint8_t product_only[] = {0x2B, 0x0E, 0x04, 0x01};
    const uint8_t unknown_object[] = {0x2B, 0x0E, 0x04, 0x77};
    const uint8_t heading[] = {0x2B, 0x0E, 0x01, 0x81, 0x00, 0x00, 0x03};
    uint8_t reply[253];
    const uint8_t *at = reply + sizeof heading;
    size_t length = modbus_link_raw(bench.by[kind], kind, basic, sizeof basic, reply);

    assert_memory_equal(reply, heading, sizeof heading);
    at = expect_object(at, 0, "Ordeal");
    at = expect_object(at, 1, "Hearth");
    at = expect_object(at, 2, "1.0.0");
    assert_ptr_equal(at, reply + length);
    length = modbus_link_raw(bench.by[kind], kind, product_only, sizeof product_only, reply);
    assert_int_equal(reply[6], 1);
    assert_ptr_equal(expect_object(reply + 7, 1, "Hearth"), reply + length);
    length = modbus_link_raw(bench.by[kind], kind, unknown_object, sizeof unknown_object, reply);
    assert_int_equal(length, 2);
    assert_int_equal(reply[0], 0xAB);
    assert_int_equal(reply[1], 2);
}

static void test_identification(void **state)
{
    (void)state;
    for (enum modbus_link_kind kind = modbus_link_first(); kind <= MODBUS_LINK_RTU; kind++) {
        identification(kind);
    }
}

static void expect_unknown(enum modbus_link_kind kind, uint8_t function)
{
    const uint8_t pdu[] = {function, 0, 0, 0, 1};
    uint8_t reply[253];

    assert_int_equal(modbus_link_raw(bench.by[kind], kind, pdu, sizeof pdu, reply), 2);
    assert_int_equal(reply[0], function | 0x80);
    assert_int_equal(reply[1], 1);
}

static void test_unknown_functions_are_refused(void **state)
{
    const uint8_t functions[] = {0x00, 0x07, 0x08, 0x14, 0x18, 0x2A, 0x64, 0x7F};
    uint64_t before;

    (void)state;
    before = device_process_now_ms();
    for (size_t i = 0; i < sizeof functions; i++) {
        for (enum modbus_link_kind kind = modbus_link_first(); kind <= MODBUS_LINK_RTU; kind++) {
            expect_unknown(kind, functions[i]);
        }
    }
    /* On the bus only silence ends such a frame: milliseconds of it, not the next turn of control.
     */
    assert_in_range(device_process_now_ms() - before, 0, SILENCE_LIMIT_MS * sizeof functions);
}

static void test_other_units_and_broadcasts_get_no_answer(void **state)
{
    modbus_t *modbus = bench.by[MODBUS_LINK_RTU];
    uint16_t value;

    (void)state;
    assert_int_equal(modbus_set_response_timeout(modbus, 0, 200000), 0);
    assert_int_equal(modbus_set_slave(modbus, 2), 0);
    EXPECT_REFUSED(modbus_read_registers(modbus, 0, 1, &value), ETIMEDOUT);
    EXPECT_REFUSED(modbus_write_register(modbus, 0, 77), ETIMEDOUT);
    assert_int_equal(modbus_set_slave(modbus, MODBUS_BROADCAST_ADDRESS), 0);
    EXPECT_REFUSED(modbus_write_register(modbus, 0, 123), ETIMEDOUT);
    assert_int_equal(modbus_set_slave(modbus, MODBUS_LINK_UNIT), 0);
    assert_int_equal(modbus_set_response_timeout(modbus, 3, 0), 0);
    EXPECT_DONE(modbus_read_registers(modbus, 0, 1, &value), 1);
    assert_int_equal(value, 123); /* the broadcast took effect, the write to unit 2 did not */
}

/* Requests without end, until the device takes no more; their responses are never read. Returns how many
 * bytes went out. */
static size_t pour_requests(int socket)
{
    static const uint8_t request[] = {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 10};
    size_t sent = 0;

    for (size_t i = 0; i < POURED_REQUESTS; i++) {
        const ssize_t count =
            send(socket, request + sent % sizeof request, sizeof request - sent % sizeof request,
                 MSG_DONTWAIT | MSG_NOSIGNAL);

        if (count < 0) {
            struct pollfd entry = {.fd = socket, .events = POLLOUT};

            assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
            if (poll(&entry, 1, POUR_PATIENCE_MS) == 0) {
                break;
            }
        } else {
            sent += (size_t)count;
        }
    }
    return sent;
}

/* EN 303 645, 5.13-1B: clients that ask and never listen, as many as are served at once, are no reason
 * not to answer others. */
static void test_deaf_clients_keep_nobody_out(void **state)
{
    modbus_t *deaf[DEAF_CLIENTS];
    struct registers found;

    (void)state;
    if (!device_process_has_network()) {
        skip();
    }
    for (size_t i = 0; i < DEAF_CLIENTS; i++) {
        deaf[i] = modbus_link_open(&bench.device, MODBUS_LINK_TCP);
        assert_true(pour_requests(modbus_get_socket(deaf[i])) > MODBUS_TCP_MAX_ADU_LENGTH);
    }
    read_registers(bench.by[MODBUS_LINK_RTU], &found);
    modbus_link_close(bench.by[MODBUS_LINK_TCP]);
    bench.by[MODBUS_LINK_TCP] = modbus_link_open(&bench.device, MODBUS_LINK_TCP);
    for (int i = 0; i < 100; i++) {
        read_registers(bench.by[MODBUS_LINK_TCP], &found);
    }
    for (size_t i = 0; i < DEAF_CLIENTS; i++) {
        modbus_link_close(deaf[i]);
    }
}

#define DEVICE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(test_reads),
        DEVICE_TEST(test_local_bus_may_write),
        DEVICE_TEST(test_local_writes_survive_a_kill),
        DEVICE_TEST(test_bad_local_writes_change_nothing),
        DEVICE_TEST(test_network_must_not_write),
        DEVICE_TEST(test_identification),
        DEVICE_TEST(test_unknown_functions_are_refused),
        DEVICE_TEST(test_other_units_and_broadcasts_get_no_answer),
        DEVICE_TEST(test_deaf_clients_keep_nobody_out),
    };

    return cmocka_run_group_tests_name("device.modbus", tests, NULL, NULL);
}
