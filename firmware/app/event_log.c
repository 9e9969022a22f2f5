/*
 * Method: an event is a record with a number of its own, since mounting a log may write a record a
 * second time, with another sequence number. Readers take one of those that bear a number.
 *
 * What identifies the user is a record in the other area with the same number, written after the
 * event's: a cut in between leaves an event of nobody. The other way round it would leave a user
 * whose number the next event takes. For the same reason numbers go on from the highest in either
 * area, and a number is used up even if flash refused its event.
 */
#include "event_log.h"

#include "byte_order.h"

#include <stddef.h>
#include <string.h>

#define MAX_NUMBER 0x7FFFFFFFU

/* Event: number 4, type 2, zeros 2, detail 4, uptime 4. */
#define EVENT_SIZE   16U
#define EVENT_TYPE   4U
#define EVENT_DETAIL 8U
#define EVENT_UPTIME 12U

/* User: number 4, interface 1, zeros 3, address 4. */
#define USER_SIZE      12U
#define USER_INTERFACE 4U
#define USER_ADDRESS   8U

const char *event_log_strerror(int error)
{
    switch (error) {
    case EVENT_LOG_OK:
        return "no error";
    case EVENT_LOG_END:
        return "no later event";
    case EVENT_LOG_ERROR_STORAGE:
        return "flash failed";
    default:
        return "unknown event log error";
    }
}

static bool is_number(uint32_t number)
{
    return number > 0 && number <= MAX_NUMBER;
}

/* Raises *highest to the highest number in `log`, whose records begin with one. */
static int find_highest(const struct record_log *log, uint32_t *highest)
{
    uint8_t record[EVENT_SIZE] = {0};
    uint32_t sequence;

    for (uint32_t place = 0; place < record_log_places(log); place++) {
        int result = record_log_read(log, place, record, &sequence);

        if (result < 0) {
            return EVENT_LOG_ERROR_STORAGE;
        }
        if (result == RECORD_LOG_OK && is_number(get_le32(record)) && get_le32(record) > *highest) {
            *highest = get_le32(record);
        }
    }
    return EVENT_LOG_OK;
}

/* Mounts one of the two areas; an empty one is as good. */
static int open_area(struct record_log *log, enum hal_flash_area area, uint16_t kind, uint16_t size,
                     uint32_t *highest)
{
    uint8_t newest[EVENT_SIZE];

    if (record_log_mount(log, area, kind, newest, size) < 0) {
        return EVENT_LOG_ERROR_STORAGE;
    }
    return find_highest(log, highest);
}

int event_log_start(struct event_log *log)
{
    int events;
    int users;

    memset(log, 0, sizeof *log);
    events =
        open_area(&log->events, HAL_FLASH_EVENTS, EVENT_LOG_KIND, EVENT_SIZE, &log->last_number);
    users = open_area(&log->users, HAL_FLASH_EVENT_USERS, EVENT_LOG_USER_KIND, USER_SIZE,
                      &log->last_number);
    log->ready = events == EVENT_LOG_OK && users == EVENT_LOG_OK;
    return log->ready ? EVENT_LOG_OK : EVENT_LOG_ERROR_STORAGE;
}

static int add_user(struct event_log *log, const struct event_user *user)
{
    uint8_t record[USER_SIZE] = {0};

    put_le32(record, log->last_number);
    record[USER_INTERFACE] = (uint8_t)user->interface;
    memcpy(record + USER_ADDRESS, user->address, sizeof user->address);
    return record_log_append(&log->users, record) == RECORD_LOG_OK ? EVENT_LOG_OK
                                                                   : EVENT_LOG_ERROR_STORAGE;
}

int event_log_add(struct event_log *log, enum event_type type, uint32_t detail,
                  const struct event_user *user)
{
    uint8_t record[EVENT_SIZE] = {0};

    if (!log->ready || log->last_number >= MAX_NUMBER) {
        return EVENT_LOG_ERROR_STORAGE;
    }
    log->last_number++;
    put_le32(record, log->last_number);
    put_le16(record + EVENT_TYPE, (uint16_t)type);
    put_le32(record + EVENT_DETAIL, detail);
    put_le32(record + EVENT_UPTIME, (uint32_t)(hal_time_ms() / 1000U));
    if (record_log_append(&log->events, record) != RECORD_LOG_OK) {
        return EVENT_LOG_ERROR_STORAGE;
    }
    if (user == NULL || user->interface == EVENT_FROM_NOBODY) {
        return EVENT_LOG_OK;
    }
    return add_user(log, user);
}

/* The record with the lowest number above `after`; of several such, the one written last. */
static int find_after(const struct record_log *log, uint32_t after, uint8_t found[EVENT_SIZE])
{
    uint8_t record[EVENT_SIZE] = {0};
    uint32_t sequence;
    uint32_t number = 0;
    uint32_t newest = 0;

    for (uint32_t place = 0; place < record_log_places(log); place++) {
        int result = record_log_read(log, place, record, &sequence);
        uint32_t read = get_le32(record);

        if (result < 0) {
            return EVENT_LOG_ERROR_STORAGE;
        }
        if (result != RECORD_LOG_OK || !is_number(read) || read <= after) {
            continue;
        }
        if (number == 0 || read < number || (read == number && sequence > newest)) {
            number = read;
            newest = sequence;
            memcpy(found, record, log->payload_size);
        }
    }
    return number != 0 ? EVENT_LOG_OK : EVENT_LOG_END;
}

static int find_user(const struct event_log *log, uint32_t number, struct event_user *user)
{
    uint8_t record[EVENT_SIZE];
    int result = find_after(&log->users, number - 1U, record);

    memset(user, 0, sizeof *user);
    if (result != EVENT_LOG_OK || get_le32(record) != number) {
        return result < 0 ? result : EVENT_LOG_OK;
    }
    if (record[USER_INTERFACE] == EVENT_FROM_RTU || record[USER_INTERFACE] == EVENT_FROM_TCP) {
        user->interface = (enum event_interface)record[USER_INTERFACE];
        memcpy(user->address, record + USER_ADDRESS, sizeof user->address);
    }
    return EVENT_LOG_OK;
}

int event_log_next(const struct event_log *log, uint32_t after, struct event *event)
{
    uint8_t record[EVENT_SIZE];
    int result = find_after(&log->events, after, record);

    if (result != EVENT_LOG_OK) {
        return result;
    }
    event->number = get_le32(record);
    event->type = (enum event_type)get_le16(record + EVENT_TYPE);
    event->detail = get_le32(record + EVENT_DETAIL);
    event->uptime_s = get_le32(record + EVENT_UPTIME);
    return find_user(log, event->number, &event->user);
}

uint32_t event_log_newest(const struct event_log *log)
{
    return log->last_number;
}
