#include "cli/commands.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/completion.h"
#include "cli/help.h"
#include "cli/manual_page.h"
#include "cli/output.h"

static int find_topic(const struct command_line *line, const struct command_spec **topic,
                      struct diagnostic *diagnostic)
{
    *topic = NULL;
    if (line->given[OPTION_HELP] && line->has_command) {
        *topic = command_spec(line->command);
        return RIG_OK;
    }
    if (line->command != COMMAND_HELP || line->operand_count == 0)
        return RIG_OK;
    *topic = command_find(line->operands[0]);
    if (*topic == NULL)
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "no command '%.64s': see `ordeal --help`", line->operands[0]);
    return RIG_OK;
}

static void write_text(const struct command_line *line, const struct command_spec *topic, FILE *out)
{
    if (line->given[OPTION_MAN])
        manual_page_write(out);
    else if (line->given[OPTION_COMPLETION])
        completion_write(out);
    else if (topic != NULL)
        help_write_command(out, topic->id);
    else
        help_write_all(out);
}

static int print_help(const struct command_line *line, const struct command_spec *topic)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int error = RIG_OK;

    if (out == NULL)
        return RIG_ERROR_NO_MEMORY;
    write_text(line, topic, out);
    if (ferror(out) != 0)
        error = RIG_ERROR_NO_MEMORY;
    if (fclose(out) != 0)
        error = RIG_ERROR_NO_MEMORY;
    if (error == RIG_OK && line->given[OPTION_JSON])
        error = output_json(json_pack("{s:s}", "help", text));
    else if (error == RIG_OK)
        output_bytes(text, size);
    free(text);
    return error;
}

static int print_version(const struct command_line *line)
{
    if (line->given[OPTION_JSON])
        return output_json(json_pack("{s:s}", "version", ORDEAL_VERSION));
    output_print("ordeal %s\n", ORDEAL_VERSION);
    return RIG_OK;
}

int command_help(const struct command_line *line, enum exit_code *exit_code,
                 struct diagnostic *diagnostic)
{
    const struct command_spec *topic = NULL;
    int error;

    (void)exit_code;
    if (line->given[OPTION_VERSION] && !line->given[OPTION_HELP])
        return print_version(line);
    if (line->given[OPTION_MAN] && line->given[OPTION_COMPLETION])
        return diagnostic_fail(diagnostic, RIG_ERROR_USAGE,
                               "--man and --completion do not go together");
    error = find_topic(line, &topic, diagnostic);
    return error == RIG_OK ? print_help(line, topic) : error;
}
