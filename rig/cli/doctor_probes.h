/* What `ordeal doctor` says of the debug probes that are attached to this machine by USB. */
#ifndef ORDEAL_CLI_DOCTOR_PROBES_H
#define ORDEAL_CLI_DOCTOR_PROBES_H

#include <jansson.h>

#include "base/rig_error.h"
#include "cli/check_list.h"
#include "target/usb_probes.h"

/* Names the folder that holds another machine's sys/bus/usb/devices and dev/bus/usb: that of a
 * container's host, or a test's. */
#define USB_ROOT_VARIABLE "ORDEAL_USB_ROOT"

/*
 * Finds the probes, and adds a row for each: one that this user may not open is missing. None at all
 * is a row too. No row here is of a thing that is needed. Call usb_probes_free() in each case.
 */
RIG_MUST_CHECK int doctor_check_probes(struct check_list *list, struct usb_probe_list *probes);

#define PROBE_TEXT_SIZE 512

/* A probe in one line: identifiers, place, names and serial number; escaped. */
void doctor_describe_probe(const struct usb_probe *probe, char text[PROBE_TEXT_SIZE]);

/* Why a probe cannot be opened and what to do about it; both "" when it can. */
struct probe_trouble {
    char detail[PROBE_TEXT_SIZE];
    const char *remedy;
};
void doctor_probe_trouble(const struct usb_probe *probe, struct probe_trouble *trouble);

/* The probes as a JSON array, an object each. NULL when memory is short. */
json_t *doctor_probes_json(const struct usb_probe_list *probes);

#endif
