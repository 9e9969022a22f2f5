/* modbus_pdu.h: every function code, its limits, and its exceptions in the standard's order
 * (Modbus Application Protocol V1.1b3, state diagrams of section 6: quantity and value before
 * address). */
#include "support.h"

#include "byte_order.h"
#include "modbus_rows.h"
#include "registers.h"

#include <string.h>

static const enum modbus_origin origins[] = {MODBUS_FROM_RTU, MODBUS_FROM_TCP};

static void assert_heating(const struct device *device, int set_point, unsigned mode)
{
    assert_int_equal(device->settings.current.set_point, set_point);
    assert_int_equal(device->settings.current.mode, mode);
}

static void reads_answer_within_their_limits(void **state)
{
    static const struct modbus_row rows[] = {
        {"01 0000 0001", "01 01 01"}, /* heating on, not by schedule */
        {"01 0000 0002", "01 01 01"},
        {"01 0001 0001", "01 01 00"},
        {"01 0000 0003", "81 02"},
        {"01 0001 0002", "81 02"},
        {"01 0002 0001", "81 02"},
        {"01 FFFF 0001", "81 02"},
        {"01 0000 07D0", "81 02"},
        {"01 0000 07D1", "81 03"},
        {"01 FFFF FFFF", "81 03"},
        {"01 0000 0000", "81 03"},
        {"01 FFFF 0000", "81 03"},
        {"02 0000 0004", "02 01 02"}, /* no reading yet: sensor fault */
        {"02 0001 0001", "02 01 01"},
        {"02 0003 0001", "02 01 00"},
        {"02 0000 0005", "82 02"},
        {"02 0004 0001", "82 02"},
        {"02 0000 07D0", "82 02"},
        {"02 0000 07D1", "82 03"},
        {"02 0000 0000", "82 03"},
        {"03 0000 0001", "03 02 00C8"},
        {"03 0000 000C", "03 18 00C8 0001 0005 0046 0168 00D2 021C 00B4 03FC 00D2 0528 00A0"},
        {"03 000B 0001", "03 02 00A0"},
        {"03 0000 000D", "83 02"},
        {"03 000C 0001", "83 02"},
        {"03 FFFF 0002", "83 02"},
        {"03 1000 0001", "83 02"}, /* the mailbox can be read by FC 23 only */
        {"03 1000 0079", "83 02"},
        {"03 0000 007D", "83 02"},
        {"03 0000 007E", "83 03"},
        {"03 FFFF FFFF", "83 03"},
        {"03 0000 0000", "83 03"},
        {"04 0000 000E",
         "04 1C 0000 00C8 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0001"},
        {"04 000D 0001", "04 02 0001"},
        {"04 0000 000F", "84 02"},
        {"04 000E 0001", "84 02"},
        {"04 0000 007D", "84 02"},
        {"04 0000 007E", "84 03"},
        {"04 0000 0000", "84 03"},
    };
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(origins); i++) {
        modbus_check_rows(&device, origins[i], rows, SUPPORT_COUNT(rows));
    }
}

/* Each row starts from set-point 20.0 and mode 1. */
static const struct write_row {
    const char *request;
    const char *response;
    int set_point;
    unsigned mode;
} write_rows[] = {
    {"05 0000 0000", "05 0000 0000", 200, 0},
    {"05 0000 FF00", "05 0000 FF00", 200, 1},
    {"05 0001 FF00", "05 0001 FF00", 200, 2},
    {"05 0001 0000", "05 0001 0000", 200, 1},
    {"05 0002 FF00", "85 02", 200, 1},
    {"05 FFFF 0000", "85 02", 200, 1},
    {"05 0000 FF01", "85 03", 200, 1},
    {"05 0000 0001", "85 03", 200, 1},
    {"05 0002 00FF", "85 03", 200, 1},

    {"06 0000 0032", "06 0000 0032", 50, 1},
    {"06 0000 012C", "06 0000 012C", 300, 1},
    {"06 0000 0031", "86 03", 200, 1},
    {"06 0000 012D", "86 03", 200, 1},
    {"06 0000 FFFF", "86 03", 200, 1},
    {"06 0001 0002", "06 0001 0002", 200, 2},
    {"06 0001 0003", "86 03", 200, 1},
    {"06 0001 0101", "86 03", 200, 1},
    {"06 0002 0005", "86 02", 200, 1},
    {"06 000B 00A0", "86 02", 200, 1},
    {"06 1000 0000", "86 02", 200, 1},
    {"06 FFFF 0000", "86 02", 200, 1},

    {"0F 0000 0002 01 03", "0F 0000 0002", 200, 2},
    {"0F 0000 0002 01 FF", "0F 0000 0002", 200, 2}, /* bits beyond the quantity do not count */
    {"0F 0000 0002 01 FD", "0F 0000 0002", 200, 1},
    {"0F 0000 0001 01 FE", "0F 0000 0001", 200, 0},
    {"0F 0001 0001 01 01", "0F 0001 0001", 200, 2},
    {"0F 0000 0003 01 07", "8F 02", 200, 1},
    {"0F 0002 0001 01 01", "8F 02", 200, 1},
    {"0F FFFF 0002 01 03", "8F 02", 200, 1},
    {"0F 0000 0000 00", "8F 03", 200, 1},
    {"0F 0000 0000 01 00", "8F 03", 200, 1},
    {"0F 0000 0002 02 0000", "8F 03", 200, 1},
    {"0F 0000 0009 01 00", "8F 03", 200, 1},
    {"0F 0000 FFFF 00", "8F 03", 200, 1},

    {"10 0000 0002 04 00D2 0002", "10 0000 0002", 210, 2},
    {"10 0000 0001 02 00D2", "10 0000 0001", 210, 1},
    {"10 0001 0001 02 0000", "10 0001 0001", 200, 0},
    {"10 0000 0002 04 00D2 0003", "90 03", 200, 1}, /* the first is good, the second is not */
    {"10 0000 0002 04 0031 0002", "90 03", 200, 1},
    {"10 0000 0003 06 00D2 0002 0005", "90 02", 200, 1},
    {"10 0001 0002 04 0002 0005", "90 02", 200, 1},
    {"10 000B 0001 02 00D2", "90 02", 200, 1},
    {"10 000B 0002 04 00D2 0000", "90 02", 200, 1},
    {"10 1000 0001 02 0101", "90 02", 200, 1},
    {"10 FFFF 0002 04 0000 0000", "90 02", 200, 1},
    {"10 0000 0000 00", "90 03", 200, 1},
    {"10 0000 0001 04 00D2 0002", "90 03", 200, 1},
    {"10 0000 0002 02 00D2", "90 03", 200, 1},
    {"10 0000 0080 00", "90 03", 200, 1},
    {"10 0000 8001 02 00D2", "90 03", 200, 1},

    {"16 0000 FFF0 0005", "16 0000 FFF0 0005", 197, 1}, /* (C8 & F0) | (05 & 0F) */
    {"16 0000 0000 00D2", "16 0000 0000 00D2", 210, 1},
    {"16 0000 FFFF 0FFF", "16 0000 FFFF 0FFF", 200, 1},
    {"16 0001 FFFC 0002", "16 0001 FFFC 0002", 200, 2},
    {"16 0001 FFFC 0003", "96 03", 200, 1},
    {"16 0000 0000 0000", "96 03", 200, 1},
    {"16 0002 FFFF 0000", "96 02", 200, 1},
    {"16 000C FFFF 0000", "96 02", 200, 1},
    {"16 1000 0000 0101", "96 02", 200, 1},
    {"16 FFFF 0000 0000", "96 02", 200, 1},

    {"17 0000 0002 0000 0002 04 00D2 0002", "17 04 00D2 0002", 210, 2}, /* writes, then reads */
    {"17 0002 0001 0001 0001 02 0000", "17 02 0005", 200, 0},
    {"17 000B 0001 0000 0001 02 00D2", "17 02 00A0", 210, 1},
    {"17 0000 0001 0000 0001 02 0031", "97 03", 200, 1},
    {"17 0000 0000 0000 0001 02 00D2", "97 03", 200, 1},
    {"17 0000 007E 0000 0001 02 00D2", "97 03", 200, 1},
    {"17 0000 007D 0000 0001 02 00D2", "97 02", 200, 1},
    {"17 000B 0002 0000 0001 02 00D2", "97 02", 200, 1},
    {"17 000C 0001 0000 0001 02 00D2", "97 02", 200, 1},
    {"17 0000 0001 0000 0000 00", "97 03", 200, 1},
    {"17 0000 0001 0000 007A 00", "97 03", 200, 1},
    {"17 0000 0001 0000 0001 04 00D2 0000", "97 03", 200, 1},
    {"17 0000 0001 0000 0002 02 00D2", "97 03", 200, 1},
    {"17 0000 0001 0000 0003 06 00D2 0002 0005", "97 02", 200, 1},
    {"17 0000 0001 0002 0001 02 0005", "97 02", 200, 1},
    {"17 0000 0001 1000 0001 02 0101", "97 02", 200, 1},
    {"17 1000 0079 0000 0001 02 00D2", "97 02", 200, 1},
    {"17 0000 0001 FFFF 0002 04 0000 0000", "97 02", 200, 1},
};

static void writes_from_the_local_bus_change_heating_only(void **state)
{
    struct in_process_snapshot fresh;
    struct device device;

    (void)state;
    support_new_device(&device);
    in_process_take(&fresh, &device);
    for (size_t i = 0; i < SUPPORT_COUNT(write_rows); i++) {
        const struct write_row *row = &write_rows[i];

        in_process_restore(&fresh, &device);
        modbus_check(&device, MODBUS_FROM_RTU, row->request, row->response);
        assert_heating(&device, row->set_point, row->mode);
        support_restart(&device);
        assert_heating(&device, row->set_point, row->mode);
    }
}

/* Whatever the same requests ask for, the network may not: exception 1, or 2 and 3 for FC 23. */
static void network_writes_nothing(void **state)
{
    struct device device;
    uint8_t request[MODBUS_MAX_PDU];

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(write_rows); i++) {
        size_t length = support_from_hex(write_rows[i].request, request, sizeof request);
        uint8_t exception = modbus_exception_of(&device, MODBUS_FROM_TCP, request, length);

        if (request[0] == MODBUS_READ_WRITE_REGISTERS) {
            assert_in_range(exception, MODBUS_ILLEGAL_ADDRESS, MODBUS_ILLEGAL_VALUE);
        } else {
            assert_int_equal(exception, MODBUS_ILLEGAL_FUNCTION);
        }
        assert_heating(&device, 200, 1);
    }
    assert_int_equal(support_flash.count, 0);
}

static void network_gets_quantity_exceptions_before_address_exceptions(void **state)
{
    static const struct modbus_row rows[] = {
        {"17 0000 0001 0000 0001 02 00D2", "97 02"}, {"17 0000 0000 0000 0001 02 00D2", "97 03"},
        {"17 0000 007E 0000 0001 02 00D2", "97 03"}, {"17 0000 007D 0000 0001 02 00D2", "97 02"},
        {"17 0000 0001 0000 0000 00", "97 03"},      {"17 1000 0079 0000 0001 02 00D2", "97 02"},
        {"17 0000 0079 1000 0001 02 00D2", "97 02"},
    };
    struct device device;

    (void)state;
    support_new_device(&device);
    modbus_check_rows(&device, MODBUS_FROM_TCP, rows, SUPPORT_COUNT(rows));
}

/* A valid request of each kind; any other length of it is refused. */
static void other_lengths_are_refused(void **state)
{
    static const char *const requests[] = {
        "01 0000 0001",       "02 0000 0001",
        "03 0000 0001",       "04 0000 0001",
        "05 0000 0000",       "06 0000 00D2",
        "0F 0000 0001 01 00", "10 0000 0001 02 00D2",
        "16 0000 0000 00D2",  "17 0000 0001 0000 0001 02 00D2",
        "2B 0E 01 00",
    };
    struct device device;
    uint8_t request[MODBUS_MAX_PDU];

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(requests); i++) {
        size_t valid;

        memset(request, 0, sizeof request);
        valid = support_from_hex(requests[i], request, sizeof request);
        for (size_t length = 1; length <= sizeof request; length++) {
            if (length != valid) {
                bool no_mei_type = request[0] == MODBUS_ENCAPSULATED_INTERFACE && length == 1;

                assert_int_equal(modbus_exception_of(&device, MODBUS_FROM_RTU, request, length),
                                 no_mei_type ? MODBUS_ILLEGAL_FUNCTION : MODBUS_ILLEGAL_VALUE);
            }
        }
    }
    assert_heating(&device, 200, 1);
    assert_int_equal(support_flash.count, 0);
}

static void unknown_functions_are_refused(void **state)
{
    static const uint8_t known[] = {1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43};
    struct device device;
    uint8_t request[MODBUS_MAX_PDU] = {0};

    (void)state;
    support_new_device(&device);
    for (unsigned function = 0; function <= 0xFFU; function++) {
        request[0] = (uint8_t)function;
        if (memchr(known, (int)function, sizeof known) != NULL) {
            continue;
        }
        for (size_t i = 0; i < SUPPORT_COUNT(origins); i++) {
            assert_int_equal(modbus_exception_of(&device, origins[i], request, 1),
                             MODBUS_ILLEGAL_FUNCTION);
            assert_int_equal(modbus_exception_of(&device, origins[i], request, sizeof request),
                             MODBUS_ILLEGAL_FUNCTION);
        }
    }
}

/* The largest requests that fit: quantity valid, address not; one more: quantity not valid. */
static void largest_writes_are_judged_by_quantity_first(void **state)
{
    static const struct {
        const char *start;
        size_t length;
        uint8_t exception;
    } rows[] = {
        {"0F 0000 07B0 F6", 252, MODBUS_ILLEGAL_ADDRESS},
        {"0F 0000 07B1 F7", 253, MODBUS_ILLEGAL_VALUE},
        {"10 0000 007B F6", 252, MODBUS_ILLEGAL_ADDRESS},
        {"10 0000 007C F8", 253, MODBUS_ILLEGAL_VALUE},
        {"17 0000 0001 0000 0079 F2", 252, MODBUS_ILLEGAL_ADDRESS},
        {"17 0000 0001 0000 007A F4", 253, MODBUS_ILLEGAL_VALUE},
    };
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        uint8_t request[MODBUS_MAX_PDU] = {0};

        (void)support_from_hex(rows[i].start, request, sizeof request);
        assert_int_equal(modbus_exception_of(&device, MODBUS_FROM_RTU, request, rows[i].length),
                         rows[i].exception);
    }
    assert_heating(&device, 200, 1);
}

/* The mailbox answers through FC 23 from both sides; what is not its window is refused. */
static void mailbox_window_is_exact(void **state)
{
    static const struct {
        const char *request;
        uint8_t exception; /* 0: the mailbox answers */
    } rows[] = {
        {"17 1000 0079 1000 0001 02 0000", 0},
        {"17 1000 0078 1000 0001 02 0000", MODBUS_ILLEGAL_VALUE},
        {"17 1000 007A 1000 0001 02 0000", MODBUS_ILLEGAL_VALUE},
        {"17 1000 0000 1000 0001 02 0000", MODBUS_ILLEGAL_VALUE},
        {"17 1000 0079 1000 0000 00", MODBUS_ILLEGAL_VALUE},
        {"17 1001 0078 1000 0001 02 0000", MODBUS_ILLEGAL_ADDRESS},
        {"17 1000 0079 1001 0001 02 0000", MODBUS_ILLEGAL_ADDRESS},
        {"17 0FFF 0079 1000 0001 02 0000", MODBUS_ILLEGAL_ADDRESS},
    };
    struct device device;
    uint8_t request[MODBUS_MAX_PDU];
    uint8_t response[MODBUS_MAX_PDU];

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(rows) * SUPPORT_COUNT(origins); i++) {
        size_t row = i / SUPPORT_COUNT(origins);
        size_t length = support_from_hex(rows[row].request, request, sizeof request);

        assert_int_equal(
            modbus_exception_of(&device, origins[i % SUPPORT_COUNT(origins)], request, length),
            rows[row].exception);
    }
    memset(response, 0xEE, sizeof response);
    (void)support_from_hex(rows[0].request, request, sizeof request);
    assert_int_equal(modbus_pdu_handle(&device, MODBUS_FROM_TCP, request, 12, response), 244);
    assert_int_equal(response[1], MAILBOX_MAX_MESSAGE);
    assert_int_equal(response[3], MAILBOX_REFUSED | MAILBOX_ANSWER);
    for (size_t i = 2U + MAILBOX_HEADER_SIZE + 5U; i < 244; i++) {
        assert_int_equal(response[i], 0); /* nothing of the device's memory leaves it */
    }
}

/* Vendor "Ordeal", product "Hearth", version "1.0.0", which the image that runs says. */
#define VENDOR  "00 06 4F726465616C"
#define PRODUCT "01 06 486561727468"
#define VERSION "02 05 312E302E30"

static void identification_follows_its_access_codes(void **state)
{
    static const struct modbus_row rows[] = {
        {"2B 0E 01 00", "2B 0E 01 81 00 00 03" VENDOR PRODUCT VERSION},
        {"2B 0E 02 00", "2B 0E 02 81 00 00 03" VENDOR PRODUCT VERSION},
        {"2B 0E 03 00", "2B 0E 03 81 00 00 03" VENDOR PRODUCT VERSION},
        {"2B 0E 01 01", "2B 0E 01 81 00 00 02" PRODUCT VERSION},
        {"2B 0E 03 02", "2B 0E 03 81 00 00 01" VERSION},
        {"2B 0E 01 03", "2B 0E 01 81 00 00 03" VENDOR PRODUCT VERSION}, /* unknown: from 0 on */
        {"2B 0E 02 FF", "2B 0E 02 81 00 00 03" VENDOR PRODUCT VERSION},
        {"2B 0E 04 00", "2B 0E 04 81 00 00 01" VENDOR},
        {"2B 0E 04 01", "2B 0E 04 81 00 00 01" PRODUCT},
        {"2B 0E 04 02", "2B 0E 04 81 00 00 01" VERSION},
        {"2B 0E 04 03", "AB 02"},
        {"2B 0E 04 FF", "AB 02"},
        {"2B 0E 00 00", "AB 03"},
        {"2B 0E 05 00", "AB 03"},
        {"2B 0E FF FF", "AB 03"},
        {"2B 0D 01 00", "AB 01"},
        {"2B 0F 01 00", "AB 01"},
        {"2B", "AB 01"},
    };
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(origins); i++) {
        modbus_check_rows(&device, origins[i], rows, SUPPORT_COUNT(rows));
    }
}

/* The mailbox and the identification are left, and those on the local bus only. */
static void recovery_leaves_the_mailbox_on_the_local_bus(void **state)
{
    static const struct boot_handover recovery = {.recovery = true};
    static const struct modbus_row rows[] = {
        {"2B 0E 04 00", "2B 0E 04 81 00 00 01" VENDOR},
        {"17 0000 0001 0000 0001 02 00D2", "97 02"},
        {"17 1000 0079 0000 0001 02 00D2", "97 02"},
        {"17 1000 0078 1000 0001 02 0000", "97 03"},
    };
    uint8_t exchange[12] = {MODBUS_READ_WRITE_REGISTERS, 0x10, 0, 0, 0x79, 0x10, 0, 0, 1, 2};
    struct device device;

    (void)state;
    support_new_board();
    assert_int_equal(device_start(&device, &recovery), DEVICE_OK);
    modbus_check_rows(&device, MODBUS_FROM_RTU, rows, SUPPORT_COUNT(rows));
    assert_int_equal(modbus_exception_of(&device, MODBUS_FROM_RTU, exchange, sizeof exchange), 0);
    for (size_t i = 0; i < SUPPORT_COUNT(origins); i++) {
        for (unsigned code = 0; code <= UINT8_MAX; code++) {
            const bool left =
                origins[i] == MODBUS_FROM_RTU &&
                (code == MODBUS_READ_WRITE_REGISTERS || code == MODBUS_ENCAPSULATED_INTERFACE);

            exchange[0] = (uint8_t)code;
            if (!left && (code & MODBUS_EXCEPTION_FLAG) == 0) {
                assert_int_equal(
                    modbus_exception_of(&device, origins[i], exchange, sizeof exchange),
                    MODBUS_ILLEGAL_FUNCTION);
            }
        }
    }
}

/* A write of two registers, and what was answered. */
struct write {
    struct device device;
    uint8_t response[MODBUS_MAX_PDU];
};

static void write_both(void *state)
{
    struct write *write = state;
    uint8_t request[16];
    size_t length = support_from_hex("10 0000 0002 04 00D2 0002", request, sizeof request);

    (void)modbus_pdu_handle(&write->device, MODBUS_FROM_RTU, request, length, write->response);
}

static const char *check_both(void *state, enum fault_kind kind)
{
    struct write *write = state;
    struct settings known = write->device.settings.current;
    const struct settings *current = &write->device.settings.current;

    if (kind == FAULT_FLASH_ERROR &&
        (write->response[0] != 0x90 || write->response[1] != MODBUS_DEVICE_FAILURE)) {
        return "no exception 4";
    }
    support_restart(&write->device);
    if ((current->set_point != 200 || current->mode != 1) &&
        (current->set_point != 210 || current->mode != 2)) {
        return "half written";
    }
    return kind == FAULT_FLASH_ERROR && current->set_point != known.set_point
               ? "memory and flash differ"
               : NULL;
}

static void refused_by_flash_is_exception_4_and_all_or_nothing(void **state)
{
    static struct write write;
    static const enum fault_kind kinds[] = {FAULT_FLASH_ERROR, FAULT_POWER_CUT};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(kinds); i++) {
        const struct support_trial trial = {.state = &write,
                                            .state_size = sizeof write,
                                            .act = write_both,
                                            .check = check_both,
                                            .kind = kinds[i],
                                            .erase_step = 64};

        support_new_device(&write.device);
        (void)support_sweep(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_answer_within_their_limits),
        cmocka_unit_test(writes_from_the_local_bus_change_heating_only),
        cmocka_unit_test(network_writes_nothing),
        cmocka_unit_test(network_gets_quantity_exceptions_before_address_exceptions),
        cmocka_unit_test(other_lengths_are_refused),
        cmocka_unit_test(unknown_functions_are_refused),
        cmocka_unit_test(largest_writes_are_judged_by_quantity_first),
        cmocka_unit_test(mailbox_window_is_exact),
        cmocka_unit_test(identification_follows_its_access_codes),
        cmocka_unit_test(recovery_leaves_the_mailbox_on_the_local_bus),
        cmocka_unit_test(refused_by_flash_is_exception_4_and_all_or_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
