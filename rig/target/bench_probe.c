#include "target/bench_probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "target/bench_device.h"

enum {
    ADAPTER_COMMANDS = 5, /* their end included */
    COMMAND_ROOM = 160,
};

/* How OpenOCD finds the adapter. */
struct adapter_commands {
    const char *list[ADAPTER_COMMANDS];
    char text[COMMAND_ROOM];
};

static bool is_virtual(const struct bench *bench)
{
    return bench->target->class == TARGET_EMULATED;
}

static void name_virtual(struct adapter_commands *commands, const char *path)
{
    (void)snprintf(commands->text, sizeof(commands->text), "buspirate port %s", path);
    commands->list[0] = "adapter driver buspirate";
    commands->list[1] = commands->text;
    commands->list[2] = "buspirate mode normal";
    commands->list[3] = "buspirate speed normal";
}

/* Its scripts name the adapter; of several, the serial number tells which. */
static void name_attached(struct adapter_commands *commands, const struct bench *bench)
{
    const char *serial = target_find_setting(bench->target, "probe", "serial");

    if (serial != NULL) {
        (void)snprintf(commands->text, sizeof(commands->text), "adapter serial %s", serial);
        commands->list[0] = commands->text;
    }
}

/* The scripts as a list that ends with NULL, for free(); NULL without memory. */
static const char **list_scripts(const struct text_list *scripts)
{
    const char **list = calloc(scripts->count + 1, sizeof(*list));

    for (size_t i = 0; list != NULL && i < scripts->count; i++) {
        list[i] = scripts->items[i];
    }
    return list;
}

char *bench_script_folder(const struct target *target)
{
    return text_format("%s/targets/openocd", target->folder != NULL ? target->folder : ".");
}

static struct probe_word known_word(const struct bench *bench)
{
    uint64_t address = 0;
    uint64_t value = 0;
    const bool exists = target_find_number(bench->target, "probe", "known.address", &address) &&
                        target_find_number(bench->target, "probe", "known.value", &value);

    return (struct probe_word){exists, (uint32_t)address, (uint32_t)value};
}

struct probe_range bench_probe_ram(const struct bench *bench)
{
    uint64_t base = 0;
    uint64_t size = 0;

    return target_find_number(bench->target, "probe", "ram.base", &base) &&
                   target_find_number(bench->target, "probe", "ram.size", &size)
               ? (struct probe_range){(uint32_t)base, (uint32_t)size}
               : (struct probe_range){0, 0};
}

static int open_probe(struct bench *bench, struct probe *probe, struct openocd_options *options,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const struct text_list *scripts = target_find_list(bench->target, "probe", "openocd");
    const char **files = list_scripts(scripts);
    char *search = bench_script_folder(bench->target);
    char *log = file_join(bench->evidence, "openocd.log");
    int error = files != NULL && search != NULL && log != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    options->files = files;
    options->search = search;
    options->log_path = log;
    if (error == RIG_OK) {
        error = probe_open(probe, options, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        probe->known = known_word(bench);
        probe->ram = bench_probe_ram(bench);
    }
    free(files);
    free(search);
    free(log);
    return error;
}

static int name_adapter(const struct bench *bench, struct adapter_commands *commands,
                        struct diagnostic *diagnostic)
{
    if (target_find_setting(bench->target, "probe", "driver") == NULL) {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE, "%s has no debug probe",
                               bench->target->name);
    }
    if (!is_virtual(bench)) {
        name_attached(commands, bench);
    } else if (bench->probe_path != NULL) {
        name_virtual(commands, bench->probe_path);
    } else {
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "the emulated device is off, and with it its probe");
    }
    return RIG_OK;
}

int bench_attach(struct bench *bench, struct probe *probe, int64_t deadline_ms,
                 struct diagnostic *diagnostic)
{
    struct adapter_commands commands = {.list = {NULL}};
    struct openocd_options options = {.adapter = commands.list};
    int error;

    memset(probe, 0, sizeof(*probe));
    error = name_adapter(bench, &commands, diagnostic);
    return error == RIG_OK ? open_probe(bench, probe, &options, deadline_ms, diagnostic) : error;
}

/* Appends to *text, which is freed and NULL when there is no memory; `quote` is before and behind the word. */
static void append_word(char **text, const char *option, const char *quote, const char *word)
{
    char *longer = *text == NULL
                       ? NULL
                       : text_format("%s%s%s %s%s%s", *text, (*text)[0] != '\0' ? " " : "", option,
                                     quote, word, quote);

    free(*text);
    *text = longer;
}

/* Scripts and serial numbers are plain words (target_schema.h), and so is the path of a terminal. */
int bench_describe_attachment(const struct bench *bench, char **options,
                              struct diagnostic *diagnostic)
{
    const struct text_list *scripts = target_find_list(bench->target, "probe", "openocd");
    struct adapter_commands commands = {.list = {NULL}};
    char *search = NULL;
    int error = name_adapter(bench, &commands, diagnostic);

    *options = NULL;
    if (error != RIG_OK) {
        return error;
    }
    search = bench_script_folder(bench->target);
    *options = search != NULL ? text_duplicate("") : NULL;
    append_word(options, "-s", "'", search != NULL ? search : "");
    for (size_t i = 0; commands.list[i] != NULL; i++) {
        append_word(options, "-c", "'", commands.list[i]);
    }
    for (size_t i = 0; i < scripts->count; i++) {
        append_word(options, "-f", "", scripts->items[i]);
    }
    free(search);
    return *options != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;
}

bool bench_can_hold_at_opening(const struct bench *bench)
{
    return bench->device->hold_at_opening != NULL && bench->probe_path != NULL;
}

int bench_hold_at_opening(struct bench *bench, bool hold, int64_t deadline_ms,
                          struct diagnostic *diagnostic)
{
    return bench_can_hold_at_opening(bench)
               ? bench->device->hold_at_opening(bench, hold, deadline_ms, diagnostic)
               : diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                                 "the bench cannot hold %s at the opening of its debug port",
                                 bench->target->name);
}
