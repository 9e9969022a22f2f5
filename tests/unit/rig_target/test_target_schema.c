#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "target/target_schema.h"
#include "target/target_value.h"

/* Five lines each, but for a board's three: what a class needs. */
#define NATIVE                                                                                     \
    "schema: 1\nname: demo\nclass: native\nfirmware: {board: native, program: p}\n"                \
    "power: {driver: process}\n"
#define EMULATED                                                                                   \
    "schema: 1\nname: demo\nclass: emulated\n"                                                     \
    "firmware: {board: mps2_an505, boot: b.elf, image_a: a.bin}\n"                                 \
    "power: {driver: qemu, machine: m}\n"
#define BOARD  "schema: 1\nname: demo\nclass: board\n"
#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *const sound[] = {
    NATIVE,
    NATIVE "console: {driver: stderr}\nstorage: {driver: file}\nadapter: {driver: hearth}\n"
           "modbus: {rtu: {driver: pty, unit: 247}, tcp: {driver: loopback, port: any}}\n",
    NATIVE "modbus: {tcp: {driver: loopback, port: 65535}}\n",
    EMULATED "net: {driver: qemu-user, link: n0}\nbroker: {driver: mosquitto, tls: mutual}\n"
             "probe: {driver: virtual, openocd: [x.cfg], lock: {fuse: 0x80000000, open: 4}}\n",
    EMULATED "probe: {driver: virtual, openocd: [x.cfg]}\nconsole: {driver: pty}\n",
    EMULATED "modbus: {}\nlimits: {}\nimages: {}\n",
    "schema: 1\nname: demo\nclass: emulated\nfirmware: {board: mps2_an505, boot: b.elf, image_a: "
    "a.bin,"
    " image_b: b.bin, symbols_a: a.elf, symbols_b: b.elf, factory: f, provision: tools/p}\n"
    "power: {driver: qemu, machine: m}\nlimits: {recover_ms: 20000}\n"
    "console: {driver: qemu-uart, index: 1, started: 'boot: ', fault: 'fault: type='}\n"
    "storage: {driver: file, size: 16M, base: 0, slot_a: 0, slot_b: 1M, slot_size: 1M}\n"
    "images: {update_b: i/1, next_a: i/2, next_b: i/3, downgrade: i/4, older: i/5,\n"
    "  same_version_older_counter: i/6, other_product: i/7, other_slot: i/8, wrong_key: i/9,\n"
    "  altered: i/10, crash: i/11}\n",
    NATIVE "storage: {driver: file, slot_a: 0xD000, slot_b: 0x1D000, slot_size: 64K}\n"
           "console: {driver: stderr, fault: 'two words'}\nimages: {update_b: i}\n",
    /* Flash of the emulator's own, a boot stage in it, and no console, network or sensor. */
    "schema: 1\nname: demo\nclass: emulated\n"
    "firmware: {board: microbit, boot: b.bin, image_a: a.bin, product: p.elf, sha256: " SHA256 "}\n"
    "power: {driver: qemu, machine: m, watchdog: none}\n"
    "storage: {driver: nvmc, size: 256K, base: 0, boot_size: 64K, slot_a: 0x16000,\n"
    "  slot_b: 0x2B000, slot_size: 84K}\n",
    EMULATED "sensor: {driver: qemu-tmp105, bus: i2c}\n",
    BOARD "firmware: {board: microbit, boot: b.bin, image_a: a.bin, sha256: " SHA256 "}\n",
    BOARD,
    BOARD "power: {driver: command, on: 'relay on 1', off: relay off 1}\n"
          "console: {driver: tty, path: /dev/ttyACM0, baud: 115200}\n"
          "probe: {driver: openocd, openocd: [interface/cmsis-dap.cfg, target/nrf51.cfg]}\n"
          "modbus:\n  rtu: {driver: tty, path: /dev/ttyUSB0, baud: 19200, unit: 1}\n"
          "  tcp: {driver: network, host: 192.0.2.7, port: 502}\n"
          "adapter: {driver: command, program: ./adapter}\n",
    BOARD "console: {driver: socket, path: /run/console, started: up}\nimages: {crash: x.bin}\n",
};

static void takes_what_the_table_allows(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "demo.yaml");
    (void)state;
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        struct target target;
        struct diagnostic diagnostic = {""};
        scratch_write(folder, "demo.yaml", sound[i]);
        if (target_load(path, &target, &diagnostic) != RIG_OK) {
            fail_msg("case %zu: %s", i, diagnostic.text);
        }
        target_clear(&target);
    }
    free(path);
    scratch_remove(folder);
}

static const struct {
    const char *text;
    const char *place;
    const char *message;
} refusals[] = {
    /* names, with the nearest and all that are known */
    {NATIVE "colour: red\n", ":6:", "unknown key `colour`; known are schema, name,"},
    {NATIVE "storrage: {}\n", ":6:", "did you mean storage?"},
    {NATIVE "modbus.rtu: {driver: pty, unit: 1}\n", ":6:", "unknown key `modbus.rtu`"},
    {NATIVE "modbus:\n  rtuu: {}\n", ":7:", "`rtuu`; did you mean rtu? known are rtu, tcp"},
    {NATIVE "modbus: {driver: pty}\n", ":6:", "unknown key `driver`; known are rtu, tcp"},
    {NATIVE "limits:\n  boot_sm: 1\n", ":7:", "`boot_sm`; did you mean boot_ms?"},
    {EMULATED "storage:\n  driver: file\n  sise: 1M\n", ":8:", "did you mean size? known are "},
    {EMULATED "probe: {driver: virtual, openocd: [a], lock:\n    {fuze: 1}}\n",
     ":7:", "unknown key `fuze`; known are driver, openocd, lock.fuse, lock.open"},
    {EMULATED "probe: {driver: virtual, openocd: [a], lock.fuse: 1}\n",
     ":6:", "unknown key `lock.fuse`"},
    {NATIVE "storage: {driver: file, size: 16M}\n",
     ":6:", "unknown key `size`; did you mean slot_size? known are driver"},
    {BOARD "firmware: {board: microbit, boot: b, image_a: a,\n  sha256: 0123}\n",
     ":5:", "`0123` is no value of `sha256`; write 64 hexadecimal digits of lower case"},
    {BOARD "firmware: {board: microbit, boot: b, image_a: a,\n  sha256: " SHA256 "0}\n",
     ":5:", "is no value of `sha256`"},
    {EMULATED "storage: {driver: nvmc, size: 256K, base: 1}\n",
     ":6:", "`1` is no value of `base`; write a number from 0 to 0"},
    {NATIVE "storage: {driver: nvmc, size: 256K, base: 0}\n",
     ":6:", "a target of class native has no storage driver `nvmc`; "},
    {"schema: 1\nname: demo\nclass: emulated\nfirmware: {board: mps2_an505, boot: b, image_a: a}\n"
     "power: {driver: qemu, machine: m, watchdog: off}\n",
     ":5:", "`off` is no value of `watchdog`; write none"},
    /* drivers */
    {NATIVE "console:\n  driver: stdrr\n",
     ":7:", "unknown console driver `stdrr`; did you mean stderr? known are stderr, pty, socket"},
    {NATIVE "modbus:\n  tcp:\n    driver: forwarded\n",
     ":8:", "class native has no modbus.tcp driver `forwarded`; known are loopback"},
    {NATIVE "net: {driver: qemu-user, link: n0}\n",
     ":6:", "class native has no net driver `qemu-user`; remove it"},
    {BOARD "power: {driver: qemu, machine: m}\n",
     ":4:", "class board has no power driver `qemu`; known are command"},
    {"schema: 1\nname: demo\nclass: native\nfirmware: {board: toaster}\n",
     ":4:", "unknown firmware board `toaster`; known are native"},
    {"schema: 1\nname: demo\nclass: emulated\nfirmware: {board: native, program: p}\n",
     ":4:", "class emulated has no firmware board `native`"},
    {NATIVE "console: {}\n", ":6:", "`driver` is missing"},
    {NATIVE "console: {driver: [pty]}\n", ":6:", "single value"},
    {NATIVE "console: stderr\n", ":6:", "a map"},
    {NATIVE "modbus: [rtu]\n", ":6:", "a map"},
    {NATIVE "modbus:\n  rtu: pty\n", ":7:", "a map"},
    {NATIVE "limits: [1]\n", ":6:", "a map"},
    /* what must be there */
    {"schema: 1\nname: demo\nclass: native\nfirmware: {board: native, program: p}\n",
     ":1:", "section `power` is missing; a target of class native needs it"},
    {"schema: 1\nname: demo\nclass: native\npower: {driver: process}\n",
     ":1:", "section `firmware` is missing"},
    {"schema: 1\nname: demo\nclass: emulated\n", ":1:", "section `firmware` is missing"},
    {"schema: 1\nname: demo\nclass: native\nfirmware: {board: native}\n",
     ":4:", "key `program` is missing; firmware board native needs it"},
    {EMULATED "modbus:\n  rtu:\n    {driver: qemu-uart, index: 0}\n",
     ":8:", "key `unit` is missing; modbus.rtu driver qemu-uart needs it"},
    {EMULATED "probe: {driver: virtual, openocd: [a], lock:\n    {opens: 4}}\n",
     ":7:", "unknown key `opens`"},
    {EMULATED "probe: {driver: virtual, lock: {open: 4, fuse: 1}}\n",
     ":6:", "key `openocd` is missing"},
    /* values */
    {NATIVE "modbus:\n  rtu:\n    driver: pty\n    unit: 0\n",
     ":9:", "`0` is no value of `unit`; write a number from 1 to 247"},
    {NATIVE "modbus: {rtu: {driver: pty, unit: 248}}\n", ":6:", "a number from 1 to 247"},
    {NATIVE "modbus: {tcp: {driver: loopback, port: some}}\n",
     ":6:", "`some` is no value of `port`; write a number from 1 to 65535 or any"},
    {EMULATED "modbus: {tcp: {driver: forwarded, port: any}}\n", ":6:", "from 1 to 65535"},
    {EMULATED "storage: {driver: file, size: 16X, base: 0}\n", ":6:", "`16X` is no value"},
    {EMULATED "storage: {driver: file, size: 2G, base: 0}\n", ":6:", "from 4096 to 1073741824"},
    {EMULATED "storage: {driver: file, size: 1M, base: 0x100000000}\n", ":6:", "of `base`"},
    {EMULATED "broker: {driver: mosquitto, tls: none}\n", ":6:", "of `tls`; write mutual"},
    {EMULATED "net: {driver: qemu-user, link: 'n0,id=x'}\n", ":6:", "write a word of"},
    {EMULATED "net: {driver: qemu-user, link: -x}\n", ":6:", "write a word of"},
    {EMULATED "net: {driver: qemu-user, link: {a: b}}\n", ":6:", "single value"},
    {EMULATED "net: {driver: qemu-user, link: ''}\n", ":6:", "empty"},
    {EMULATED "probe: {driver: virtual, openocd: a.cfg}\n", ":6:", "`openocd` is a list"},
    {EMULATED "probe: {driver: virtual, openocd: []}\n", ":6:", "`openocd` is a list"},
    {EMULATED "probe:\n  driver: virtual\n  openocd:\n    - a\n    - ../b\n",
     ":10:", "`../b` is no value of `openocd`"},
    {EMULATED "probe: {driver: virtual, openocd: [-c]}\n", ":6:", "`-c` is no value of `openocd`"},
    {EMULATED "probe: {driver: virtual, openocd: [\"a} ; b {.cfg\"]}\n", ":6:", "or `-` first"},
    {EMULATED "probe: {driver: virtual, openocd: [a], lock: 1}\n", ":6:", "a map"},
    {"schema: 1\nname: demo\nclass: native\nfirmware:\n  board: native\n  program: /bin/sh\n",
     ":6:", "write a path below the build folder"},
    {"schema: 1\nname: demo\nclass: native\nfirmware: {board: native, program: a/../../b}\n",
     ":4:", "write a path below the build folder"},
    {BOARD "console: {driver: tty, path: ttyS0, baud: 9600}\n",
     ":4:", "write the absolute path of a device"},
    {BOARD "console: {driver: tty, path: /dev/ttyS0, baud: fast}\n", ":4:", "of `baud`"},
    {BOARD "console: {driver: socket, path: run/x}\n", ":4:", "write an absolute path"},
    {BOARD "power: {driver: command, on: \"a\\nb\", off: c}\n",
     ":4:", "write a program and its arguments"},
    {NATIVE "limits:\n  boot_ms: soon\n", ":7:", "`soon` is no value of `boot_ms`"},
    {NATIVE "images: [update_b]\n", ":6:", "a map"},
    {NATIVE "images:\n  driver: file\n",
     ":7:", "unknown key `driver`; known are update_b, next_a,"},
    {NATIVE "images:\n  updateb: x\n", ":7:", "did you mean update_b?"},
    {NATIVE "images: {update_b: /tmp/x}\n", ":6:", "write a path below the build folder"},
    {NATIVE "images: {crash: [x]}\n", ":6:", "single value"},
    {EMULATED "storage: {driver: file, size: 1M, base: 0, slot_a: 4G}\n", ":6:", "of `slot_a`"},
    {EMULATED "storage: {driver: file, size: 1M, base: 0, slot_size: 0}\n", ":6:", "from 1 to"},
    {NATIVE "console: {driver: stderr, fault: \"a\\nb\"}\n", ":6:", "write one line of text"},
    {NATIVE "console: {driver: stderr, started: ''}\n", ":6:", "empty"},
    {"schema: 1\nname: demo\nclass: emulated\n"
     "firmware: {board: mps2_an505, boot: b, image_a: a, provision: ../p}\n",
     ":4:", "write a path below the build folder"},
    {"schema: 1\nname: demo\nclass: native\nfirmware: {board: native, program: p, provision: p}\n",
     ":4:", "unknown key `provision`"},
    {NATIVE "limits: {recover_ms: never}\n", ":6:", "of `recover_ms`"},
    {NATIVE "limits: {boot_ms: 0}\n", ":6:", "a number from 1 to 4294967295"},
};

static void refuses_each_with_its_line(void **state)
{
    char *folder = scratch_make();
    char *path = scratch_path(folder, "demo.yaml");
    size_t length = strlen(path);
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct target target;
        struct diagnostic diagnostic = {""};
        scratch_write(folder, "demo.yaml", refusals[i].text);
        int error = target_load(path, &target, &diagnostic);
        if (error != RIG_ERROR_CONFIGURATION || strncmp(diagnostic.text, path, length) != 0 ||
            strncmp(diagnostic.text + length, refusals[i].place, strlen(refusals[i].place)) != 0 ||
            strstr(diagnostic.text, refusals[i].message) == NULL) {
            fail_msg("case %zu: error %d: %s", i, error, diagnostic.text);
        }
        assert_null(target.settings);
    }
    free(path);
    scratch_remove(folder);
}

/* Each driver stands once for a class, and each of its keys can be told from the others. */
static void the_table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_rule_count(); i++) {
        const struct target_rule *rule = target_rule_at(i);
        for (int class = TARGET_NATIVE; class <= TARGET_BOARD; class ++) {
            if (target_rule_allows(rule, (enum target_class) class)) {
                assert_ptr_equal(
                    target_rule_find(rule->section, rule->driver, (enum target_class) class), rule);
            }
        }
        assert_int_equal(rule->driver == NULL, target_driver_key(rule->section) == NULL);
        for (size_t k = 0; k < target_rule_key_count(rule); k++) {
            const struct target_key *key = &rule->keys[k];
            char text[TARGET_VALUE_TEXT];
            assert_ptr_equal(target_rule_key(rule, key->name), key);
            assert_true(rule->driver == NULL ||
                        strcmp(key->name, target_driver_key(rule->section)) != 0);
            assert_true(key->kind != TARGET_VALUE_NUMBER ||
                        key->range.minimum <= key->range.maximum);
            target_value_describe(key, text);
            assert_true(strlen(text) >= 4);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_the_table_allows),
        cmocka_unit_test(refuses_each_with_its_line),
        cmocka_unit_test(the_table_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
