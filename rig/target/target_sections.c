#include "target/target_sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near_name.h"
#include "target/target_schema.h"
#include "target/target_value.h"

#define MOST_NAMES 32
#define TEXT_SIZE  256

/* A map that names a driver, and what is known about it. */
struct part {
    const char *section; /* "power", "modbus.rtu" */
    struct yaml_place place;
    const struct target_rule *rule;
    const struct target *base; /* that `target` changes; NULL: none */
    struct target *target;
    struct diagnostic *diagnostic;
};

static int no_memory(struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_NO_MEMORY, "out of memory");
}

/* What could stand in the place of a wrong name. */
struct names {
    const char *items[MOST_NAMES];
    size_t count;
};

static void add_name(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return;
        }
    }
    if (names->count < MOST_NAMES) {
        names->items[names->count++] = name;
    }
}

/* "a, b, c" of as many as fit. */
static void list_names(const struct names *names, char text[TEXT_SIZE])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < names->count && used < TEXT_SIZE; i++) {
        int count =
            snprintf(text + used, TEXT_SIZE - used, "%s%s", i == 0 ? "" : ", ", names->items[i]);
        used += count < 0 ? TEXT_SIZE : (size_t)count;
    }
}

/* `wrong` says what is wrong with `name`. */
static int refuse_name(struct yaml_place place, const char *wrong, const char *name,
                       const struct names *known, struct diagnostic *diagnostic)
{
    const char *near = nearest_name(name, known->items, known->count);
    char list[TEXT_SIZE];
    list_names(known, list);
    if (known->count == 0) {
        return yaml_fail(place, diagnostic, "%s `%.64s`; remove it", wrong, name);
    }
    return yaml_fail(place, diagnostic, "%s `%.64s`; %s%s%sknown are %s", wrong, name,
                     near == NULL ? "" : "did you mean ", near == NULL ? "" : near,
                     near == NULL ? "" : "? ", list);
}

/* Takes over `name` and the values in any case. */
static int add_setting(struct target *target, char *name, struct text_list *values)
{
    struct target_setting *settings =
        name == NULL ? NULL
                     : realloc(target->settings, (target->setting_count + 1) * sizeof *settings);
    if (settings == NULL) {
        free(name);
        text_list_free(values);
        return RIG_ERROR_NO_MEMORY;
    }
    target->settings = settings;
    settings[target->setting_count++] = (struct target_setting){name, *values};
    return RIG_OK;
}

static int read_text(const struct part *part, const struct target_key *key, struct yaml_place place,
                     struct text_list *values)
{
    const char *text = NULL;
    int error = yaml_text(place, &text, part->diagnostic);
    if (error == RIG_OK && !target_value_fits(key, text)) {
        char wanted[TARGET_VALUE_TEXT];
        target_value_describe(key, wanted);
        return yaml_fail(place, part->diagnostic, "`%.64s` is no value of `%s`; write %s", text,
                         key->name, wanted);
    }
    if (error == RIG_OK && text_list_append(values, text) != RIG_OK) {
        return no_memory(part->diagnostic);
    }
    return error;
}

static int read_texts(const struct part *part, const struct target_key *key,
                      struct yaml_place place, struct text_list *values)
{
    if (yaml_kind(place) != YAML_KIND_LIST || yaml_count(place) == 0) {
        return yaml_fail(place, part->diagnostic, "`%s` is a list; write [one, another]",
                         key->name);
    }
    int error = RIG_OK;
    for (size_t i = 0; i < yaml_count(place) && error == RIG_OK; i++) {
        error = read_text(part, key, yaml_item(place, i), values);
    }
    return error;
}

static int refuse_key(const struct part *part, const struct yaml_pair *pair)
{
    struct names known = {{NULL}, 0};
    const char *driver_key = target_driver_key(part->section);
    if (driver_key != NULL) {
        add_name(&known, driver_key);
    }
    for (size_t i = 0; i < target_rule_key_count(part->rule); i++) {
        add_name(&known, part->rule->keys[i].name);
    }
    return refuse_name(pair->key_place, "unknown key", pair->key, &known, part->diagnostic);
}

/* Reads the value of the key that is called `name` in full. */
static int read_value(const struct part *part, const char *name, const struct yaml_pair *pair)
{
    const struct target_key *key = target_rule_key(part->rule, name);
    struct text_list values = {NULL, 0};
    if (key == NULL) {
        return refuse_key(part, pair);
    }
    int error = key->kind == TARGET_VALUE_SCRIPTS ? read_texts(part, key, pair->value, &values)
                                                  : read_text(part, key, pair->value, &values);
    if (error != RIG_OK) {
        text_list_free(&values);
        return error;
    }
    error = add_setting(part->target, text_format("%s.%s", part->section, name), &values);
    return error == RIG_OK ? RIG_OK : no_memory(part->diagnostic);
}

/* Whether the driver has keys in a map of that name. */
static bool has_map(const struct target_rule *rule, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < target_rule_key_count(rule); i++) {
        const char *key = rule->keys[i].name;
        if (strncmp(key, name, length) == 0 && key[length] == '.') {
            return true;
        }
    }
    return false;
}

static int read_map(const struct part *part, const struct yaml_pair *outer)
{
    int error = yaml_expect_map(outer->value, NULL, part->diagnostic);
    if (error == RIG_OK && yaml_count(outer->value) == 0) {
        return yaml_fail(outer->value, part->diagnostic,
                         "`%s` is empty, and says nothing; give its keys, or remove it",
                         outer->key);
    }
    for (size_t i = 0; error == RIG_OK && i < yaml_count(outer->value); i++) {
        struct yaml_pair inner = yaml_pair_at(outer->value, i);
        char *name = text_format("%s.%s", outer->key, inner.key);
        error = name == NULL ? no_memory(part->diagnostic) : read_value(part, name, &inner);
        free(name);
    }
    return error;
}

static int read_pair(const struct part *part, const struct yaml_pair *pair)
{
    const char *driver_key = target_driver_key(part->section);
    if (driver_key != NULL && strcmp(pair->key, driver_key) == 0) {
        return RIG_OK; /* choose_driver() has it */
    }
    if (has_map(part->rule, pair->key)) {
        return read_map(part, pair);
    }
    /* "lock.fuse" is a name of ours, not a way to write it. */
    return strchr(pair->key, '.') == NULL ? read_value(part, pair->key, pair)
                                          : refuse_key(part, pair);
}

static int refuse_driver(const struct part *part, const char *driver)
{
    struct names known = {{NULL}, 0};
    const char *key = target_driver_key(part->section);
    bool exists = false;
    char wrong[TEXT_SIZE];
    for (size_t i = 0; i < target_rule_count(); i++) {
        const struct target_rule *rule = target_rule_at(i);
        if (strcmp(rule->section, part->section) != 0) {
            continue;
        }
        exists = exists || strcmp(rule->driver, driver) == 0;
        if (target_rule_allows(rule, part->target->class)) {
            add_name(&known, rule->driver);
        }
    }
    if (exists) {
        (void)snprintf(wrong, sizeof wrong, "a target of class %s has no %s %s",
                       target_class_name(part->target->class), part->section, key);
    } else {
        (void)snprintf(wrong, sizeof wrong, "unknown %s %s", part->section, key);
    }
    return refuse_name(yaml_value_place(part->place, key), wrong, driver, &known, part->diagnostic);
}

/* Finds the row of the table that the part is read by. */
static int choose_driver(struct part *part)
{
    const char *key = target_driver_key(part->section);
    const char *driver = "";
    struct text_list values = {NULL, 0};
    if (key == NULL) {
        part->rule = target_rule_find(part->section, NULL, part->target->class);
        return RIG_OK;
    }
    struct yaml_place unused;
    if (part->base != NULL && !yaml_find(part->place, key, &unused)) {
        part->rule = target_rule_of(part->base, part->section);
        if (part->rule != NULL) {
            return RIG_OK;
        }
    }
    int error = yaml_get_text(part->place, key, &driver, part->diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    part->rule = target_rule_find(part->section, driver, part->target->class);
    if (part->rule == NULL) {
        return refuse_driver(part, driver);
    }
    if (text_list_append(&values, driver) != RIG_OK ||
        add_setting(part->target, text_format("%s.%s", part->section, key), &values) != RIG_OK) {
        return no_memory(part->diagnostic);
    }
    return RIG_OK;
}

/* The map that a key must be in: the part, or the map in it that the key's name begins with. False
 * when that map is not given. */
static bool find_holder(const struct part *part, const struct target_key *key,
                        struct yaml_place *holder)
{
    char outer[TEXT_SIZE];
    const char *dot = strchr(key->name, '.');
    *holder = part->place;
    if (dot == NULL) {
        return true;
    }
    (void)snprintf(outer, sizeof outer, "%.*s", (int)(dot - key->name), key->name);
    return yaml_find(part->place, outer, holder);
}

/* Whether the key stays as it is in the target that is changed. */
static bool base_has(const struct part *part, const struct target_key *key)
{
    return part->base != NULL && target_rule_of(part->base, part->section) == part->rule &&
           target_find_setting(part->base, part->section, key->name) != NULL;
}

static int expect_needed_keys(const struct part *part)
{
    for (size_t i = 0; i < target_rule_key_count(part->rule); i++) {
        const struct target_key *key = &part->rule->keys[i];
        struct yaml_place holder;
        if (!key->optional && find_holder(part, key, &holder) &&
            target_find_setting(part->target, part->section, key->name) == NULL &&
            !base_has(part, key)) {
            return yaml_fail(holder, part->diagnostic, "key `%s` is missing; %s %s %s needs it",
                             key->name, part->section, target_driver_key(part->section),
                             part->rule->driver);
        }
    }
    return RIG_OK;
}

/* What is read into, and over what. */
struct reading {
    const struct target *base;
    struct target *target;
    struct diagnostic *diagnostic;
};

static int read_part(const struct reading *reading, const char *section, struct yaml_place place)
{
    struct diagnostic *diagnostic = reading->diagnostic;
    struct part part = {section, place, NULL, reading->base, reading->target, diagnostic};
    int error = yaml_expect_map(place, NULL, diagnostic);
    if (error == RIG_OK) {
        error = choose_driver(&part);
    }
    for (size_t i = 0; error == RIG_OK && i < yaml_count(place); i++) {
        struct yaml_pair pair = yaml_pair_at(place, i);
        error = read_pair(&part, &pair);
    }
    return error == RIG_OK ? expect_needed_keys(&part) : error;
}

static bool is_section(const char *name)
{
    for (size_t i = 0; i < target_rule_count(); i++) {
        if (strcmp(target_rule_at(i)->section, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds what may stand in a section whose drivers are in maps: rtu and tcp of modbus. */
static void add_parts(struct names *names, const char *section)
{
    size_t length = strlen(section);
    for (size_t i = 0; i < target_rule_count(); i++) {
        const char *name = target_rule_at(i)->section;
        if (strncmp(name, section, length) == 0 && name[length] == '.') {
            add_name(names, name + length + 1);
        }
    }
}

static int read_parts(const struct reading *reading, const struct yaml_pair *pair,
                      const struct names *parts)
{
    struct diagnostic *diagnostic = reading->diagnostic;
    int error = yaml_expect_map(pair->value, NULL, diagnostic);
    for (size_t i = 0; error == RIG_OK && i < yaml_count(pair->value); i++) {
        struct yaml_pair inner = yaml_pair_at(pair->value, i);
        char *section = text_format("%s.%s", pair->key, inner.key);
        if (section == NULL) {
            error = no_memory(diagnostic);
        } else if (!is_section(section)) {
            error = refuse_name(inner.key_place, "unknown key", inner.key, parts, diagnostic);
        } else {
            error = read_part(reading, section, inner.value);
        }
        free(section);
    }
    return error;
}

static int refuse_root_key(const struct yaml_pair *pair, const char *const *head,
                           struct diagnostic *diagnostic)
{
    struct names known = {{NULL}, 0};
    char sections[MOST_NAMES][32];
    for (size_t i = 0; head[i] != NULL; i++) {
        add_name(&known, head[i]);
    }
    for (size_t i = 0; i < target_rule_count() && i < MOST_NAMES; i++) {
        const char *section = target_rule_at(i)->section;
        (void)snprintf(sections[i], sizeof sections[i], "%.*s", (int)strcspn(section, "."),
                       section);
        add_name(&known, sections[i]);
    }
    return refuse_name(pair->key_place, "unknown key", pair->key, &known, diagnostic);
}

static bool is_in(const char *const *names, const char *name)
{
    for (; *names != NULL; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

static int read_root_key(const struct reading *reading, const struct yaml_pair *pair,
                         const char *const *head)
{
    struct names parts = {{NULL}, 0};
    if (is_in(head, pair->key)) {
        return RIG_OK;
    }
    if (is_section(pair->key) && strchr(pair->key, '.') == NULL) {
        return read_part(reading, pair->key, pair->value);
    }
    add_parts(&parts, pair->key);
    return parts.count > 0 ? read_parts(reading, pair, &parts)
                           : refuse_root_key(pair, head, reading->diagnostic);
}

static int expect_needed_sections(struct yaml_place root, const struct target *target,
                                  struct diagnostic *diagnostic)
{
    for (size_t i = 0; i < target_rule_count(); i++) {
        const struct target_rule *rule = target_rule_at(i);
        if (rule->needed && target_rule_allows(rule, target->class) &&
            target_rule_of(target, rule->section) == NULL) {
            return yaml_fail(root, diagnostic,
                             "section `%s` is missing; a target of class %s needs it",
                             rule->section, target_class_name(target->class));
        }
    }
    return RIG_OK;
}

static int read_root(const struct reading *reading, struct yaml_place root, const char *const *head)
{
    int error = yaml_expect_map(root, NULL, reading->diagnostic);
    for (size_t i = 0; error == RIG_OK && i < yaml_count(root); i++) {
        struct yaml_pair pair = yaml_pair_at(root, i);
        error = read_root_key(reading, &pair, head);
    }
    return error;
}

int target_sections_read_over(struct yaml_place root, const struct target *base,
                              struct target *changes, struct diagnostic *diagnostic)
{
    static const char *const no_head[] = {NULL};
    const struct reading reading = {base, changes, diagnostic};
    return read_root(&reading, root, no_head);
}

int target_sections_read(struct yaml_place root, const char *const *head, struct target *target,
                         struct diagnostic *diagnostic)
{
    const struct reading reading = {NULL, target, diagnostic};
    int error = read_root(&reading, root, head);
    return error == RIG_OK ? expect_needed_sections(root, target, diagnostic) : error;
}
