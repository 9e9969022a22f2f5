/* tool_commands.h - the commands of hearth-image, one C file each. All return an exit code of
 * tool_report.h and have said what is wrong if that is not TOOL_EXIT_OK. */
#ifndef TOOLS_TOOL_COMMANDS_H
#define TOOLS_TOOL_COMMANDS_H

#include "tool_options.h"

int tool_vendor_keys(const struct tool_options *options);
int tool_sign(const struct tool_options *options);
int tool_inspect(const struct tool_options *options);

#endif
