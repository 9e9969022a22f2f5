/*
 * A message from the broker that a started device is connected to: any bytes. An input is one
 * message.
 *
 * Oracles (EN 303 645, 5.13-1B, unless another clause is named): obeys-the-right-ones, known-answer,
 * refused-changes-nothing, set-point-in-range, obeyed-for-good, refused-when-flash-fails;
 * only-the-set-point and strangers-refused, of one that comes over no connection (5.5-5).
 */
#include "device_uplink.h"
#include "harness.h"
#include "in_process.h"
#include "live_device.h"
#include "settings_codec.h"
#include "settings_store.h"
#include "telemetry_command_model.h"
#include "telemetry_command_mutator.h"

#include <stdlib.h>
#include <string.h>

#define CLAUSE      "5.13-1B"
#define BROKER      "broker.example:8884"
#define MAX_MESSAGE 512U /* longer ones are cut: the transport has a limit, too */

/* The settings, and how often each part of flash has changed. */
struct view {
    uint8_t settings[SETTINGS_RECORD_SIZE];
    uint64_t versions[FLASH_SECTORS];
};

static struct view look(void)
{
    struct view view;

    settings_encode(&live_device.settings.current, view.settings);
    memcpy(view.versions, in_process_board.flash.versions, sizeof view.versions);
    return view;
}

static bool same_settings(const struct view *left, const struct view *right)
{
    return memcmp(left->settings, right->settings, sizeof left->settings) == 0;
}

/* Whatever came, of all settings only the set-point may differ, and of flash only their area. */
static void check_only_the_set_point(const struct view *before)
{
    const struct hal_flash_geometry area = hal_flash_geometry(HAL_FLASH_SETTINGS);
    const size_t first = area.offset / area.sector_size;
    const size_t end = first + area.size / area.sector_size;
    struct settings expected;
    struct view after = look();
    struct view with_set_point;
    bool elsewhere = false;

    ORACLE(CLAUSE, "set-point-in-range", settings_valid(&live_device.settings.current),
           "set-point is %d", live_device.settings.current.set_point);
    ORACLE("5.5-5", "only-the-set-point",
           settings_decode(&expected, before->settings) == SETTINGS_OK,
           "settings of before cannot be read");
    expected.set_point = live_device.settings.current.set_point;
    settings_encode(&expected, with_set_point.settings);
    ORACLE("5.5-5", "only-the-set-point", same_settings(&after, &with_set_point),
           "another setting has changed");
    for (size_t i = 0; i < FLASH_SECTORS; i++) {
        elsewhere =
            elsewhere || ((i < first || i >= end) && after.versions[i] != before->versions[i]);
    }
    ORACLE("5.5-5", "only-the-set-point", !elsewhere, "flash was written to beside the settings");
}

static void check_refused(const struct view *before, int result)
{
    const struct view after = look();

    ORACLE(CLAUSE, "refused-changes-nothing",
           same_settings(before, &after) &&
               memcmp(before->versions, after.versions, sizeof after.versions) == 0,
           "refused ('%s'), but settings or flash have changed", telemetry_strerror(result));
}

/* What was said is done, and a restart does not undo it. */
static void check_obeyed(int set_point)
{
    const struct settings stored = live_settings_in_flash();

    ORACLE(CLAUSE, "obeyed-for-good",
           live_device.settings.current.set_point == set_point && stored.set_point == set_point,
           "asked for %d, holds %d, would hold %d after a restart", set_point,
           live_device.settings.current.set_point, stored.set_point);
}

/* Once more from the same state, with flash that fails at once. */
static void check_failing_flash(const struct live_point *before, const uint8_t *text, size_t length)
{
    int16_t set_point;
    int result;

    live_return_to(before);
    set_point = live_device.settings.current.set_point;
    flash_model_arm(&in_process_board.flash, (struct fault){.kind = FAULT_FLASH_ERROR});
    result = device_uplink_command(&live_device, text, length);
    ORACLE(CLAUSE, "refused-when-flash-fails",
           result == TELEMETRY_ERROR_STORAGE || !in_process_board.flash.fault_fired,
           "flash failed, and the answer is '%s'", telemetry_strerror(result));
    ORACLE(CLAUSE, "refused-when-flash-fails",
           live_device.settings.current.set_point == live_settings_in_flash().set_point &&
               (result == TELEMETRY_OK || live_device.settings.current.set_point == set_point),
           "flash failed, and memory differs from it");
    in_process_board.flash.fault.kind = FAULT_NONE;
}

/* Once more from the same state, when the broker is not connected any more. */
static void check_strangers(const struct live_point *before, const uint8_t *text, size_t length)
{
    struct view view;
    int result;

    live_return_to(before);
    device_uplink_report(&live_device, UPLINK_LOST);
    view = look();
    result = device_uplink_command(&live_device, text, length);
    ORACLE("5.5-5", "strangers-refused", result == TELEMETRY_ERROR_NO_BROKER,
           "without a connection the answer is '%s'", telemetry_strerror(result));
    check_refused(&view, result);
}

/* The user has agreed, and the broker has taken the connection. */
static void connect_device(void)
{
    struct settings draft;
    enum uplink_action action;

    live_begin(LIVE_WITHOUT_IMAGES);
    draft = live_device.settings.current;
    memcpy(draft.broker, BROKER, sizeof BROKER);
    draft.telemetry_consent = true;
    ORACLE("5.9-1", "starts", settings_commit(&live_device.settings, &draft) == SETTINGS_OK,
           "a broker cannot be set");
    (void)device_uplink_poll(&live_device); /* chooses when */
    in_process_advance(UPLINK_START_SPREAD_MS);
    action = device_uplink_poll(&live_device);
    ORACLE("5.9-1", "starts", action == UPLINK_CONNECT,
           "action %d is asked for where a connection is due", (int)action);
    device_uplink_report(&live_device, UPLINK_CONNECTED);
}

/* The device connected, the same for each input. */
static const struct live_point *begin(void)
{
    static struct live_point connected;
    static bool ready;

    if (!ready) {
        connect_device();
        live_take(&connected);
        ready = true;
    }
    live_return_to(&connected);
    return &connected;
}

static void run_message(const struct live_point *start, const uint8_t *text, size_t length)
{
    int expected_set_point = 0;
    const bool expected = telemetry_command_model(text, length, &expected_set_point);
    struct view before;
    int result;

    before = look();
    result = device_uplink_command(&live_device, text, length);
    ORACLE(CLAUSE, "obeys-the-right-ones", expected == (result == TELEMETRY_OK),
           "the device says '%s' and has to %s", telemetry_strerror(result),
           expected ? "obey" : "refuse");
    ORACLE(CLAUSE, "known-answer", strcmp(telemetry_strerror(result), telemetry_strerror(1)) != 0,
           "%d is no answer that is declared", result);
    check_only_the_set_point(&before);
    if (result == TELEMETRY_OK) {
        harness_gate("obeyed");
        check_obeyed(expected_set_point);
        check_failing_flash(start, text, length);
    } else {
        check_refused(&before, result);
    }
    check_strangers(start, text, length);
}

int harness_run(const uint8_t *data, size_t size)
{
    const size_t length = size < MAX_MESSAGE ? size : MAX_MESSAGE;
    const struct live_point *start;
    uint8_t *text =
        malloc(length + 1U); /* of the message's own size: no read beyond it is missed */

    if (text == NULL) {
        return -1;
    }
    if (length > 0) {
        memcpy(text + 1, data, length);
    }
    start = begin();
    harness_about("command");
    run_message(start, text + 1, length);
    free(text);
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return telemetry_command_mutate(data, size, max_size, seed);
}
