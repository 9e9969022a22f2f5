#include "target/bench.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "target/bench_adapter.h"
#include "target/bench_broker.h"
#include "target/bench_device.h"
#include "target/bench_firmware.h"
#include "target/target_fill.h"
#include "target/token_signer.h"

enum {
    ASK_AGAIN_MS = 50, /* between two questions to a device that does not answer yet */
    BOOT_MS = 5000,    /* where its file does not say how long a start takes */
};

char *bench_file(const struct bench *bench, const char *name)
{
    return file_join(bench->folder, name);
}

int bench_find_firmware(const struct bench *bench, const char *section, const char *key,
                        char **path, struct diagnostic *diagnostic)
{
    const char *name = target_find_setting(bench->target, section, key);

    *path = NULL;
    if (name == NULL)
        return RIG_OK;
    return workspace_find_firmware(bench->workspace, bench->target->folder, name, path, diagnostic);
}

static int copy_member(const json_t *root, const char *name, char *text, size_t size)
{
    const json_t *member = json_object_get(root, name);

    if (member == NULL || json_is_null(member))
        return RIG_OK;
    if (!json_is_string(member))
        return RIG_ERROR_DEVICE;
    return text_copy(text, size, json_string_value(member));
}

int bench_take_label(struct bench *bench, const char *text, size_t size, const char *source,
                     struct diagnostic *diagnostic)
{
    json_error_t json_error;
    json_t *root = json_loadb(text, size, JSON_DISABLE_EOF_CHECK, &json_error);
    int error = json_is_object(root) ? RIG_OK : RIG_ERROR_DEVICE;

    if (error == RIG_OK)
        error = copy_member(root, "device_id", bench->device_id, sizeof bench->device_id);
    if (error == RIG_OK)
        error = copy_member(root, "label_password", bench->adapter.password,
                            sizeof bench->adapter.password);
    json_decref(root);
    if (error == RIG_OK)
        return RIG_OK;
    return diagnostic_fail(diagnostic, RIG_ERROR_DEVICE,
                           "%s does not tell device_id and label_password as texts in one JSON "
                           "object: '%.200s'",
                           source, text);
}

static const struct device_driver *driver_of(enum target_class class)
{
    switch (class) {
    case TARGET_NATIVE:
        return &device_native;
    case TARGET_EMULATED:
        return &device_emulated;
    case TARGET_BOARD:
    default:
        return &device_board;
    }
}

static void note(struct bench *bench, bool has, enum capability capability)
{
    if (has)
        bench->capabilities |= (unsigned)capability;
}

static void note_capabilities(struct bench *bench)
{
    const struct adapter *adapter = &bench->adapter;
    uint64_t number = 0;

    note(bench, power_exists(&bench->power), CAN_POWER);
    note(bench, power_can_arm(&bench->power, POWER_CUT_TIMED), CAN_CUT);
    note(bench, console_port_exists(&bench->console), CAN_CONSOLE);
    note(bench, bench->rtu.exists, CAN_RTU);
    note(bench, bench->tcp.exists, CAN_TCP);
    note(bench, net_link_exists(&bench->net), CAN_LINK);
    note(bench, net_link_has_weather(&bench->net), CAN_WEATHER);
    note(bench, storage_exists(&bench->storage), CAN_STORAGE);
    note(bench, target_find_setting(bench->target, "broker", "driver") != NULL, CAN_BROKER);
    note(bench, target_find_setting(bench->target, "probe", "driver") != NULL, CAN_PROBE);
    note(bench, adapter_exists(adapter), CAN_ADAPTER);
    note(bench, adapter_can(adapter, ADAPTER_CAN_DUMP), CAN_DUMP);
    note(bench, adapter_can(adapter, ADAPTER_CAN_LOGIN), CAN_LOGIN);
    note(bench, adapter_can(adapter, ADAPTER_CAN_SET), CAN_SET);
    note(bench, adapter_can(adapter, ADAPTER_CAN_SET_PASSWORD), CAN_SET_PASSWORD);
    note(bench,
         adapter_can(adapter, ADAPTER_CAN_UPDATE) &&
             target_find_setting(bench->target, "images", "update_b") != NULL,
         CAN_UPDATE);
    note(bench, adapter_can(adapter, ADAPTER_CAN_ERASE), CAN_ERASE);
    note(bench, bench->device->make_new != NULL, CAN_MAKE_NEW);
    note(bench, target_find_setting(bench->target, "power", "watchdog") == NULL, CAN_WATCHDOG);
    note(bench,
         target_find_number(bench->target, "probe", "known.address", &number) &&
             target_find_number(bench->target, "probe", "known.value", &number) &&
             target_find_number(bench->target, "probe", "ram.base", &number) &&
             target_find_number(bench->target, "probe", "ram.size", &number),
         CAN_DEBUG);
    note(bench, target_find_setting(bench->target, "probe", "erase.command") != NULL,
         CAN_ERASE_ALL);
    note(bench, adapter_can(adapter, ADAPTER_CAN_UNLOCK) && token_signer_exists(bench->target),
         CAN_UNLOCK);
}

static int read_firmware(struct bench *bench, struct diagnostic *diagnostic)
{
    struct bench_product product;
    int error =
        bench_firmware_hash(bench->target, bench->workspace, bench->firmware_hash, diagnostic);

    if (error == RIG_OK)
        error = bench_product_read(bench->target, bench->workspace, &product, diagnostic);
    if (error == RIG_OK)
        bench->is_other_product = bench_product_is_other(&product);
    return error;
}

int bench_open(struct bench *bench, const struct bench_options *options,
               struct diagnostic *diagnostic)
{
    int error;

    *bench = (struct bench){.target = options->target,
                            .workspace = options->workspace,
                            .folder = options->folder,
                            .evidence = options->evidence,
                            .needs = options->needs,
                            .device = driver_of(options->target->class),
                            .lock = -1};
    error = target_check_filled(options->target, diagnostic);
    if (error == RIG_OK)
        error = read_firmware(bench, diagnostic);
    if (error == RIG_OK)
        error = bench->device->open(bench, diagnostic);
    if (error == RIG_OK)
        error = bench_open_broker(bench, diagnostic);
    if (error == RIG_OK)
        error = bench_open_adapter(bench, diagnostic);
    if (error == RIG_OK)
        note_capabilities(bench);
    return error;
}

void bench_close(struct bench *bench)
{
    bench_close_adapter(bench);
    if (bench->device != NULL)
        bench->device->close(bench);
    bench_close_broker(bench);
    bench->device = NULL;
}

int bench_make_new(struct bench *bench, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error;

    if (bench->device->make_new == NULL)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "%s: this target's device cannot be made anew", bench->target->name);
    adapter_forget(&bench->adapter);
    bench->adapter.password[0] = '\0';
    bench->device_id[0] = '\0';
    error = bench->device->make_new(bench, deadline_ms, diagnostic);
    if (error == RIG_OK && bench->broker != NULL)
        error = broker_admit(bench->broker, bench->device_id, diagnostic);
    return error;
}

/* A device that starts loses what it is asked, and each such question costs its whole turn. One that does
 * not say that it is ready, or has ended, is asked all the same, and shows. */
static int wait_ready(struct bench *bench, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const char *ready = target_find_setting(bench->target, "console", "ready");
    const int64_t until = process_clock_ms() + (int64_t)bench_limit(bench, "boot_ms", BOOT_MS);
    int error;

    if (!bench->is_starting || ready == NULL)
        return RIG_OK;
    bench->is_starting = false;
    error = console_port_wait(&bench->console, ready, &bench->started_at,
                              until < deadline_ms ? until : deadline_ms, diagnostic);
    return error == RIG_ERROR_TIMEOUT || error == RIG_ERROR_DEVICE ? RIG_OK : error;
}

int bench_wait_healthy(struct bench *bench, enum adapter_channel channel,
                       struct adapter_health *health, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    struct diagnostic told = {""}; /* what it said of itself: more than that it is silent */
    bool gave_up = false;
    int error = wait_ready(bench, deadline_ms, diagnostic);

    if (error != RIG_OK)
        return error;
    for (;;) {
        const int64_t now = process_clock_ms();
        const int64_t turn =
            now + ASK_AGAIN_MS * 10 < deadline_ms ? now + ASK_AGAIN_MS * 10 : deadline_ms;

        error = adapter_health(&bench->adapter, channel, health, turn, diagnostic);
        /* A serial line may still bring answers to questions that were given up: they come before the
         * next one is asked. */
        if (error == RIG_OK && health->ok && (!gave_up || process_clock_ms() >= deadline_ms))
            return RIG_OK;
        gave_up = error != RIG_OK;
        if (error == RIG_ERROR_DEVICE)
            told = *diagnostic;
        if (error != RIG_OK && error != RIG_ERROR_TIMEOUT && error != RIG_ERROR_DEVICE)
            return error;
        adapter_forget(&bench->adapter);
        if (gave_up) {
            struct diagnostic broken = {""};
            const int state = bench_check(bench, &broken);

            if (state != RIG_OK) {
                *diagnostic = broken;
                return state;
            }
        }
        if (process_clock_ms() >= deadline_ms) {
            if (error == RIG_OK)
                return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT,
                                       "the device says that it is not healthy");
            if (told.text[0] != '\0')
                *diagnostic = told;
            return error;
        }
        error = bench_let_pass(bench, ASK_AGAIN_MS, diagnostic);
        if (error != RIG_OK)
            return error;
    }
}

static int check(struct bench *bench, bool ask, struct diagnostic *diagnostic)
{
    return bench->device != NULL && bench->device->check != NULL
               ? bench->device->check(bench, ask, diagnostic)
               : RIG_OK;
}

int bench_check(struct bench *bench, struct diagnostic *diagnostic)
{
    const int error = check(bench, true, diagnostic);

    return error == RIG_OK && bench->broker != NULL ? broker_check(bench->broker, diagnostic)
                                                    : error;
}

int bench_let_pass(struct bench *bench, int64_t pause_ms, struct diagnostic *diagnostic)
{
    const int64_t until = process_clock_ms() + pause_ms;
    int error = check(bench, false, diagnostic);

    if (error == RIG_OK && !console_port_exists(&bench->console))
        return process_pause_until(until);
    while (error == RIG_OK && process_clock_ms() < until)
        error = console_port_pump(&bench->console, until, diagnostic);
    if (error == RIG_ERROR_TIMEOUT)
        return process_pause_until(until);
    return error;
}

int bench_switch_on(struct bench *bench, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    bench->is_starting = true;
    bench->started_at = console_port_position(&bench->console);
    return power_on(&bench->power, deadline_ms, diagnostic);
}

int bench_start(struct bench *bench, struct adapter_health *health, int64_t deadline_ms,
                struct diagnostic *diagnostic)
{
    const int error =
        power_exists(&bench->power) ? bench_switch_on(bench, deadline_ms, diagnostic) : RIG_OK;

    return error == RIG_OK ? bench_wait_healthy(bench, bench_first_channel(bench), health,
                                                deadline_ms, diagnostic)
                           : error;
}

int bench_stop(struct bench *bench, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    adapter_forget(&bench->adapter);
    return power_off(&bench->power, deadline_ms, diagnostic);
}

enum adapter_channel bench_first_channel(const struct bench *bench)
{
    return bench->rtu.exists || !bench->tcp.exists ? ADAPTER_LOCAL : ADAPTER_NETWORK;
}

uint64_t bench_limit(const struct bench *bench, const char *name, uint64_t otherwise)
{
    uint64_t value = otherwise;

    (void)target_find_number(bench->target, "limits", name, &value);
    return value;
}
