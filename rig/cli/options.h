/*
 * The command line as data: one table of commands and one of options. Parsing (parse.h), help
 * (help.h), the manual page (manual_page.h) and bash completion (completion.h) all read these
 * tables, so an option exists in all of them or in none.
 */
#ifndef ORDEAL_CLI_OPTIONS_H
#define ORDEAL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum command_id {
    COMMAND_DOCTOR,
    COMMAND_LIST,
    COMMAND_RUN,
    COMMAND_FUZZ,
    COMMAND_FINDINGS,
    COMMAND_REPRO,
    COMMAND_CAMPAIGN,
    COMMAND_REPORT,
    COMMAND_PROBE,
    COMMAND_HELP,
    COMMAND_COUNT
};

enum option_id {
    OPTION_TARGET,
    OPTION_BENCH,
    OPTION_SCENARIO,
    OPTION_DEPTH,
    OPTION_REPLAY,
    OPTION_FORCE,
    OPTION_ENGINE,
    OPTION_FIRST,
    OPTION_TIME,
    OPTION_JOBS,
    OPTION_SEED,
    OPTION_STATE,
    OPTION_CLAUSE,
    OPTION_WHY,
    OPTION_UNTIL,
    OPTION_HARNESS,
    OPTION_GDB,
    OPTION_NO_OPENOCD,
    OPTION_ATTEMPTS,
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_NO_COVERAGE,
    OPTION_REQUIRE_COVERAGE,
    OPTION_MAN,
    OPTION_COMPLETION,
    OPTION_STORE,
    OPTION_PROJECT,
    OPTION_BUILD,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
};

/* What follows an option, and how it is checked. */
enum option_kind {
    OPTION_KIND_FLAG,     /* nothing */
    OPTION_KIND_TEXT,     /* any text that is not empty */
    OPTION_KIND_TEXTS,    /* likewise, and may stand several times */
    OPTION_KIND_FOLDER,   /* as text; completed as a folder name */
    OPTION_KIND_NUMBER,   /* whole number within minimum..maximum */
    OPTION_KIND_DURATION, /* `90`, `90s`, `5m`, `1h`; seconds within minimum..maximum */
    OPTION_KIND_CHOICE,   /* one of choices */
    OPTION_KIND_CHOICES   /* one or more of choices, separated by commas; no duplicates */
};

#define COMMAND_BIT(id) (1U << (unsigned)(id))
#define COMMAND_ALL     (COMMAND_BIT(COMMAND_COUNT) - 1U)

struct option_spec {
    enum option_id id;          /* its own index in the table */
    const char *name;           /* without the dashes */
    char letter;                /* short form, or 0 */
    enum option_kind kind;      /* */
    const char *argument;       /* word that stands for the argument in help; NULL for a flag */
    unsigned commands;          /* COMMAND_BIT of each command that takes it */
    uint64_t minimum;           /* numbers and durations only */
    uint64_t maximum;           /* numbers and durations only */
    const char *const *choices; /* choices only; ends with NULL */
    const char *help;           /* one sentence without a full stop, with the default */
};

struct command_spec {
    enum command_id id;       /* its own index in the table */
    const char *name;         /* */
    const char *operands;     /* as help shows them; "" for none */
    size_t operands_minimum;  /* */
    size_t operands_maximum;  /* */
    const char *const *words; /* first operands that completion offers; ends with NULL; or NULL */
    const char *summary;      /* one line */
    const char *description;  /* a paragraph or more; paragraphs are separated by "\n\n" */
};

struct exit_status_spec {
    int status;
    const char *meaning;
};

/* The tables. Never NULL; each is indexed by the identifier. */
const struct command_spec *command_spec(enum command_id id);
const struct option_spec *option_spec(enum option_id id);

/* The exit codes and what each means; *count becomes the number of rows. */
const struct exit_status_spec *exit_status_specs(size_t *count);

/* True when COMMAND takes OPTION. */
bool command_takes(enum command_id command, enum option_id option);

/* True for an option that every command takes. */
bool option_is_global(enum option_id option);

/* Which form of `ordeal COMMAND` is meant: as typed, or NULL when there is no such command. */
const struct command_spec *command_find(const char *name);

#endif
