#include "cli/doctor_target_programs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/command_words.h"
#include "base/file.h"
#include "base/process.h"
#include "cli/tool.h"
#include "target/target_schema.h"

#define AREA      "target"
#define TEXT_SIZE 512
#define HERE      "./" /* of an adapter: below the build folder */

/* A program, and the key that names it. */
struct program {
    const char *name;
    const char *section;
    const char *key;
};

/* Programs that switch power, and Debian's package with each. */
static const struct {
    const char *name;
    const char *package;
} packages[] = {{"uhubctl", "uhubctl"}, {"usbrelay", "usbrelay"}, {"gpioset", "gpiod"},
                {"openocd", "openocd"}, {"snmpset", "snmp"},      {"curl", "curl"}};

static void write_remedy(const struct program *program, const char *elsewhere, char text[TEXT_SIZE])
{
    const char *package = NULL;

    for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++) {
        if (strcmp(packages[i].name, program->name) == 0)
            package = packages[i].package;
    }
    if (elsewhere != NULL)
        (void)snprintf(text, TEXT_SIZE,
                       "write %.200s in `%s.%s` of the target's or the bench's file", elsewhere,
                       program->section, program->key);
    else
        (void)snprintf(text, TEXT_SIZE, "%s%s%scorrect `%s.%s` in the target's or the bench's file",
                       package != NULL ? "apt-get install " : "install it",
                       package != NULL ? package : "", ", or ", program->section, program->key);
}

/* Where the program is; "" when it is nowhere. For free(). */
static char *find(const struct lab *lab, const struct target *target, const struct program *program)
{
    struct diagnostic unused = {.text = ""};
    char *path = NULL;

    if (strcmp(program->section, "adapter") == 0 &&
        strncmp(program->name, HERE, strlen(HERE)) == 0) {
        if (workspace_find_firmware(lab->workspace, target->folder, program->name + strlen(HERE),
                                    &path, &unused) != RIG_OK)
            path = text_duplicate("");
    } else {
        path = process_find_program(program->name);
    }
    return path;
}

static int check_program(struct check_list *list, const struct lab *lab,
                         const struct target *target, const struct program *program)
{
    const bool is_path = strchr(program->name, '/') != NULL;
    char *path = find(lab, target, program);
    char *elsewhere = is_path ? NULL : tool_find(program->name);
    char remedy[TEXT_SIZE];
    const bool found = path != NULL && file_is_program(path);
    const struct outcome outcome = {AREA,
                                    program->name,
                                    found               ? path
                                    : elsewhere != NULL ? "is not in PATH, and elsewhere"
                                    : is_path           ? "is no program that can be started"
                                                        : "is not in PATH",
                                    remedy,
                                    true,
                                    found};
    int error = RIG_ERROR_NO_MEMORY;

    write_remedy(program, elsewhere, remedy);
    if (path != NULL)
        error = check_list_add(list, &outcome);
    free(elsewhere);
    free(path);
    return error;
}

/* Whether `on` and `off` are done by one program, which has its row. */
static bool is_told(const struct check_list *list, size_t first, const char *name)
{
    for (size_t i = first; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0)
            return true;
    }
    return false;
}

/* `first`: the list's count before this target's programs. */
static int check_command(struct check_list *list, size_t first, const struct lab *lab,
                         const struct target *target, struct program program)
{
    struct command_words command;
    const char *line = target_find_setting(target, program.section, program.key);
    int error;

    if (line == NULL)
        return RIG_OK;
    error = command_words_split(line, &command);

    if (error != RIG_OK)
        return error;
    program.name = command.argv[0];
    if (!is_told(list, first, program.name))
        error = check_program(list, lab, target, &program);
    command_words_free(&command);
    return error;
}

int doctor_check_target_programs(struct check_list *list, const struct lab *lab,
                                 const struct target *target)
{
    static const char *const sections[] = {"power", "adapter"};
    const size_t first = list->count;
    int error = RIG_OK;

    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const struct target_rule *rule = target_rule_of(target, sections[i]);
        const size_t count = rule == NULL ? 0 : target_rule_key_count(rule);

        for (size_t k = 0; error == RIG_OK && k < count; k++) {
            const struct program program = {NULL, sections[i], rule->keys[k].name};

            if (rule->keys[k].kind == TARGET_VALUE_COMMAND)
                error = check_command(list, first, lab, target, program);
        }
    }
    return error;
}
