#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/workspace.h"
#include "scratch.h"

static void searches_the_users_folder_first(void **state)
{
    struct workspace *workspace = NULL;
    struct diagnostic diagnostic;
    char *folder = scratch_make();
    struct workspace_options options = {.project = folder};
    (void)state;
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_OK);
    char *resolved = realpath(folder, NULL);
    assert_string_equal(workspace_user_folder(workspace), resolved);
    assert_string_equal(workspace_folder(workspace, 0), resolved);
    assert_int_equal(workspace_program_folder(workspace)[0], '/');
    if (workspace_own_root(workspace) != NULL) {
        assert_int_equal(workspace_folder_count(workspace), 2);
        assert_string_equal(workspace_folder(workspace, 1), workspace_own_root(workspace));
    } else {
        assert_int_equal(workspace_folder_count(workspace), 1);
    }
    free(resolved);
    workspace_free(workspace);
    scratch_remove(folder);
}

static void refuses_folders_that_are_not_there(void **state)
{
    struct workspace *workspace = NULL;
    struct diagnostic diagnostic;
    char *folder = scratch_make();
    char *missing = scratch_path(folder, "missing");
    char *file = scratch_path(folder, "file");
    struct workspace_options options = {.project = missing};
    (void)state;
    scratch_write(folder, "file", "");
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "--project"));
    options = (struct workspace_options){.project = file};
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_ERROR_CONFIGURATION);
    options = (struct workspace_options){.project = folder, .build = missing};
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_ERROR_CONFIGURATION);
    assert_non_null(strstr(diagnostic.text, "--build"));
    assert_null(workspace);
    free(missing);
    free(file);
    scratch_remove(folder);
}

static void finds_programs_that_were_built(void **state)
{
    struct workspace *workspace = NULL;
    struct diagnostic diagnostic;
    char *path = NULL;
    char *folder = scratch_make();
    char *built = scratch_path(folder, "out/harnesses/echo.reproducer");
    char *build = scratch_path(folder, "out");
    const struct workspace_options options = {.project = folder, .build = build};
    const struct workspace_program program = {"echo", "reproducer"};
    (void)state;
    scratch_write(folder, "out/harnesses/echo.reproducer", "#!/bin/true\n");
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_OK);
    assert_int_equal(workspace_find_program(workspace, workspace_user_folder(workspace), &program,
                                            &path, &diagnostic),
                     RIG_ERROR_BENCH); /* not executable */
    assert_null(path);
    assert_non_null(strstr(diagnostic.text, "echo.reproducer: not built"));
    assert_int_equal(chmod(built, 0755), 0);
    assert_int_equal(workspace_find_program(workspace, workspace_user_folder(workspace), &program,
                                            &path, &diagnostic),
                     RIG_OK);
    char *resolved = realpath(built, NULL);
    assert_string_equal(path, resolved);
    free(resolved);
    free(path);
    workspace_free(workspace);
    free(built);
    free(build);
    scratch_remove(folder);
}

/* A program in the user's build folder is that of a user's harness, and of no other. */
static void keeps_programs_to_their_folder(void **state)
{
    struct workspace *workspace = NULL;
    struct diagnostic diagnostic;
    char *path = NULL;
    char *folder = scratch_make();
    char *built = scratch_path(folder, "build/harnesses/echo.reproducer");
    const struct workspace_options options = {.project = folder};
    const struct workspace_program program = {"echo", "reproducer"};
    (void)state;
    scratch_write(folder, "build/harnesses/echo.reproducer", "#!/bin/true\n");
    assert_int_equal(chmod(built, 0755), 0);
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_OK);
    assert_int_equal(workspace_find_program(workspace, workspace_user_folder(workspace), &program,
                                            &path, &diagnostic),
                     RIG_OK);
    free(path);
    assert_non_null(workspace_own_root(workspace));
    assert_int_equal(workspace_find_program(workspace, workspace_own_root(workspace), &program,
                                            &path, &diagnostic),
                     RIG_ERROR_BENCH);
    assert_null(path);
    assert_non_null(strstr(diagnostic.text, "cmake --build"));
    workspace_free(workspace);
    free(built);
    scratch_remove(folder);
}

/* A user's target may name a file of Ordeal's own build, but never the other way round. */
static void lends_firmware_one_way(void **state)
{
    struct workspace *workspace = NULL;
    struct diagnostic diagnostic;
    char *path = NULL;
    char *folder = scratch_make();
    const struct workspace_options options = {.project = folder};
    (void)state;
    scratch_write(folder, "build/boards/x/image.bin", "image");
    assert_int_equal(workspace_open(&options, &workspace, &diagnostic), RIG_OK);
    const char *user = workspace_user_folder(workspace);
    const char *own = workspace_own_root(workspace);
    assert_non_null(own);
    assert_int_equal(
        workspace_find_firmware(workspace, user, "boards/x/image.bin", &path, &diagnostic), RIG_OK);
    assert_int_equal(strncmp(path, user, strlen(user)), 0);
    free(path);
    assert_int_equal(
        workspace_find_firmware(workspace, own, "boards/x/image.bin", &path, &diagnostic),
        RIG_ERROR_BENCH);
    assert_null(path);
    assert_non_null(strstr(diagnostic.text, "boards/x/image.bin: not built; build it with cmake"));
    /* The running test is a file of Ordeal's own build, and none of the user's. */
    assert_int_equal(
        workspace_find_firmware(workspace, user, "rig_base.workspace", &path, &diagnostic), RIG_OK);
    assert_int_not_equal(strncmp(path, user, strlen(user)), 0);
    free(path);
    workspace_free(workspace);
    scratch_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches_the_users_folder_first),
        cmocka_unit_test(refuses_folders_that_are_not_there),
        cmocka_unit_test(finds_programs_that_were_built),
        cmocka_unit_test(keeps_programs_to_their_folder),
        cmocka_unit_test(lends_firmware_one_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
