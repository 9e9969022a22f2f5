#include "cli/doctor_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/doctor_target_probe.h"
#include "cli/doctor_target_programs.h"
#include "cli/tool.h"
#include "target/bench_file.h"
#include "target/bench_firmware.h"
#include "target/board_wedge.h"
#include "target/emulated_machine.h"
#include "target/firmware_fit.h"
#include "target/target_file.h"
#include "target/target_fill.h"
#include "target/target_schema.h"

#define AREA        "target"
#define TEXT_SIZE   512
#define QEMU        "qemu-system-arm"
#define REMEDY_FILE "see `ordeal list targets`, or name a folder with --project"

/* A tool that a driver of a section calls, and how it says its version. */
struct driver_tool {
    const char *section;
    const char *driver;
    const char *tool;
    const char *argument;
    const char *beginning; /* of the line with the version */
    const char *package;
};

static const struct driver_tool driver_tools[] = {
    {"power", "qemu", QEMU, "--version", "QEMU emulator version", QEMU},
    {"probe", "openocd", "openocd", "--version", "Open On-Chip Debugger", "openocd"},
    {"probe", "virtual", "openocd", "--version", "Open On-Chip Debugger", "openocd"},
    {"broker", "mosquitto", "mosquitto", "-h", "mosquitto version", "mosquitto"},
    {"broker", "mosquitto", "openssl", "version", "OpenSSL", "openssl"},
};

static int check_driver_tool(struct check_list *list, const struct driver_tool *row)
{
    char *path = tool_find(row->tool);
    const char *const argv[] = {path, row->argument, NULL};
    char version[TEXT_SIZE] = "";
    char remedy[TEXT_SIZE];
    const bool runs = path != NULL && tool_line(argv, row->beginning, version, sizeof version);
    const struct outcome outcome = {
        AREA,   row->tool, runs ? version : path != NULL ? "does not run" : "is not in PATH",
        remedy, true,      runs};
    int error;

    (void)snprintf(remedy, sizeof remedy, GET_PACKAGE, row->package);
    error = check_list_add(list, &outcome);
    free(path);
    return error;
}

static int check_driver_tools(struct check_list *list, const struct target *target)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < sizeof driver_tools / sizeof driver_tools[0]; i++) {
        const struct driver_tool *row = &driver_tools[i];
        const char *driver = target_find_setting(target, row->section, "driver");
        if (driver != NULL && strcmp(driver, row->driver) == 0)
            error = check_driver_tool(list, row);
    }
    return error;
}

/* Whether the machine has flash of the size that the target names: nothing to say when it has. */
static int check_flash(struct check_list *list, const struct target *target)
{
    struct diagnostic diagnostic = {.text = ""};
    const int error = emulated_machine_check(target, &diagnostic);
    const struct outcome outcome = {
        AREA, "storage.size", diagnostic.text, "correct the target's or the bench's file",
        true, false};

    return error == RIG_OK ? RIG_OK : check_list_add_opened(list, &outcome, error);
}

/* Whether the emulator that is installed knows the machine. */
static int check_machine(struct check_list *list, const struct target *target)
{
    const char *machine = target_find_setting(target, "power", "machine");
    char *path = tool_find(QEMU);
    const char *const argv[] = {path, "-M", "help", NULL};
    char beginning[TEXT_SIZE];
    char line[TEXT_SIZE] = "";
    bool known;
    int error = RIG_OK;

    if (machine != NULL) {
        (void)snprintf(beginning, sizeof beginning, "%s ", machine);
        known = path != NULL && tool_line(argv, beginning, line, sizeof line);
        const struct outcome outcome = {AREA,
                                        machine,
                                        known          ? line
                                        : path != NULL ? QEMU " does not know this machine"
                                                       : QEMU " is not there to ask",
                                        "install a " QEMU " that lists it in `" QEMU
                                        " -M help`, or correct `machine`",
                                        true,
                                        known};
        error = check_list_add_opened(list, &outcome,
                                      path != NULL ? RIG_ERROR_CONFIGURATION : RIG_ERROR_BENCH);
        if (error == RIG_OK && known)
            error = check_flash(list, target);
    }
    free(path);
    return error;
}

/* A setting of the target. */
struct setting {
    const char *section;
    const struct target_key *key;
    const char *value; /* NULL: the target does not have it */
};

/* Whether a file is built, and as large as it may be. */
static int check_firmware(struct check_list *list, const struct lab *lab,
                          const struct target *target, const struct setting *setting)
{
    struct diagnostic diagnostic = {.text = ""};
    char *path = NULL;
    int error =
        workspace_find_firmware(lab->workspace, target->folder, setting->value, &path, &diagnostic);
    const bool built = error == RIG_OK;

    if (built && strcmp(setting->section, "firmware") == 0)
        error = firmware_fit(target, setting->key->name, path, &diagnostic);
    const struct outcome outcome = {AREA,
                                    setting->value,
                                    error == RIG_OK ? path : diagnostic.text,
                                    built ? "name another file, or correct the target's file"
                                          : "build it: cmake --build BUILD_FOLDER",
                                    true,
                                    error == RIG_OK};
    error = check_list_add_opened(list, &outcome, built ? error : RIG_ERROR_BENCH);

    free(path);
    return error;
}

/* Whether the product that was built is the one that the target's file names. It is the device's whole
 * code: with another one the verdicts are about another firmware. */
static int check_product(struct check_list *list, const struct lab *lab,
                         const struct target *target)
{
    struct bench_product product;
    struct diagnostic diagnostic = {.text = ""};
    char detail[TEXT_SIZE];
    const int error = bench_product_read(target, lab->workspace, &product, &diagnostic);
    const bool same = error == RIG_OK && !bench_product_is_other(&product);
    const struct outcome outcome = {
        AREA,
        "firmware.sha256",
        error == RIG_OK ? detail : diagnostic.text,
        "build the sources and by the compiler that it was named for, or name your own in the "
        "bench's file: firmware: {sha256: ...}",
        true,
        same};

    if (error == RIG_OK && product.hash[0] == '\0')
        return RIG_OK;
    (void)snprintf(detail, sizeof detail, "%s has SHA-256 %s%s", product.file, product.hash,
                   same ? ", as is named" : ", and another one is named");
    return check_list_add(list, &outcome);
}

static int check_device(struct check_list *list, const char *path)
{
    const bool attached = file_exists(path);
    const struct outcome outcome = {AREA,
                                    path,
                                    attached ? "is attached" : "there is no such device",
                                    "attach it, switch it on (a run leaves a board without power), "
                                    "or correct `path` in the target's or the bench's file",
                                    true,
                                    attached};

    return check_list_add(list, &outcome);
}

/* What the target's file leaves to whoever has the device. */
static int check_filled(struct check_list *list, const char *section, const char *key)
{
    char name[TEXT_SIZE];
    const struct outcome outcome = {
        AREA, name, "is to be filled in", "name it in the target's or the bench's file",
        true, false};

    (void)snprintf(name, sizeof name, "%s.%s", section, key);
    return check_list_add(list, &outcome);
}

static int check_setting(struct check_list *list, const struct lab *lab,
                         const struct target *target, const struct setting *setting)
{
    if (setting->value == NULL)
        return RIG_OK;
    if (target_are_to_fill(target_find_list(target, setting->section, setting->key->name)))
        return check_filled(list, setting->section, setting->key->name);
    if (setting->key->kind == TARGET_VALUE_FILE)
        return check_firmware(list, lab, target, setting);
    return setting->key->kind == TARGET_VALUE_DEVICE ? check_device(list, setting->value) : RIG_OK;
}

/* Looks for the files and devices that the target's settings name. */
static int check_settings(struct check_list *list, const struct lab *lab,
                          const struct target *target)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < target_rule_count(); i++) {
        const struct target_rule *rule = target_rule_at(i);
        if (rule != target_rule_of(target, rule->section))
            continue;
        for (size_t k = 0; error == RIG_OK && k < target_rule_key_count(rule); k++) {
            const struct target_key *key = &rule->keys[k];
            const struct setting setting = {rule->section, key,
                                            target_find_setting(target, rule->section, key->name)};
            error = check_setting(list, lab, target, &setting);
        }
    }
    return error;
}

static int check_needs(struct check_list *list, const struct lab *lab, const struct target *target,
                       const struct usb_probe_list *probes)
{
    int error = check_driver_tools(list, target);

    if (error == RIG_OK)
        error = check_machine(list, target);
    if (error == RIG_OK)
        error = check_settings(list, lab, target);
    if (error == RIG_OK)
        error = doctor_check_target_programs(list, lab, target);
    if (error == RIG_OK)
        error = check_product(list, lab, target);
    return error == RIG_OK ? doctor_check_target_probe(list, target, probes) : error;
}

/* A board that did not come back in an earlier run. */
static int check_wedge(struct check_list *list, const struct target *target)
{
    char reason[BOARD_WEDGE_TEXT] = "";
    char detail[BOARD_WEDGE_TEXT + 64];
    struct diagnostic diagnostic = {.text = ""};
    const int error = target->class == TARGET_BOARD
                          ? board_wedge_read(target->name, reason, &diagnostic)
                          : RIG_OK;
    const struct outcome outcome = {
        AREA,
        "recovery",
        error != RIG_OK ? diagnostic.text : detail,
        "bring it back by hand; the next run forgets this when it answers",
        true,
        false};

    (void)snprintf(detail, sizeof detail, "a board of this target did not come back before: %s",
                   reason);
    return error == RIG_OK && reason[0] == '\0' ? RIG_OK : check_list_add(list, &outcome);
}

/* What is true of this machine only. *fits: the target is what both files say. */
static int check_bench(struct check_list *list, struct target *target, const char *path, bool *fits)
{
    struct diagnostic diagnostic = {.text = ""};
    const int error = target_apply_bench(target, path, &diagnostic);
    const struct outcome outcome = {AREA,
                                    path,
                                    error == RIG_OK ? "can be read" : diagnostic.text,
                                    "correct the bench's file, or name another with --bench",
                                    true,
                                    error == RIG_OK};

    *fits = error == RIG_OK;
    return error == RIG_ERROR_NO_MEMORY ? error : check_list_add_opened(list, &outcome, error);
}

/* *found: the target was read. */
static int check_file(struct check_list *list, const struct lab *lab, const char *name,
                      struct target *target, bool *found)
{
    struct diagnostic diagnostic = {.text = ""};
    struct outcome outcome = {AREA, name, diagnostic.text, REMEDY_FILE, true, false};
    const int error = target_find(lab->workspace, name, target, &diagnostic);

    if (error == RIG_OK) {
        outcome.detail = target->path;
        outcome.ok = true;
    }
    if (error == RIG_ERROR_CONFIGURATION)
        outcome.remedy = "correct the target's file";
    *found = outcome.ok;
    return check_list_add_opened(list, &outcome, error);
}

int doctor_check_target(struct check_list *list, const struct lab *lab,
                        const struct command_line *line, const struct usb_probe_list *probes)
{
    struct target target;
    bool known = false;
    int error = check_file(list, lab, line->text[OPTION_TARGET], &target, &known);

    if (error == RIG_OK && known && line->given[OPTION_BENCH])
        error = check_bench(list, &target, line->text[OPTION_BENCH], &known);
    if (error == RIG_OK && known)
        error = check_needs(list, lab, &target, probes);
    if (error == RIG_OK && known)
        error = check_wedge(list, &target);
    target_clear(&target);
    return error;
}
