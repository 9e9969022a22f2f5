#include "event_log_seeds.h"

#include "byte_order.h"
#include "event_log.h"
#include "event_log_input.h"
#include "seed_writer.h"

#define HARNESS "event_log"

static void add(enum event_type type, enum event_interface interface, uint8_t repeats)
{
    const uint8_t body[LOG_ADD_SIZE] = {
        (uint8_t)(type - 1U), 1, 2, 3, 4, (uint8_t)interface, 192, 0, 2, 1, repeats};

    seed_add(LOG_ADD, 0, body, sizeof body);
}

static void read_back(uint16_t how_far)
{
    uint8_t body[2];

    put_le16(body, how_far);
    seed_add(LOG_READ, 0, body, sizeof body);
}

static void fault(uint8_t kind, uint8_t moment, uint8_t operation, uint8_t units)
{
    const uint8_t body[4] = {kind, moment, operation, units};

    seed_add(LOG_FAULT, 0, body, sizeof body);
}

static void place(uint8_t users, uint16_t slot, uint32_t number, uint8_t mark)
{
    uint8_t body[LOG_PLACE_RECORD_HEADER + LOG_EVENT_RECORD_SIZE] = {users};
    const size_t size = users != 0 ? LOG_USER_RECORD_SIZE : LOG_EVENT_RECORD_SIZE;

    put_le16(body + 1, slot);
    put_le32(body + 3, slot + 1U);
    body[7] = mark;
    put_le32(body + LOG_PLACE_RECORD_HEADER, number);
    body[LOG_PLACE_RECORD_HEADER + 4U] = 1;
    seed_add(LOG_PLACE_RECORD, 0, body, LOG_PLACE_RECORD_HEADER + size);
}

static void uses(void)
{
    add(EVENT_RESET, EVENT_FROM_NOBODY, 0);
    add(EVENT_LOGIN_FAILED, EVENT_FROM_TCP, 3);
    read_back(5);
    seed_add(LOG_RESTART, 0, NULL, 0);
    add(EVENT_LOGGED_IN, EVENT_FROM_RTU, 0);
    read_back(UINT16_MAX);
    seed_save(HARNESS, "events");
    add(EVENT_LOGIN_FAILED, EVENT_FROM_TCP, 9);
    seed_add(LOG_ERASE, 0, NULL, 0);
    add(EVENT_ERASED, EVENT_FROM_RTU, 0);
    read_back(5);
    seed_save(HARNESS, "erase");
    for (int i = 0; i < 6; i++) {
        add(EVENT_LOGIN_FAILED, EVENT_FROM_TCP, LOG_MAX_REPEAT - 1U);
        read_back(102);
    }
    seed_save(HARNESS, "round-the-ring");
}

static void cuts(void)
{
    for (uint8_t operation = 0; operation < 4; operation++) {
        fault(operation % 2U, 1, operation, 1);
        add(EVENT_LOGIN_FAILED, EVENT_FROM_TCP, 0);
        add(EVENT_RESET, EVENT_FROM_NOBODY, 0);
    }
    read_back(8);
    seed_save(HARNESS, "cut-events");
    add(EVENT_LOGGED_IN, EVENT_FROM_TCP, 5);
    fault(0, 1, 4, 100);
    seed_add(LOG_ERASE, 0, NULL, 0);
    read_back(8);
    seed_save(HARNESS, "cut-erase");
}

static void contents(void)
{
    static const uint8_t junk[] = {0, 40, 0, 1, 2, 3, 4, 5, 6, 7, 8};

    place(0, 3, 4, 2);
    place(0, 4, 4, 2);
    place(0, 5, 9, 1);
    place(1, 0, 4, 2);
    place(1, 1, 12, 1);
    add(EVENT_RESET, EVENT_FROM_TCP, 1);
    read_back(UINT16_MAX);
    seed_save(HARNESS, "repeated-numbers");
    seed_add(LOG_PLACE_BYTES, 0, junk, sizeof junk);
    place(0, 0, 0x7FFFFFFEU, 2);
    add(EVENT_RESET, EVENT_FROM_TCP, 3);
    seed_save(HARNESS, "last-numbers");
}

void event_log_seeds(void)
{
    uses();
    cuts();
    contents();
}
