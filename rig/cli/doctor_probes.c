#include "cli/doctor_probes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/json_text.h"

#define AREA "probe"

#define REMEDY_DENIED                                                                              \
    "install the package openocd, whose udev rules (60-openocd.rules) give probes to the group "   \
    "plugdev, add your user to that group (usermod -a -G plugdev USER), log in again and attach "  \
    "the probe again"
#define REMEDY_NO_NODE "attach it again; in a container, pass /dev/bus/usb of the host into it"

enum { NAME_SIZE = 100 /* of what a device says of itself, in a line */ };

/* ---- in words ---- */

/* Appends `, BEFORE` and what the device says, if it says anything. */
static void append(char text[PROBE_TEXT_SIZE], const char *before, const char *said,
                   const char *after)
{
    const size_t used = strlen(text);
    char safe[NAME_SIZE];

    if (said[0] == '\0')
        return;
    (void)text_escape(safe, sizeof safe, said, strlen(said));
    (void)snprintf(text + used, PROBE_TEXT_SIZE - used, ", %s%s%s", before, safe, after);
}

void doctor_describe_probe(const struct usb_probe *probe, char text[PROBE_TEXT_SIZE])
{
    (void)snprintf(text, PROBE_TEXT_SIZE, "%04x:%04x at %s", (unsigned)probe->vendor_id,
                   (unsigned)probe->product_id, probe->location);
    append(text, "", probe->manufacturer, "");
    append(text, "\"", probe->product, "\"");
    append(text, "serial number ", probe->serial, "");
    if (probe->serial[0] == '\0')
        append(text, "", "no serial number", "");
    if (probe->kind->possible)
        append(text, "", "which may be another thing than a probe", "");
}

void doctor_probe_trouble(const struct usb_probe *probe, struct probe_trouble *trouble)
{
    *trouble = (struct probe_trouble){"", ""};
    if (probe->access == USB_ACCESS_DENIED) {
        (void)snprintf(trouble->detail, sizeof trouble->detail, "you may not open %.300s",
                       probe->node);
        trouble->remedy = REMEDY_DENIED;
    } else if (probe->access == USB_ACCESS_NO_NODE) {
        (void)snprintf(trouble->detail, sizeof trouble->detail, "there is no device node %.300s",
                       probe->node[0] != '\0' ? probe->node : "for it");
        trouble->remedy = REMEDY_NO_NODE;
    }
}

/* ---- rows ---- */

static int check_probe(struct check_list *list, const struct usb_probe *probe)
{
    char text[PROBE_TEXT_SIZE];
    char detail[2 * PROBE_TEXT_SIZE];
    struct probe_trouble trouble;
    struct outcome outcome = {
        AREA, probe->kind->name, detail, NULL, false, probe->access == USB_ACCESS_OPEN};

    doctor_describe_probe(probe, text);
    doctor_probe_trouble(probe, &trouble);
    (void)snprintf(detail, sizeof detail, "%s%s%s", text, outcome.ok ? "" : ": ", trouble.detail);
    outcome.remedy = trouble.remedy;
    return check_list_add(list, &outcome);
}

static int say_none(struct check_list *list)
{
    const struct outcome outcome = {AREA,
                                    "debug probe",
                                    "none is attached by USB",
                                    "attach one for a board; the emulated board has its own",
                                    false,
                                    false};

    return check_list_add(list, &outcome);
}

static int say_unreadable(struct check_list *list, const char *why)
{
    const struct outcome outcome = {
        AREA,  "debug probe", why, "let your user read /sys/bus/usb/devices, and what is in it",
        false, false};

    return check_list_add(list, &outcome);
}

int doctor_check_probes(struct check_list *list, struct usb_probe_list *probes)
{
    const char *root = getenv(USB_ROOT_VARIABLE);
    struct diagnostic diagnostic = {.text = ""};
    int error = usb_probes_find(root != NULL ? root : "", probes, &diagnostic);

    if (error == RIG_ERROR_NO_MEMORY)
        return error;
    if (error != RIG_OK)
        return say_unreadable(list, diagnostic.text);
    if (probes->count == 0)
        return say_none(list);
    for (size_t i = 0; error == RIG_OK && i < probes->count; i++)
        error = check_probe(list, &probes->items[i]);
    return error;
}

/* ---- JSON ---- */

static json_t *probe_json(const struct usb_probe *probe)
{
    char vendor[8];
    char product[8];

    (void)snprintf(vendor, sizeof vendor, "%04x", (unsigned)probe->vendor_id);
    (void)snprintf(product, sizeof product, "%04x", (unsigned)probe->product_id);
    return json_pack("{s:s, s:b, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:b}", "kind",
                     probe->kind->name, "possible", (int)probe->kind->possible, "location",
                     probe->location, "vendor_id", vendor, "product_id", product, "manufacturer",
                     json_text(probe->manufacturer), "product", json_text(probe->product), "serial",
                     json_text(probe->serial), "node", json_text(probe->node), "can_be_opened",
                     (int)(probe->access == USB_ACCESS_OPEN));
}

json_t *doctor_probes_json(const struct usb_probe_list *probes)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < probes->count; i++) {
        if (json_array_append_new(array, probe_json(&probes->items[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}
