#include "scenarios/modbus_wire_oracle.h"

#include <string.h>

enum {
    CRC_SIZE = 2,
    RTU_MIN = 4, /* unit, function, checksum */
    RTU_MAX = 256,
    MBAP_LENGTH_END = 6,
    EXCEPTION = 0x80,
    MEI = 43,
    MEI_IDENTIFICATION = 14,
    MEI_HEAD = 7, /* bytes of an answer before its objects */
};

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static bool crc_is_right(const uint8_t *bytes, size_t size)
{
    const uint16_t crc = modbus_crc(bytes, size - CRC_SIZE);

    return bytes[size - 2] == (crc & 0xFF) && bytes[size - 1] == crc >> 8;
}

/* ---- requests ---- */

static size_t find_serial(const struct modbus_bus *bus, const uint8_t *bytes, size_t size,
                          struct modbus_request *request, size_t *rest)
{
    size_t length = size;

    *rest = size;
    if (size < RTU_MIN)
        return 0;
    if (size > RTU_MAX || !crc_is_right(bytes, size)) {
        for (length = RTU_MIN; length < size && length <= RTU_MAX; length++) {
            if (crc_is_right(bytes, length))
                break;
        }
        if (length >= size || length > RTU_MAX)
            return 0;
    }
    *request =
        (struct modbus_request){.pdu = bytes + 1, .size = length - 1 - CRC_SIZE, .unit = bytes[0]};
    request->is_addressed = bytes[0] == bus->unit;
    request->is_broadcast = bytes[0] == 0;
    request->is_certain = length == size;
    *rest = size - length;
    return 1;
}

/* Other units than the device's own are its own business: Messaging on TCP/IP V1.0b, 4.4.2.2. */
static size_t find_stream(const struct modbus_bus *bus, const uint8_t *bytes, size_t size,
                          struct modbus_request *requests, size_t *rest)
{
    size_t at = 0;
    size_t count = 0;

    while (count < MODBUS_REQUESTS_MAX && size - at >= MODBUS_MBAP) {
        const size_t length = get16(bytes + at + 4);

        if (get16(bytes + at + 2) != 0 || length < 2 || length > 1 + MODBUS_PDU_MAX ||
            size - at < MBAP_LENGTH_END + length)
            break;
        requests[count] = (struct modbus_request){.pdu = bytes + at + MODBUS_MBAP,
                                                  .size = length - 1,
                                                  .unit = bytes[at + 6],
                                                  .transaction = (uint16_t)get16(bytes + at),
                                                  .is_addressed = true};
        requests[count].is_certain = bytes[at + 6] == bus->unit;
        count++;
        at += MBAP_LENGTH_END + length;
    }
    *rest = size - at;
    return count;
}

size_t modbus_requests_find(const struct modbus_bus *bus, const uint8_t *bytes, size_t size,
                            struct modbus_request requests[MODBUS_REQUESTS_MAX], size_t *rest)
{
    return bus->kind == MODBUS_RTU ? find_serial(bus, bytes, size, requests, rest)
                                   : find_stream(bus, bytes, size, requests, rest);
}

/* ---- what an answer may be ---- */

static bool is_exception_code(uint8_t code)
{
    return (code >= 1 && code <= 6) || code == 8 || code == 10 || code == 11; /* V1.1b3, 7 */
}

const uint8_t *modbus_answer_pdu(const struct modbus_bus *bus, const uint8_t *answer, size_t size,
                                 size_t *pdu_size)
{
    const size_t before = bus->kind == MODBUS_RTU ? 1 : MODBUS_MBAP;
    const size_t after = bus->kind == MODBUS_RTU ? CRC_SIZE : 0;

    if (size < before + 2 + after)
        return NULL;
    *pdu_size = size - before - after;
    return answer + before;
}

/* Bytes of an answer's PDU by its function code; 0: not known (yet). */
static size_t announced_pdu(const uint8_t *pdu, size_t have)
{
    if (have < 2)
        return 0;
    if ((pdu[0] & EXCEPTION) != 0)
        return 2;
    switch (pdu[0]) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 23:
        return 2u + pdu[1];
    case 5:
    case 6:
    case 15:
    case 16:
        return 5;
    case 22:
        return 7;
    case MEI: {
        size_t at = MEI_HEAD;

        for (unsigned i = 0; have >= MEI_HEAD && i < pdu[MEI_HEAD - 1]; i++) {
            if (have < at + 2)
                return 0;
            at += 2u + pdu[at + 1];
        }
        return have >= MEI_HEAD ? at : 0;
    }
    default:
        return 0;
    }
}

size_t modbus_answer_size(const struct modbus_bus *bus, const uint8_t *bytes, size_t have)
{
    size_t pdu;

    if (bus->kind == MODBUS_TCP)
        return have < MBAP_LENGTH_END ? 0 : MBAP_LENGTH_END + get16(bytes + 4);
    pdu = have > 1 ? announced_pdu(bytes + 1, have - 1) : 0;
    return pdu == 0 ? 0 : 1 + pdu + CRC_SIZE;
}

static const char *frame_fault(const struct modbus_bus *bus, const struct modbus_request *request,
                               const uint8_t *answer, size_t size)
{
    if (bus->kind == MODBUS_RTU) {
        if (size < RTU_MIN + 1 || size > RTU_MAX)
            return "a frame of an impossible length";
        if (!crc_is_right(answer, size))
            return "a frame with a wrong checksum";
    } else {
        if (size < MODBUS_MBAP + 2 || size > MODBUS_MBAP + MODBUS_PDU_MAX)
            return "a frame of an impossible length";
        if (get16(answer) != request->transaction || get16(answer + 2) != 0)
            return "the header of another transaction or protocol";
        if (get16(answer + 4) != size - MBAP_LENGTH_END)
            return "a length that is not that of the frame";
    }
    return answer[bus->kind == MODBUS_RTU ? 0 : 6] == request->unit ? NULL : "another unit";
}

/* Bits behind the last one asked for are 0: V1.1b3, 6.1. */
static const char *bits_fault(const struct modbus_request *request, const uint8_t *pdu, size_t size)
{
    const unsigned count = get16(request->pdu + 3);

    if (pdu[1] != (count + 7) / 8 || size != 2u + pdu[1])
        return "another number of bits than was asked for";
    return count % 8 == 0 || pdu[size - 1] >> (count % 8) == 0 ? NULL
                                                               : "bits that nobody asked for";
}

static const char *registers_fault(const struct modbus_request *request, const uint8_t *pdu,
                                   size_t size)
{
    return pdu[1] == 2 * get16(request->pdu + 3) && size == 2u + pdu[1]
               ? NULL
               : "another number of registers than was asked for";
}

static const char *echo_fault(const struct modbus_request *request, size_t echoed,
                              const uint8_t *pdu, size_t size)
{
    return size == echoed && request->size >= echoed && memcmp(pdu, request->pdu, echoed) == 0
               ? NULL
               : "an echo of something else than was written";
}

static const char *identification_fault(const struct modbus_request *request, const uint8_t *pdu,
                                        size_t size)
{
    if (size < MEI_HEAD || pdu[1] != MEI_IDENTIFICATION || pdu[2] != request->pdu[2])
        return "an identification that is none";
    return announced_pdu(pdu, size) == size ? NULL
                                            : "an identification with another number of objects";
}

/* Of an answer with the request's own function code. */
static const char *done_fault(const struct modbus_request *request, const uint8_t *pdu, size_t size)
{
    if (request->size < 3)
        return "an answer to a request without data";
    switch (request->pdu[0]) {
    case 1:
    case 2:
        return request->size < 5 ? "an answer to half a request" : bits_fault(request, pdu, size);
    case 3:
    case 4:
    case 23:
        return request->size < 5 ? "an answer to half a request"
                                 : registers_fault(request, pdu, size);
    case 5:
    case 6:
    case 15:
    case 16:
        return echo_fault(request, 5, pdu, size);
    case 22:
        return echo_fault(request, 7, pdu, size);
    case MEI:
        return identification_fault(request, pdu, size);
    default:
        return NULL; /* a function of the maker's own */
    }
}

enum modbus_answer modbus_answer_judge(const struct modbus_bus *bus,
                                       const struct modbus_request *request, const uint8_t *answer,
                                       size_t size, const char **why)
{
    size_t pdu_size = 0;
    const uint8_t *pdu = modbus_answer_pdu(bus, answer, size, &pdu_size);

    *why = frame_fault(bus, request, answer, size);
    if (*why != NULL || pdu == NULL)
        return MODBUS_ANSWER_MALFORMED;
    if (pdu[0] == (request->pdu[0] | EXCEPTION)) {
        if (pdu_size == 2 && is_exception_code(pdu[1]))
            return MODBUS_ANSWER_REFUSED;
        *why = "an exception with a code or a length that is none";
        return MODBUS_ANSWER_MALFORMED;
    }
    *why = pdu[0] == request->pdu[0] ? done_fault(request, pdu, pdu_size)
                                     : "an answer to another function";
    return *why == NULL ? MODBUS_ANSWER_DONE : MODBUS_ANSWER_MALFORMED;
}
