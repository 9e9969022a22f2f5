#define _XOPEN_SOURCE 700 /* waitid */
#include "device_process.h"

#include "device_boards.h"
#include "device_emulated.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define START_DEADLINE_MS 20000U
#define END_DEADLINE_MS   10000U
#define MAX_ARGUMENTS     16U
#define LINE_SIZE         2048U
#define ROOM_TEMPERATURE  215 /* tenths of a degree, as device_process_start() gives hearth-native */

uint64_t device_process_now_ms(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (uint64_t)now.tv_sec * 1000U + (uint64_t)(now.tv_nsec / 1000000L);
}

void device_process_pause(unsigned milliseconds)
{
    (void)poll(NULL, 0, (int)milliseconds);
}

bool device_process_is_emulated(void)
{
    return device_board() != NULL;
}

bool device_process_has_network(void)
{
    const struct device_board *board = device_board();

    return board == NULL || board->has_network;
}

int device_process_temperature(void)
{
    const struct device_board *board = device_board();

    return board == NULL ? ROOM_TEMPERATURE : board->temperature;
}

static void join(char *path, const char *folder, const char *name)
{
    int length = snprintf(path, DEVICE_PROCESS_PATH_SIZE, "%s/%s", folder, name);

    assert_in_range(length, 1, DEVICE_PROCESS_PATH_SIZE - 1U);
}

void device_process_create(struct device_process *device)
{
    memset(device, 0, sizeof *device);
    device->board = device_board();
    device->is_emulated = device->board != NULL;
    device->output = -1;
    (void)snprintf(device->folder, sizeof device->folder, "device-XXXXXX");
    if (mkdtemp(device->folder) == NULL) {
        device->folder[0] = '\0';
        fail_msg("no folder for the device: %s", strerror(errno));
    }
    join(device->flash, device->folder, "flash");
    join(device->link, device->folder, "bus");
    join(device->console, device->folder, "console");
}

/* In the child: only calls that are safe after fork(). Does not return. */
static void become_device(char *const *argv, int output, int console, pid_t parent)
{
    /* The second look is for a parent that died before the first call. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
        dup2(output, STDOUT_FILENO) >= 0 && dup2(console, STDERR_FILENO) >= 0) {
        execv(argv[0], argv);
    }
    _exit(127);
}

void device_process_launch(struct device_process *device, const char *const *arguments)
{
    char *argv[MAX_ARGUMENTS] = {(char *)(uintptr_t)HEARTH_NATIVE};
    const pid_t parent = getpid();
    int ends[2];
    int console;

    for (size_t i = 0; arguments[i] != NULL; i++) {
        assert_in_range(i, 0, MAX_ARGUMENTS - 3U);
        argv[i + 1] = (char *)(uintptr_t)arguments[i]; /* execv() changes none of them */
    }
    assert_int_equal(device->pid, 0);
    console = open(device->console, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    assert_true(console >= 0);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFD, FD_CLOEXEC), 0);
    assert_int_equal(fcntl(ends[1], F_SETFD, FD_CLOEXEC), 0);
    device->pid = fork();
    if (device->pid == 0) {
        become_device(argv, ends[1], console, parent);
    }
    (void)close(ends[1]);
    (void)close(console);
    device->output = ends[0];
    assert_true(device->pid > 0);
}

/* One byte of its stdout, waiting until `deadline`; -1 at its end or too late. */
static int read_output(const struct device_process *device, uint64_t deadline)
{
    struct pollfd entry = {.fd = device->output, .events = POLLIN};
    uint64_t now = device_process_now_ms();
    unsigned char byte;

    if (now >= deadline || poll(&entry, 1, (int)(deadline - now)) != 1) {
        return -1;
    }
    return read(device->output, &byte, 1) == 1 ? byte : -1;
}

static void fail_unannounced(const struct device_process *device)
{
    char console[LINE_SIZE];

    device_process_read_console(device, console, sizeof console);
    fail_msg("the device did not announce itself; its console says:\n%s", console);
}

static void read_announcement(const struct device_process *device, char line[LINE_SIZE])
{
    const uint64_t deadline = device_process_now_ms() + START_DEADLINE_MS;
    size_t used = 0;
    int byte;

    while ((byte = read_output(device, deadline)) >= 0 && byte != '\n') {
        assert_in_range(used, 0, LINE_SIZE - 2U);
        line[used] = (char)byte;
        used++;
    }
    line[used] = '\0';
    if (byte < 0) {
        fail_unannounced(device);
    }
}

void device_process_decode_id(struct device_process *device, const char *text)
{
    assert_int_equal(strlen(text), 2U * DEVICE_PROCESS_ID_SIZE);
    for (size_t i = 0; i < DEVICE_PROCESS_ID_SIZE; i++) {
        const char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};
        char *end;
        device->device_id[i] = (uint8_t)strtoul(digits, &end, 16);
        assert_ptr_equal(end, digits + 2);
    }
}

static void take_announcement(struct device_process *device, const char *line)
{
    json_error_t error;
    json_t *root = json_loads(line, 0, &error);
    const char *device_id;
    const char *uart;
    const char *flash;
    const char *password = "";
    int is_new;
    int tcp;

    assert_non_null(root);
    assert_int_equal(json_unpack_ex(root, &error, 0, "{s:s, s:i, s:s, s:b, s:s, s?s}", "uart",
                                    &uart, "tcp", &tcp, "flash", &flash, "new", &is_new,
                                    "device_id", &device_id, "label_password", &password),
                     0);
    assert_string_equal(flash, device->flash);
    assert_int_equal(strncmp(uart, "/dev/pts/", 9), 0);
    assert_in_range(tcp, 1, 65535);
    assert_int_equal(password[0] != '\0', is_new);
    device->tcp_port = (uint16_t)tcp;
    device->is_new = is_new != 0;
    device_process_decode_id(device, device_id);
    if (device->is_new) {
        (void)snprintf(device->label_password, sizeof device->label_password, "%s", password);
    }
    json_decref(root);
}

void device_process_start(struct device_process *device, const char *password)
{
    const char *arguments[MAX_ARGUMENTS] = {"--flash", device->flash, "--uart",        device->link,
                                            "--tcp",   "0",           "--temperature", "21.5"};
    size_t used = 8;
    char line[LINE_SIZE];

    if (device->is_emulated) {
        device_emulated_start(device, password);
        return;
    }
    if (password != NULL) {
        arguments[used++] = "--password";
        arguments[used++] = password;
    }
    if (device->flash_time_us != NULL) {
        arguments[used++] = "--flash-time";
        arguments[used++] = device->flash_time_us;
    }
    device_process_launch(device, arguments);
    read_announcement(device, line);
    take_announcement(device, line);
}

bool device_process_follow_restart(struct device_process *device)
{
    return !device->is_emulated || device_emulated_follow_restart(device);
}

void device_process_signal(const struct device_process *device, int signal)
{
    assert_true(device->pid > 0);
    assert_int_equal(kill(device->pid, signal), 0);
}

/* Kills what is left, reaps it, and forgets it. Returns its status. */
static int reap(struct device_process *device, bool kill_first)
{
    int status = 0;

    if (kill_first) {
        (void)kill(device->pid, SIGKILL);
    }
    while (waitpid(device->pid, &status, 0) < 0 && errno == EINTR) {
    }
    (void)close(device->output);
    device->output = -1;
    device->pid = 0;
    return status;
}

int device_process_wait(struct device_process *device)
{
    const uint64_t deadline = device_process_now_ms() + END_DEADLINE_MS;
    bool too_late;
    int status;

    assert_true(device->pid > 0);
    /* Nobody else holds the other end of its stdout: that ends when the process does. */
    while (read_output(device, deadline) >= 0) {
    }
    too_late = device_process_now_ms() >= deadline;
    status = reap(device, too_late);
    assert_false(too_late);
    return status;
}

void device_process_kill(struct device_process *device)
{
    int status;

    assert_true(device->pid > 0);
    if (device->is_emulated) {
        device_emulated_cut(device);
        return;
    }
    status = reap(device, true);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

void device_process_refresh_flash(const struct device_process *device)
{
    if (device->is_emulated) {
        device_emulated_refresh_flash(device);
    }
}

/* An emulator that keeps the flash has to live until that is taken. */
int device_process_cut_signal(const struct device_process *device)
{
    return device->is_emulated && device->board->keeps_flash ? SIGSTOP : SIGKILL;
}

bool device_process_was_cut(const struct device_process *device)
{
    siginfo_t info;

    memset(&info, 0, sizeof info);
    assert_int_equal(
        waitid(P_PID, (id_t)device->pid, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT), 0);
    return info.si_pid == device->pid;
}

void device_process_read_console(const struct device_process *device, char *text, size_t size)
{
    int console = open(device->console, O_RDONLY | O_CLOEXEC);
    ssize_t count;

    assert_true(console >= 0);
    count = read(console, text, size - 1U);
    (void)close(console);
    text[count > 0 ? count : 0] = '\0';
}

void device_process_destroy(struct device_process *device)
{
    if (device->is_emulated) {
        device_emulated_destroy(device);
    }
    if (device->pid > 0) {
        (void)reap(device, true);
    }
    if (device->folder[0] != '\0') {
        (void)unlink(device->flash);
        if (device->link[0] != '\0') {
            (void)unlink(device->link);
        }
        (void)unlink(device->console);
        (void)rmdir(device->folder);
        device->folder[0] = '\0';
    }
}
