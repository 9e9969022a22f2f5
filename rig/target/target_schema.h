#ifndef RIG_TARGET_TARGET_SCHEMA_H
#define RIG_TARGET_TARGET_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/yaml_file.h"
#include "target/target_file.h"

/**
 * What may stand in a target file: for each section and driver the keys that it takes. One table,
 * in target_schema.c; a new driver is a new row there.
 */

/** What the value of a key is. */
enum target_value {
    TARGET_VALUE_WORD,      /**< [A-Za-z0-9._-], at most 64: a name that goes into a command line */
    TARGET_VALUE_NUMBER,    /**< as text_parse_number() reads it: 502, 16M, 0x80000000 */
    TARGET_VALUE_FILE,      /**< a file of the firmware, relative to the build folder */
    TARGET_VALUE_SCRIPTS,   /**< a list of script files, relative */
    TARGET_VALUE_PATH,      /**< an absolute path */
    TARGET_VALUE_DEVICE,    /**< the absolute path of a device that is attached to this machine */
    TARGET_VALUE_COMMAND,   /**< a command line as of base/command_words.h; no control characters */
    TARGET_VALUE_PASSWORD,  /**< 1 to 79 bytes; no control characters */
    TARGET_VALUE_SHA256,    /**< 64 hexadecimal digits of lower case */
    TARGET_VALUE_TEXT_LINE, /**< what a device prints, or a tool is told; no control characters */
};

/** A key of a driver. The key `fuse` of the map `lock` is called "lock.fuse". */
struct target_key {
    const char *name;
    enum target_value kind;
    bool optional; /**< a key in a map is needed only where its map is given */
    struct yaml_range range;
    const char *word; /**< of a WORD: the only one; of a NUMBER: may stand in its place; or NULL */
};

#define TARGET_KEYS 20

/** A driver of a section. */
struct target_rule {
    const char *section; /**< "power"; a driver in a map of the section is "modbus.rtu" */
    const char *driver;  /**< NULL: the section has none */
    unsigned classes;    /**< bit TARGET_NATIVE, ... is set when such a target may have it */
    bool needed;         /**< a target of these classes must have the section */
    struct target_key keys[TARGET_KEYS]; /**< ends at the first without a name, or when full */
};

/** The rows, in the order of a target file. */
size_t target_rule_count(void);
const struct target_rule *target_rule_at(size_t index);

/** Whether targets of that class may have what the rule describes. */
bool target_rule_allows(const struct target_rule *rule, enum target_class class);

/** The row of a driver in a class, or NULL. */
const struct target_rule *target_rule_find(const char *section, const char *driver,
                                           enum target_class class);

/** The row of the driver that a target that was loaded names for a section, or NULL. */
const struct target_rule *target_rule_of(const struct target *target, const char *section);

size_t target_rule_key_count(const struct target_rule *rule);

/** A key by its full name ("lock.fuse"), or NULL. */
const struct target_key *target_rule_key(const struct target_rule *rule, const char *name);

/** The key that names a section's driver: "board" of the firmware, else "driver"; NULL where none. */
const char *target_driver_key(const char *section);

#endif
