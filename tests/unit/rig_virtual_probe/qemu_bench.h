/* QEMU with a guest that is halted, its gdb stub, qtest and monitor: what tests of the back end begin with. */
#ifndef ORDEAL_TESTS_QEMU_BENCH_H
#define ORDEAL_TESTS_QEMU_BENCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/process.h"
#include "emulator/qmp.h"
#include "emulator/qtest_client.h"
#include "virtual_probe/gdb_client.h"
#include "virtual_probe/guest_map.h"

enum { QEMU_BENCH_LIMIT_MS = 30000 /* far more than any step here needs */ };

struct qemu_bench {
    struct process *process;
    int gdb_socket;
    int qtest_socket;
    struct qmp_events events;
    struct qmp *qmp;
    struct gdb_client gdb;
    struct qtest_client qtest;
    struct guest_map map;
    struct diagnostic diagnostic;
};

/* Starts QEMU with GUEST; *state is the bench. For cmocka, as is the next. */
int qemu_bench_set_up(void **state);
int qemu_bench_tear_down(void **state);

int64_t qemu_bench_deadline(void);

#endif
