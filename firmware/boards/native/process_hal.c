#include "process_hal.h"

#include "flash_model.h"
#include "native_layout.h"
#include "power_cut.h"
#include "process_report.h"
#include "tmp105_model.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define FRAME_GAP_MS 5U /* 3.5 characters of 11 bits at 9600 baud are 4.01 ms */
/* The firmware looks at the clock before it reads: only the second read proves it saw the silence.
 */
#define SILENT_READS  2U
#define MS_PER_SECOND 1000
#define NS_PER_MS     1000000L
#define NS_PER_US     1000L

/* One board: hal.h has no handle. */
static struct {
    struct process_board parts;
    struct flash_model flash;
    uint64_t power_on_ms;
    enum hal_reset_cause reset_cause;
    uint8_t retained[HAL_RETAINED_SIZE];
    uint64_t last_byte_ms; /* when the bus last gave the firmware a byte */
    unsigned silent_reads; /* needed yet before the firmware has certainly seen the silence */
    bool relay_closed;
    timer_t watchdog;
    struct itimerspec watchdog_time;
} board;

static uint64_t monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail: the clock exists, `now` is ours */
    return (uint64_t)now.tv_sec * MS_PER_SECOND + (uint64_t)(now.tv_nsec / NS_PER_MS);
}

/* What nothing in the process can see coming, or delay. */
static void lose_power(void)
{
    (void)raise(SIGKILL);
    abort(); /* not reached */
}

static void stop_on_breach(const char *what, uint32_t offset)
{
    (void)process_refuse("the firmware broke a flash rule: %s at 0x%08x", what, (unsigned)offset);
    abort();
}

/* Only what POSIX allows in a signal handler (XSH 2.4.3). */
static void watchdog_expired(int signal)
{
    static const char text[] = "hearth-native: watchdog: the firmware did not kick it in time\n";

    (void)signal;
    if (write(STDERR_FILENO, text, sizeof text - 1U) < 0) {
        _exit(PROCESS_EXIT_WATCHDOG); /* as below: there is nobody else to tell */
    }
    _exit(PROCESS_EXIT_WATCHDOG);
}

static int prepare_watchdog(void)
{
    struct sigaction action;
    struct sigevent event;

    memset(&action, 0, sizeof action);
    memset(&event, 0, sizeof event);
    action.sa_handler = watchdog_expired;
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGALRM;
    if (sigemptyset(&action.sa_mask) != 0 || sigaction(SIGALRM, &action, NULL) != 0 ||
        timer_create(CLOCK_MONOTONIC, &event, &board.watchdog) != 0) {
        return process_refuse("no timer for the watchdog: %s", strerror(errno));
    }
    return 0;
}

int process_hal_power_on(const struct process_board *parts)
{
    memset(&board, 0, sizeof board);
    board.parts = *parts;
    board.flash.layout = &native_layout;
    board.flash.bytes = parts->flash_bytes;
    board.flash.on_power_cut = lose_power;
    board.flash.on_breach = stop_on_breach;
    board.power_on_ms = monotonic_ms();
    flash_model_arm(&board.flash, parts->power_cut);
    return prepare_watchdog();
}

void process_hal_take_cut(void)
{
    struct fault cut;

    if (power_cut_take(board.parts.cut_signals, &cut)) {
        flash_model_arm(&board.flash, cut);
    }
}

void process_hal_reset(enum hal_reset_cause cause)
{
    board.reset_cause = cause;
    board.power_on_ms = monotonic_ms();
    board.last_byte_ms = 0;
    board.silent_reads = 0;
    hal_relay_set(false);
}

uint64_t process_hal_frame_end_ms(void)
{
    return board.silent_reads > 0 ? board.last_byte_ms + FRAME_GAP_MS : UINT64_MAX;
}

struct hal_flash_geometry hal_flash_geometry(enum hal_flash_area area)
{
    return flash_model_geometry(area);
}

int hal_flash_read(uint32_t offset, void *buffer, size_t length)
{
    return flash_model_read(&board.flash, offset, buffer, length);
}

/* What the part needs for one unit or one sector. Nothing else runs meanwhile, as on a board that
 * executes from the flash that it programs. */
static void take_flash_time(void)
{
    const struct timespec time = {.tv_nsec = (long)board.parts.flash_time_us * NS_PER_US};

    if (board.parts.flash_time_us > 0) {
        (void)nanosleep(&time, NULL); /* no handler returns here, so that it cannot be cut short */
    }
}

/* A cut that tears an operation leaves half of it. */
static void prepare_cut(size_t length)
{
    process_hal_take_cut();
    board.flash.fault.units = (uint32_t)(length / FLASH_PROGRAM_UNIT / 2U);
}

/* Unit by unit, so that a kill leaves what a power cut leaves: some of them. */
static int program_slowly(uint32_t offset, const uint8_t *data, size_t length)
{
    int result = HAL_OK;

    for (size_t done = 0; done < length && result == HAL_OK; done += FLASH_PROGRAM_UNIT) {
        take_flash_time();
        prepare_cut(FLASH_PROGRAM_UNIT);
        result = flash_model_program(&board.flash, offset + (uint32_t)done, data + done,
                                     FLASH_PROGRAM_UNIT);
    }
    return result;
}

int hal_flash_program(uint32_t offset, const void *data, size_t length)
{
    /* What breaks the rules goes to the model whole: it says so and ends the process. */
    if (board.parts.flash_time_us > 0 && length > 0 && length % FLASH_PROGRAM_UNIT == 0) {
        return program_slowly(offset, data, length);
    }
    prepare_cut(length);
    return flash_model_program(&board.flash, offset, data, length);
}

int hal_flash_erase(uint32_t offset)
{
    take_flash_time();
    prepare_cut(FLASH_SECTOR_SIZE);
    return flash_model_erase(&board.flash, offset);
}

enum hal_reset_cause hal_reset_cause(void)
{
    return board.reset_cause;
}

uint8_t *hal_retained(void)
{
    return board.retained;
}

/* A process starts with memory of its own. */
void hal_wipe_memory(void)
{
}

void hal_debug_open(void)
{
    process_console("debug: port open until the next reset");
}

uint64_t hal_time_ms(void)
{
    return monotonic_ms() - board.power_on_ms;
}

void hal_idle(void)
{
    struct pollfd bus = {.fd = board.parts.bus->master, .events = POLLIN};

    (void)poll(&bus, 1, 1); /* an early return does no harm: the caller comes again */
}

size_t hal_uart_read(uint8_t *buffer, size_t capacity)
{
    const uint64_t now = hal_time_ms();
    size_t count = pty_bus_read(board.parts.bus, buffer, capacity);

    if (count > 0) {
        board.last_byte_ms = now;
        board.silent_reads = SILENT_READS;
    } else if (now >= process_hal_frame_end_ms()) {
        board.silent_reads--;
    }
    return count;
}

int hal_uart_write(const uint8_t *data, size_t length)
{
    return pty_bus_write(board.parts.bus, data, length);
}

uint32_t hal_uart_frame_gap_ms(void)
{
    return FRAME_GAP_MS;
}

void hal_console_line(const char *line)
{
    process_console(line);
}

int hal_i2c_transfer(uint8_t address, const uint8_t *write, size_t write_length, uint8_t *read,
                     size_t read_length)
{
    return tmp105_model_transfer(board.parts.temperature, address, write, write_length, read,
                                 read_length);
}

void hal_relay_set(bool closed)
{
    if (closed != board.relay_closed) {
        process_console(closed ? "relay: closed" : "relay: open");
    }
    board.relay_closed = closed;
}

int hal_entropy(uint8_t *buffer, size_t length)
{
    ssize_t got = getrandom(buffer, length, 0);

    return got >= 0 && (size_t)got == length ? HAL_OK : HAL_ERROR_ENTROPY;
}

void hal_watchdog_start(uint32_t timeout_ms)
{
    board.watchdog_time.it_value.tv_sec = timeout_ms / MS_PER_SECOND;
    board.watchdog_time.it_value.tv_nsec = (long)(timeout_ms % MS_PER_SECOND) * NS_PER_MS;
    hal_watchdog_kick();
}

void hal_watchdog_kick(void)
{
    if (timer_settime(board.watchdog, 0, &board.watchdog_time, NULL) != 0) {
        (void)process_refuse("the watchdog cannot be kicked: %s", strerror(errno));
        abort();
    }
}
