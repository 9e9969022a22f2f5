/**
 * The debug probes that are attached to this machine by USB, as sysfs tells of them. Nothing is opened
 * or written: looking disturbs neither a probe nor a program that uses it.
 *
 * What a device says of itself is hostile data. It is bounded here, and not escaped.
 */
#ifndef RIG_TARGET_USB_PROBES_H
#define RIG_TARGET_USB_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "target/usb_probe_kinds.h"

enum {
    USB_TEXT = 384,    /**< bytes of a text of the device's, its NUL included: 126 characters of USB
                            2.0, section 9.6.7, in UTF-8. More is cut */
    USB_LOCATION = 32, /**< bytes of a location, its NUL included */
    USB_NODE = 512,    /**< bytes of a device node's path, its NUL included */
};

/** Whether this user may open the probe for reading and writing, as OpenOCD does. */
enum usb_access {
    USB_ACCESS_OPEN,
    USB_ACCESS_DENIED,
    USB_ACCESS_NO_NODE, /**< the system tells of the device, and there is no node to open */
};

/** A probe, or a device that may be one (kind->possible). */
struct usb_probe {
    const struct usb_probe_kind *kind;
    uint16_t vendor_id;
    uint16_t product_id;
    char location
        [USB_LOCATION]; /**< "1-4.2": bus and ports, as OpenOCD's `adapter usb location` takes it */
    char manufacturer[USB_TEXT]; /**< "" when it names none, as are the next two */
    char product[USB_TEXT];
    char serial[USB_TEXT]; /**< as OpenOCD's `adapter serial` takes it */
    char node[USB_NODE]; /**< "/dev/bus/usb/001/007"; "" when the system does not tell its number */
    enum usb_access access;
};

/** All zero is an empty list. */
struct usb_probe_list {
    struct usb_probe *items;
    size_t count;
};

/**
 * Finds them, sorted by location. `root` is the folder that holds sys/bus/usb/devices and dev/bus/usb:
 * "" for this machine's own. A machine without USB has none; a device that goes while it is looked at
 * is left out. RIG_OK; RIG_ERROR_CONFIGURATION or RIG_ERROR_BENCH with a diagnostic when the folder
 * cannot be read; RIG_ERROR_NO_MEMORY. Call usb_probes_free() in each case.
 */
int usb_probes_find(const char *root, struct usb_probe_list *list,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Frees the items and makes the list empty. */
void usb_probes_free(struct usb_probe_list *list);

/** Whether OpenOCD would take it for the one of that serial number. */
bool usb_probe_has_serial(const struct usb_probe *probe, const char *serial);

#endif
