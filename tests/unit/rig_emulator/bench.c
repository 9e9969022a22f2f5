#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

int64_t bench_deadline(void)
{
    return process_clock_ms() + BENCH_LIMIT_MS;
}

int64_t bench_soon(void)
{
    return process_clock_ms() + BENCH_SHORT_MS;
}

static void make_flash(const char *path)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), BENCH_FLASH_SIZE), 0);
    assert_int_equal(fclose(file), 0);
}

int bench_set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    assert_int_equal(file_make_temporary(&bench->folder, &bench->diagnostic), RIG_OK);
    bench->flash = file_join(bench->folder, "flash, of \"one\" device");
    bench->log = file_join(bench->folder, "console.log");
    make_flash(bench->flash);
    bench->options = (struct emulator_options){.kernel = GUEST,
                                               .flash = bench->flash,
                                               .flash_size = BENCH_FLASH_SIZE,
                                               .sensor = "i2c",
                                               .tcp_port = 502,
                                               .console_log = bench->log};
    *state = bench;
    return 0;
}

int bench_tear_down(void **state)
{
    struct bench *bench = *state;

    bench_destroy(bench);
    bench_assert_no_child();
    assert_int_equal(file_remove(bench->folder, &bench->diagnostic), RIG_OK);
    free(bench->folder);
    free(bench->flash);
    free(bench->log);
    free(bench);
    return 0;
}

void bench_create(struct bench *bench)
{
    assert_int_equal(emulator_create(&bench->options, &bench->emulator, &bench->diagnostic),
                     RIG_OK);
}

void bench_destroy(struct bench *bench)
{
    emulator_destroy(bench->emulator);
    bench->emulator = NULL;
}

void bench_start(struct bench *bench)
{
    bench_create(bench);
    if (emulator_power_on(bench->emulator, bench_deadline(), &bench->diagnostic) != RIG_OK) {
        fail_msg("%s", bench->diagnostic.text);
    }
}

void bench_expect_console(struct bench *bench, const char *text, uint64_t *position)
{
    if (emulator_wait_console(bench->emulator, text, position, bench_deadline(),
                              &bench->diagnostic) != RIG_OK) {
        fail_msg("%s", bench->diagnostic.text);
    }
}

void bench_assert_no_child(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}
