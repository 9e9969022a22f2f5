#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "scratch.h"
#include "target/board_lock.h"
#include "target/board_wedge.h"

static char *folder; /* of this test's locks */

static int make_folder(void **state)
{
    (void)state;
    folder = scratch_make();
    return setenv("XDG_RUNTIME_DIR", folder, 1);
}

static int remove_folder(void **state)
{
    (void)state;
    scratch_remove(folder);
    return 0;
}

static void expect_refusal(const char *name, int error, const char *message)
{
    struct diagnostic diagnostic = {""};
    int lock = 7;
    assert_int_equal(board_lock_take(name, &lock, &diagnostic), error);
    assert_int_equal(lock, -1);
    if (strstr(diagnostic.text, message) == NULL) {
        fail_msg("%s", diagnostic.text);
    }
}

static void a_board_has_one_holder(void **state)
{
    struct diagnostic diagnostic = {""};
    int lock = -1;
    int other = -1;
    (void)state;
    assert_int_equal(board_lock_take("one", &lock, &diagnostic), RIG_OK);
    char *wanted = text_format("board one is in use by process %ld;", (long)getpid());
    expect_refusal("one", RIG_ERROR_BENCH, wanted);
    free(wanted);
    assert_int_equal(board_lock_take("two", &other, &diagnostic), RIG_OK);
    board_lock_release(other);
    board_lock_release(lock);
    assert_int_equal(board_lock_take("one", &lock, &diagnostic), RIG_OK);
    board_lock_release(lock);
    board_lock_release(-1);
}

/* Method: a child takes the lock, says so, and is killed while it holds it. */
static void a_lock_ends_with_its_process(void **state)
{
    struct diagnostic diagnostic = {""};
    int ready[2];
    int lock = -1;
    char byte = 0;
    (void)state;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        byte = board_lock_take("one", &lock, &diagnostic) == RIG_OK ? 'y' : 'n';
        (void)!write(ready[1], &byte, 1);
        (void)pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    char *wanted = text_format("in use by process %ld;", (long)child);
    expect_refusal("one", RIG_ERROR_BENCH, wanted);
    free(wanted);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(board_lock_take("one", &lock, &diagnostic), RIG_OK);
    board_lock_release(lock);
    (void)close(ready[0]);
    (void)close(ready[1]);
}

static void a_lock_file_with_nonsense_is_no_hindrance(void **state)
{
    struct diagnostic diagnostic = {""};
    char *locks = scratch_path(folder, "ordeal");
    int lock = -1;
    (void)state;
    assert_int_equal(mkdir(locks, 0700), 0);
    scratch_write(locks, "one.lock", "\033[2J nonsense of a process that died");
    assert_int_equal(board_lock_take("one", &lock, &diagnostic), RIG_OK);
    board_lock_release(lock);
    free(locks);
}

static void refuses_names_that_are_paths(void **state)
{
    (void)state;
    expect_refusal("../one", RIG_ERROR_USAGE, "no name of a board");
    expect_refusal("", RIG_ERROR_USAGE, "no name of a board");
}

static void refuses_folders_that_others_could_have_made(void **state)
{
    char *locks = scratch_path(folder, "ordeal");
    char *elsewhere = scratch_path(folder, "elsewhere");
    (void)state;
    assert_int_equal(mkdir(elsewhere, 0700), 0);
    assert_int_equal(symlink(elsewhere, locks), 0);
    expect_refusal("one", RIG_ERROR_BENCH, "cannot open this folder for locks");
    assert_int_equal(unlink(locks), 0);
    assert_int_equal(mkdir(locks, 0700), 0);
    assert_int_equal(chmod(locks, 0770), 0);
    expect_refusal("one", RIG_ERROR_BENCH, "not a folder of this user's alone");
    assert_int_equal(rmdir(locks), 0);
    scratch_write(folder, "ordeal", "a file");
    expect_refusal("one", RIG_ERROR_BENCH, "cannot open this folder for locks");
    free(elsewhere);
    free(locks);
}

static int take_in_anothers_folder(void *context)
{
    (void)context;
    expect_refusal("one", RIG_ERROR_BENCH, "set XDG_RUNTIME_DIR to a folder of your own");
    return 0;
}

static void refuses_the_folder_of_another_user(void **state)
{
    char *locks = scratch_path(folder, "ordeal");
    (void)state;
    if (geteuid() != 0) {
        skip(); /* only root can be two users */
    }
    assert_int_equal(mkdir(locks, 0755), 0);
    assert_int_equal(scratch_run_unprivileged(take_in_anothers_folder, NULL), 0);
    free(locks);
}

static void a_lock_is_no_link(void **state)
{
    struct diagnostic diagnostic = {""};
    char *locks = scratch_path(folder, "ordeal");
    char *lock = scratch_path(locks, "one.lock");
    char *victim = scratch_path(folder, "victim");
    struct file_content content;
    (void)state;
    scratch_write(folder, "victim", "mine");
    assert_int_equal(mkdir(locks, 0700), 0);
    assert_int_equal(symlink(victim, lock), 0);
    expect_refusal("one", RIG_ERROR_BENCH, "cannot open the lock of board one");
    assert_int_equal(file_read(victim, 16, &content, &diagnostic), RIG_OK);
    assert_string_equal((const char *)content.bytes, "mine");
    file_content_free(&content);
    free(victim);
    free(lock);
    free(locks);
}

static void a_wedged_board_is_remembered(void **state)
{
    struct diagnostic diagnostic = {""};
    char reason[BOARD_WEDGE_TEXT] = "x";
    char longer[2 * BOARD_WEDGE_TEXT];
    (void)state;
    assert_int_equal(board_wedge_read("one", reason, &diagnostic), RIG_OK);
    assert_string_equal(reason, "");
    assert_int_equal(board_wedge_note("one", "no health\n\033[2J", &diagnostic), RIG_OK);
    assert_int_equal(board_wedge_read("one", reason, &diagnostic), RIG_OK);
    assert_string_equal(reason, "no health\\n\\x1b[2J");
    assert_int_equal(board_wedge_note("one", "", &diagnostic), RIG_OK);
    assert_int_equal(board_wedge_read("one", reason, &diagnostic), RIG_OK);
    assert_string_equal(reason, "unknown");
    memset(longer, 'y', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(board_wedge_note("one", longer, &diagnostic), RIG_OK);
    assert_int_equal(board_wedge_read("one", reason, &diagnostic), RIG_OK);
    assert_int_equal(strlen(reason), BOARD_WEDGE_TEXT - 1);
    assert_int_equal(board_wedge_read("two", reason, &diagnostic), RIG_OK);
    assert_string_equal(reason, "");
    assert_int_equal(board_wedge_clear("one", &diagnostic), RIG_OK);
    assert_int_equal(board_wedge_clear("one", &diagnostic), RIG_OK);
    assert_int_equal(board_wedge_read("one", reason, &diagnostic), RIG_OK);
    assert_string_equal(reason, "");
}

static void a_note_that_cannot_be_read_is_told(void **state)
{
    struct diagnostic diagnostic = {""};
    char reason[BOARD_WEDGE_TEXT];
    char *locks = scratch_path(folder, "ordeal");
    char *note = scratch_path(locks, "one.wedged");
    (void)state;
    assert_int_equal(mkdir(locks, 0700), 0);
    assert_int_equal(mkdir(note, 0700), 0);
    assert_int_equal(board_wedge_read("one", reason, &diagnostic), RIG_ERROR_BENCH);
    assert_int_equal(board_wedge_note("one", "x", &diagnostic), RIG_ERROR_BENCH);
    assert_int_equal(board_wedge_clear("one", &diagnostic), RIG_ERROR_BENCH);
    assert_int_equal(board_wedge_read("../one", reason, &diagnostic), RIG_ERROR_USAGE);
    free(note);
    free(locks);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_board_has_one_holder),
        TEST(a_lock_ends_with_its_process),
        TEST(a_lock_file_with_nonsense_is_no_hindrance),
        TEST(refuses_names_that_are_paths),
        TEST(refuses_folders_that_others_could_have_made),
        TEST(refuses_the_folder_of_another_user),
        TEST(a_lock_is_no_link),
        TEST(a_wedged_board_is_remembered),
        TEST(a_note_that_cannot_be_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
