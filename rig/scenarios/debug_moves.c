#include "scenarios/debug_moves.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "scenarios/moves.h"
#include "target/probe_access.h"
#include "target/probe_claim.h"

enum {
    ATTACH_MS = 30000,
    ACCESS_MS = 10000, /* for one access; a chip takes a millisecond */
    LOOK_MS = 100,     /* for an answer of the device between two rounds */
    DUMP_MS = 30000,
    PROGRAM_BYTES = 128 * 1024,
    WORD = 4,
};

/* Armv8-M Architecture Reference Manual, D1.2.3: the key, and SYSRESETREQ. */
static const uint32_t aircr = 0xE000ED0C;
static const uint32_t aircr_reset = 0x05FA0004;

static const uint32_t pattern = 0x0D0DECAF;

static int64_t soon(void)
{
    return process_clock_ms() + ACCESS_MS;
}

void debug_begin(struct debug_session *session, struct trial *trial)
{
    memset(session, 0, sizeof *session);
    session->trial = trial;
    session->ram = bench_probe_ram(trial->bench);
}

int debug_no_silence(int error)
{
    return error == RIG_ERROR_TIMEOUT ? RIG_ERROR_BENCH : error;
}

int debug_attach(struct debug_session *session, struct diagnostic *diagnostic)
{
    int error;

    debug_detach(session);
    session->is_attached = true;
    error = bench_attach(session->trial->bench, &session->probe, process_clock_ms() + ATTACH_MS,
                         diagnostic);
    return error == RIG_OK ? probe_access_begin(&session->probe, soon(), diagnostic)
                           : debug_no_silence(error);
}

void debug_detach(struct debug_session *session)
{
    if (session->is_attached)
        probe_close(&session->probe);
    session->is_attached = false;
}

int debug_look(struct debug_session *session, bool *open, struct diagnostic *diagnostic)
{
    struct probe_finding finding;
    const int error =
        debug_no_silence(probe_find_state(&session->probe, &finding, soon(), diagnostic));

    *open =
        error == RIG_OK && finding.state != PROBE_LOCKED && finding.state != PROBE_MEMORY_LOCKED;
    if (error != RIG_OK || finding.state == PROBE_OPEN || finding.state == PROBE_READ_OUT ||
        finding.state == PROBE_MEMORY_LOCKED || finding.state == PROBE_LOCKED)
        return error;
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "the debug port is neither open nor shut, but %s: %.300s",
                           probe_state_name(finding.state), finding.evidence);
}

/* ---- attempts ---- */

/* The chip's refusal is an outcome. *through: the access was made. */
static int outcome(int error, bool *through)
{
    *through = error == RIG_OK;
    return error == RIG_ERROR_DEVICE ? RIG_OK : error;
}

static int try_halt(struct debug_session *session, struct debug_breach *breach,
                    struct diagnostic *diagnostic)
{
    bool halted = false;
    bool through;
    const int error =
        outcome(probe_access_halt(&session->probe, &halted, soon(), diagnostic), &through);

    breach->halted += through && halted;
    return error;
}

/* A word counts when it is the right one: what is made up is not read. */
static int try_read(struct debug_session *session, const struct probe_word *word, unsigned *count,
                    struct diagnostic *diagnostic)
{
    uint32_t value = 0;
    bool through;
    int error = RIG_OK;

    if (!word->exists)
        return RIG_OK;
    error = outcome(probe_access_read(&session->probe, word->address, &value, soon(), diagnostic),
                    &through);
    *count += through && value == word->value;
    return error;
}

/* The last word of the memory: what was there is put back. */
static int try_write(struct debug_session *session, struct debug_breach *breach,
                     struct diagnostic *diagnostic)
{
    const uint32_t address = session->ram.base + session->ram.size - WORD;
    struct probe *probe = &session->probe;
    uint32_t before = 0;
    uint32_t after = 0;
    bool has_read;
    bool has_written;
    bool has_looked;
    int error = outcome(probe_access_read(probe, address, &before, soon(), diagnostic), &has_read);

    if (error == RIG_OK)
        error = outcome(probe_access_write(probe, address, before ^ pattern, soon(), diagnostic),
                        &has_written);
    if (error == RIG_OK)
        error = outcome(probe_access_read(probe, address, &after, soon(), diagnostic), &has_looked);
    if (error != RIG_OK)
        return error;
    if (!has_looked || after != (before ^ pattern))
        return RIG_OK;
    breach->written++;
    return outcome(probe_access_write(probe, address, has_read ? before : 0, soon(), diagnostic),
                   &has_written);
}

static int try_registers(struct debug_session *session, struct debug_breach *breach,
                         struct diagnostic *diagnostic)
{
    uint32_t value = 0;
    bool ready = false;
    bool through;
    const int error =
        outcome(probe_access_program_counter(&session->probe, &value, &ready, soon(), diagnostic),
                &through);

    breach->registers += through && ready && value != 0;
    return error;
}

int debug_try(struct debug_session *session, struct debug_breach *breach,
              struct diagnostic *diagnostic)
{
    const unsigned halted = breach->halted;
    bool open;
    bool through;
    int error = debug_look(session, &open, diagnostic);

    breach->rounds++;
    if (error == RIG_OK)
        error = try_halt(session, breach, diagnostic);
    if (error == RIG_OK)
        error = try_read(session, &session->probe.known, &breach->read, diagnostic);
    if (error == RIG_OK)
        error = try_read(session, &session->canary, &breach->canary, diagnostic);
    if (error == RIG_OK)
        error = try_write(session, breach, diagnostic);
    if (error == RIG_OK)
        error = try_registers(session, breach, diagnostic);
    if (error != RIG_OK || breach->halted == halted)
        return error;
    return outcome(probe_access_release(&session->probe, soon(), diagnostic), &through);
}

/* `before`: an answer of a device that has not started since then does not count; NULL: any does. */
static int try_until(struct debug_session *session, struct debug_breach *breach,
                     const struct adapter_health *before, struct adapter_health *health, bool *up,
                     struct diagnostic *diagnostic)
{
    struct bench *bench = session->trial->bench;
    const uint64_t position = console_port_position(&bench->console);
    const int64_t deadline = move_deadline(session->trial);
    int error;

    do {
        error = debug_try(session, breach, diagnostic);
        if (error != RIG_OK)
            return error;
        error = bench_wait_healthy(bench, bench_first_channel(bench), health,
                                   process_clock_ms() + LOOK_MS, diagnostic);
        *up = error == RIG_OK &&
              (before == NULL || move_has_restarted(session->trial, before, health, position));
    } while ((error == RIG_OK || move_is_silence(error)) && !*up && process_clock_ms() < deadline);
    if (error != RIG_OK && !move_is_silence(error))
        return error;
    (void)trial_measure(session->trial, "answers", *up, "%s",
                        error == RIG_OK ? (*up ? "it does" : "it does not start again")
                                        : diagnostic->text);
    if (*up && before != NULL)
        (void)move_prove_restart(session->trial, before, health, position);
    return RIG_OK;
}

int debug_try_until_up(struct debug_session *session, struct debug_breach *breach,
                       struct adapter_health *health, bool *up, struct diagnostic *diagnostic)
{
    return try_until(session, breach, NULL, health, up, diagnostic);
}

int debug_try_until_restarted(struct debug_session *session, struct debug_breach *breach,
                              struct adapter_health *health, bool *up,
                              struct diagnostic *diagnostic)
{
    const struct adapter_health before = *health;

    return try_until(session, breach, &before, health, up, diagnostic);
}

/* ---- resets ---- */

int debug_reset_core(struct debug_session *session, struct diagnostic *diagnostic)
{
    return probe_access_write(&session->probe, aircr, aircr_reset, soon(), diagnostic);
}

int debug_reset_line(struct debug_session *session, struct diagnostic *diagnostic)
{
    const int error = probe_hold_reset(&session->probe, true, soon(), diagnostic);

    return error == RIG_OK ? probe_hold_reset(&session->probe, false, soon(), diagnostic) : error;
}

int debug_dump(struct debug_session *session, struct probe_range range,
               struct file_content *content, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char *path = file_join(session->trial->bench->folder, "dump.bin");
    int error = path == NULL ? RIG_ERROR_NO_MEMORY
                             : probe_dump(&session->probe, path, range.base, range.size,
                                          deadline_ms, diagnostic);

    file_content_free(content);
    if (error == RIG_OK)
        error = file_read(path, range.size, content, diagnostic);
    free(path);
    return error;
}

/* The program behind the known word. */
static int read_program(struct debug_session *session, struct file_content *program,
                        struct diagnostic *diagnostic)
{
    const struct probe_range range = {session->probe.known.address, PROGRAM_BYTES};

    return debug_dump(session, range, program, process_clock_ms() + DUMP_MS, diagnostic);
}

/* `B .`, Armv6-M and later: 0xE7FE. */
static int find_loop(struct debug_session *session, uint32_t *address,
                     struct diagnostic *diagnostic)
{
    struct file_content program = {0};
    int error = read_program(session, &program, diagnostic);

    if (error != RIG_OK)
        return error;
    error = RIG_ERROR_NOT_FOUND;
    for (size_t i = 0; error != RIG_OK && i + 1 < program.size; i += 2) {
        *address = session->probe.known.address + (uint32_t)i;
        error = program.bytes[i] == 0xFE && program.bytes[i + 1] == 0xE7 ? RIG_OK : error;
    }
    file_content_free(&program);
    return error == RIG_OK ? RIG_OK
                           : diagnostic_fail(diagnostic, RIG_ERROR_NOT_FOUND,
                                             "no branch to itself behind the known word");
}

int debug_hang_core(struct debug_session *session, struct diagnostic *diagnostic)
{
    struct probe *probe = &session->probe;
    uint32_t loop = 0;
    int error = probe_examine(probe, soon(), diagnostic);

    if (error == RIG_OK)
        error = probe_halt(probe, soon(), diagnostic);
    if (error == RIG_OK)
        error = find_loop(session, &loop, diagnostic);
    if (error == RIG_OK)
        error = probe_write_register(probe, "primask", 1, soon(), diagnostic);
    if (error == RIG_OK)
        error = probe_write_register(probe, "pc", loop, soon(), diagnostic);
    if (error == RIG_OK)
        error = probe_resume(probe, soon(), diagnostic);
    return debug_no_silence(error);
}

/* ---- judgement ---- */

void debug_measure_core(struct trial *trial, const char *check, unsigned count, const char *when,
                        unsigned tries)
{
    if (probe_claims_memory_alone(trial->bench->target))
        trial_disclaim(trial, check, PROBE_CLAIM_LIMIT, "%u of %u times, %s", count, tries, when);
    else
        (void)trial_measure(trial, check, count, "%s, in %u rounds", when, tries);
}

void debug_measure(struct debug_session *session, const struct debug_breach *breach,
                   const char *when)
{
    struct trial *trial = session->trial;
    const unsigned rounds = breach->rounds;

    debug_measure_core(trial, "halted", breach->halted, when, rounds);
    (void)trial_measure(trial, "read", breach->read, "%s, in %u rounds", when, rounds);
    (void)trial_measure(trial, "written", breach->written, "%s, in %u rounds", when, rounds);
    debug_measure_core(trial, "registers", breach->registers, when, rounds);
    if (session->canary.exists)
        (void)trial_measure(trial, "canary-read", breach->canary, "%s, in %u rounds", when, rounds);
}

int debug_control_round(struct debug_session *session, const char *what,
                        struct diagnostic *diagnostic)
{
    struct debug_breach seen = {0};
    const int error = debug_try(session, &seen, diagnostic);

    if (error == RIG_OK)
        (void)trial_control(session->trial,
                            seen.halted == 1 && seen.read == 1 && seen.written == 1 &&
                                seen.registers == 1 &&
                                seen.canary == (session->canary.exists ? 1U : 0U),
                            "on %s a debugger halts (%u), reads (%u), writes (%u), sees registers "
                            "(%u)",
                            what, seen.halted, seen.read, seen.written, seen.registers);
    return error;
}

int debug_make_new(struct trial *trial, bool open, struct diagnostic *diagnostic)
{
    int error;

    trial->bench->debug_is_open = open;
    error = bench_make_new(trial->bench, move_deadline(trial), diagnostic);
    trial->bench->debug_is_open = false;
    return error;
}

int debug_control_open(struct debug_session *session, bool *held, struct diagnostic *diagnostic)
{
    struct trial *trial = session->trial;
    int error = debug_make_new(trial, true, diagnostic);

    if (error == RIG_OK)
        error = bench_switch_on(trial->bench, move_deadline(trial), diagnostic);
    if (error == RIG_OK)
        error = debug_attach(session, diagnostic);
    if (error == RIG_OK)
        error = debug_control_round(session, "a device that is not closed yet", diagnostic);
    debug_detach(session);
    if (error == RIG_OK)
        error = move_stop(trial, diagnostic);
    if (error == RIG_OK)
        error = debug_make_new(trial, false, diagnostic);
    *held = trial_is_sound(trial);
    return error;
}
