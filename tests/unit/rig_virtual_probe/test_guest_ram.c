/* Where the guest's memory lies: in a process that plays QEMU (stub_child.c), whose stub keeps the bytes of its
 * last packet at the begin of a page, as QEMU's own does now and then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"
#include "virtual_probe/guest_ram.h"

enum {
    PATIENCE_MS = 5000,
    PAGE = 4096,
    MEMORY = 0x20000000, /* where the guest has it */
    SMALL = 0x30000000,  /* a region with too few bytes for a mark */
    WORD = 4,
};

static struct gdb_client client;
static struct diagnostic diagnostic;
static struct guest_ram ram;
static pid_t process;
static int ends[2];

static const struct guest_map map = {
    .regions = {{MEMORY, MEMORY + PAGE - 1, GUEST_RAM, "memory"},
                {SMALL, SMALL + WORD - 1, GUEST_RAM, "small"}},
    .count = 2,
};

static int64_t soon(void)
{
    return process_clock_ms() + PATIENCE_MS;
}

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        (void)dup2(ends[1], STDIN_FILENO);
        (void)execl(STUB_CHILD, STUB_CHILD, (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    (void)close(ends[1]);
    assert_int_equal(gdb_client_open(&client, ends[0], soon(), &diagnostic), RIG_OK);
    return 0;
}

static int tear_down(void **state)
{
    int status = 0;

    (void)state;
    (void)close(ends[0]);
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_int_equal(status, 0);
    return 0;
}

static void write_guest(uint32_t address, const char word[WORD])
{
    assert_int_equal(
        gdb_client_write_memory(&client, address, (const uint8_t *)word, WORD, soon(), &diagnostic),
        RIG_OK);
}

static void test_stubs_buffer_is_no_memory(void **state)
{
    char read[WORD] = "";

    (void)state;
    write_guest(MEMORY, "left");
    assert_int_equal(guest_ram_find(&ram, &map, process, &client, soon(), &diagnostic), RIG_OK);
    assert_int_equal(guest_ram_read(&ram, MEMORY, read, WORD, &diagnostic), RIG_OK);
    assert_memory_equal(read, "left", WORD);
    write_guest(MEMORY, "mine");
    write_guest(MEMORY + PAGE - WORD, "last"); /* what the buffer holds now */
    assert_int_equal(guest_ram_read(&ram, MEMORY, read, WORD, &diagnostic), RIG_OK);
    assert_memory_equal(read, "mine", WORD);
    assert_int_equal(guest_ram_read(&ram, MEMORY + PAGE - WORD, read, WORD, &diagnostic), RIG_OK);
    assert_memory_equal(read, "last", WORD);
}

static void test_too_small_for_a_mark(void **state)
{
    char read[WORD] = "";

    (void)state;
    assert_int_equal(guest_ram_find(&ram, &map, process, &client, soon(), &diagnostic), RIG_OK);
    assert_int_equal(guest_ram_read(&ram, SMALL, read, WORD, &diagnostic), RIG_ERROR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_stubs_buffer_is_no_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_small_for_a_mark, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("rig_virtual_probe.guest_ram", tests, NULL, NULL);
}
