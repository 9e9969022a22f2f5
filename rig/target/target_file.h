#ifndef RIG_TARGET_TARGET_FILE_H
#define RIG_TARGET_TARGET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"
#include "base/text.h"
#include "base/workspace.h"
#include "findings/verdict.h"

/** What a target is made of. */
enum target_class {
    TARGET_NATIVE,   /**< a Linux process */
    TARGET_EMULATED, /**< the target's binary in an emulator */
    TARGET_BOARD,    /**< an attached board */
};

/** A setting by its full name: "power.driver", "modbus.rtu.unit", "limits.boot_ms". */
struct target_setting {
    char *name;
    struct text_list values; /**< at least one; more only where the schema says that it is a list */
};

/** A target as its file describes it. Owns its strings. */
struct target {
    char *path;   /**< of the file */
    char *folder; /**< of the workspace, where the file is in targets/; NULL after target_load() */
    char *name;   /**< the same as the file's name without .yaml */
    char *title;  /**< the name when the file gives none */
    enum target_class class;
    struct target_setting *settings; /**< as target_schema.h allows them, in the file's order */
    size_t setting_count;
    struct text_list fidelity; /**< what this rung does not model, one sentence each */
};

struct target_list {
    struct target *items;
    size_t count;
};

/**
 * Reads one file strictly. An unknown key or driver, a value that target_schema.h does not allow, a
 * key or section that is missing, values that do not fit together (target_check.h):
 * RIG_ERROR_CONFIGURATION with file, line and remedy.
 */
RIG_MUST_CHECK int target_load(const char *path, struct target *target,
                               struct diagnostic *diagnostic);

/** Frees what a target owns and makes it all zero. */
void target_clear(struct target *target);

/**
 * Reads every .yaml file in `targets/` of the user's folder, then of the own root; of two with one
 * name the user's stands. One bad file is an error. Sorted by name within a folder.
 */
RIG_MUST_CHECK int target_list_load(const struct workspace *workspace, struct target_list *list,
                                    struct diagnostic *diagnostic);
void target_list_free(struct target_list *list);

/**
 * The same, but a bad file does not end it: what is wrong with it, one line, is appended to
 * `flaws`, and a file of its name in a later folder does not take its place. `flaws` is the
 * caller's in any case.
 */
RIG_MUST_CHECK int target_list_load_sound(const struct workspace *workspace,
                                          struct target_list *list, struct text_list *flaws,
                                          struct diagnostic *diagnostic);

/**
 * Reads the one target of that name, from `targets/` of the user's folder or else of the own root;
 * what is wrong with other files does not matter. RIG_ERROR_NOT_FOUND as target_list_find();
 * `target` is all zero after an error. Free with target_clear().
 */
RIG_MUST_CHECK int target_find(const struct workspace *workspace, const char *name,
                               struct target *target, struct diagnostic *diagnostic);

/** Finds by name. RIG_ERROR_NOT_FOUND with a diagnostic that lists the names there are. */
RIG_MUST_CHECK int target_list_find(const struct target_list *list, const char *name,
                                    const struct target **target, struct diagnostic *diagnostic);

/**
 * A setting's text, or NULL when the file does not have it. A section that holds maps is named with
 * the map: `target_find_setting(t, "modbus.rtu", "unit")`.
 */
const char *target_find_setting(const struct target *target, const char *section, const char *name);

/** All values of a setting that is a list; NULL when the file does not have it. */
const struct text_list *target_find_list(const struct target *target, const char *section,
                                         const char *name);

/** A setting's number (16M and 0x80000000 included). False when it is not there or is a word. */
RIG_MUST_CHECK bool target_find_number(const struct target *target, const char *section,
                                       const char *name, uint64_t *number);

/** "native", "emulated" or "board". */
const char *target_class_name(enum target_class class);

/** The rung that stands beside this target's verdicts. */
enum rung target_rung(const struct target *target);

#endif
