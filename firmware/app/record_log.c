/*
 * Method: a slot holds header, payload and, in program units of its own, a mark. The mark is
 * programmed (to all zeros) only after header and payload, so its first bit is the moment at which
 * the record begins to count:
 *
 *   mark blank       the write never happened, whatever the payload says
 *   mark begun       payload is whole (the CRC confirms it); the mark itself may be a torn unit that
 *                    reads blank tomorrow, so mounting appends the same value again
 *   mark all zeros   the record is settled
 *
 * A sector is always erased just before its first record is written, even if it reads blank: a
 * sector whose erase was interrupted can read blank and still not hold what is programmed into it.
 * A slot that is not blank is never programmed again, the sector of the newest record is never
 * erased, and a sequence number is never used twice: an unmarked record that was passed over must
 * not come back as an equal of a later one.
 */
#include "record_log.h"

#include "byte_order.h"
#include "crc.h"

#include <stdbool.h>
#include <string.h>

#define HEADER_SIZE  16U
#define MAX_SEQUENCE 0x7FFFFFFFU
#define MAX_SLOT     (HEADER_SIZE + RECORD_LOG_MAX_PAYLOAD + 2U * HAL_FLASH_MAX_PROGRAM_UNIT)

/* Header: kind 2, payload size 2, sequence 4, CRC-32 over these 8 and the payload 4, spare 4. */
#define HEADER_CRC   8U
#define HEADER_SPARE 12U

/* In rising order of how much may be believed. */
enum slot_state { SLOT_UNUSABLE, SLOT_UNMARKED, SLOT_BEGUN, SLOT_SETTLED };

struct slot {
    enum slot_state state;
    uint32_t sequence;
    uint8_t bytes[MAX_SLOT];
};

const char *record_log_strerror(int error)
{
    switch (error) {
    case RECORD_LOG_OK:
        return "no error";
    case RECORD_LOG_EMPTY:
        return "log is empty";
    case RECORD_LOG_ERROR_FLASH:
        return "flash operation failed";
    case RECORD_LOG_ERROR_GEOMETRY:
        return "flash area is too small for the log";
    case RECORD_LOG_ERROR_WORN:
        return "log has used up its sequence numbers";
    default:
        return "unknown record log error";
    }
}

static uint32_t body_size(const struct record_log *log)
{
    uint32_t unit = log->geometry.program_unit;
    uint32_t size = HEADER_SIZE + log->payload_size;

    return (size + unit - 1U) / unit * unit;
}

static uint32_t slot_offset(const struct record_log *log, uint32_t sector, uint32_t slot)
{
    return log->geometry.offset + sector * log->geometry.sector_size + slot * log->slot_size;
}

/* `length` is at least 1. */
static bool all_equal(const uint8_t *bytes, size_t length, uint8_t value)
{
    return bytes[0] == value && memcmp(bytes, bytes + 1, length - 1U) == 0;
}

static uint32_t record_crc(const struct record_log *log, const uint8_t *bytes)
{
    return crc32_ieee(crc32_ieee(0, bytes, HEADER_CRC), bytes + HEADER_SIZE, log->payload_size);
}

static bool header_is_ours(const struct record_log *log, const uint8_t *bytes)
{
    uint32_t sequence = get_le32(bytes + 4);

    return get_le16(bytes) == log->kind && get_le16(bytes + 2) == log->payload_size &&
           sequence > 0 && sequence <= MAX_SEQUENCE;
}

/* Reads the slot whole if it may hold a record, its header otherwise. */
static int read_slot(const struct record_log *log, uint32_t sector, uint32_t number,
                     struct slot *slot)
{
    const uint32_t offset = slot_offset(log, sector, number);
    const uint8_t *mark = slot->bytes + body_size(log);

    slot->state = SLOT_UNUSABLE;
    if (hal_flash_read(offset, slot->bytes, HEADER_SIZE) != HAL_OK) {
        return RECORD_LOG_ERROR_FLASH;
    }
    if (!header_is_ours(log, slot->bytes)) {
        return RECORD_LOG_OK;
    }
    if (hal_flash_read(offset + HEADER_SIZE, slot->bytes + HEADER_SIZE,
                       log->slot_size - HEADER_SIZE) != HAL_OK) {
        return RECORD_LOG_ERROR_FLASH;
    }
    slot->sequence = get_le32(slot->bytes + 4);
    if (get_le32(slot->bytes + HEADER_CRC) != record_crc(log, slot->bytes)) {
        return RECORD_LOG_OK;
    }
    if (all_equal(mark, log->geometry.program_unit, log->geometry.erased_value)) {
        slot->state = SLOT_UNMARKED;
    } else if (all_equal(mark, log->geometry.program_unit, 0)) {
        slot->state = SLOT_SETTLED;
    } else {
        slot->state = SLOT_BEGUN;
    }
    return RECORD_LOG_OK;
}

static int set_up(struct record_log *log, enum hal_flash_area area, uint16_t kind,
                  uint16_t payload_size)
{
    memset(log, 0, sizeof *log);
    log->geometry = hal_flash_geometry(area);
    log->kind = kind;
    log->payload_size = payload_size;
    if (payload_size == 0 || payload_size > RECORD_LOG_MAX_PAYLOAD ||
        log->geometry.program_unit > HAL_FLASH_MAX_PROGRAM_UNIT) {
        return RECORD_LOG_ERROR_GEOMETRY;
    }
    log->slot_size = body_size(log) + log->geometry.program_unit;
    log->slots = log->geometry.sector_size / log->slot_size;
    log->sector_count = log->geometry.size / log->geometry.sector_size;
    if (log->slots == 0 || log->sector_count < 2) {
        return RECORD_LOG_ERROR_GEOMETRY;
    }
    return RECORD_LOG_OK;
}

/* Sets log->next_slot: the first slot of log->sector from which on all are blank. */
static int find_next_slot(struct record_log *log, uint8_t bytes[MAX_SLOT])
{
    for (log->next_slot = log->slots; log->next_slot > 0; log->next_slot--) {
        if (hal_flash_read(slot_offset(log, log->sector, log->next_slot - 1U), bytes,
                           log->slot_size) != HAL_OK) {
            return RECORD_LOG_ERROR_FLASH;
        }
        if (!all_equal(bytes, log->slot_size, log->geometry.erased_value)) {
            break;
        }
    }
    return RECORD_LOG_OK;
}

/* Reads every slot: the newest value to `payload`, its place and the highest sequence to `log`. */
static int find_newest(struct record_log *log, struct slot *slot, void *payload,
                       enum slot_state *newest)
{
    uint32_t newest_sequence = 0;

    *newest = SLOT_UNUSABLE;
    for (uint32_t i = 0; i < log->sector_count * log->slots; i++) {
        int result = read_slot(log, i / log->slots, i % log->slots, slot);

        if (result != RECORD_LOG_OK) {
            return result;
        }
        if (slot->state < SLOT_UNMARKED) {
            continue;
        }
        if (slot->sequence > log->sequence) {
            log->sequence = slot->sequence;
        }
        if (slot->state >= SLOT_BEGUN && slot->sequence > newest_sequence) {
            *newest = slot->state;
            newest_sequence = slot->sequence;
            log->newest_sector = i / log->slots;
            memcpy(payload, slot->bytes + HEADER_SIZE, log->payload_size);
        }
    }
    return RECORD_LOG_OK;
}

int record_log_mount(struct record_log *log, enum hal_flash_area area, uint16_t kind, void *payload,
                     uint16_t payload_size)
{
    enum slot_state newest;
    struct slot slot;
    int result = set_up(log, area, kind, payload_size);

    if (result == RECORD_LOG_OK) {
        result = find_newest(log, &slot, payload, &newest);
    }
    if (result != RECORD_LOG_OK) {
        return result;
    }
    log->sector = log->newest_sector;
    if (newest == SLOT_UNUSABLE) {
        log->next_slot = log->slots;
        log->mounted = true;
        return RECORD_LOG_EMPTY;
    }
    result = find_next_slot(log, slot.bytes);
    log->mounted = result == RECORD_LOG_OK;
    /* The very last record cannot be written once more: the log is at its end, not broken. */
    if (log->mounted && newest == SLOT_BEGUN && log->sequence < MAX_SEQUENCE) {
        result = record_log_append(log, payload);
        log->mounted = result == RECORD_LOG_OK;
    }
    return result;
}

/* Leaves log->sector and log->next_slot at a slot that may be programmed. */
static int make_room(struct record_log *log)
{
    uint32_t sector = (log->newest_sector + 1U) % log->sector_count;

    if (log->next_slot < log->slots) {
        return RECORD_LOG_OK;
    }
    if (hal_flash_erase(slot_offset(log, sector, 0)) != HAL_OK) {
        return RECORD_LOG_ERROR_FLASH;
    }
    log->sector = sector;
    log->next_slot = 0;
    return RECORD_LOG_OK;
}

/* Header, payload and mark as they will stand in flash; blank bytes in between stay blank. */
static void encode_slot(const struct record_log *log, const void *payload, uint8_t bytes[MAX_SLOT])
{
    memset(bytes, log->geometry.erased_value, MAX_SLOT);
    put_le16(bytes, log->kind);
    put_le16(bytes + 2, log->payload_size);
    put_le32(bytes + 4, log->sequence);
    memset(bytes + HEADER_SPARE, 0, HEADER_SIZE - HEADER_SPARE);
    memcpy(bytes + HEADER_SIZE, payload, log->payload_size);
    put_le32(bytes + HEADER_CRC, record_crc(log, bytes));
    memset(bytes + body_size(log), 0, log->geometry.program_unit);
}

int record_log_append(struct record_log *log, const void *payload)
{
    uint8_t bytes[MAX_SLOT];
    const uint32_t body = body_size(log);
    uint32_t offset;
    int result;

    if (!log->mounted) {
        return RECORD_LOG_ERROR_FLASH;
    }
    if (log->sequence >= MAX_SEQUENCE) {
        return RECORD_LOG_ERROR_WORN;
    }
    result = make_room(log);
    if (result != RECORD_LOG_OK) {
        return result;
    }
    /* Slot and sequence are used up even by a failure: neither must ever serve two records. */
    log->sequence++;
    encode_slot(log, payload, bytes);
    offset = slot_offset(log, log->sector, log->next_slot);
    log->next_slot++;
    if (hal_flash_program(offset, bytes, body) != HAL_OK ||
        hal_flash_program(offset + body, bytes + body, log->geometry.program_unit) != HAL_OK) {
        return RECORD_LOG_ERROR_FLASH;
    }
    log->newest_sector = log->sector;
    return RECORD_LOG_OK;
}

uint32_t record_log_places(const struct record_log *log)
{
    return log->sector_count * log->slots;
}

int record_log_read(const struct record_log *log, uint32_t place, void *payload, uint32_t *sequence)
{
    struct slot slot;
    int result;

    if (place >= record_log_places(log)) {
        return RECORD_LOG_EMPTY;
    }
    result = read_slot(log, place / log->slots, place % log->slots, &slot);
    if (result != RECORD_LOG_OK) {
        return result;
    }
    /* Not one that is only begun: what is read once has to be there tomorrow. */
    if (slot.state != SLOT_SETTLED) {
        return RECORD_LOG_EMPTY;
    }
    memcpy(payload, slot.bytes + HEADER_SIZE, log->payload_size);
    *sequence = slot.sequence;
    return RECORD_LOG_OK;
}
