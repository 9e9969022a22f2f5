/*
 * Method: sysfs has a folder for each device, named by its place ("1-4.2"), and one for each of its
 * interfaces ("1-4.2:1.0"), with a file for each thing that the system knows (Documentation/ABI of
 * Linux, sysfs-bus-usb). A file that is missing, or goes, tells nothing.
 */
#include "target/usb_probes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define HUB "09" /* bDeviceClass */

enum {
    ATTRIBUTE_MAX = 4096, /* bytes: a page, the most that sysfs gives */
    ST_LINK_BYTES = 12,   /* of its serial number */
};

/* ---- files of a device ---- */

/* The one that sysfs ends a text with: others are the device's. */
static void drop_newline(char *text)
{
    const size_t length = strlen(text);

    if (length > 0 && text[length - 1] == '\n') {
        text[length - 1] = '\0';
    }
}

/* The text of a file, cut to `size` with its NUL; "" when there is none. RIG_ERROR_NO_MEMORY alone. */
static int read_attribute(const char *folder, const char *name, char *text, size_t size)
{
    struct diagnostic unused = {""};
    struct file_content content = {NULL, 0};
    char *path = file_join(folder, name);
    int error =
        path == NULL ? RIG_ERROR_NO_MEMORY : file_read(path, ATTRIBUTE_MAX, &content, &unused);

    text[0] = '\0';
    if (error == RIG_OK) {
        (void)snprintf(text, size, "%s", (const char *)content.bytes);
        drop_newline(text);
    }
    file_content_free(&content);
    free(path);
    return error == RIG_ERROR_NO_MEMORY ? error : RIG_OK;
}

/* *has: the file has a number of that base, at most `maximum`, and nothing else. */
static int read_number(const char *folder, const char *name, unsigned base, uint16_t maximum,
                       uint16_t *number, bool *has)
{
    char text[16];
    const char *at = text;
    uint64_t value = 0;
    const int error = read_attribute(folder, name, text, sizeof(text));

    *has =
        error == RIG_OK && text_take_number(&at, base, &value) && *at == '\0' && value <= maximum;
    if (*has) {
        *number = (uint16_t)value;
    }
    return error;
}

/* ---- what it is ---- */

/* "1-4.2": a device at a port. "usb1" is a root hub, "1-4.2:1.0" an interface. */
static bool is_location(const char *name)
{
    return name[0] >= '0' && name[0] <= '9' && strchr(name, '-') != NULL &&
           strspn(name, "0123456789-.") == strlen(name) && strlen(name) < USB_LOCATION;
}

/* *is: one of the device's interfaces has the name of a CMSIS-DAP probe. */
static int has_cmsis_dap_interface(const char *devices, const struct text_list *names,
                                   const char *location, bool *is)
{
    const size_t length = strlen(location);
    int error = RIG_OK;

    *is = false;
    for (size_t i = 0; error == RIG_OK && !*is && i < names->count; i++) {
        const char *name = names->items[i];
        char text[USB_TEXT];
        char *folder;

        if (strncmp(name, location, length) != 0 || name[length] != ':') {
            continue;
        }
        folder = file_join(devices, name);
        error = folder == NULL ? RIG_ERROR_NO_MEMORY
                               : read_attribute(folder, "interface", text, sizeof(text));
        *is = error == RIG_OK && usb_text_is_cmsis_dap(text);
        free(folder);
    }
    return error;
}

/* probe->kind stays NULL when it is none. */
static int find_kind(struct usb_probe *probe, const char *devices, const struct text_list *names)
{
    bool says_so = usb_text_is_cmsis_dap(probe->product);
    const int error =
        says_so ? RIG_OK : has_cmsis_dap_interface(devices, names, probe->location, &says_so);

    probe->kind = says_so ? usb_probe_kind_cmsis_dap()
                          : usb_probe_kind_of(probe->vendor_id, probe->product_id);
    return error;
}

/* *is_device: the system knows its vendor and product, and it is no hub. */
static int read_identity(struct usb_probe *probe, const char *folder, bool *is_device)
{
    char class[8] = "";
    bool has = false;
    int error = read_number(folder, "idVendor", 16, UINT16_MAX, &probe->vendor_id, is_device);

    if (error == RIG_OK) {
        error = read_number(folder, "idProduct", 16, UINT16_MAX, &probe->product_id, &has);
    }
    if (error == RIG_OK) {
        error = read_attribute(folder, "bDeviceClass", class, sizeof(class));
    }
    *is_device = error == RIG_OK && *is_device && has && strcmp(class, HUB) != 0;
    return error;
}

static int read_texts(struct usb_probe *probe, const char *folder)
{
    int error = read_attribute(folder, "manufacturer", probe->manufacturer, USB_TEXT);

    if (error == RIG_OK) {
        error = read_attribute(folder, "product", probe->product, USB_TEXT);
    }
    return error == RIG_OK ? read_attribute(folder, "serial", probe->serial, USB_TEXT) : error;
}

/* ---- its serial number ---- */

/* One character of UTF-8 below 256, or -1; *text moves behind it. */
static int take_byte(const char **text)
{
    const unsigned char first = (unsigned char)(*text)[0];
    const unsigned char second = first == '\0' ? 0 : (unsigned char)(*text)[1];

    if (first < 0x80) {
        *text += first != '\0';
        return first == '\0' ? -1 : first;
    }
    if ((first != 0xc2 && first != 0xc3) || (second & 0xc0) != 0x80) {
        return -1;
    }
    *text += 2;
    return (first & 0x03) << 6 | (second & 0x3f);
}

/* An older ST-Link puts the bytes of its number where characters belong. */
static void write_out_bytes(char serial[USB_TEXT])
{
    char digits[2 * ST_LINK_BYTES + 1] = "";
    const char *at = serial;

    for (size_t i = 0; i < ST_LINK_BYTES; i++) {
        const int byte = take_byte(&at);

        if (byte < 0) {
            return;
        }
        (void)snprintf(digits + 2 * i, 3, "%02X", (unsigned)byte);
    }
    if (*at == '\0') {
        memcpy(serial, digits, sizeof(digits));
    }
}

static const char *without_zeros(const char *number)
{
    number += strspn(number, "0");
    return number;
}

bool usb_probe_has_serial(const struct usb_probe *probe, const char *serial)
{
    if (strcmp(probe->serial, serial) == 0) {
        return serial[0] != '\0';
    }
    return probe->kind->serial == USB_SERIAL_NUMBER && probe->serial[0] != '\0' &&
           serial[0] != '\0' && strspn(serial, "0123456789") == strlen(serial) &&
           strcmp(without_zeros(probe->serial), without_zeros(serial)) == 0;
}

/* ---- its node ---- */

static int find_access(struct usb_probe *probe, const char *root, const char *folder)
{
    uint16_t bus = 0;
    uint16_t device = 0;
    bool has_bus = false;
    bool has_device = false;
    int error = read_number(folder, "busnum", 10, 999, &bus, &has_bus);

    if (error == RIG_OK) {
        error = read_number(folder, "devnum", 10, 999, &device, &has_device);
    }
    probe->access = USB_ACCESS_NO_NODE;
    if (error != RIG_OK || !has_bus || !has_device) {
        return error;
    }
    (void)snprintf(probe->node, sizeof(probe->node), "%s/dev/bus/usb/%03u/%03u", root,
                   (unsigned)bus, (unsigned)device);
    if (faccessat(AT_FDCWD, probe->node, R_OK | W_OK, AT_EACCESS) == 0) {
        probe->access = USB_ACCESS_OPEN;
    } else if (errno != ENOENT) {
        probe->access = USB_ACCESS_DENIED;
    }
    return RIG_OK;
}

/* ---- all of them ---- */

static int append(struct usb_probe_list *list, const struct usb_probe *probe)
{
    struct usb_probe *items = realloc(list->items, (list->count + 1) * sizeof(*items));

    if (items == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    list->items = items;
    list->items[list->count++] = *probe;
    return RIG_OK;
}

/* Adds the device at that location if it is a probe. */
static int look_at(struct usb_probe_list *list, const char *root, const char *devices,
                   const struct text_list *names, const char *location)
{
    struct usb_probe probe = {.kind = NULL};
    char *folder = file_join(devices, location);
    bool is_device = false;
    int error = folder == NULL ? RIG_ERROR_NO_MEMORY : read_identity(&probe, folder, &is_device);

    (void)snprintf(probe.location, sizeof(probe.location), "%s", location);
    if (error == RIG_OK && is_device) {
        error = read_texts(&probe, folder);
    }
    if (error == RIG_OK && is_device) {
        error = find_kind(&probe, devices, names);
    }
    if (error == RIG_OK && probe.kind != NULL) {
        error = find_access(&probe, root, folder);
    }
    if (error == RIG_OK && probe.kind != NULL) {
        if (probe.kind->serial == USB_SERIAL_ST_LINK) {
            write_out_bytes(probe.serial);
        }
        error = append(list, &probe);
    }
    free(folder);
    return error;
}

int usb_probes_find(const char *root, struct usb_probe_list *list, struct diagnostic *diagnostic)
{
    struct text_list names = {NULL, 0};
    char *devices = text_format("%s/sys/bus/usb/devices", root);
    int error = devices == NULL ? RIG_ERROR_NO_MEMORY : file_list(devices, &names, diagnostic);

    *list = (struct usb_probe_list){NULL, 0};
    if (error == RIG_ERROR_NOT_FOUND) {
        diagnostic_clear(diagnostic);
        error = RIG_OK;
    }
    for (size_t i = 0; error == RIG_OK && i < names.count; i++) {
        if (is_location(names.items[i])) {
            error = look_at(list, root, devices, &names, names.items[i]);
        }
    }
    if (error == RIG_ERROR_NO_MEMORY) {
        diagnostic_set(diagnostic, "out of memory");
    }
    text_list_free(&names);
    free(devices);
    return error;
}

void usb_probes_free(struct usb_probe_list *list)
{
    free(list->items);
    *list = (struct usb_probe_list){NULL, 0};
}
