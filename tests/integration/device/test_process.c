/*
 * hearth-native as a process: what it refuses, how it ends, and that no client can hold it up.
 */
#include "modbus_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define CONNECTIONS       4U /* that the device serves */
#define EXIT_NO_START     1
#define EXIT_REFUSED      2
#define EXIT_WATCHDOG     3
#define WATCHDOG_MS       2000U
#define CLOSE_DEADLINE_MS 3000
#define LATENCY_LIMIT_MS  500U

static struct device_process device;

static int set_up(void **state)
{
    *state = &device;
    device_process_create(&device);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_process_destroy(&device);
    return 0;
}

/* Starts with these arguments; it must end at once with `code` and one line that has `text`. */
static void expect_end(const char *const *arguments, int code, const char *text)
{
    char console[1024];
    int status;

    device_process_launch(&device, arguments);
    status = device_process_wait(&device);
    assert_true(WIFEXITED(status));
    device_process_read_console(&device, console, sizeof console);
    if (WEXITSTATUS(status) != code || strstr(console, text) == NULL) {
        fail_msg("ended with %d and '%s' instead of %d and '%s'", WEXITSTATUS(status), console,
                 code, text);
    }
    assert_ptr_equal(strrchr(console, '\n'), console + strlen(console) - 1U);
}

static void write_file(const char *path, size_t size, int fill)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    for (size_t i = 0; i < size; i++) {
        assert_int_not_equal(fputc(fill, file), EOF);
    }
    assert_int_equal(fclose(file), 0);
}

static void refuses_bad_power_cuts(void)
{
    static const char *const cuts[] = {"",      "x",      "-1",       "1 ", "536870912",
                                       ":torn", "1:late", "1:torn:2", "1:"};

    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        expect_end((const char *[]){"--flash", device.flash, "--power-cut", cuts[i], NULL},
                   EXIT_REFUSED, "not a flash operation");
    }
}

static void test_refuses_bad_options(void **state)
{
    (void)state;
    expect_end((const char *[]){NULL}, EXIT_REFUSED, "--flash");
    expect_end((const char *[]){"--flash", device.flash, "--tcp", "65536", NULL}, EXIT_REFUSED,
               "not a port");
    expect_end((const char *[]){"--flash", device.flash, "--tcp", "12x", NULL}, EXIT_REFUSED,
               "not a port");
    expect_end((const char *[]){"--flash", device.flash, "--temperature", "nan", NULL},
               EXIT_REFUSED, "not a temperature");
    expect_end((const char *[]){"--flash", device.flash, "--temperature", "126", NULL},
               EXIT_REFUSED, "not a temperature");
    refuses_bad_power_cuts();
    expect_end((const char *[]){"--flash", device.flash, "--nonsense", NULL}, EXIT_REFUSED,
               "unknown option");
    expect_end((const char *[]){"--flash", device.flash, "extra", NULL}, EXIT_REFUSED, "extra");
    assert_int_equal(access(device.flash, F_OK), -1); /* and none of them made a device */
}

static void test_refuses_what_is_no_flash_file(void **state)
{
    (void)state;
    expect_end((const char *[]){"--flash", device.folder, NULL}, EXIT_REFUSED, "regular file");
    expect_end((const char *[]){"--flash", "/dev/null", NULL}, EXIT_REFUSED, "regular file");
    assert_int_equal(mkfifo(device.flash, 0600), 0);
    expect_end((const char *[]){"--flash", device.flash, NULL}, EXIT_REFUSED, "regular file");
    assert_int_equal(unlink(device.flash), 0);
    write_file(device.flash, 184319, 0xFF);
    expect_end((const char *[]){"--flash", device.flash, NULL}, EXIT_REFUSED, "184319 bytes");
    write_file(device.flash, 0, 0xFF);
    expect_end((const char *[]){"--flash", device.flash, NULL}, EXIT_REFUSED, "0 bytes");
    write_file(device.flash, 184320, 0xFF);
    expect_end((const char *[]){"--flash", device.flash, NULL}, EXIT_NO_START, "factory page");
    expect_end((const char *[]){"--flash", "missing/folder/flash", NULL}, EXIT_REFUSED,
               "missing/folder/flash");
    expect_end((const char *[]){"--flash", device.flash, "--password", "x", NULL}, EXIT_REFUSED,
               "new device");
}

static void test_refuses_a_flash_in_use(void **state)
{
    struct device_process second;
    char console[1024];
    int status;

    (void)state;
    device_process_start(&device, NULL);
    second = device;
    second.pid = 0;
    (void)snprintf(second.console, sizeof second.console, "%s/bus2", device.folder);
    device_process_launch(&second, (const char *[]){"--flash", device.flash, NULL});
    status = device_process_wait(&second);
    device_process_read_console(&second, console, sizeof console);
    (void)unlink(second.console);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_REFUSED);
    assert_non_null(strstr(console, "in use"));
}

static void test_keeps_its_hands_off_other_files(void **state)
{
    struct stat status;

    (void)state;
    write_file(device.link, 3, 'x');
    expect_end((const char *[]){"--flash", device.flash, "--uart", device.link, NULL}, EXIT_REFUSED,
               "something else");
    assert_int_equal(stat(device.link, &status), 0);
    assert_int_equal(status.st_size, 3);
    assert_int_equal(unlink(device.link), 0);
    assert_int_equal(symlink("/etc/hostname", device.link), 0);
    expect_end((const char *[]){"--flash", device.flash, "--uart", device.link, NULL}, EXIT_REFUSED,
               "something else");
    assert_int_equal(access(device.flash, F_OK), -1);
}

static void expect_clean_end_by(int signal)
{
    struct stat link_status;
    int status;

    device_process_start(&device, NULL);
    assert_int_equal(lstat(device.link, &link_status), 0);
    assert_true(S_ISLNK(link_status.st_mode));
    device_process_signal(&device, signal);
    status = device_process_wait(&device);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(lstat(device.link, &link_status), -1);
}

static void test_ends_cleanly_on_request(void **state)
{
    (void)state;
    expect_clean_end_by(SIGTERM);
    assert_true(device.is_new);
    expect_clean_end_by(SIGINT);
    assert_false(device.is_new);
}

/* The link of a killed process is stale: the next start takes it over. */
static void test_starts_again_after_a_kill(void **state)
{
    uint8_t first_id[DEVICE_PROCESS_ID_SIZE];
    modbus_t *modbus;
    uint16_t value;

    (void)state;
    device_process_start(&device, NULL);
    memcpy(first_id, device.device_id, sizeof first_id);
    device_process_kill(&device);
    device_process_start(&device, NULL);
    assert_false(device.is_new);
    assert_memory_equal(device.device_id, first_id, sizeof first_id);
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    EXPECT_DONE(modbus_read_registers(modbus, 0, 1, &value), 1);
    modbus_link_close(modbus);
}

/* Two devices must differ in identity and password, and the password must have its 64 bits. */
static void test_new_devices_are_unique(void **state)
{
    const char *password = device.label_password;
    struct device_process first;

    (void)state;
    device_process_start(&device, NULL);
    first = device;
    device_process_kill(&device);
    assert_int_equal(unlink(device.flash), 0);
    device_process_start(&device, NULL);
    assert_true(device.is_new);
    assert_memory_not_equal(device.device_id, first.device_id, sizeof first.device_id);
    assert_string_not_equal(device.label_password, first.label_password);
    /* Four groups of four out of 32 characters: 80 bits. */
    assert_int_equal(strlen(password), 19);
    assert_int_equal(strspn(password, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ-"), 19);
}

static void test_watchdog_ends_a_process_that_hangs(void **state)
{
    char console[1024];
    int status;

    (void)state;
    device_process_start(&device, NULL);
    device_process_signal(&device, SIGSTOP);
    device_process_pause(WATCHDOG_MS + 200U); /* the time itself is what is tested */
    device_process_signal(&device, SIGCONT);
    status = device_process_wait(&device);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_WATCHDOG);
    device_process_read_console(&device, console, sizeof console);
    assert_non_null(strstr(console, "watchdog"));
}

/* The watchdog must stay silent on a device that has nothing to do. */
static void test_watchdog_spares_an_idle_device(void **state)
{
    modbus_t *modbus;
    uint16_t value;

    (void)state;
    device_process_start(&device, NULL);
    device_process_pause(WATCHDOG_MS + 500U);
    modbus = modbus_link_open(&device, MODBUS_LINK_TCP);
    EXPECT_DONE(modbus_read_registers(modbus, 0, 1, &value), 1);
    modbus_link_close(modbus);
}

static int connect_plain(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(device.tcp_port),
                                        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int client = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(client >= 0);
    assert_int_equal(connect(client, (const struct sockaddr *)&address, sizeof address), 0);
    return client;
}

/* Waits until the device closes the connection; false if it has not by the deadline. */
static bool is_closed(int client, int deadline_ms)
{
    struct pollfd entry = {.fd = client, .events = POLLIN};
    char byte;

    return poll(&entry, 1, deadline_ms) == 1 && recv(client, &byte, 1, MSG_DONTWAIT) <= 0;
}

/* A request on `client` and its response: proves that the connection is served. */
static void expect_served(int client)
{
    const uint8_t request[] = {0, 9, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1};
    uint8_t response[11];
    size_t used = 0;

    assert_int_equal(send(client, request, sizeof request, MSG_NOSIGNAL), sizeof request);
    while (used < sizeof response) {
        struct pollfd entry = {.fd = client, .events = POLLIN};
        ssize_t count;
        assert_int_equal(poll(&entry, 1, CLOSE_DEADLINE_MS), 1);
        count = recv(client, response + used, sizeof response - used, 0);
        assert_true(count > 0);
        used += (size_t)count;
    }
    assert_int_equal(response[7], 3);
}

static void test_fifth_connection_drops_the_oldest(void **state)
{
    int clients[CONNECTIONS + 1U];

    (void)state;
    device_process_start(&device, NULL);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        clients[i] = connect_plain();
        expect_served(clients[i]);
        device_process_pause(5); /* so that their ages differ on the device's clock */
    }
    expect_served(clients[0]); /* now the second is the oldest */
    clients[CONNECTIONS] = connect_plain();
    expect_served(clients[CONNECTIONS]);
    assert_true(is_closed(clients[1], CLOSE_DEADLINE_MS));
    expect_served(clients[0]);
    expect_served(clients[2]);
    expect_served(clients[3]);
    for (size_t i = 0; i <= CONNECTIONS; i++) {
        (void)close(clients[i]);
    }
}

static void test_nonsense_closes_the_connection(void **state)
{
    const char nonsense[] = "GET / HTTP/1.0\r\n\r\n";
    int client;

    (void)state;
    device_process_start(&device, NULL);
    client = connect_plain();
    assert_int_equal(send(client, nonsense, sizeof nonsense, MSG_NOSIGNAL), sizeof nonsense);
    assert_true(is_closed(client, CLOSE_DEADLINE_MS));
    (void)close(client);
}

static const uint8_t flood_request[] = {0, 9, 0, 0, 0, 6, 1, 3, 0, 0, 0, 12};
#define FLOOD_RESPONSE_SIZE (9U + 24U)

/* Sends requests and reads no response, until the device takes no more. Returns bytes sent. */
static size_t flood(int client)
{
    struct pollfd entry = {.fd = client, .events = POLLOUT};
    const uint64_t deadline = device_process_now_ms() + 10000U;
    size_t sent = 0;

    assert_int_equal(fcntl(client, F_SETFL, O_NONBLOCK), 0);
    while (poll(&entry, 1, 200) == 1) {
        const size_t at = sent % sizeof flood_request;
        ssize_t count = send(client, flood_request + at, sizeof flood_request - at, MSG_NOSIGNAL);
        assert_true(device_process_now_ms() < deadline);
        sent += count > 0 ? (size_t)count : 0;
    }
    return sent;
}

/* Reads until nothing comes any more. Returns how many bytes came. */
static size_t drain(int client)
{
    static uint8_t bytes[65536];
    struct pollfd entry = {.fd = client, .events = POLLIN};
    const uint64_t deadline = device_process_now_ms() + 20000U;
    size_t received = 0;

    while (poll(&entry, 1, 500) == 1) {
        ssize_t count = recv(client, bytes, sizeof bytes, 0);
        assert_true(count > 0);
        assert_true(device_process_now_ms() < deadline);
        received += (size_t)count;
    }
    return received;
}

static void expect_prompt_answers(modbus_t *modbus)
{
    uint16_t registers[12];

    for (int i = 0; i < 100; i++) {
        const uint64_t before = device_process_now_ms();
        EXPECT_DONE(modbus_read_registers(modbus, 0, 12, registers), 12);
        assert_in_range(device_process_now_ms() - before, 0, LATENCY_LIMIT_MS);
    }
}

/* One client stops within a request, one never reads: others are served, control goes on. */
static void test_hostile_clients_hold_nobody_up(void **state)
{
    const uint8_t half[] = {0, 1, 0, 0, 0, 6, 1};
    modbus_t *by_tcp;
    modbus_t *by_bus;
    size_t sent;
    int sleeper;
    int flooder;

    (void)state;
    device_process_start(&device, NULL);
    sleeper = connect_plain();
    flooder = connect_plain();
    assert_int_equal(send(sleeper, half, sizeof half, MSG_NOSIGNAL), sizeof half);
    sent = flood(flooder);
    by_tcp = modbus_link_open(&device, MODBUS_LINK_TCP);
    by_bus = modbus_link_open(&device, MODBUS_LINK_RTU);
    expect_prompt_answers(by_tcp);
    expect_prompt_answers(by_bus);
    device_process_pause(WATCHDOG_MS + 200U);
    expect_prompt_answers(by_tcp); /* the watchdog has been kicked all along */
    modbus_link_close(by_tcp);
    modbus_link_close(by_bus);
    /* The flooder gets every answer after all, if it asks for them. */
    assert_int_equal(drain(flooder), sent / sizeof flood_request * FLOOD_RESPONSE_SIZE);
    (void)close(sleeper);
    (void)close(flooder);
}

/* A master that floods the bus and reads nothing; afterwards the bus works as before. */
static void test_flooded_bus_recovers(void **state)
{
    uint8_t noise[256];
    modbus_t *modbus;
    int bus;

    (void)state;
    device_process_start(&device, NULL);
    bus = open(device.link, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    assert_true(bus >= 0);
    memset(noise, 0x55, sizeof noise);
    for (int i = 0; i < 2000; i++) {
        (void)!write(bus, noise, sizeof noise);
    }
    (void)close(bus);
    device_process_pause(100); /* the silence that ends a frame, with room for a busy machine */
    modbus = modbus_link_open(&device, MODBUS_LINK_RTU);
    expect_prompt_answers(modbus);
    modbus_link_close(modbus);
}

#define PROCESS_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROCESS_TEST(test_refuses_bad_options),
        PROCESS_TEST(test_refuses_what_is_no_flash_file),
        PROCESS_TEST(test_refuses_a_flash_in_use),
        PROCESS_TEST(test_keeps_its_hands_off_other_files),
        PROCESS_TEST(test_ends_cleanly_on_request),
        PROCESS_TEST(test_starts_again_after_a_kill),
        PROCESS_TEST(test_new_devices_are_unique),
        PROCESS_TEST(test_watchdog_ends_a_process_that_hangs),
        PROCESS_TEST(test_watchdog_spares_an_idle_device),
        PROCESS_TEST(test_fifth_connection_drops_the_oldest),
        PROCESS_TEST(test_nonsense_closes_the_connection),
        PROCESS_TEST(test_hostile_clients_hold_nobody_up),
        PROCESS_TEST(test_flooded_bus_recovers),
    };

    return cmocka_run_group_tests_name("device.process", tests, NULL, NULL);
}
