#include "modbus_rows.h"

#include "support.h"

#include <string.h>

static size_t handle(struct device *device, enum modbus_origin origin, const uint8_t *request,
                     size_t length, uint8_t *response)
{
    const size_t size =
        modbus_pdu_handle(device, origin, support_at_edge(request, length), length, response);

    assert_in_range(size, 2, MODBUS_MAX_PDU);
    return size;
}

void modbus_check(struct device *device, enum modbus_origin origin, const char *request,
                  const char *response)
{
    uint8_t sent[MODBUS_MAX_PDU];
    uint8_t expected[MODBUS_MAX_PDU];
    uint8_t received[MODBUS_MAX_PDU];
    const size_t sent_size = support_from_hex(request, sent, sizeof sent);
    const size_t expected_size = support_from_hex(response, expected, sizeof expected);
    const size_t received_size = handle(device, origin, sent, sent_size, received);

    if (received_size != expected_size || memcmp(received, expected, expected_size) != 0) {
        fail_msg("request %s: expected %s, got %u bytes that begin with %02x %02x", request,
                 response, (unsigned)received_size, received[0], received[1]);
    }
}

void modbus_check_rows(struct device *device, enum modbus_origin origin,
                       const struct modbus_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        modbus_check(device, origin, rows[i].request, rows[i].response);
    }
}

uint8_t modbus_exception_of(struct device *device, enum modbus_origin origin,
                            const uint8_t *request, size_t length)
{
    uint8_t response[MODBUS_MAX_PDU];
    const size_t size = handle(device, origin, request, length, response);

    if ((response[0] & MODBUS_EXCEPTION_FLAG) == 0) {
        assert_int_equal(response[0], request[0]);
        return 0;
    }
    assert_int_equal(size, 2);
    assert_int_equal(response[0], request[0] | MODBUS_EXCEPTION_FLAG);
    return response[1];
}
