/*
 * harness.h - the contract of a fuzz harness.
 *
 * A harness is one C file that defines harness_run(). Built by ordeal_add_harness(), the same
 * source becomes
 *
 *   NAME.libfuzzer    the fuzzer (AddressSanitizer, UndefinedBehaviorSanitizer)
 *   NAME.reproducer   the same sanitizers, inputs from files; what triage and a debugger run
 *   NAME.coverage     source-based coverage of a corpus
 *   NAME.afl          the same for AFL++, and NAME.mutator.so, its mutator (where AFL++ is installed)
 *
 * Rules: harness_run() is a function of its input alone. It leaves no state behind that a later
 * run could see, draws no entropy, reads no clock and no file: time is virtual.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stddef.h>
#include <stdint.h>

#define HARNESS_PRINTF(format_index, first_index)                                                  \
    __attribute__((format(printf, format_index, first_index)))

/*
 * Runs one input. `data` holds `size` bytes and belongs to the caller.
 * Returns 0, or -1 for an input that should not enter the corpus (malformed beyond use).
 */
int harness_run(const uint8_t *data, size_t size);

/*
 * Optional: a structure-aware mutator. Changes `data` (`size` bytes used, room for `max_size`) in
 * place and returns the new size, 1 to `max_size`. All choices follow from `seed`. Without one the
 * engine's own mutations are used.
 */
size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
    __attribute__((weak));

/* The engine's byte-level mutation, for use by harness_mutate(): returns the new size. */
size_t harness_mutate_bytes(uint8_t *data, size_t size, size_t max_size);

/*
 * Counts that an oracle of `clause` was evaluated; ORACLE does so. `clause` lives for ever. The counts
 * go where the gates' go: a property that was never looked at has not been kept. Each ORACLE keeps
 * where its count is, for it is evaluated a million times a second.
 */
#define HARNESS_MAX_CLAUSES 16
struct harness_oracle_site {
    const char *clause; /* NULL: not evaluated yet */
    uint64_t *count;
};
void harness_oracle_meet(struct harness_oracle_site *site, const char *clause);

static inline void harness_oracle_evaluated(struct harness_oracle_site *site, const char *clause)
{
    if (site->clause != clause) {
        harness_oracle_meet(site, clause);
    }
    (*site->count)++;
}

/*
 * States a property. `clause` is a provision of ETSI EN 303 645 such as "5.13-1B", `name` a word
 * that stays the same for ever (findings are told apart by it), then a printf format that says
 * what was seen. A violation ends the process: one line
 *
 *   ORACLE VIOLATED clause=<clause> name=<name> about=<about>: <message>
 *
 * and a stack trace on stderr, then abort(). ` about=` is there if harness_about() was called.
 */
#define ORACLE(clause, name, condition, ...)                                                       \
    do {                                                                                           \
        static struct harness_oracle_site harness_site_;                                           \
        harness_oracle_evaluated(&harness_site_, (clause));                                        \
        if (!(condition)) {                                                                        \
            harness_oracle_violated((clause), (name), __VA_ARGS__);                                \
        }                                                                                          \
    } while (0)

void harness_oracle_violated(const char *clause, const char *name, const char *format, ...)
    HARNESS_PRINTF(3, 4) __attribute__((noreturn));

/*
 * Says, as one word (a printf format of letters, digits, '-'), what is being asked of the code
 * under test: "function-6". An oracle is often checked after that code has returned, when the stack
 * no longer tells; findings of one oracle about two things are two. Holds until it is said again or
 * the input ends; at most HARNESS_MAX_ABOUT - 1 characters.
 */
#define HARNESS_MAX_ABOUT 32
void harness_about(const char *format, ...) HARNESS_PRINTF(1, 2);

/*
 * Reports that the code under test used up a budget (device calls, virtual time). Like an oracle,
 * but the line begins with HANG, so that triage files it as one.
 */
void harness_hang(const char *clause, const char *name, const char *format, ...)
    HARNESS_PRINTF(3, 4) __attribute__((noreturn));

/*
 * Counts that this input got past a gate ("framing", "login", ...), at most once for each input.
 * `name` is a string literal; at most HARNESS_MAX_GATES different ones. When the environment names
 * a file in ORDEAL_GATES, the counts are written there at exit, as JSON: {"inputs": n,
 * "oracles": {"5.5-5": n, ...}, "gates": {"login": n, ...}}.
 */
#define HARNESS_MAX_GATES 8
void harness_gate(const char *name);

/*
 * What the entry points (main_libfuzzer.c, main_standalone.c) call instead of harness_run(): counts
 * the input, and on the first input obeys ORDEAL_CONTROL=oracle|memory, with which the lab proves
 * before each run that this program can show a failure at all.
 */
int harness_execute(const uint8_t *data, size_t size);

#endif
