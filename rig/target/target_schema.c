#include "target/target_schema.h"

#include <string.h>

#define NATIVE    (1u << TARGET_NATIVE)
#define EMULATED  (1u << TARGET_EMULATED)
#define BOARD     (1u << TARGET_BOARD)
#define ANY_CLASS (NATIVE | EMULATED | BOARD)

#define NEEDED  true
#define ALLOWED false

/* Members of struct target_key. */
#define KEY(key, what)         .name = (key), .kind = TARGET_VALUE_##what
#define NUMBER(key, low, high) KEY(key, NUMBER), .range = {(low), (high)}
#define OPTIONAL               .optional = true

/* Keys, or a list of none, that several drivers have. */
#define NONE       .name = NULL
#define UART       NUMBER("index", 0, 7)
#define UNIT       NUMBER("unit", 1, 247) /* Modbus over Serial Line V1.02, section 2.2 */
#define BAUD       NUMBER("baud", 300, 4000000)
#define PORT       NUMBER("port", 1, 65535)
#define LIMIT(key) NUMBER(key, 1, UINT32_MAX), OPTIONAL
#define IMAGE(key) KEY(key, FILE), OPTIONAL

#define SLOT_SIZE   NUMBER("slot_size", 1, UINT32_MAX), OPTIONAL
#define OFFSET(key) NUMBER(key, 0, UINT32_MAX), OPTIONAL /* in the storage, bytes */
#define STARTED     KEY("started", TEXT_LINE), OPTIONAL  /* what a console prints at each start */
#define READY       KEY("ready", TEXT_LINE), OPTIONAL    /* and when it answers from then on */
#define FAULT       KEY("fault", TEXT_LINE), OPTIONAL    /* and when the device faulted */

#define WORD32(key)  NUMBER(key, 0, UINT32_MAX)
#define ADDRESS(key) WORD32(key), OPTIONAL

/* Firmware whose boot stage lies in flash; a board is programmed with the product, by a debugger. */
#define FLASHED                                                                                    \
    {                                                                                              \
        {KEY("boot", FILE)}, {KEY("image_a", FILE)}, {KEY("image_b", FILE), OPTIONAL},             \
            {KEY("symbols_a", FILE), OPTIONAL}, {KEY("symbols_b", FILE), OPTIONAL},                \
            {KEY("provision", FILE), OPTIONAL}, {KEY("product", FILE), OPTIONAL},                  \
        {                                                                                          \
            KEY("sha256", SHA256), OPTIONAL /* of the product, as it was released */               \
        }                                                                                          \
    }

/* What a debugger is tried on: a word that is known, and memory that may be written while the
 * device is halted; a word that software has to program for the lock; what signs unlock tokens
 * (token_signer.h); OpenOCD's command that erases the chip as a whole, and with it its lock; and
 * what lock and erasure claim, where that is not all (probe_claim.h). */
#define TRIED                                                                                      \
    {WORD32("known.address")}, {WORD32("known.value")}, {WORD32("ram.base")},                      \
        {NUMBER("ram.size", 256, UINT32_MAX)}, {KEY("signer", FILE), OPTIONAL},                    \
        {WORD32("seal.address")}, {WORD32("seal.value")},                                          \
        {KEY("claim", WORD), .word = "memory", OPTIONAL}, {KEY("erase.command", TEXT_LINE)},       \
    {                                                                                              \
        KEY("erase.claim", WORD), .word = "flash", OPTIONAL                                        \
    }

/* The schema of a target file, version 1. */
static const struct target_rule rules[] = {
    {"firmware", "native", NATIVE, NEEDED, {{KEY("program", FILE)}}},
    {"firmware",
     "mps2_an505",
     EMULATED,
     NEEDED,
     {{KEY("boot", FILE)},
      {KEY("image_a", FILE)},
      {KEY("image_b", FILE), OPTIONAL},
      {KEY("symbols_a", FILE), OPTIONAL},
      {KEY("symbols_b", FILE), OPTIONAL},
      {KEY("factory", WORD), OPTIONAL},
      /* PROGRAM --board BOARD --flash FILE --image-a IMAGE_A --json [--boot BOOT] [--broker-ca FILE
       * --certificate FILE --private-key FILE] makes the flash of a new device and prints a JSON
       * object with its device_id and label_password. With --boot where the boot stage lies in flash. */
      {KEY("provision", FILE), OPTIONAL}}},
    {"firmware", "microbit", EMULATED, NEEDED, FLASHED},
    {"firmware", "microbit", BOARD, ALLOWED, FLASHED},
    {"power", "process", NATIVE, NEEDED, {{NONE}}},
    {"power",
     "qemu",
     EMULATED,
     NEEDED,
     {{KEY("machine", WORD)},
      {KEY("watchdog", WORD), OPTIONAL, .word = "none"}}}, /* not modelled */
    {"power",
     "command",
     BOARD,
     ALLOWED,
     {{KEY("on", COMMAND)},
      {KEY("off", COMMAND)},
      {KEY("cycle", COMMAND), OPTIONAL},
      {KEY("reset", COMMAND), OPTIONAL},
      {NUMBER("deadline_ms", 1, 3600000), OPTIONAL}}},
    {"console", "stderr", NATIVE, ALLOWED, {{STARTED}, {READY}, {FAULT}}},
    {"console", "qemu-uart", EMULATED, ALLOWED, {{UART}, {STARTED}, {READY}, {FAULT}}},
    {"console",
     "tty",
     BOARD,
     ALLOWED,
     {{KEY("path", DEVICE)}, {BAUD}, {STARTED}, {READY}, {FAULT}}},
    {"console", "pty", ANY_CLASS, ALLOWED, {{STARTED}, {READY}, {FAULT}}},
    {"console", "socket", ANY_CLASS, ALLOWED, {{KEY("path", PATH)}, {STARTED}, {READY}, {FAULT}}},
    /* Scripts of OpenOCD's own, or of the folder `openocd` beside the target's file. */
    {"probe",
     "openocd",
     BOARD,
     ALLOWED,
     {{KEY("openocd", SCRIPTS)}, {KEY("serial", WORD), OPTIONAL}, TRIED}},
    {"probe",
     "virtual",
     EMULATED,
     ALLOWED,
     {{KEY("openocd", SCRIPTS)},
      /* Which lock the probe plays, by which of these are there: chip_lock.h. */
      {ADDRESS("lock.fuse")},
      {ADDRESS("lock.open")},
      {ADDRESS("lock.set")},
      {ADDRESS("lock.protects"), .word = "all"},
      {NUMBER("lock.protects_size", 1, UINT32_MAX), OPTIONAL},
      {KEY("chip", WORD), OPTIONAL},  /* the part that it plays: chip_profile.h */
      {KEY("fault", WORD), OPTIONAL}, /* a bench that is broken on purpose: probe_fault.h */
      TRIED}},
    {"modbus.rtu", "pty", NATIVE, ALLOWED, {{UNIT}}},
    {"modbus.rtu", "qemu-uart", EMULATED, ALLOWED, {{UART}, {UNIT}}},
    {"modbus.rtu", "tty", BOARD, ALLOWED, {{KEY("path", DEVICE)}, {BAUD}, {UNIT}}},
    {"modbus.tcp", "loopback", NATIVE, ALLOWED, {{PORT, .word = "any"}}},
    {"modbus.tcp", "forwarded", EMULATED, ALLOWED, {{PORT}}},
    {"modbus.tcp", "network", BOARD, ALLOWED, {{KEY("host", WORD)}, {PORT}}},
    {"sensor", "qemu-tmp105", EMULATED, ALLOWED, {{KEY("bus", WORD)}}},
    {"net", "qemu-user", EMULATED, ALLOWED, {{KEY("link", WORD)}}},
    {"storage", "file", NATIVE, ALLOWED, {{OFFSET("slot_a")}, {OFFSET("slot_b")}, {SLOT_SIZE}}},
    {"storage",
     "file",
     EMULATED,
     ALLOWED,
     {{NUMBER("size", 4096, 1u << 30)},
      {NUMBER("base", 0, UINT32_MAX)},
      {OFFSET("slot_a")},
      {OFFSET("slot_b")},
      {SLOT_SIZE}}},
    /* Flash in the emulator's own memory, behind an nRF51's controller; the boot stage lies in it. */
    {"storage",
     "nvmc",
     EMULATED,
     ALLOWED,
     {{NUMBER("size", 4096, 1u << 20)},
      {NUMBER("base", 0, 0)},
      {NUMBER("boot_size", 1, UINT32_MAX)}, /* of the boot stage, from the begin on */
      {OFFSET("slot_a")},
      {OFFSET("slot_b")},
      {SLOT_SIZE}}},
    {"broker",
     "mosquitto",
     ANY_CLASS,
     ALLOWED,
     {{KEY("tls", WORD), .word = "mutual"},
      {KEY("host", WORD), OPTIONAL},
      {KEY("product", WORD), OPTIONAL}}},
    {"adapter", "hearth", NATIVE | EMULATED, ALLOWED, {{NONE}}},
    {"adapter",
     "hearth",
     BOARD,
     ALLOWED,
     {{KEY("device_id", WORD), OPTIONAL}, {KEY("password", PASSWORD), OPTIONAL}}},
    {"adapter",
     "command",
     ANY_CLASS,
     ALLOWED,
     {{KEY("program", COMMAND)}, {KEY("password", PASSWORD), OPTIONAL}}},
    /* Update images, for a device that runs slot A of the first image and stores counter 1. */
    {"images",
     NULL,
     ANY_CLASS,
     ALLOWED,
     {/* Genuine, each newer than the one before: for slot B, then A, then B; and for slot B an older
       * version of the same counter, which may be installed. */
      {IMAGE("update_b")},
      {IMAGE("next_a")},
      {IMAGE("next_b")},
      {IMAGE("downgrade")},
      /* To be refused, for slot B each: why is in the name. */
      {IMAGE("older")},
      {IMAGE("same_version_older_counter")},
      {IMAGE("other_product")},
      {IMAGE("other_slot")},
      {IMAGE("wrong_key")},
      {IMAGE("altered")},
      /* Genuine, for slot B, and faults as soon as it is started. */
      {IMAGE("crash")},
      /* Likewise, and does nothing for ever. */
      {IMAGE("hang")}}},
    {"limits",
     NULL,
     ANY_CLASS,
     ALLOWED,
     {{LIMIT("boot_ms")},
      {LIMIT("watchdog_ms")},
      {LIMIT("reconnect_first_ms")},
      {LIMIT("reconnect_max_ms")},
      {LIMIT("reconnect_start_ms")}, /* within which the first call after a start comes */
      {LIMIT("queue_readings")},
      {LIMIT("recover_ms")}}}, /* until it answers again, whatever interrupted it */
};

#define RULE_COUNT (sizeof rules / sizeof rules[0])

size_t target_rule_count(void)
{
    return RULE_COUNT;
}

const struct target_rule *target_rule_at(size_t index)
{
    return &rules[index];
}

bool target_rule_allows(const struct target_rule *rule, enum target_class class)
{
    return (rule->classes & (1u << class)) != 0;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const struct target_rule *target_rule_find(const char *section, const char *driver,
                                           enum target_class class)
{
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (strcmp(rules[i].section, section) == 0 && is_same(rules[i].driver, driver) &&
            target_rule_allows(&rules[i], class)) {
            return &rules[i];
        }
    }
    return NULL;
}

size_t target_rule_key_count(const struct target_rule *rule)
{
    size_t count = 0;
    while (count < TARGET_KEYS && rule->keys[count].name != NULL) {
        count++;
    }
    return count;
}

const struct target_key *target_rule_key(const struct target_rule *rule, const char *name)
{
    for (size_t i = 0; i < target_rule_key_count(rule); i++) {
        if (strcmp(rule->keys[i].name, name) == 0) {
            return &rule->keys[i];
        }
    }
    return NULL;
}

const char *target_driver_key(const char *section)
{
    if (strcmp(section, "limits") == 0 || strcmp(section, "images") == 0) {
        return NULL;
    }
    return strcmp(section, "firmware") == 0 ? "board" : "driver";
}

const struct target_rule *target_rule_of(const struct target *target, const char *section)
{
    const char *key = target_driver_key(section);
    const char *driver = key == NULL ? NULL : target_find_setting(target, section, key);
    return key != NULL && driver == NULL ? NULL : target_rule_find(section, driver, target->class);
}
