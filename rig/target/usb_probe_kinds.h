/**
 * Which USB devices are debug probes: by what they say of themselves, or by vendor and product.
 */
#ifndef RIG_TARGET_USB_PROBE_KINDS_H
#define RIG_TARGET_USB_PROBE_KINDS_H

#include <stdbool.h>
#include <stdint.h>

/** How OpenOCD reads the serial number of a probe. */
enum usb_serial_rule {
    USB_SERIAL_TEXT,   /**< as it stands */
    USB_SERIAL_NUMBER, /**< as a number: leading zeros do not matter */
    USB_SERIAL_ST_LINK, /**< twelve characters stand for bytes, and are written as hexadecimal digits */
};

/** A kind of probe. */
struct usb_probe_kind {
    const char *name; /**< "CMSIS-DAP", "ST-Link" ... */
    bool possible;    /**< the chip serves other purposes as well: it may be no probe */
    enum usb_serial_rule serial;
};

/** Whether a product's or an interface's name is that of a CMSIS-DAP probe. */
bool usb_text_is_cmsis_dap(const char *text);

/** Probes that say "CMSIS-DAP" of themselves. Never NULL. */
const struct usb_probe_kind *usb_probe_kind_cmsis_dap(void);

/** The kind of a vendor's product, or NULL when it is not known as a probe. */
const struct usb_probe_kind *usb_probe_kind_of(uint16_t vendor_id, uint16_t product_id);

#endif
