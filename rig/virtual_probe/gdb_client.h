/**
 * A client of QEMU's gdb stub, with which the guest's core is halted, stepped and looked into (GDB
 * manual, appendix E; QEMU 7.2, gdbstub/). There must be one client alone, connected from the start:
 * any byte that reaches the stub stops a guest that runs.
 *
 * Errors of every call: RIG_ERROR_TIMEOUT at the deadline of process_clock_ms(),
 * RIG_ERROR_INTERRUPTED, RIG_ERROR_BENCH when QEMU is gone or what it says is no answer. All with a
 * diagnostic. After any of them the connection is of no more use.
 */
#ifndef RIG_VIRTUAL_PROBE_GDB_CLIENT_H
#define RIG_VIRTUAL_PROBE_GDB_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/peer_socket.h"
#include "base/rig_error.h"
#include "virtual_probe/gdb_packet.h"

enum {
    GDB_REGISTERS = 17, /**< R0 to R15 and XPSR */
    GDB_REGISTER_XPSR = 16,
    GDB_TRANSFER_MAX = 1024, /**< bytes of memory in one call */
};

/** Why the guest stopped. */
enum gdb_stop_reason {
    GDB_STOP_TRAP,      /**< a breakpoint, or the end of a step */
    GDB_STOP_WATCH,     /**< a watchpoint: `address` counts */
    GDB_STOP_INTERRUPT, /**< asked to, by gdb_client_interrupt() or by the monitor */
    GDB_STOP_ENDED,     /**< QEMU is ending */
};

struct gdb_stop {
    enum gdb_stop_reason reason;
    uint32_t address;
};

/** Kinds of points, as in the packets Z and z. */
enum gdb_point_kind {
    GDB_POINT_BREAK = 1,
    GDB_POINT_WRITE = 2,
    GDB_POINT_READ = 3,
    GDB_POINT_ACCESS = 4,
};

struct gdb_point {
    enum gdb_point_kind kind;
    uint32_t address;
    uint32_t size; /**< bytes */
};

/** D0 to D15 are 0 to 15. */
enum gdb_float {
    GDB_FLOAT_D15 = 15,
    GDB_FLOAT_FPSCR = 16,
    GDB_FLOAT_SIZE = 8, /**< bytes of the longest */
};

/** Fields are the client's own. */
struct gdb_client {
    struct peer_socket socket;
    struct gdb_packet_reader reader;
    char received[GDB_PACKET_ROOM]; /**< bytes that came and were not looked at yet */
    size_t received_size;
    size_t received_from;
    bool running;
};

/** Takes a connected socket, the caller's to close, of a QEMU whose guest is halted. */
int gdb_client_open(struct gdb_client *client, int descriptor, int64_t deadline_ms,
                    struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Lets the guest run. Returns at once; RIG_ERROR_USAGE when it runs already, here and below. */
int gdb_client_resume(struct gdb_client *client, int64_t deadline_ms,
                      struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One instruction, with or without interrupts meanwhile, and waits for its end. */
int gdb_client_step(struct gdb_client *client, bool interrupts, struct gdb_stop *stop,
                    int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Asks a guest that runs to stop, and waits until it has; it may stop for another reason. */
int gdb_client_interrupt(struct gdb_client *client, struct gdb_stop *stop, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Waits until a guest that runs stops by itself. A deadline in the past asks whether it has. */
int gdb_client_wait_stop(struct gdb_client *client, struct gdb_stop *stop, int64_t deadline_ms,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** All registers of a halted guest. */
int gdb_client_read_registers(struct gdb_client *client, uint32_t registers[GDB_REGISTERS],
                              int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** One of them, by its place in that array. */
int gdb_client_write_register(struct gdb_client *client, unsigned number, uint32_t value,
                              int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A floating-point register of a halted guest: D0 to D15 (8 bytes, the lowest first), or FPSCR (4).
 * RIG_ERROR_NOT_FOUND on a core without them. */
int gdb_client_read_float(struct gdb_client *client, enum gdb_float number, uint8_t *bytes,
                          int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;
int gdb_client_write_float(struct gdb_client *client, enum gdb_float number, const uint8_t *bytes,
                           int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Memory of a halted guest, as its core sees it: 1 to GDB_TRANSFER_MAX bytes. RIG_ERROR_NOT_FOUND
 * where there is none, after which the connection goes on. */
int gdb_client_read_memory(struct gdb_client *client, uint32_t address, uint8_t *bytes, size_t size,
                           int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Likewise; only for RAM: what is written to a device's registers is dropped by QEMU's stub. */
int gdb_client_write_memory(struct gdb_client *client, uint32_t address, const uint8_t *bytes,
                            size_t size, int64_t deadline_ms,
                            struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Sets or removes a breakpoint or watchpoint of a halted guest. RIG_ERROR_NOT_FOUND when QEMU does
 * not take it. */
int gdb_client_set_point(struct gdb_client *client, const struct gdb_point *point, bool set,
                         int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
