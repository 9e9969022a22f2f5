#define _GNU_SOURCE /* posix_openpt and its relatives */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "target/kept_terminal.h"

enum { NAME = 64, PATH = 256 };

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = scratch_make();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

/* A device's end of a new terminal, and its name. */
static int open_device(char name[NAME])
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    assert_int_equal(ptsname_r(master, name, NAME), 0);
    return master;
}

/* A device ends, and others start: whether one of them gets its terminal's name. */
static bool is_taken_over(bool keep)
{
    enum { OTHERS = 3 }; /* the lowest free number is given first, but other programs end, too */
    struct kept_terminal kept = KEPT_TERMINAL_NONE;
    char link[PATH];
    char name[NAME];
    char other[NAME];
    int others[OTHERS];
    bool taken = false;
    const int device = open_device(name);

    (void)snprintf(link, sizeof link, "%s/bus", folder);
    assert_int_equal(symlink(name, link), 0);
    if (keep) {
        kept_terminal_open(&kept, link);
        assert_true(kept.descriptor >= 0);
    }
    assert_int_equal(close(device), 0);
    for (int i = 0; i < OTHERS; i++) {
        others[i] = open_device(other);
        taken = taken || strcmp(name, other) == 0;
    }
    for (int i = 0; i < OTHERS; i++)
        assert_int_equal(close(others[i]), 0);
    assert_int_equal(unlink(link), 0);
    kept_terminal_close(&kept);
    assert_int_equal(kept.descriptor, -1);
    return taken;
}

static void nobody_gets_the_name_of_a_kept_terminal(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        assert_false(is_taken_over(true));
}

/* What it is for: without it, somebody does. */
static void somebody_gets_the_name_of_one_that_is_not_kept(void **state)
{
    int taken = 0;
    (void)state;
    for (int i = 0; i < 20; i++)
        taken += is_taken_over(false);
    assert_true(taken > 0);
}

static void a_link_that_leads_nowhere_keeps_nothing(void **state)
{
    struct kept_terminal kept = KEPT_TERMINAL_NONE;
    (void)state;
    kept_terminal_open(&kept, "/nowhere/bus");
    assert_int_equal(kept.descriptor, -1);
    kept_terminal_open(&kept, NULL);
    assert_int_equal(kept.descriptor, -1);
    kept_terminal_close(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_gets_the_name_of_a_kept_terminal),
        cmocka_unit_test(somebody_gets_the_name_of_one_that_is_not_kept),
        cmocka_unit_test(a_link_that_leads_nowhere_keeps_nothing),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
