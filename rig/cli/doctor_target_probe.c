#include "cli/doctor_target_probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/doctor_probes.h"
#include "cli/tool.h"
#include "target/bench_probe.h"
#include "target/target_fill.h"

#define AREA      "target"
#define TEXT_SIZE 512
#define FOUND     "ordeal: " /* what OpenOCD is told to put before the path of a script */

/* ---- scripts ---- */

/* Asks OpenOCD, which alone knows all places where it looks. False when it does not find it. */
static bool ask_openocd(const char *openocd, const char *folder, const char *script,
                        char path[TEXT_SIZE])
{
    char *command = text_format("echo \"" FOUND "[find {%s}]\"; shutdown", script);
    const char *const argv[] = {openocd, "-s", folder, "-c", command, NULL};
    char line[TEXT_SIZE] = "";
    /* Braces and backslashes would end the word, and more of the script's name be taken for Tcl. */
    const bool found = command != NULL && strpbrk(script, "{}\\") == NULL &&
                       tool_line(argv, FOUND, line, sizeof line);

    free(command);
    (void)snprintf(path, TEXT_SIZE, "%s", found ? line + strlen(FOUND) : "");
    return found;
}

static int check_script(struct check_list *list, const char *folder, const char *script)
{
    char *openocd = tool_find("openocd");
    char *beside = file_join(folder, script);
    char path[TEXT_SIZE] = "";
    char remedy[TEXT_SIZE];
    const bool is_beside = beside != NULL && file_is_regular(beside);
    const bool found = is_beside || (openocd != NULL && ask_openocd(openocd, folder, script, path));
    const struct outcome outcome = {AREA,
                                    script,
                                    is_beside         ? beside
                                    : found           ? path
                                    : openocd != NULL ? "OpenOCD does not find this script"
                                                      : "openocd is not there to look for it",
                                    remedy,
                                    true,
                                    found};
    int error;

    (void)snprintf(remedy, sizeof remedy,
                   "put it into %.300s, or name one of OpenOCD's own in `probe.openocd`", folder);
    error = beside == NULL ? RIG_ERROR_NO_MEMORY : check_list_add(list, &outcome);
    free(beside);
    free(openocd);
    return error;
}

static int check_scripts(struct check_list *list, const struct target *target)
{
    const struct text_list *scripts = target_find_list(target, "probe", "openocd");
    char *folder = bench_script_folder(target);
    int error = folder == NULL ? RIG_ERROR_NO_MEMORY : RIG_OK;

    for (size_t i = 0; error == RIG_OK && scripts != NULL && i < scripts->count; i++)
        error = check_script(list, folder, scripts->items[i]);
    free(folder);
    return error;
}

/* ---- the probe ---- */

/* "066DFF (ST-Link at 1-4), no serial number (FTDI at 1-2)" */
static void name_probes(const struct usb_probe_list *probes, char text[TEXT_SIZE])
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < probes->count && used < TEXT_SIZE - 1; i++) {
        const struct usb_probe *probe = &probes->items[i];
        char serial[100];

        (void)text_escape(serial, sizeof serial, probe->serial, strlen(probe->serial));
        (void)snprintf(text + used, TEXT_SIZE - used, "%s%s (%s at %s)", i > 0 ? ", " : "",
                       serial[0] != '\0' ? serial : "no serial number", probe->kind->name,
                       probe->location);
        used = strlen(text);
    }
}

static int say_absent(struct check_list *list, const char *serial,
                      const struct usb_probe_list *probes)
{
    char names[TEXT_SIZE];
    char detail[2 * TEXT_SIZE];
    const struct outcome outcome = {AREA,
                                    serial,
                                    detail,
                                    "attach that probe, or correct `probe.serial` in the target's "
                                    "or the bench's file",
                                    true,
                                    false};

    name_probes(probes, names);
    (void)snprintf(detail, sizeof detail,
                   "no probe with this serial number is attached by USB; attached: %s",
                   probes->count > 0 ? names : "none");
    return check_list_add(list, &outcome);
}

static int say_attached(struct check_list *list, const char *serial, const struct usb_probe *probe)
{
    char text[PROBE_TEXT_SIZE];
    struct probe_trouble trouble;
    struct outcome outcome = {AREA, serial, text, NULL, true, probe->access == USB_ACCESS_OPEN};

    doctor_describe_probe(probe, text);
    doctor_probe_trouble(probe, &trouble);
    if (!outcome.ok)
        outcome.detail = trouble.detail;
    outcome.remedy = trouble.remedy;
    return check_list_add(list, &outcome);
}

static int check_serial(struct check_list *list, const char *serial,
                        const struct usb_probe_list *probes)
{
    for (size_t i = 0; i < probes->count; i++) {
        if (usb_probe_has_serial(&probes->items[i], serial))
            return say_attached(list, serial, &probes->items[i]);
    }
    return say_absent(list, serial, probes);
}

/* Any of several may be the one that OpenOCD takes. */
static int check_choice(struct check_list *list, const struct usb_probe_list *probes)
{
    char detail[TEXT_SIZE];
    const struct outcome outcome = {AREA,
                                    "probe.serial",
                                    detail,
                                    "name the serial number in the bench's file: which of them "
                                    "OpenOCD takes is left to chance",
                                    false,
                                    false};

    if (probes->count < 2)
        return RIG_OK;
    name_probes(probes, detail);
    return check_list_add(list, &outcome);
}

int doctor_check_target_probe(struct check_list *list, const struct target *target,
                              const struct usb_probe_list *probes)
{
    const char *serial = target_find_setting(target, "probe", "serial");
    int error = RIG_OK;

    if (target_find_setting(target, "probe", "driver") == NULL)
        return RIG_OK;
    error = check_scripts(list, target);
    if (error != RIG_OK || target->class != TARGET_BOARD)
        return error;
    if (serial != NULL && target_is_to_fill(serial))
        return RIG_OK; /* is told with the other settings */
    return serial != NULL ? check_serial(list, serial, probes) : check_choice(list, probes);
}
