/* registers.h: what each coil, input and register shows. */
#include "support.h"

#include "registers.h"

static void coils_show_and_set_the_mode(void **state)
{
    static const struct {
        unsigned mode;
        bool on;
        bool by_schedule;
    } rows[] = {
        {HEATING_OFF, false, false}, {HEATING_ON, true, false}, {HEATING_SCHEDULE, true, true}};
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        const uint8_t bits = (uint8_t)((rows[i].on ? 1U : 0U) | (rows[i].by_schedule ? 2U : 0U));
        struct settings draft = device.settings.current;

        device.settings.current.mode = (uint16_t)rows[i].mode;
        assert_int_equal(registers_coil(&device, 0), rows[i].on);
        assert_int_equal(registers_coil(&device, 1), rows[i].by_schedule);
        registers_draft_coils(&draft, 0, 2, &bits);
        assert_int_equal(draft.mode, rows[i].mode);
    }
}

/* One coil at a time, from every mode: the other coil stays. */
static void single_coils_leave_the_other_one(void **state)
{
    static const struct {
        unsigned from;
        uint16_t coil;
        uint8_t bit;
        unsigned to;
    } rows[] = {
        {HEATING_OFF, 0, 0, HEATING_OFF},     {HEATING_OFF, 0, 1, HEATING_ON},
        {HEATING_OFF, 1, 1, HEATING_OFF},     {HEATING_ON, 0, 0, HEATING_OFF},
        {HEATING_ON, 0, 1, HEATING_ON},       {HEATING_ON, 1, 1, HEATING_SCHEDULE},
        {HEATING_ON, 1, 0, HEATING_ON},       {HEATING_SCHEDULE, 0, 0, HEATING_OFF},
        {HEATING_SCHEDULE, 1, 0, HEATING_ON}, {HEATING_SCHEDULE, 0, 1, HEATING_SCHEDULE},
    };
    struct settings draft;

    (void)state;
    settings_defaults(&draft);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        draft.mode = (uint16_t)rows[i].from;
        registers_draft_coils(&draft, rows[i].coil, 1, &rows[i].bit);
        assert_int_equal(draft.mode, rows[i].to);
    }
}

static void discrete_inputs_show_the_state(void **state)
{
    struct device device;

    (void)state;
    support_new_device(&device);
    for (unsigned bits = 0; bits < 16; bits++) {
        device.thermostat.relay_closed = (bits & 1U) != 0;
        device.thermostat.sensor_fault = (bits & 2U) != 0;
        device.thermostat.frost = (bits & 4U) != 0;
        device.mailbox.state = (bits & 8U) != 0 ? MAILBOX_OPEN : MAILBOX_GREETED;
        for (uint16_t input = 0; input < REGISTERS_DISCRETE_INPUTS; input++) {
            assert_int_equal(registers_discrete_input(&device, input), (bits >> input) & 1U);
        }
    }
}

static void input_registers_show_measurements(void **state)
{
    struct device device;

    (void)state;
    support_new_device(&device);
    in_process_board.temperature = -55;
    in_process_advance(70000ULL * 1000U + 999U);
    device_poll(&device);
    device.settings.current.telemetry_consent = true;
    assert_int_equal(registers_input(&device, 0), 0x10000 - 55);
    assert_int_equal(registers_input(&device, 1), 200);
    assert_int_equal(registers_input(&device, 2), 1);
    assert_int_equal(registers_input(&device, 3), 70000 - 65536);
    assert_int_equal(registers_input(&device, 4), 0);
    assert_int_equal(registers_input(&device, 5), 1);
}

/* These numbers are on the wire: clients know them. */
static void reset_cause_is_shown(void **state)
{
    static const struct {
        enum hal_reset_cause cause;
        uint16_t shown;
    } rows[] = {{HAL_RESET_POWER_ON, 0},
                {HAL_RESET_PIN, 1},
                {HAL_RESET_SOFTWARE, 2},
                {HAL_RESET_WATCHDOG, 3},
                {HAL_RESET_FAULT, 4}};
    struct device device;

    (void)state;
    support_new_board();
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        in_process_reset(rows[i].cause);
        assert_int_equal(device_start(&device, &in_process_running), DEVICE_OK);
        assert_int_equal(registers_input(&device, 6), rows[i].shown);
    }
}

static void link_and_uplink_are_shown(void **state)
{
    struct device device;

    (void)state;
    support_new_device(&device);
    for (uint16_t address = 7; address < 12; address++) {
        assert_int_equal(registers_input(&device, address), 0);
    }
    device.link_up = true;
    device.uplink.state = UPLINK_PUBLISHING;
    device.uplink.count = UPLINK_QUEUE_SIZE;
    device.uplink.dropped = 3;
    device.uplink.acknowledged = 65534;
    assert_int_equal(registers_input(&device, 7), 1);
    assert_int_equal(registers_input(&device, 8), 5);
    assert_int_equal(registers_input(&device, 9), 64);
    assert_int_equal(registers_input(&device, 10), 3);
    assert_int_equal(registers_input(&device, 11), 65534);
}

/* A count that does not fit is never shown as a small one. */
static void counts_end_at_what_a_register_holds(void **state)
{
    static const uint32_t counts[] = {65535, 65536, 65537, UINT32_MAX};
    struct device device;

    (void)state;
    support_new_device(&device);
    for (size_t i = 0; i < SUPPORT_COUNT(counts); i++) {
        device.uplink.dropped = counts[i];
        device.uplink.acknowledged = 0;
        assert_int_equal(registers_input(&device, 10), 65535);
        assert_int_equal(registers_input(&device, 11), 0);
        device.uplink.dropped = 0;
        device.uplink.acknowledged = counts[i];
        assert_int_equal(registers_input(&device, 10), 0);
        assert_int_equal(registers_input(&device, 11), 65535);
    }
}

/* Two registers, high word first; that each start has another number is for test_device.c. */
static void number_of_the_start_is_shown(void **state)
{
    static const uint32_t numbers[] = {0, 1, 0xFFFF, 0x10000, 0x7FFEFFFD};
    struct device device;

    (void)state;
    support_new_device(&device);
    assert_int_equal(registers_input(&device, 12), 0);
    assert_int_equal(registers_input(&device, 13), 1);
    for (size_t i = 0; i < SUPPORT_COUNT(numbers); i++) {
        device.start_number = numbers[i];
        assert_int_equal(registers_input(&device, 12), numbers[i] >> 16);
        assert_int_equal(registers_input(&device, 13), numbers[i] & 0xFFFFU);
    }
    assert_int_equal(REGISTERS_INPUTS, 14);
}

static void target_register_follows_the_schedule(void **state)
{
    struct device device;

    (void)state;
    support_new_device(&device);
    device.settings.current.mode = HEATING_SCHEDULE;
    assert_int_equal(registers_input(&device, 1), 160);
    in_process_advance(6ULL * 3600U * 1000U);
    assert_int_equal(registers_input(&device, 1), 210);
    in_process_advance(24ULL * 3600U * 1000U);
    assert_int_equal(registers_input(&device, 1), 210);
}

/* A wait that has not ended is never shown as none. */
static void log_in_delay_is_rounded_up_to_seconds(void **state)
{
    static const struct {
        uint32_t passed_ms;
        uint16_t seconds;
    } rows[] = {{0, 2}, {999, 2}, {1, 1}, {999, 1}, {1, 0}};
    struct device device;

    (void)state;
    support_new_device(&device);
    assert_int_equal(access_begin_attempt(&device.access), ACCESS_OK);
    in_process_advance(ACCESS_FIRST_DELAY_MS);
    assert_int_equal(access_begin_attempt(&device.access), ACCESS_OK);
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        in_process_advance(rows[i].passed_ms);
        assert_int_equal(registers_input(&device, 4), rows[i].seconds);
    }
}

static void holding_registers_show_the_settings(void **state)
{
    static const uint16_t expected[REGISTERS_HOLDING] = {200, 1,   5,    70,  360,  210,
                                                         540, 180, 1020, 210, 1320, 160};
    struct device device;

    (void)state;
    support_new_device(&device);
    for (uint16_t address = 0; address < REGISTERS_HOLDING; address++) {
        assert_int_equal(registers_holding(&device, address), expected[address]);
    }
}

static void only_the_first_holding_registers_can_be_drafted(void **state)
{
    struct settings draft;
    uint32_t address = 0;

    (void)state;
    settings_defaults(&draft);
    assert_int_equal(registers_draft_holding(&draft, 0, 0xFF38), MODBUS_OK);
    assert_int_equal(draft.set_point, -200); /* the range is checked by the commit */
    assert_int_equal(registers_draft_holding(&draft, 1, 9), MODBUS_OK);
    assert_int_equal(draft.mode, 9);
    for (address = REGISTERS_WRITABLE; address <= UINT16_MAX; address++) {
        assert_int_equal(registers_draft_holding(&draft, (uint16_t)address, 100),
                         MODBUS_ILLEGAL_ADDRESS);
    }
}

static void commit_tells_bad_values_from_bad_flash(void **state)
{
    const struct fault refused = {.kind = FAULT_FLASH_ERROR, .moment = FAULT_BEFORE};
    struct device device;
    struct settings draft;

    (void)state;
    support_new_device(&device);
    draft = device.settings.current;
    draft.set_point = 301;
    assert_int_equal(registers_commit(&device, &draft), MODBUS_ILLEGAL_VALUE);
    draft.set_point = 300;
    flash_model_arm(&in_process_board.flash, refused);
    assert_int_equal(registers_commit(&device, &draft), MODBUS_DEVICE_FAILURE);
    assert_int_equal(device.settings.current.set_point, 200);
    assert_int_equal(registers_commit(&device, &draft), MODBUS_OK);
    assert_int_equal(device.settings.current.set_point, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coils_show_and_set_the_mode),
        cmocka_unit_test(single_coils_leave_the_other_one),
        cmocka_unit_test(discrete_inputs_show_the_state),
        cmocka_unit_test(input_registers_show_measurements),
        cmocka_unit_test(reset_cause_is_shown),
        cmocka_unit_test(link_and_uplink_are_shown),
        cmocka_unit_test(counts_end_at_what_a_register_holds),
        cmocka_unit_test(number_of_the_start_is_shown),
        cmocka_unit_test(target_register_follows_the_schedule),
        cmocka_unit_test(log_in_delay_is_rounded_up_to_seconds),
        cmocka_unit_test(holding_registers_show_the_settings),
        cmocka_unit_test(only_the_first_holding_registers_can_be_drafted),
        cmocka_unit_test(commit_tells_bad_values_from_bad_flash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
