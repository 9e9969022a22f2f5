/*
 * Sources: the identifiers are those of OpenOCD's udev rules, 60-openocd.rules of version 0.12, but for
 * 0d28:0204 (DAPLink) and 2e8a:000c (Raspberry Pi Debug Probe), which those rules know by the text
 * CMSIS-DAP alone. How a serial number is read: stlink_usb.c and jlink.c of OpenOCD's drivers.
 */
#include "target/usb_probe_kinds.h"

#include <stddef.h>
#include <string.h>

enum { ANY_PRODUCT = 0 };

static const struct usb_probe_kind cmsis_dap = {"CMSIS-DAP", false, USB_SERIAL_TEXT};
static const struct usb_probe_kind st_link = {"ST-Link", false, USB_SERIAL_ST_LINK};
static const struct usb_probe_kind j_link = {"J-Link", false, USB_SERIAL_NUMBER};
static const struct usb_probe_kind nu_link = {"Nu-Link", false, USB_SERIAL_TEXT};
static const struct usb_probe_kind xds110 = {"XDS110", false, USB_SERIAL_TEXT};
static const struct usb_probe_kind icdi = {"TI ICDI", false, USB_SERIAL_TEXT};
static const struct usb_probe_kind olimex = {"Olimex", false, USB_SERIAL_TEXT};
static const struct usb_probe_kind esp = {"ESP USB JTAG", false, USB_SERIAL_TEXT};
static const struct usb_probe_kind ftdi = {"FTDI", true, USB_SERIAL_TEXT};

static const struct {
    uint16_t vendor_id;
    uint16_t product_id;
    const struct usb_probe_kind *kind;
} known[] = {
    {0x0d28, 0x0204, &cmsis_dap}, /* DAPLink, as on the BBC micro:bit */
    {0x2e8a, 0x000c, &cmsis_dap}, /* Raspberry Pi Debug Probe */
    {0x0483, 0x3744, &st_link},     {0x0483, 0x3748, &st_link}, {0x0483, 0x374b, &st_link},
    {0x0483, 0x374d, &st_link},     {0x0483, 0x374e, &st_link}, {0x0483, 0x374f, &st_link},
    {0x0483, 0x3752, &st_link},     {0x0483, 0x3753, &st_link}, {0x0483, 0x3754, &st_link},
    {0x1366, ANY_PRODUCT, &j_link}, {0x0416, 0x511b, &nu_link}, {0x0416, 0x511c, &nu_link},
    {0x0416, 0x511d, &nu_link},     {0x0416, 0x5200, &nu_link}, {0x0416, 0x5201, &nu_link},
    {0x0451, 0xbef3, &xds110},      {0x0451, 0xbef4, &xds110},  {0x1cbe, 0x00fd, &icdi},
    {0x15ba, 0x0003, &olimex},      {0x15ba, 0x0004, &olimex},  {0x15ba, 0x002a, &olimex},
    {0x15ba, 0x002b, &olimex},      {0x303a, 0x1001, &esp},     {0x303a, 0x1002, &esp},
    {0x0403, 0x6010, &ftdi},        {0x0403, 0x6011, &ftdi},    {0x0403, 0x6014, &ftdi},
};

bool usb_text_is_cmsis_dap(const char *text)
{
    return strstr(text, "CMSIS-DAP") != NULL;
}

const struct usb_probe_kind *usb_probe_kind_cmsis_dap(void)
{
    return &cmsis_dap;
}

const struct usb_probe_kind *usb_probe_kind_of(uint16_t vendor_id, uint16_t product_id)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].vendor_id == vendor_id &&
            (known[i].product_id == ANY_PRODUCT || known[i].product_id == product_id)) {
            return known[i].kind;
        }
    }
    return NULL;
}
