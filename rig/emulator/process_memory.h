/**
 * Memory of QEMU's process, in which the guest's lies: the host reads and writes it beside a guest
 * that runs, without QEMU taking part (process_vm_readv(2)), and of a process that is stopped as well.
 *
 * QEMU does not say where a region of the guest's memory lies. Whoever wants to know writes random
 * bytes to the region's begin by way of QEMU, has them looked for here, and then makes sure that the
 * place follows the region: it may be a copy that QEMU made of them.
 *
 * Not to write code that already ran: QEMU keeps translations of it, which only a write by way of
 * QEMU drops. Reads are always right.
 */
#ifndef RIG_EMULATOR_PROCESS_MEMORY_H
#define RIG_EMULATOR_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum { PROCESS_MEMORY_COOKIE = 16 /**< bytes: no page holds so many random ones by chance */ };

/** RIG_ERROR_BENCH with a diagnostic when the host does not let the rig look into the process; so too
 * below, and when the process is gone. */
int process_memory_check(pid_t process, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Looks for the first page, of those that may be written to and not run (so not of QEMU's
 * translations), that begins with the cookie. *place is its address in the process; 0: there is none.
 */
int process_memory_find(pid_t process, const uint8_t cookie[PROCESS_MEMORY_COOKIE], uint64_t *place,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether these bytes lie there. False for place 0 and for memory that cannot be read. */
bool process_memory_holds(pid_t process, uint64_t place,
                          const uint8_t bytes[PROCESS_MEMORY_COOKIE]);

/** Reads and writes all of it, or fails. */
int process_memory_read(pid_t process, uint64_t place, void *bytes, size_t size,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;
int process_memory_write(pid_t process, uint64_t place, const void *bytes, size_t size,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
