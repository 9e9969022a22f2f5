#include "cli/completion.h"

#include "cli/options.h"

static void write_words(FILE *out, const char *const *words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        (void)fprintf(out, "%s%s", i > 0 ? " " : "", words[i]);
}

/* A case that offers what may follow an option. */
static void write_argument(FILE *out, const struct option_spec *spec)
{
    if (spec->kind == OPTION_KIND_FLAG)
        return;
    (void)fprintf(out, "        --%s", spec->name);
    if (spec->letter != 0)
        (void)fprintf(out, "|-%c", spec->letter);
    (void)fputs(")\n            ", out);
    if (spec->kind == OPTION_KIND_FOLDER) {
        (void)fputs("COMPREPLY=($(compgen -d -- \"$word\"))", out);
    } else if (spec->choices != NULL) {
        (void)fputs("COMPREPLY=($(compgen -W '", out);
        write_words(out, spec->choices);
        (void)fputs("' -- \"$word\"))", out);
    } else {
        (void)fputs("COMPREPLY=()", out);
    }
    (void)fputs("\n            return ;;\n", out);
}

/* A case that offers a command's own words and options. */
static void write_command(FILE *out, const struct command_spec *spec)
{
    (void)fprintf(out, "        %s) offers='", spec->name);
    write_words(out, spec->words);
    for (int id = 0; id < OPTION_COUNT; id++) {
        if (command_takes(spec->id, (enum option_id)id))
            (void)fprintf(out, " --%s", option_spec((enum option_id)id)->name);
    }
    (void)fputs("' ;;\n", out);
}

void completion_write(FILE *out)
{
    (void)fputs("# bash completion for ordeal\n_ordeal()\n{\n"
                "    local word=${COMP_WORDS[COMP_CWORD]}\n"
                "    local previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                "    local command='' offers='' each\n\n"
                "    case $previous in\n",
                out);
    for (int id = 0; id < OPTION_COUNT; id++)
        write_argument(out, option_spec((enum option_id)id));
    (void)fputs("    esac\n\n    for each in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                "        case $each in\n        -*) ;;\n"
                "        *) command=$each; break ;;\n        esac\n    done\n\n"
                "    case $command in\n        '') offers='",
                out);
    for (int id = 0; id < COMMAND_COUNT; id++)
        (void)fprintf(out, "%s ", command_spec((enum command_id)id)->name);
    (void)fputs("--help --version' ;;\n", out);
    for (int id = 0; id < COMMAND_COUNT; id++)
        write_command(out, command_spec((enum command_id)id));
    (void)fputs("    esac\n    COMPREPLY=($(compgen -W \"$offers\" -- \"$word\"))\n"
                "    if [ ${#COMPREPLY[@]} -eq 0 ]; then\n"
                "        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n"
                "}\ncomplete -o filenames -F _ordeal ordeal\n",
                out);
}
