#include "native_device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "scratch.h"

enum {
    START_MS = 20000,
    SLICE_MS = 20, /* process_wait() does not end when a line comes */
    TOOL_MS = 20000,
};

static void take_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct native_device *device = context;
    const char *device_id;
    const char *password = "";
    json_t *root;
    int port;

    if (stream != PROCESS_STDOUT || device->announced) {
        return;
    }
    root = json_loadb(line, size, 0, NULL);
    assert_int_equal(json_unpack(root, "{s:i, s:s, s?s}", "tcp", &port, "device_id", &device_id,
                                 "label_password", &password),
                     0);
    device->tcp.port = (uint16_t)port;
    (void)snprintf(device->device_id, sizeof device->device_id, "%s", device_id);
    if (password[0] != '\0') {
        (void)snprintf(device->adapter.password, sizeof device->adapter.password, "%s", password);
    }
    json_decref(root);
    device->announced = true;
}

void native_device_start(struct native_device *device)
{
    const char *const argv[] = {HEARTH_NATIVE,
                                "--flash",
                                device->flash,
                                "--tcp",
                                "0",
                                "--uart",
                                device->link,
                                "--temperature",
                                "21.5",
                                device->flash_time == NULL ? NULL : "--flash-time",
                                device->flash_time,
                                NULL};
    const struct process_options options = {
        .argv = argv, .on_line = take_line, .on_line_context = device};
    const int64_t deadline = process_clock_ms() + START_MS;
    struct diagnostic diagnostic = {""};

    device->announced = false;
    assert_int_equal(process_start(&options, &device->process, &diagnostic), RIG_OK);
    while (!device->announced) {
        assert_true(process_clock_ms() < deadline);
        assert_int_equal(process_wait(device->process, process_clock_ms() + SLICE_MS, &diagnostic),
                         RIG_ERROR_TIMEOUT);
    }
    kept_terminal_open(&device->kept, device->link);
}

static void drop_bus(struct native_device *device)
{
    (void)unlink(device->link); /* a device that is killed leaves it */
    kept_terminal_close(&device->kept);
}

void native_device_cut(struct native_device *device)
{
    struct diagnostic diagnostic = {""};

    assert_int_equal(process_stop(device->process, 0, &diagnostic), RIG_OK);
    process_destroy(device->process);
    device->process = NULL;
    drop_bus(device);
}

void native_device_create(struct native_device *device)
{
    const struct hearth_adapter_options options = {&device->rtu, &device->tcp, device->device_id,
                                                   device->adapter.password};
    struct diagnostic diagnostic = {""};

    memset(device, 0, sizeof *device);
    device->kept = (struct kept_terminal)KEPT_TERMINAL_NONE;
    device->folder = scratch_make();
    device->flash = scratch_path(device->folder, "flash");
    device->link = scratch_path(device->folder, "bus");
    device->rtu =
        (struct modbus_port){.exists = true, .kind = MODBUS_RTU, .unit = 1, .path = device->link};
    device->tcp =
        (struct modbus_port){.exists = true, .kind = MODBUS_TCP, .unit = 255, .host = "127.0.0.1"};
    assert_int_equal(hearth_adapter_create(&options, &device->adapter, &diagnostic), RIG_OK);
    native_device_start(device);
    assert_string_not_equal(device->adapter.password, "");
}

void native_device_destroy(struct native_device *device)
{
    process_destroy(device->process);
    drop_bus(device);
    adapter_destroy(&device->adapter);
    scratch_remove(device->folder);
    free(device->flash);
    free(device->link);
}

char *native_device_make_image(const struct native_device *device, const char *slot,
                               const char *version, const char *counter, const char *wrong)
{
    char *name = text_format("%s-%s", version, wrong == NULL ? "right" : wrong);
    char *path = scratch_path(device->folder, name);
    const char *const argv[] = {HEARTH_IMAGE,
                                "sign",
                                "--key",
                                IMAGE_KEY,
                                "--body",
                                IMAGE_BODY,
                                "--slot",
                                slot,
                                "--version",
                                version,
                                "--security-counter",
                                counter,
                                "--out",
                                path,
                                wrong == NULL ? NULL : "--wrong",
                                wrong,
                                NULL};
    const struct process_options options = {.argv = argv};
    struct diagnostic diagnostic = {""};
    struct process *tool = NULL;

    assert_int_equal(process_run(&options, TOOL_MS, &tool, &diagnostic), RIG_OK);
    assert_int_equal(process_end(tool)->outcome, PROCESS_EXITED);
    assert_int_equal(process_end(tool)->exit_code, 0);
    process_destroy(tool);
    free(name);
    return path;
}
