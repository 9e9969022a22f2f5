/**
 * What core_run.c and core_register.c share; for these two only.
 */
#ifndef RIG_VIRTUAL_PROBE_CORE_RUN_STATE_H
#define RIG_VIRTUAL_PROBE_CORE_RUN_STATE_H

#include "virtual_probe/core_run.h"

enum { CORE_RUN_THUMB = 1 << 24 /**< XPSR: Thumb state */ };

/** For one call to QEMU. */
int64_t core_run_deadline(void);

/** One instruction; *stop is why it ended, and `registers` are those behind it. False when QEMU is gone. */
bool core_run_step(struct core_run *run, bool interrupts, struct gdb_stop *stop);

/** Makes `registers` those of the halted core. */
bool core_run_fetch_registers(struct core_run *run);

/** As of struct core_control; the context is the core_run. */
bool core_run_read_register(void *context, unsigned number, uint32_t *value);
bool core_run_write_register(void *context, unsigned number, uint32_t value);

#endif
