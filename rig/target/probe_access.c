#include "target/probe_access.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    AP_CSW = 0x00,
    AP_TAR = 0x04,
    AP_DRW = 0x0C,

    PROGRAM_COUNTER = 15, /* its number in DCRSR */
};

/* 32 bits, the address stays; a privileged data access of a debugger, Secure where that counts. */
static const uint32_t csw_word = 0x23000002;

static const uint32_t dhcsr = 0xE000EDF0;
static const uint32_t dcrsr = 0xE000EDF4;
static const uint32_t dcrdr = 0xE000EDF8;
static const uint32_t demcr = 0xE000EDFC;
static const uint32_t dfsr = 0xE000ED30;

static const uint32_t dhcsr_key = 0xA05F0000;
static const uint32_t dhcsr_enable = 1U << 0;
static const uint32_t dhcsr_halt = 1U << 1;
static const uint32_t dhcsr_ready = 1U << 16;
static const uint32_t dhcsr_halted = 1U << 17;
static const uint32_t dhcsr_was_reset = 1U << 25; /* a read clears it */
static const uint32_t demcr_catch_reset = 1U << 0;
static const uint32_t demcr_trace = 1U << 24;
static const uint32_t dfsr_vector_catch = 1U << 3;

/* One command; OpenOCD's refusal is the chip's. One that it does not answer is the bench's fault, since it
 * answers for a chip that is silent, too. */
static int order(struct probe *probe, const char *what, const char *command,
                 struct tcl_reply *reply, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const int error = openocd_call(probe->openocd, command, reply, deadline_ms, diagnostic);

    if (error == RIG_ERROR_TIMEOUT) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: OpenOCD does not answer in time",
                               what);
    }
    return error == RIG_OK && reply->failed
               ? diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "%s: %.300s", what, reply->text)
               : error;
}

int probe_access_begin(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct tcl_reply reply = {false, ""};

    probe->is_quiet = true;
    return order(probe, "polling", "poll off", &reply, deadline_ms, diagnostic);
}

void probe_access_read_command(const struct probe *probe, uint32_t address,
                               char command[PROBE_ACCESS_COMMAND])
{
    const char *dap = probe->dap;

    (void)snprintf(command, PROBE_ACCESS_COMMAND,
                   "%s apreg 0 %d 0x%08" PRIx32 "; %s apreg 0 %d 0x%08" PRIx32 "; %s apreg 0 %d",
                   dap, AP_CSW, csw_word, dap, AP_TAR, address, dap, AP_DRW);
}

int probe_access_read(struct probe *probe, uint32_t address, uint32_t *value, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    char command[PROBE_ACCESS_COMMAND];
    struct tcl_reply reply = {false, ""};
    char *end = NULL;
    int error;

    probe_access_read_command(probe, address, command);
    error = order(probe, "read past OpenOCD", command, &reply, deadline_ms, diagnostic);
    if (error != RIG_OK) {
        return error;
    }
    *value = (uint32_t)strtoul(reply.text, &end, 0);
    return end != reply.text
               ? RIG_OK
               : diagnostic_fail(diagnostic, RIG_ERROR_DEVICE, "the access port gives no number");
}

int probe_access_write(struct probe *probe, uint32_t address, uint32_t value, int64_t deadline_ms,
                       struct diagnostic *diagnostic)
{
    const char *dap = probe->dap;
    char command[PROBE_ACCESS_COMMAND];
    struct tcl_reply reply = {false, ""};

    (void)snprintf(command, sizeof(command),
                   "%s apreg 0 %d 0x%08" PRIx32 "; %s apreg 0 %d 0x%08" PRIx32
                   "; %s apreg 0 %d 0x%08" PRIx32,
                   dap, AP_CSW, csw_word, dap, AP_TAR, address, dap, AP_DRW, value);
    return order(probe, "write past OpenOCD", command, &reply, deadline_ms, diagnostic);
}

int probe_access_status(struct probe *probe, struct probe_core_status *status, int64_t deadline_ms,
                        struct diagnostic *diagnostic)
{
    uint32_t state = 0;
    uint32_t reason = 0;
    int error = probe_access_read(probe, dhcsr, &state, deadline_ms, diagnostic);

    *status = (struct probe_core_status){.halted = false};
    if (error == RIG_OK) {
        error = probe_access_read(probe, dfsr, &reason, deadline_ms, diagnostic);
    }
    if (error != RIG_OK) {
        return error;
    }
    *status =
        (struct probe_core_status){(state & dhcsr_halted) != 0, (reason & dfsr_vector_catch) != 0,
                                   (state & dhcsr_was_reset) != 0};
    return status->caught
               ? probe_access_write(probe, dfsr, dfsr_vector_catch, deadline_ms, diagnostic)
               : RIG_OK;
}

int probe_access_halt(struct probe *probe, bool *halted, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    uint32_t status = 0;
    int error = probe_access_write(probe, dhcsr, dhcsr_key | dhcsr_enable | dhcsr_halt, deadline_ms,
                                   diagnostic);

    if (error == RIG_OK) {
        error = probe_access_read(probe, dhcsr, &status, deadline_ms, diagnostic);
    }
    *halted = error == RIG_OK && (status & dhcsr_halted) != 0;
    return error;
}

int probe_access_release(struct probe *probe, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    const int error = probe_access_write(probe, demcr, 0, deadline_ms, diagnostic);

    return error == RIG_OK ? probe_access_write(probe, dhcsr, dhcsr_key, deadline_ms, diagnostic)
                           : error;
}

int probe_access_catch_reset(struct probe *probe, int64_t deadline_ms,
                             struct diagnostic *diagnostic)
{
    const int error =
        probe_access_write(probe, dhcsr, dhcsr_key | dhcsr_enable, deadline_ms, diagnostic);

    return error == RIG_OK ? probe_access_write(probe, demcr, demcr_trace | demcr_catch_reset,
                                                deadline_ms, diagnostic)
                           : error;
}

int probe_access_program_counter(struct probe *probe, uint32_t *value, bool *ready,
                                 int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint32_t status = 0;
    int error = probe_access_write(probe, dcrsr, PROGRAM_COUNTER, deadline_ms, diagnostic);

    *value = 0;
    if (error == RIG_OK) {
        error = probe_access_read(probe, dhcsr, &status, deadline_ms, diagnostic);
    }
    *ready = error == RIG_OK && (status & dhcsr_ready) != 0;
    return error == RIG_OK ? probe_access_read(probe, dcrdr, value, deadline_ms, diagnostic)
                           : error;
}

int probe_hold_reset(struct probe *probe, bool held, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    struct tcl_reply reply = {false, ""};
    char command[PROBE_ACCESS_COMMAND];

    (void)snprintf(command, sizeof(command),
                   "if {[info commands ordeal_reset_line] ne {}} {ordeal_reset_line %d} else "
                   "{adapter %s srst}",
                   held ? 1 : 0, held ? "assert" : "deassert");
    return order(probe, "the reset line", command, &reply, deadline_ms, diagnostic);
}
