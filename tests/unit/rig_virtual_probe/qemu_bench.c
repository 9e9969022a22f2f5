#include "qemu_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MONITOR, GDB, QTEST, LINES };

int64_t qemu_bench_deadline(void)
{
    return process_clock_ms() + QEMU_BENCH_LIMIT_MS;
}

static void start_qemu(struct qemu_bench *bench, const int ends[LINES])
{
    char texts[LINES][64];
    const char *const names[LINES] = {"monitor", "gdb", "qtest"};
    const int inherited[] = {ends[MONITOR], ends[GDB], ends[QTEST], -1};
    const char *const argv[] = {"qemu-system-arm",
                                "-M",
                                "mps2-an505",
                                "-kernel",
                                GUEST,
                                "-S",
                                "-nodefaults",
                                "-display",
                                "none",
                                "-accel",
                                "tcg",
                                "-chardev",
                                texts[MONITOR],
                                "-mon",
                                "chardev=monitor,mode=control",
                                "-chardev",
                                texts[GDB],
                                "-gdb",
                                "chardev:gdb",
                                "-chardev",
                                texts[QTEST],
                                "-qtest",
                                "chardev:qtest",
                                "-qtest-log",
                                "/dev/null",
                                NULL};
    const struct process_options options = {.argv = argv, .inherited = inherited};

    for (int i = 0; i < LINES; i++) {
        (void)snprintf(texts[i], sizeof(texts[i]), "socket,id=%s,fd=%d", names[i], ends[i]);
    }
    assert_int_equal(process_start(&options, &bench->process, &bench->diagnostic), RIG_OK);
}

static void read_map(struct qemu_bench *bench)
{
    json_t *value = NULL;
    const struct qmp_command command = {
        "human-monitor-command", json_pack("{s:s}", "command-line", "info mtree -f"), &value};

    assert_int_equal(qmp_execute(bench->qmp, &command, qemu_bench_deadline(), &bench->diagnostic),
                     RIG_OK);
    assert_int_equal(guest_map_read(&bench->map, json_string_value(value), &bench->diagnostic),
                     RIG_OK);
    json_decref(value);
}

int qemu_bench_set_up(void **state)
{
    struct qemu_bench *bench = calloc(1, sizeof(*bench));
    struct qmp_options options = {.wait = NULL};
    int pairs[LINES][2];
    int ends[LINES];

    assert_non_null(bench);
    *state = bench;
    for (int i = 0; i < LINES; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs[i]), 0);
        ends[i] = pairs[i][1];
    }
    start_qemu(bench, ends);
    for (int i = 0; i < LINES; i++) {
        (void)close(ends[i]);
    }
    options.descriptor = pairs[MONITOR][0];
    options.events = &bench->events;
    bench->gdb_socket = pairs[GDB][0];
    bench->qtest_socket = pairs[QTEST][0];
    assert_int_equal(qmp_create(&options, &bench->qmp), RIG_OK);
    assert_int_equal(qmp_connect(bench->qmp, qemu_bench_deadline(), &bench->diagnostic), RIG_OK);
    assert_int_equal(
        gdb_client_open(&bench->gdb, bench->gdb_socket, qemu_bench_deadline(), &bench->diagnostic),
        RIG_OK);
    qtest_client_open(&bench->qtest, bench->qtest_socket);
    read_map(bench);
    return 0;
}

int qemu_bench_tear_down(void **state)
{
    struct qemu_bench *bench = *state;

    process_destroy(bench->process);
    qmp_destroy(bench->qmp);
    qmp_events_clear(&bench->events);
    (void)close(bench->gdb_socket);
    (void)close(bench->qtest_socket);
    free(bench);
    return 0;
}
