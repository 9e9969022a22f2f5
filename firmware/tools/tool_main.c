/* hearth-image: keys, signed images, and what is in them. */
#include "tool_commands.h"
#include "tool_key.h"
#include "tool_report.h"

#include <stdio.h>

const char tool_name[] = "hearth-image";

static int run(const struct tool_options *options)
{
    switch ((int)options->command) {
    case TOOL_KEYGEN:
        return tool_key_generate(options->out) == 0 ? TOOL_EXIT_OK : TOOL_EXIT_USAGE;
    case TOOL_VENDOR_KEYS:
        return tool_vendor_keys(options);
    case TOOL_SIGN:
        return tool_sign(options);
    default:
        return tool_inspect(options);
    }
}

int main(int argc, char **argv)
{
    struct tool_options options;
    int result = TOOL_EXIT_OK;

    if (tool_options_read(&options, argc, argv) != 0) {
        return TOOL_EXIT_USAGE;
    }
    if (options.help) {
        tool_options_print_help();
    } else {
        result = run(&options);
    }
    if (fflush(stdout) != 0) {
        (void)tool_refuse("stdout cannot be written");
        return TOOL_EXIT_USAGE;
    }
    return result;
}
