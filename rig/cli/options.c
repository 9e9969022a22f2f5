#include "cli/options.h"

#include <string.h>

static const char *const list_words[] = {"targets", "harnesses", "scenarios", "clauses", NULL};
static const char *const findings_words[] = {"show", "close", "accept", "promote", NULL};
static const char *const campaign_words[] = {"quick", "standard", "deep", NULL};
static const char *const help_words[] = {"doctor",   "list",   "run",   "fuzz", "findings", "repro",
                                         "campaign", "report", "probe", "help", NULL};

static const char *const depth_choices[] = {"quick", "standard", "deep", NULL};
static const char *const engine_choices[] = {"libfuzzer", "afl", NULL};
static const char *const state_choices[] = {"open", "fixed", "accepted", "known", NULL};
static const char *const format_choices[] = {"json", "md", "junit", NULL};

static const struct command_spec commands[COMMAND_COUNT] = {
    [COMMAND_DOCTOR] =
        {COMMAND_DOCTOR, "doctor", "", 0, 0, NULL,
         "say what is installed, what is missing and how to get it",
         "Checks the tools and libraries that fuzzing and reproducing need, the harness programs "
         "that are built, the folders in use and whether the store can be written, and lists the "
         "debug probes that are attached by USB. With --target it checks what that target needs "
         "too: its file (with that of --bench, if given), tools, emulated machine, firmware, "
         "devices, debug probe and OpenOCD's scripts. Exits 3 when something that is needed is "
         "missing."},
    [COMMAND_LIST] =
        {COMMAND_LIST, "list", "targets|harnesses|scenarios|clauses", 1, 1, list_words,
         "list targets, harnesses, scenarios or clauses",
         "Lists what there is to work with: targets and harnesses of your own folder and of "
         "Ordeal, the scenarios with what they need and judge, or the provisions of ETSI EN 303 "
         "645 "
         "with the verdict that the store supports."},
    [COMMAND_RUN] =
        {COMMAND_RUN, "run", "", 0, 0, NULL, "run scenarios on a target",
         "Puts a running device through hostile input, outages, guessing, updates and erases, each "
         "scenario as several trials with a control (the bench could have seen a failure) and a "
         "proof that each fault fired, over a channel that is independent of what injected it. One "
         "gate decides the verdict: without control or proof there is no PASS. What the target "
         "lacks is NOT TESTED, with the reason. Results and findings go into the store, the logs "
         "of "
         "the trials beside them. Without --scenario and --clause: all scenarios.\n\n"
         "Each result has a replay id. --replay runs that one trial again, on the same firmware; "
         "another one is refused unless --force is given. Exits 0 when nothing failed, 1 with a "
         "finding, 3 on a bench error, 4 when something was inconclusive or nothing was judged."},
    [COMMAND_FUZZ] =
        {COMMAND_FUZZ, "fuzz", "HARNESS", 1, 1, NULL, "fuzz one harness",
         "Runs a control that shows that the bench can see a failure, then fuzzes the harness for "
         "the time given. Each new failure is reproduced, filed in the store as a finding under "
         "its clause and announced; fuzzing goes on past it. Inputs that teach something stay in "
         "the store for the next run."},
    [COMMAND_FINDINGS] =
        {COMMAND_FINDINGS, "findings", "[show|close|accept|promote F-n]", 0, 2, findings_words,
         "list, show or settle findings",
         "Without an operand: a table of the findings in the store. `show` prints one with its "
         "call stack, its inputs and how to reproduce it. `close` marks one as fixed; it opens "
         "again by itself when it is found again. `accept` keeps one from failing anything until "
         "a day is over; then it is open again. `promote` runs the inputs of one that is mended: "
         "when none fails any more, it writes the input into regressions/ of the harness's corpus "
         "and marks the finding as fixed, else it exits 1. "
         "A finding that the harness's baseline names is in state `known` and fails nothing."},
    [COMMAND_REPRO] =
        {COMMAND_REPRO, "repro", "F-n | FILE --harness H", 1, 1, NULL,
         "run a finding or an input file again",
         "Runs the stored input of a finding, or any file, in its own process and says whether "
         "the failure reproduces. Exits 1 when it does and 0 when it does not. Of a finding the "
         "minimised input is run and, when that passes, the original one. A finding of a scenario "
         "is "
         "the trial that its replay id names. A finding that was "
         "closed as fixed and fails is opened again."},
    [COMMAND_CAMPAIGN] =
        {COMMAND_CAMPAIGN, "campaign", "[quick|standard|deep]", 0, 1, campaign_words,
         "fuzz every harness, run the scenarios, then report",
         "Fuzzes all harnesses of your own, or Ordeal's when your folder has none, one after the "
         "other: for a minute in all (quick), two and a half (standard, the default) or two hours "
         "(deep), shared out evenly, at least 5 seconds each; --time sets the time of each "
         "harness instead. Then runs the scenarios on the target that --target names: a few trials "
         "of each (quick and standard) or many (deep). Without --target Ordeal's own harnesses go "
         "with the emulated board, or with the native target where the board's firmware is not "
         "built; yours go with none. Then writes the report and prints a summary. A harness that "
         "ends in a "
         "bench error does not stop the others. Ctrl-C stops "
         "the campaign; what was judged until then is still reported."},
    [COMMAND_REPORT] =
        {COMMAND_REPORT, "report", "", 0, 0, NULL, "write the report from the store",
         "Writes findings, runs and the verdict of each clause, with the rungs and the attack set "
         "behind every PASS and with what the rungs do not model. It also runs the coverage "
         "programs "
         "of your harnesses, or Ordeal's when there are none, over the committed inputs "
         "(corpora/NAME/seeds and regressions) and shows, file by file, which lines and branches "
         "they reach and what is never reached. A report is evidence; it certifies nothing."},
    [COMMAND_PROBE] = {COMMAND_PROBE, "probe", "", 0, 0, NULL, "open a target to a debugger",
                       "Switches the target on, an emulated one with its debug port open, attaches "
                       "OpenOCD to its "
                       "probe, prints the ports for gdb and for Tcl, and shows what the device "
                       "says on its console "
                       "until Ctrl-C ends it. The emulated board is a new device each time. Exits "
                       "3 when the bench "
                       "fails, 130 at Ctrl-C."},
    [COMMAND_HELP] = {COMMAND_HELP, "help", "[COMMAND]", 0, 1, help_words,
                      "show help, the manual page or shell completion",
                      "Shows help on one command, or on all. With --man: the manual page as roff. "
                      "With --completion: a bash completion script."},
};

#define ON_RUN      COMMAND_BIT(COMMAND_RUN)
#define ON_FUZZ     COMMAND_BIT(COMMAND_FUZZ)
#define ON_CAMPAIGN COMMAND_BIT(COMMAND_CAMPAIGN)

static const struct option_spec options[OPTION_COUNT] = {
    [OPTION_TARGET] =
        {OPTION_TARGET, "target", 't', OPTION_KIND_TEXT, "TARGET",
         COMMAND_BIT(COMMAND_DOCTOR) | ON_RUN | ON_FUZZ | ON_CAMPAIGN | COMMAND_BIT(COMMAND_PROBE),
         0, 0, NULL,
         "target by name; `fuzz` needs a native one (default: native; for `probe` and the "
         "scenarios of a campaign mps2_an505_qemu)"},
    [OPTION_BENCH] = {OPTION_BENCH, "bench", 0, OPTION_KIND_TEXT, "FILE",
                      ON_RUN | ON_CAMPAIGN | COMMAND_BIT(COMMAND_DOCTOR) |
                          COMMAND_BIT(COMMAND_REPRO) | COMMAND_BIT(COMMAND_PROBE),
                      0, 0, NULL,
                      "file with what only this machine knows of the target: serial ports, power "
                      "commands, passwords; merged over the target's file"},
    [OPTION_SCENARIO] = {OPTION_SCENARIO, "scenario", 's', OPTION_KIND_TEXTS, "ID",
                         ON_RUN | ON_CAMPAIGN, 0, 0, NULL,
                         "scenario, such as outage.power-idle, or family, such as outage; may "
                         "stand several times (default: all)"},
    [OPTION_DEPTH] = {OPTION_DEPTH, "depth", 0, OPTION_KIND_CHOICE, "DEPTH", ON_RUN, 0, 0,
                      depth_choices,
                      "how many trials: quick, standard or deep (default: standard)"},
    [OPTION_REPLAY] = {OPTION_REPLAY, "replay", 0, OPTION_KIND_TEXT, "ID", ON_RUN, 0, 0, NULL,
                       "run the one trial that a replay id names"},
    [OPTION_FORCE] = {OPTION_FORCE, "force", 0, OPTION_KIND_FLAG, NULL,
                      ON_RUN | COMMAND_BIT(COMMAND_REPRO), 0, 0, NULL,
                      "replay a trial on another firmware than the one that its id names"},
    [OPTION_ENGINE] = {OPTION_ENGINE, "engine", 0, OPTION_KIND_CHOICE, "ENGINE", ON_FUZZ, 0, 0,
                       engine_choices,
                       "fuzzing engine: libfuzzer, or afl for AFL++ (default: libfuzzer)"},
    [OPTION_TIME] = {OPTION_TIME, "time", 0, OPTION_KIND_DURATION, "DURATION",
                     ON_FUZZ | ON_CAMPAIGN, 1, 7 * 24 * 3600, NULL,
                     "how long to fuzz each harness: 90, 90s, 5m, 1h, up to 168h (default: 60s, or "
                     "what the campaign names)"},
    [OPTION_JOBS] = {OPTION_JOBS, "jobs", 'j', OPTION_KIND_NUMBER, "N", ON_FUZZ | ON_CAMPAIGN, 1,
                     64, NULL,
                     "fuzzer processes side by side, 1 to 64 (default: 1 for fuzz, the number of "
                     "cores for campaign)"},
    [OPTION_SEED] = {OPTION_SEED, "seed", 0, OPTION_KIND_NUMBER, "N",
                     ON_RUN | ON_FUZZ | ON_CAMPAIGN, 1, INT64_MAX, NULL,
                     "seed of random choices, 1 to 9223372036854775807 (default: from the "
                     "system; it is kept with the run)"},
    [OPTION_FIRST] = {OPTION_FIRST, "first", 0, OPTION_KIND_FLAG, NULL, COMMAND_BIT(COMMAND_FUZZ),
                      0, 0, NULL,
                      "end at the first finding that counts; other provisions are then not judged"},
    [OPTION_STATE] = {OPTION_STATE, "state", 0, OPTION_KIND_CHOICE, "STATE",
                      COMMAND_BIT(COMMAND_FINDINGS), 0, 0, state_choices,
                      "only findings in this state"},
    [OPTION_CLAUSE] = {OPTION_CLAUSE, "clause", 0, OPTION_KIND_TEXTS, "ID",
                       COMMAND_BIT(COMMAND_FINDINGS) | ON_RUN, 0, 0, NULL,
                       "only findings against this clause, or scenarios that speak to it, such as "
                       "5.13-1B; run takes several"},
    [OPTION_WHY] = {OPTION_WHY, "why", 0, OPTION_KIND_TEXT, "TEXT", COMMAND_BIT(COMMAND_FINDINGS),
                    0, 0, NULL, "why the finding is closed or accepted; kept with it"},
    [OPTION_UNTIL] = {OPTION_UNTIL, "until", 0, OPTION_KIND_TEXT, "DATE",
                      COMMAND_BIT(COMMAND_FINDINGS), 0, 0, NULL,
                      "last day of an acceptance, such as 2026-12-31 (UTC)"},
    [OPTION_HARNESS] = {OPTION_HARNESS, "harness", 0, OPTION_KIND_TEXT, "NAME",
                        COMMAND_BIT(COMMAND_REPRO), 0, 0, NULL, "harness that takes the FILE"},
    [OPTION_GDB] = {OPTION_GDB, "gdb", 0, OPTION_KIND_FLAG, NULL, COMMAND_BIT(COMMAND_REPRO), 0, 0,
                    NULL, "open the failing run in gdb"},
    [OPTION_NO_OPENOCD] = {OPTION_NO_OPENOCD, "no-openocd", 0, OPTION_KIND_FLAG, NULL,
                           COMMAND_BIT(COMMAND_PROBE), 0, 0, NULL,
                           "attach nothing: leave the probe to an OpenOCD of your own, and print "
                           "how it reaches it"},
    [OPTION_ATTEMPTS] = {OPTION_ATTEMPTS, "attempts", 0, OPTION_KIND_NUMBER, "N",
                         COMMAND_BIT(COMMAND_REPRO), 1, 100, NULL,
                         "how often to run the input, 1 to 100 (default: 3)"},
    [OPTION_FORMAT] = {OPTION_FORMAT, "format", 0, OPTION_KIND_CHOICES, "FORMAT,...",
                       COMMAND_BIT(COMMAND_REPORT), 0, 0, format_choices,
                       "formats to write: json, md, junit (default: md)"},
    [OPTION_OUTPUT] = {OPTION_OUTPUT, "output", 'o', OPTION_KIND_FOLDER, "DIR",
                       COMMAND_BIT(COMMAND_REPORT) | ON_CAMPAIGN, 0, 0, NULL,
                       "folder for the report (default: standard output for report, "
                       "ordeal-report for campaign)"},
    [OPTION_NO_COVERAGE] = {OPTION_NO_COVERAGE, "no-coverage", 0, OPTION_KIND_FLAG, NULL,
                            COMMAND_BIT(COMMAND_REPORT), 0, 0, NULL,
                            "leave out what the committed inputs reach of the code"},
    [OPTION_REQUIRE_COVERAGE] = {OPTION_REQUIRE_COVERAGE, "require-coverage", 0, OPTION_KIND_TEXT,
                                 "FOLDER=PERCENT,...", COMMAND_BIT(COMMAND_REPORT), 0, 0, NULL,
                                 "exit with 1 when the committed inputs reach less than this share "
                                 "of a folder's lines, such as src=90, and with 4 when not all of "
                                 "them could be run; needs no store"},
    [OPTION_MAN] = {OPTION_MAN, "man", 0, OPTION_KIND_FLAG, NULL, COMMAND_BIT(COMMAND_HELP), 0, 0,
                    NULL, "print the manual page as roff"},
    [OPTION_COMPLETION] = {OPTION_COMPLETION, "completion", 0, OPTION_KIND_FLAG, NULL,
                           COMMAND_BIT(COMMAND_HELP), 0, 0, NULL,
                           "print a completion script for bash"},
    [OPTION_STORE] = {OPTION_STORE, "store", 0, OPTION_KIND_FOLDER, "DIR", COMMAND_ALL, 0, 0, NULL,
                      "folder of findings and evidence (default: ordeal-store)"},
    [OPTION_PROJECT] = {OPTION_PROJECT, "project", 0, OPTION_KIND_FOLDER, "DIR", COMMAND_ALL, 0, 0,
                        NULL,
                        "folder of your own harnesses, corpora and targets (default: the current "
                        "folder)"},
    [OPTION_BUILD] = {OPTION_BUILD, "build", 0, OPTION_KIND_FOLDER, "DIR", COMMAND_ALL, 0, 0, NULL,
                      "folder that your harnesses are built in (default: build in the project "
                      "folder)"},
    [OPTION_JSON] = {OPTION_JSON, "json", 0, OPTION_KIND_FLAG, NULL, COMMAND_ALL, 0, 0, NULL,
                     "print one JSON value on standard output"},
    [OPTION_HELP] = {OPTION_HELP, "help", 'h', OPTION_KIND_FLAG, NULL, COMMAND_ALL, 0, 0, NULL,
                     "show help and exit"},
    [OPTION_VERSION] = {OPTION_VERSION, "version", 0, OPTION_KIND_FLAG, NULL, COMMAND_ALL, 0, 0,
                        NULL, "show the version and exit"},
};

static const struct exit_status_spec exit_statuses[] = {
    {0, "clean"},
    {1, "at least one finding"},
    {2, "wrong usage or configuration"},
    {3, "the bench failed: a tool is missing, a disk is full, a harness does not start"},
    {4, "inconclusive, or nothing was judged"},
    {130, "interrupted"},
};

const struct command_spec *command_spec(enum command_id id)
{
    return &commands[id];
}

const struct option_spec *option_spec(enum option_id id)
{
    return &options[id];
}

const struct exit_status_spec *exit_status_specs(size_t *count)
{
    *count = sizeof exit_statuses / sizeof exit_statuses[0];
    return exit_statuses;
}

bool command_takes(enum command_id command, enum option_id option)
{
    return (options[option].commands & COMMAND_BIT(command)) != 0;
}

bool option_is_global(enum option_id option)
{
    return options[option].commands == COMMAND_ALL;
}

const struct command_spec *command_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}
