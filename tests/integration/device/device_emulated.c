#include "device_emulated.h"

#include "device_boards.h"
#include "modbus_link.h"

#include "base/diagnostic.h"
#include "base/process.h"
#include "emulator/emulator.h"
#include "in_process.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define PROVISION_LIMIT_MS  20000
#define START_DEADLINE_MS   20000
#define MAX_PROVISION_WORDS 24U
#define MODBUS_PORT         502
#define ASK_AGAIN_US        200000
#define ASK_LONGEST_US      900000
#define ASK_MOST            12 /* registers */

static int64_t deadline(void)
{
    return process_clock_ms() + START_DEADLINE_MS;
}

static void take_label(struct device_process *device, const char *line)
{
    json_error_t error;
    json_t *root = json_loads(line, 0, &error);
    const char *device_id = NULL;
    const char *password = NULL;

    assert_non_null(root);
    assert_int_equal(json_unpack_ex(root, &error, 0, "{s:s, s:s}", "device_id", &device_id,
                                    "label_password", &password),
                     0);
    device_process_decode_id(device, device_id);
    (void)snprintf(device->label_password, sizeof device->label_password, "%s", password);
    json_decref(root);
}

/* The factory: a flash file with an image in slot A and, if the test has them, credentials. */
static void provision(struct device_process *device, const char *password)
{
    const struct device_credentials *credentials = &device->credentials;
    const char *words[MAX_PROVISION_WORDS] = {
        HEARTH_PROVISION,    "--board",
        device->board->name, "--json",
        "--image-a",         device->image != NULL ? device->image : device->board->image_a,
        "--flash",           device->flash};
    size_t used = 8;
    struct process *process = NULL;
    struct diagnostic diagnostic = {""};
    size_t size;

    if (device->board->keeps_flash) {
        words[used++] = "--boot";
        words[used++] = device->board->boot;
    }
    if (device->life_cycle != NULL) {
        words[used++] = "--life-cycle";
        words[used++] = device->life_cycle;
    }
    if (password != NULL) {
        words[used++] = "--password";
        words[used++] = password;
    }
    if (credentials->broker_ca != NULL) {
        words[used++] = "--broker-ca";
        words[used++] = credentials->broker_ca;
        words[used++] = "--certificate";
        words[used++] = credentials->certificate;
        words[used++] = "--private-key";
        words[used++] = credentials->private_key;
    }
    if (process_run(&(struct process_options){.argv = words}, PROVISION_LIMIT_MS, &process,
                    &diagnostic) != RIG_OK ||
        process_end(process)->outcome != PROCESS_EXITED || process_end(process)->exit_code != 0) {
        fail_msg("the device could not be made: %s%s", diagnostic.text,
                 process != NULL ? process_output(process, PROCESS_STDERR, &size) : "");
    }
    take_label(device, process_output(process, PROCESS_STDOUT, &size));
    process_destroy(process);
}

static void create(struct device_process *device)
{
    const struct device_board *board = device->board;
    const struct emulator_options options = {.machine = board->machine,
                                             .kernel = board->keeps_flash ? NULL : board->boot,
                                             .flash = device->flash,
                                             .flash_size = board->layout->size,
                                             .flash_kind = board->keeps_flash ? EMULATOR_FLASH_NVMC
                                                                              : EMULATOR_FLASH_FILE,
                                             .no_console = !board->has_network,
                                             .no_network = !board->has_network,
                                             .sensor = board->sensor,
                                             .tcp_port = board->has_network ? MODBUS_PORT : 0,
                                             .relay = device->relay,
                                             .console_log = device->console,
                                             .extra = device->emulator_extra};
    struct diagnostic diagnostic = {""};

    /* Where slots are is a question to the board that is tested. */
    in_process_use_layout(board->layout);
    if (emulator_create(&options, &device->emulator, &diagnostic) != RIG_OK) {
        fail_msg("no emulator: %s", diagnostic.text);
    }
    (void)snprintf(device->link, sizeof device->link, "%s", emulator_bus_path(device->emulator));
}

/*
 * Method: a request that comes before the device listens is lost, or answered late, when another one has been
 * sent. So each asks for another number of registers: once the newest is answered, none before it is
 * under way any more, since they are answered in their order.
 */
static void wait_for_bus(const struct device_process *device)
{
    const uint64_t deadline_ms = device_process_now_ms() + START_DEADLINE_MS;
    modbus_t *modbus = modbus_link_open(device, MODBUS_LINK_RTU);
    uint16_t values[ASK_MOST];
    uint32_t patience_us = ASK_AGAIN_US;
    int asked = 0;
    bool answered = false;

    while (!answered && device_process_now_ms() < deadline_ms) {
        asked = asked % ASK_MOST + 1;
        (void)modbus_flush(modbus);
        (void)modbus_set_response_timeout(modbus, 0, patience_us);
        answered = modbus_read_registers(modbus, 0, asked, values) == asked;
        patience_us = 2 * patience_us < ASK_LONGEST_US ? 2 * patience_us : ASK_LONGEST_US;
    }
    modbus_link_close(modbus);
    if (!answered) {
        fail_msg("the device does not answer on its bus");
    }
}

static int switch_on(struct device_process *device, struct diagnostic *diagnostic)
{
    struct emulator *emulator = device->emulator;
    uint64_t position = emulator_console_position(emulator);
    int error = RIG_OK;

    if (device->board->sensor != NULL) {
        error =
            emulator_set_temperature(emulator, device->board->temperature, deadline(), diagnostic);
    }
    if (error == RIG_OK) {
        error = emulator_power_on(emulator, deadline(), diagnostic);
    }
    if (error == RIG_OK && device->board->has_network) {
        error =
            emulator_wait_console(emulator, "network: address ", &position, deadline(), diagnostic);
    }
    device->seen = position;
    return error;
}

void device_emulated_start(struct device_process *device, const char *password)
{
    struct diagnostic diagnostic = {""};

    if (device->emulator == NULL) {
        create(device);
    }
    device->is_new = access(device->flash, F_OK) != 0;
    if (device->is_new) {
        provision(device, password);
    }
    if (switch_on(device, &diagnostic) != RIG_OK) {
        fail_msg("the device does not start: %s", diagnostic.text);
    }
    if (!device->board->has_network) {
        wait_for_bus(device);
    }
    device->pid = emulator_process_id(device->emulator);
    device->tcp_port = emulator_tcp_port(device->emulator);
}

/* A timer of the test may have cut the power, which the emulator's owner takes for an accident. */
static bool was_killed(const struct diagnostic *diagnostic)
{
    return strstr(diagnostic->text, "signal 9") != NULL;
}

/* What was said before the restart does not count: the boot stage's line comes first. */
bool device_emulated_follow_restart(struct device_process *device)
{
    struct diagnostic diagnostic = {""};
    uint64_t position = device->seen;

    if (!device->board->has_network) {
        return true;
    }
    if (emulator_wait_console(device->emulator, "boot: after a reset", &position, deadline(),
                              &diagnostic) != RIG_OK ||
        emulator_wait_console(device->emulator, "network: address ", &position, deadline(),
                              &diagnostic) != RIG_OK) {
        if (!was_killed(&diagnostic)) {
            fail_msg("the device does not restart: %s", diagnostic.text);
        }
        return false;
    }
    device->seen = position;
    return true;
}

void device_emulated_cut(struct device_process *device)
{
    struct diagnostic diagnostic = {""};

    if (emulator_power_off(device->emulator, &diagnostic) != RIG_OK && !was_killed(&diagnostic)) {
        fail_msg("the device had ended by itself: %s", diagnostic.text);
    }
    device->pid = 0;
}

void device_emulated_refresh_flash(const struct device_process *device)
{
    struct diagnostic diagnostic = {""};

    if (emulator_save_flash(device->emulator, &diagnostic) != RIG_OK) {
        fail_msg("the flash cannot be read: %s", diagnostic.text);
    }
}

void device_emulated_destroy(struct device_process *device)
{
    emulator_destroy(device->emulator);
    device->emulator = NULL;
    device->pid = 0;
    device->link[0] = '\0'; /* no file of ours */
}
