#ifndef RIG_TARGET_TARGET_FILE_H
#define RIG_TARGET_TARGET_FILE_H

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

/** A setting of a section. A nested map `rtu: {unit: 1}` is the name "rtu.unit". */
struct target_setting {
    char *name;
    char *value;
};

/** A section: `power`, `console`, `modbus`, ... with its driver's parameters. */
struct target_section {
    char *name;
    struct target_setting *settings;
    size_t setting_count;
};

/** A limit, in the unit that its name ends in (`boot_ms`). */
struct target_limit {
    char *name;
    uint64_t value;
};

/** A target as its file describes it. Owns its strings. */
struct target {
    char *path;  /**< of the file */
    char *name;  /**< the same as the file's name without .yaml */
    char *title; /**< the name when the file gives none */
    enum target_class class;
    struct target_section *sections; /**< firmware, power, console, probe, modbus, net, ... */
    size_t section_count;
    struct target_limit *limits;
    size_t limit_count;
    struct text_list fidelity; /**< what this rung does not model, one sentence each */
};

struct target_list {
    struct target *items;
    size_t count;
};

/** Reads one file strictly; unknown keys are refused with file and line. */
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

/** Finds by name. RIG_ERROR_NOT_FOUND with a diagnostic that lists the names there are. */
RIG_MUST_CHECK int target_list_find(const struct target_list *list, const char *name,
                                    const struct target **target, struct diagnostic *diagnostic);

/** A setting's text, or NULL: `target_find_setting(t, "modbus", "rtu.unit")`. */
const char *target_find_setting(const struct target *target, const char *section, const char *name);

/** "native", "emulated" or "board". */
const char *target_class_name(enum target_class class);

/** The rung that stands beside this target's verdicts. */
enum rung target_rung(const struct target *target);

#endif
