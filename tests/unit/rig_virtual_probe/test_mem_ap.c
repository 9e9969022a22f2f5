/* The MEM-AP: sizes, lanes, increments, and that a closed port lets nothing through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "virtual_probe/mem_ap.h"

enum {
    IDR = 0x04770001 | 0x80000000,
    BASE = 0xE00FF003,
    BYTES = 0x2000, /* at address 0; behind it there is nothing */
};

static struct {
    uint8_t bytes[BYTES];
    bool open;
    bool secure_open;
    struct memory_access last;
    unsigned accesses;
} memory;

static bool is_open(void *context)
{
    (void)context;
    return memory.open;
}

static bool is_secure_open(void *context)
{
    (void)context;
    return memory.secure_open;
}

static bool take(const struct memory_access *access)
{
    memory.last = *access;
    memory.accesses++;
    assert_int_equal(access->address % access->size, 0);
    return access->address < BYTES;
}

static bool read_memory(void *context, const struct memory_access *access, uint32_t *value)
{
    (void)context;
    if (!take(access)) {
        return false;
    }
    *value = 0xFFFFFFFF; /* what is above the size must not come through */
    memcpy(value, memory.bytes + access->address, access->size);
    return true;
}

static bool write_memory(void *context, const struct memory_access *access, uint32_t value)
{
    (void)context;
    if (!take(access)) {
        return false;
    }
    memcpy(memory.bytes + access->address, &value, access->size);
    return true;
}

static struct mem_ap port;

static int set_up(void **state)
{
    static const struct mem_ap_memory far_end = {NULL,        is_open,      is_secure_open,
                                                 read_memory, write_memory, NULL};
    static const struct mem_ap_identity identity = {IDR, BASE, 0x23000052, true};

    (void)state;
    memset(&memory, 0, sizeof(memory));
    for (size_t i = 0; i < BYTES; i++) {
        memory.bytes[i] = (uint8_t)(i ^ i >> 8);
    }
    memory.open = true;
    memory.secure_open = true;
    mem_ap_init(&port, &far_end, &identity);
    return 0;
}

static uint32_t get(uint8_t address)
{
    uint32_t value;

    assert_true(mem_ap_read(&port, address, &value));
    return value;
}

static void put(uint8_t address, uint32_t value)
{
    assert_true(mem_ap_write(&port, address, value));
}

static void test_identity(void **state)
{
    (void)state;
    assert_int_equal(get(MEM_AP_IDR), IDR);
    assert_int_equal(get(MEM_AP_BASE), BASE);
    assert_int_equal(get(MEM_AP_CFG), 0);
    port.identity.idr = 0; /* nobody there */
    assert_int_equal(get(MEM_AP_IDR) | get(MEM_AP_BASE) | get(MEM_AP_DRW) | get(MEM_AP_CSW), 0);
    put(MEM_AP_DRW, 1);
    assert_int_equal(memory.accesses, 0);
}

static uint32_t word_at(uint32_t address)
{
    uint32_t value;

    memcpy(&value, memory.bytes + address, sizeof(value));
    return value;
}

static void test_words_count_on_within_a_kilobyte(void **state)
{
    const uint32_t last = word_at(0x3FC);

    (void)state;
    put(MEM_AP_CSW, 0x23000012);
    put(MEM_AP_TAR, 0x3F8);
    put(MEM_AP_DRW, 0x11223344);
    assert_int_equal(word_at(0x3F8), 0x11223344);
    assert_int_equal(get(MEM_AP_DRW), last);
    assert_int_equal(get(MEM_AP_TAR), 0);
}

static void test_no_increment(void **state)
{
    (void)state;
    put(MEM_AP_CSW, 0x23000002);
    put(MEM_AP_TAR, 0x10);
    assert_int_equal(get(MEM_AP_DRW), word_at(0x10));
    assert_int_equal(get(MEM_AP_DRW), word_at(0x10));
    assert_int_equal(get(MEM_AP_TAR), 0x10);
}

/* A byte stands in the lane that its address names, and nothing beside it. */
static void test_bytes_and_halves_in_their_lanes(void **state)
{
    (void)state;
    put(MEM_AP_CSW, 0x23000010);
    put(MEM_AP_TAR, 0x101);
    assert_int_equal(get(MEM_AP_DRW), (uint32_t)memory.bytes[0x101] << 8);
    assert_int_equal(get(MEM_AP_DRW), (uint32_t)memory.bytes[0x102] << 16);
    put(MEM_AP_DRW, 0xAB112233);
    assert_int_equal(memory.bytes[0x103], 0xAB);
    assert_int_equal(get(MEM_AP_TAR), 0x104);
    put(MEM_AP_CSW, 0x23000011);
    put(MEM_AP_TAR, 0x202);
    put(MEM_AP_DRW, 0xBEEF7777);
    assert_int_equal(word_at(0x200) >> 16, 0xBEEF);
    assert_int_equal(get(MEM_AP_TAR), 0x204);
}

static void test_banked_words(void **state)
{
    (void)state;
    put(MEM_AP_CSW, 0x23000010); /* of any size, they are words */
    put(MEM_AP_TAR, 0x47);
    assert_int_equal(get(0x1C), word_at(0x4C));
    put(0x14, 0xFEEDF00D);
    assert_int_equal(word_at(0x44), 0xFEEDF00D);
    assert_int_equal(get(MEM_AP_TAR), 0x47);
}

/* Packed transfers and 64 bits: a debugger reads back that it does not have them. */
static void test_what_is_not_taken(void **state)
{
    (void)state;
    put(MEM_AP_CSW, 0x23000022);
    assert_int_equal(get(MEM_AP_CSW), 0x23000002 | MEM_AP_DEVICE_ENABLED | MEM_AP_SECURE_ENABLED);
    put(MEM_AP_CSW, 0x23000013);
    assert_int_equal(get(MEM_AP_CSW) & MEM_AP_SIZE, 2);
    put(MEM_AP_CSW, 0); /* what only silicon sets */
    assert_int_equal(get(MEM_AP_CSW), MEM_AP_DEVICE_ENABLED | MEM_AP_SECURE_ENABLED);
}

static void test_bus_error(void **state)
{
    uint32_t value;

    (void)state;
    put(MEM_AP_CSW, 0x23000012);
    put(MEM_AP_TAR, BYTES);
    assert_false(mem_ap_read(&port, MEM_AP_DRW, &value));
    assert_int_equal(value, 0);
    assert_false(mem_ap_write(&port, MEM_AP_DRW, 1));
    assert_int_equal(get(MEM_AP_TAR), BYTES);
}

/* Closed: it says so, it fails, and nothing reaches the memory. */
static void test_closed_port(void **state)
{
    static const uint8_t data[] = {MEM_AP_DRW, 0x10, 0x14, 0x18, 0x1C};
    uint32_t value;

    (void)state;
    memory.open = false;
    memory.secure_open = false;
    assert_int_equal(get(MEM_AP_IDR), IDR);
    assert_int_equal(get(MEM_AP_CSW) & (MEM_AP_DEVICE_ENABLED | MEM_AP_SECURE_ENABLED), 0);
    for (size_t i = 0; i < sizeof(data); i++) {
        assert_false(mem_ap_read(&port, data[i], &value));
        assert_int_equal(value, 0);
        assert_false(mem_ap_write(&port, data[i], 1));
    }
    assert_int_equal(memory.accesses, 0);
    memory.open = true; /* the port asks anew each time */
    memory.secure_open = true;
    assert_true(mem_ap_read(&port, MEM_AP_DRW, &value));
}

static void test_closed_to_secure_accesses(void **state)
{
    uint32_t value;

    (void)state;
    memory.secure_open = false;
    assert_int_equal(get(MEM_AP_CSW) & MEM_AP_SECURE_ENABLED, 0);
    assert_false(mem_ap_read(&port, MEM_AP_DRW, &value));
    assert_int_equal(memory.accesses, 0);
    put(MEM_AP_CSW, 0x23000002 | MEM_AP_NON_SECURE);
    assert_true(mem_ap_read(&port, MEM_AP_DRW, &value));
    assert_false(memory.last.secure);
    port.identity.has_security = false; /* one kind of access */
    put(MEM_AP_CSW, 0x23000002);
    assert_true(mem_ap_read(&port, MEM_AP_DRW, &value));
    assert_true(memory.last.secure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_identity, set_up),
        cmocka_unit_test_setup(test_words_count_on_within_a_kilobyte, set_up),
        cmocka_unit_test_setup(test_no_increment, set_up),
        cmocka_unit_test_setup(test_bytes_and_halves_in_their_lanes, set_up),
        cmocka_unit_test_setup(test_banked_words, set_up),
        cmocka_unit_test_setup(test_what_is_not_taken, set_up),
        cmocka_unit_test_setup(test_bus_error, set_up),
        cmocka_unit_test_setup(test_closed_port, set_up),
        cmocka_unit_test_setup(test_closed_to_secure_accesses, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
