/*
 * Method: one register after the other is read, from the wire inwards, and the first that does not give
 * what an open chip gives tells the state.
 *
 *   DP CTRL/STAT   no answer: the wire (OpenOCD names the acknowledge that it saw: 7 is all ones, as
 *                  pull-ups give without a chip; 0 is all zeros), or the adapter; without the
 *                  acknowledges of power: the chip's debug logic is off
 *   AP IDR         fails, or is 0: no access port
 *   AP CSW         bit 6, DeviceEn, is 0: the port is shut
 *   CPUID          cannot be read though the port is open: what is behind it does not answer
 *   known word     reads as zeros, or not at all, though CPUID does: the code is protected
 *   RAM            so do words from all over it, though a device that runs has something there: all
 *                  memory is
 */
#include "target/probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "target/probe_access.h"

enum {
    DP_CTRL_STAT = 0x4,
    AP_CSW = 0x00,
    AP_IDR = 0xFC,
    CSW_DEVICE_ENABLED = 1 << 6,
    WORD = 4,
    RAM_LOOKS = 16,
};

static const uint32_t power_acknowledges = 0xA0000000;
static const uint32_t cpuid_address = 0xE000ED00;

const char *probe_state_name(enum probe_state state)
{
    static const char *const names[PROBE_STATES] = {
        [PROBE_OPEN] = "open",
        [PROBE_READ_OUT] = "read-out protected",
        [PROBE_MEMORY_LOCKED] = "locked for memory",
        [PROBE_LOCKED] = "locked",
        [PROBE_UNPLUGGED] = "unplugged",
        [PROBE_UNPOWERED] = "unpowered",
        [PROBE_WRONG_CHIP] = "wrong chip",
        [PROBE_DEAD_TARGET] = "dead target",
        [PROBE_NO_ACCESS] = "no access",
        [PROBE_DEAD_ADAPTER] = "dead adapter",
    };

    return (unsigned)state < PROBE_STATES ? names[state] : "unknown";
}

/* A look at one register. */
struct look {
    bool answered;
    uint32_t value;
    char words[PROBE_EVIDENCE]; /* OpenOCD's, when it did not */
};

static void keep_words(struct probe *probe, const char *otherwise, struct look *look)
{
    const char *first = openocd_first_error(probe->openocd);
    const char *words = first[0] != '\0' ? first : otherwise;

    (void)text_escape(look->words, sizeof(look->words), words, strlen(words));
}

static int look_at(struct probe *probe, const char *command, struct look *look, int64_t deadline_ms,
                   struct diagnostic *diagnostic)
{
    struct tcl_reply reply = {false, ""};
    int error;

    memset(look, 0, sizeof(*look));
    openocd_forget_error(probe->openocd);
    error = openocd_call(probe->openocd, command, &reply, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    look->answered = !reply.failed && reply.text[0] != '\0';
    look->value = (uint32_t)strtoul(reply.text, NULL, 0);
    if (!look->answered) {
        keep_words(probe, reply.text, look);
    }
    return RIG_OK;
}

static void find(struct probe_finding *finding, enum probe_state state, const char *evidence)
{
    finding->state = state;
    (void)snprintf(finding->evidence, sizeof(finding->evidence), "%s", evidence);
}

static void find_value(struct probe_finding *finding, enum probe_state state, const char *name,
                       uint32_t value)
{
    finding->state = state;
    (void)snprintf(finding->evidence, sizeof(finding->evidence), "%s is 0x%08" PRIx32, name, value);
}

/* What OpenOCD's words about a scan without an answer stand for. */
static enum probe_state state_of_words(const char *words)
{
    static const struct {
        const char *part;
        enum probe_state state;
    } known[] = {
        {"Invalid ACK (7)", PROBE_UNPLUGGED}, {"all ones", PROBE_UNPLUGGED},
        {"Invalid ACK (0)", PROBE_UNPOWERED}, {"all zeroes", PROBE_UNPOWERED},
        {"UNEXPECTED", PROBE_WRONG_CHIP},     {"expected 1 of 1", PROBE_WRONG_CHIP},
        {"WAIT recovery", PROBE_NO_ACCESS},   {"STICKY ERROR", PROBE_NO_ACCESS},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strstr(words, known[i].part) != NULL) {
            return known[i].state;
        }
    }
    return PROBE_DEAD_ADAPTER;
}

/* The debug port. *known: the state is found. */
static int look_at_port(struct probe *probe, struct probe_finding *finding, bool *known,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[2 * PROBE_NAME];
    struct look look;
    int error;

    (void)snprintf(command, sizeof(command), "%s dpreg %d", probe->dap, DP_CTRL_STAT);
    error = look_at(probe, command, &look, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    *known = true;
    if (!look.answered) {
        find(finding, state_of_words(look.words), look.words);
    } else if ((look.value & power_acknowledges) != power_acknowledges) {
        find_value(finding, PROBE_UNPOWERED, "CTRL/STAT of the debug port", look.value);
    } else {
        *known = false;
    }
    return RIG_OK;
}

/* The access port. */
static int look_at_access(struct probe *probe, struct probe_finding *finding, bool *known,
                          int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char command[2 * PROBE_NAME];
    struct look identity;
    struct look csw;
    int error;

    (void)snprintf(command, sizeof(command), "%s apreg 0 0x%02x", probe->dap, AP_IDR);
    error = look_at(probe, command, &identity, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        (void)snprintf(command, sizeof(command), "%s apreg 0 0x%02x", probe->dap, AP_CSW);
        error = look_at(probe, command, &csw, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    *known = true;
    if (!identity.answered || !csw.answered) {
        find(finding, PROBE_NO_ACCESS, identity.answered ? csw.words : identity.words);
    } else if (identity.value == 0) {
        find_value(finding, PROBE_NO_ACCESS, "IDR of the access port", identity.value);
    } else if ((csw.value & CSW_DEVICE_ENABLED) == 0) {
        find_value(finding, PROBE_LOCKED, "CSW of the access port", csw.value);
    } else {
        *known = false;
    }
    return RIG_OK;
}

/* A word of memory, by the access port: OpenOCD refuses for a chip that was shut when it examined it. */
static int look_at_word(struct probe *probe, uint32_t address, struct look *look,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char read[PROBE_ACCESS_COMMAND];
    char command[PROBE_ACCESS_COMMAND + PROBE_NAME];

    probe_access_read_command(probe, address, read);
    (void)snprintf(command, sizeof(command), "poll off; set word [eval {%s}]; poll %s; set word",
                   read, probe->is_quiet ? "off" : "on");
    return look_at(probe, command, look, deadline_ms, diagnostic);
}

/* Nothing answers behind a port that was open: it has been shut since, or it is a dead target, as `words` say.
 */
static int look_again(struct probe *probe, const char *words, struct probe_finding *finding,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    bool known = false;
    const int error = look_at_access(probe, finding, &known, deadline_ms, diagnostic);

    if (error == RIG_OK && !known) {
        find(finding, PROBE_DEAD_TARGET, words);
    }
    return error;
}

/* The code is protected: is the RAM, too? Words that are spread over it, until one has something. */
static int look_at_ram(struct probe *probe, struct probe_finding *finding, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    const uint32_t step = probe->ram.size / RAM_LOOKS & ~(uint32_t)(WORD - 1);
    char words[PROBE_EVIDENCE];

    if (step == 0) {
        return RIG_OK;
    }
    for (uint32_t i = 0; i < RAM_LOOKS; i++) {
        const uint32_t address = probe->ram.base + probe->ram.size - WORD - i * step;
        struct look look;
        const int error = look_at_word(probe, address, &look, deadline_ms, diagnostic);

        if (error != RIG_OK || (look.answered && look.value != 0)) {
            return error;
        }
    }
    (void)snprintf(words, sizeof(words),
                   "%.300s, and nothing of RAM in %d places; the core can be halted and its "
                   "registers read",
                   finding->evidence, RAM_LOOKS);
    find(finding, PROBE_MEMORY_LOCKED, words);
    return RIG_OK;
}

/* What is behind an open port. */
static int look_at_code(struct probe *probe, uint32_t cpuid, struct probe_finding *finding,
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct look code;
    int error = RIG_OK;

    find_value(finding, PROBE_OPEN, "CPUID", cpuid);
    if (!probe->known.exists) {
        return RIG_OK;
    }
    error = look_at_word(probe, probe->known.address, &code, deadline_ms, diagnostic);
    /* Protection refuses each time, a disturbance once. */
    if (error == RIG_OK && !code.answered) {
        error = look_at_word(probe, probe->known.address, &code, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && !code.answered) {
        find(finding, PROBE_READ_OUT, code.words);
        error = look_at_word(probe, cpuid_address, &code, deadline_ms, diagnostic);
        if (error == RIG_OK && !code.answered) { /* nor does anything else by now */
            error = look_again(probe, code.words, finding, deadline_ms, diagnostic);
        }
    } else if (error == RIG_OK && code.value == 0 && probe->known.value != 0) {
        find_value(finding, PROBE_READ_OUT, "a word of the code that is known", code.value);
    }
    return error == RIG_OK && finding->state == PROBE_READ_OUT
               ? look_at_ram(probe, finding, deadline_ms, diagnostic)
               : error;
}

/* The core behind it. */
static int look_at_core(struct probe *probe, struct probe_finding *finding, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    struct look cpuid;
    const int error = look_at_word(probe, cpuid_address, &cpuid, deadline_ms, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    if (cpuid.answered) {
        return look_at_code(probe, cpuid.value, finding, deadline_ms, diagnostic);
    }
    return look_again(probe, cpuid.words, finding, deadline_ms, diagnostic);
}

/* OpenOCD's death is the adapter's state, as far as anybody can tell from here. */
static int settle(struct probe *probe, struct probe_finding *finding, int error,
                  struct diagnostic *diagnostic)
{
    if (error == RIG_ERROR_BENCH && !openocd_is_running(probe->openocd)) {
        find(finding, PROBE_DEAD_ADAPTER, diagnostic->text);
        return RIG_OK;
    }
    return error;
}

int probe_find_state(struct probe *probe, struct probe_finding *finding, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    bool known = false;
    int error = RIG_OK;

    if (!probe->initialised && state_of_words(probe->refusal) != PROBE_DEAD_ADAPTER) {
        find(finding, state_of_words(probe->refusal), probe->refusal);
        return RIG_OK;
    }
    error = look_at_port(probe, finding, &known, deadline_ms, diagnostic);
    if (error == RIG_OK && !known) {
        error = look_at_access(probe, finding, &known, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && !known) {
        error = look_at_core(probe, finding, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && finding->state == PROBE_DEAD_ADAPTER && !probe->initialised) {
        find(finding, PROBE_DEAD_ADAPTER, probe->refusal); /* what came first is the reason */
    }
    return settle(probe, finding, error, diagnostic);
}
