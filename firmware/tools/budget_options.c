#include "budget_options.h"

#include "tool_report.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum option_code {
    OPTION_ELF = 1,
    OPTION_CALLS,
    OPTION_LIMITS,
    OPTION_NAME,
    OPTION_DRAFT,
    OPTION_HELP,
};

static const struct option option_table[] = {
    {"elf", required_argument, NULL, OPTION_ELF},
    {"calls", required_argument, NULL, OPTION_CALLS},
    {"limits", required_argument, NULL, OPTION_LIMITS},
    {"name", required_argument, NULL, OPTION_NAME},
    {"draft", no_argument, NULL, OPTION_DRAFT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

void budget_options_print_help(void)
{
    (void)printf(
        "usage: hearth-budget --elf FILE --calls FOLDER... --limits FILE [option]...\n"
        "Prints how much flash, RAM and stack a firmware takes, and fails above the limits.\n"
        "\n"
        "  --elf FILE       the firmware as linked, not stripped, without -flto\n"
        "  --calls FOLDER   with the *.ci files that gcc writes with -fcallgraph-info=su; several\n"
        "                   may follow. Of this firmware only\n"
        "  --limits FILE    see below\n"
        "  --name NAME      of the firmware, for the table (default: the ELF file's)\n"
        "  --draft          print what the limits file still has to say, as lines to fill in\n"
        "  --help           this text\n"
        "\n"
        "Limits file, one statement a line, # begins a comment:\n"
        "  text BYTES       code and constants\n"
        "  data BYTES       variables that begin with a value\n"
        "  bss BYTES        others, without .noinit*\n"
        "  stack BYTES      worst stack, interrupts included; all four limits must be there\n"
        "  entry NAME                     runs on an empty stack, as the reset handler does\n"
        "  interrupt NAME LEVEL           handlers of one level (0 to 255) never interrupt each\n"
        "                                 other; those of different levels pile up\n"
        "  exception BYTES                pushed at an interrupt: 32 (default), 104 with FPU\n"
        "  calls CALLER: CALLEE...        what CALLER may call through pointers\n"
        "  none CALLER REASON             CALLER's pointers are never set in this product\n"
        "  frame NAME BYTES REASON        stack of a function that no *.ci file defines, with all\n"
        "                                 that it calls; NAME may end with *\n"
        "  recursion NAME DEPTH REASON    NAME is active at most DEPTH times at once\n"
        "  stack-section NAME             an ELF section that bss goes without\n"
        "A static function is file.c:name, with as much of its path as is needed.\n"
        "\n"
        "Exit: 0 within the limits, 1 above one, 2 options or files, and then no number counts.\n");
}

/* A text that is not empty, once. */
static int read_text(const char **text, const char *option, const char *argument)
{
    if (*text != NULL) {
        return tool_refuse("%s is given twice; leave one of them out", option);
    }
    if (argument[0] == '\0') {
        return tool_refuse("%s is empty; see --help", option);
    }
    *text = argument;
    return 0;
}

static int add_folder(struct budget_options *options, const char *folder)
{
    if (options->folder_count == BUDGET_MOST_FOLDERS) {
        return tool_refuse("more than %u folders; name the folder around them",
                           BUDGET_MOST_FOLDERS);
    }
    options->folders[options->folder_count++] = folder;
    return 0;
}

static int read_option(struct budget_options *options, int code, const char *argument)
{
    switch (code) {
    case OPTION_ELF:
        return read_text(&options->elf, "--elf", argument);
    case OPTION_CALLS:
        return add_folder(options, argument);
    case OPTION_LIMITS:
        return read_text(&options->limits, "--limits", argument);
    case OPTION_NAME:
        return read_text(&options->name, "--name", argument);
    case OPTION_DRAFT:
        options->draft = true;
        return 0;
    case OPTION_HELP:
        options->help = true;
        return 0;
    default:
        return tool_refuse("unknown option, or one without its value; see --help");
    }
}

static int check_complete(struct budget_options *options)
{
    const char *slash;

    if (options->elf == NULL) {
        return tool_refuse("no --elf FILE; see --help");
    }
    if (options->folder_count == 0) {
        return tool_refuse("no --calls FOLDER; see --help");
    }
    if (options->limits == NULL) {
        return tool_refuse("no --limits FILE; see --help");
    }
    slash = strrchr(options->elf, '/');
    if (options->name == NULL) {
        options->name = slash != NULL ? slash + 1 : options->elf;
    }
    return 0;
}

int budget_options_read(struct budget_options *options, int argc, char **argv)
{
    int code;

    memset(options, 0, sizeof *options);
    opterr = 0;
    while (!options->help && (code = getopt_long(argc, argv, "", option_table, NULL)) != -1) {
        if (read_option(options, code, optarg) != 0) {
            return -1;
        }
    }
    if (options->help) {
        return 0;
    }
    if (optind < argc && options->folder_count == 0) {
        return tool_refuse("'%s' is no option; see --help", argv[optind]);
    }
    for (; optind < argc; optind++) {
        if (add_folder(options, argv[optind]) != 0) {
            return -1;
        }
    }
    return check_complete(options);
}
