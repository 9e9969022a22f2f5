/* The debug probes that a made-up sysfs tells of: which are known, and what hostile devices do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "scratch.h"
#include "target/usb_probes.h"

#define DEVICES "sys/bus/usb/devices/"

static char *root;
static struct usb_probe_list list;
static struct diagnostic diagnostic;

static int set_up(void **state)
{
    (void)state;
    root = scratch_make();
    diagnostic_clear(&diagnostic);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    usb_probes_free(&list);
    scratch_remove(root);
    return 0;
}

/* A file of a device or an interface, as sysfs has it: with a newline. */
static void attribute(const char *place, const char *name, const char *text)
{
    char *path = text_format(DEVICES "%s/%s", place, name);
    char *line = text_format("%s\n", text);

    assert_non_null(path);
    assert_non_null(line);
    scratch_write(root, path, line);
    free(path);
    free(line);
}

static void device(const char *place, const char *vendor, const char *product_id,
                   const char *product)
{
    attribute(place, "idVendor", vendor);
    attribute(place, "idProduct", product_id);
    attribute(place, "bDeviceClass", "00");
    attribute(place, "busnum", "1");
    attribute(place, "devnum", "7");
    if (product != NULL) {
        attribute(place, "product", product);
    }
}

static void find(size_t count)
{
    usb_probes_free(&list);
    assert_int_equal(usb_probes_find(root, &list, &diagnostic), RIG_OK);
    assert_string_equal(diagnostic.text, "");
    if (list.count != count) {
        fail_msg("%zu probes instead of %zu", list.count, count);
    }
}

static void expect_kind(size_t index, const char *location, const char *kind)
{
    assert_string_equal(list.items[index].location, location);
    assert_string_equal(list.items[index].kind->name, kind);
}

static void test_without_usb(void **state)
{
    (void)state;
    find(0);
}

static void test_folder_that_is_a_file(void **state)
{
    (void)state;
    scratch_write(root, "sys/bus/usb/devices", "no folder");
    assert_int_equal(usb_probes_find(root, &list, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "sys/bus/usb/devices"));
}

static void test_all_of_a_probe(void **state)
{
    const struct usb_probe *probe;

    (void)state;
    device("1-4.2", "0d28", "0204", "BBC micro:bit CMSIS-DAP");
    attribute("1-4.2", "manufacturer", "Arm");
    attribute("1-4.2", "serial", "9904360258994e45");
    scratch_write(root, "dev/bus/usb/001/007", "");
    find(1);
    probe = &list.items[0];
    expect_kind(0, "1-4.2", "CMSIS-DAP");
    assert_false(probe->kind->possible);
    assert_int_equal(probe->vendor_id, 0x0d28);
    assert_int_equal(probe->product_id, 0x0204);
    assert_string_equal(probe->manufacturer, "Arm");
    assert_string_equal(probe->product, "BBC micro:bit CMSIS-DAP");
    assert_string_equal(probe->serial, "9904360258994e45");
    assert_string_equal(probe->node + strlen(root), "/dev/bus/usb/001/007");
    assert_int_equal(probe->access, USB_ACCESS_OPEN);
}

static void test_kinds(void **state)
{
    (void)state;
    device("1-1", "c0de", "0001", "Any CMSIS-DAP at all");
    device("1-2", "c0de", "0002", "Composite");
    attribute("1-2:1.0", "bInterfaceClass", "02");
    attribute("1-2:1.1", "interface", "Probe CMSIS-DAP v2");
    device("1-3", "0483", "374b", "STM32 STLink");
    device("1-4", "1366", "1015", "J-Link");
    device("1-5", "2e8a", "000c", NULL);
    device("1-6", "0403", "6010", "Dual RS232");
    find(6);
    expect_kind(0, "1-1", "CMSIS-DAP");
    expect_kind(1, "1-2", "CMSIS-DAP");
    expect_kind(2, "1-3", "ST-Link");
    expect_kind(3, "1-4", "J-Link");
    expect_kind(4, "1-5", "CMSIS-DAP");
    expect_kind(5, "1-6", "FTDI");
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(list.items[i].kind->possible, i == 5);
    }
}

/* An interface belongs to the device whose whole name it begins with. */
static void test_what_is_no_probe(void **state)
{
    (void)state;
    device("usb1", "1d6b", "0002", "xHCI CMSIS-DAP");
    device("1-1", "046d", "c31c", "Keyboard");
    device("1-1.2", "c0de", "0001", NULL);
    attribute("1-1.2:1.0", "interface", "CMSIS-DAP");
    device("1-3", "c0de", "0003", "CMSIS-DAP hub");
    attribute("1-3", "bDeviceClass", "09");
    device("1-4", "0483", "3750", "ST-Link of no known kind");
    device("x-5", "0483", "374b", "no place");
    device("1-6 ", "0483", "374b", "no place either");
    find(1);
    expect_kind(0, "1-1.2", "CMSIS-DAP");
}

/* It goes between one look and the next. */
static void test_devices_that_go(void **state)
{
    char *link = scratch_path(root, DEVICES "1-1");

    (void)state;
    device("1-2", "0483", "374b", NULL);
    attribute("1-3", "idVendor", "0483");
    attribute("1-4", "idProduct", "374b");
    scratch_write(root, DEVICES "1-5", "no folder");
    assert_int_equal(symlink("../../../devices/gone", link), 0);
    free(link);
    find(1);
    expect_kind(0, "1-2", "ST-Link");
    assert_string_equal(list.items[0].product, "");
    assert_string_equal(list.items[0].serial, "");
    assert_false(usb_probe_has_serial(&list.items[0], ""));
}

static void test_identifiers_that_are_none(void **state)
{
    static const char *const identifiers[] = {"",      "048",  "48g3",     "0x0483",
                                              "10483", "-483", "0483 374b"};

    (void)state;
    for (size_t i = 0; i < sizeof(identifiers) / sizeof(identifiers[0]); i++) {
        device("1-1", identifiers[i], "374b", NULL);
        find(0);
    }
    device("1-1", "0483", "374b", NULL);
    find(1);
}

/* What a device says comes as it is, and no more of it than there is room for. */
static void test_hostile_texts(void **state)
{
    static char longest[4200];

    (void)state;
    device("1-1", "0483", "374b", "\x1b[2J\x1b]0;owned\x07");
    attribute("1-1", "serial", "A\nB\x01%s%n");
    memset(longest, 'S', 4000);
    device("1-2", "0483", "374b", NULL);
    attribute("1-2", "serial", longest);
    device("1-3", "0483", "374b", NULL);
    scratch_write_bytes(root, DEVICES "1-3/serial", "AB\0CD\n", 6);
    memset(longest, 'S', sizeof(longest) - 1);
    attribute("1-3", "product", longest); /* more than sysfs can give */
    find(3);
    assert_string_equal(list.items[0].product, "\x1b[2J\x1b]0;owned\x07");
    assert_string_equal(list.items[0].serial, "A\nB\x01%s%n");
    assert_int_equal(strlen(list.items[1].serial), USB_TEXT - 1);
    assert_false(usb_probe_has_serial(&list.items[1], "S"));
    assert_string_equal(list.items[2].serial, "AB");
    assert_string_equal(list.items[2].product, "");
}

/* A pipe in a file's place would hold up whoever reads it. */
static void test_pipe_in_place_of_a_file(void **state)
{
    char *path = scratch_path(root, DEVICES "1-1/serial");

    (void)state;
    device("1-1", "0483", "374b", NULL);
    assert_int_equal(mkfifo(path, 0600), 0);
    free(path);
    find(1);
    assert_string_equal(list.items[0].serial, "");
}

static void test_serial_numbers_as_openocd_takes_them(void **state)
{
    (void)state;
    device("1-1", "1366", "0101", NULL);
    attribute("1-1", "serial", "000123456789");
    device("1-2", "0483", "374b", NULL);
    attribute("1-2", "serial", "0066CAFE");
    device("1-3", "0483", "3748", NULL);
    attribute("1-3", "serial", "W\xc3\xbfr\x06ReWWB\x13 g"); /* of OpenOCD's own example */
    device("1-4", "0483", "3748", NULL);
    attribute("1-4", "serial", "W\xc3\xbfr\x06ReWWB\x13 "); /* cut by a zero */
    device("1-5", "0483", "3748", NULL);
    attribute("1-5", "serial", "W\xc4\x80r\x06ReWWB\x13 g"); /* no byte */
    find(5);
    assert_true(usb_probe_has_serial(&list.items[0], "123456789"));
    assert_true(usb_probe_has_serial(&list.items[0], "000123456789"));
    assert_false(usb_probe_has_serial(&list.items[0], "12345678"));
    assert_false(usb_probe_has_serial(&list.items[0], "123456789x"));
    assert_false(usb_probe_has_serial(&list.items[0], ""));
    assert_true(usb_probe_has_serial(&list.items[1], "0066CAFE"));
    assert_false(usb_probe_has_serial(&list.items[1], "66CAFE"));
    assert_string_equal(list.items[2].serial, "57FF72065265575742132067");
    assert_string_equal(list.items[3].serial, "W\xc3\xbfr\x06ReWWB\x13 ");
    assert_string_equal(list.items[4].serial, "W\xc4\x80r\x06ReWWB\x13 g");
}

static int look_unprivileged(void *context)
{
    struct usb_probe_list *seen = context;

    if (usb_probes_find(root, seen, &diagnostic) != RIG_OK || seen->count != 1) {
        return -1;
    }
    return (int)seen->items[0].access;
}

static void test_access(void **state)
{
    struct usb_probe_list seen = {NULL, 0};
    char *node = scratch_path(root, "dev/bus/usb/001/007");

    (void)state;
    device("1-1", "0483", "374b", NULL);
    assert_int_equal(scratch_run_unprivileged(look_unprivileged, &seen), USB_ACCESS_NO_NODE);
    scratch_write(root, "dev/bus/usb/001/007", "");
    assert_int_equal(chmod(node, 0444), 0);
    assert_int_equal(scratch_run_unprivileged(look_unprivileged, &seen), USB_ACCESS_DENIED);
    assert_int_equal(chmod(node, 0666), 0);
    assert_int_equal(scratch_run_unprivileged(look_unprivileged, &seen), USB_ACCESS_OPEN);
    attribute("1-1", "devnum", "../../../etc/passwd");
    find(1);
    assert_string_equal(list.items[0].node, "");
    assert_int_equal(list.items[0].access, USB_ACCESS_NO_NODE);
    free(node);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_usb, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folder_that_is_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_of_a_probe, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_kinds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_probe, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_devices_that_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_identifiers_that_are_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_texts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pipe_in_place_of_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_serial_numbers_as_openocd_takes_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_access, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
