/*
 * measure_probe [CYCLES] - how fast a debugger is on the emulated board, and whether it lasts; for
 * scripts/measure. Prints, among what cmocka says, one line a figure:
 *
 *   measured|transfer|BYTES|NANOSECONDS|NANOSECONDS    load of a file into flash, dump of it
 *   measured|word|READS|MEDIAN|MIN                     microseconds of one 32-bit read
 *   measured|cycles|CYCLES|ERRORS|NANOSECONDS          reset, halt, read, resume
 *
 * A cycle that fails is counted, its reason is told, and the next one begins with a board of its own.
 */
#include "lab.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

enum {
    VECTORS = 0x10000000,
    FIRST_STACK = 0x38010000,
    LOAD_ADDRESS = (int)0x80100000,
    LOAD_SIZE = 256 * 1024,
    WORDS = 2000,
    CYCLES_MAX = 1000,
};

static int cycle_count = CYCLES_MAX;

static int64_t now_ns(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static char *make_image(struct lab *lab)
{
    char *path = file_join(lab->folder, "image.bin");
    FILE *file = path != NULL ? fopen(path, "wb") : NULL;

    assert_non_null(file);
    for (int i = 0; i < LOAD_SIZE; i++) {
        assert_int_not_equal(fputc(rand() & 0xFF, file), EOF); /* any bytes do */
    }
    assert_int_equal(fclose(file), 0);
    return path;
}

static void dump(struct lab *lab, const char *path)
{
    char command[256];
    struct tcl_reply reply = {false, ""};

    (void)snprintf(command, sizeof(command), "dump_image {%s} 0x%x %d", path,
                   (unsigned)LOAD_ADDRESS, LOAD_SIZE);
    LAB_OK(lab,
           openocd_call(lab->probe.openocd, command, &reply, lab_deadline(), &lab->diagnostic));
    if (reply.failed) {
        fail_msg("dump_image: %s", reply.text);
    }
}

static void transfers(void **state)
{
    struct lab *lab = *state;
    char *image = make_image(lab);
    char *copy = file_join(lab->folder, "copy.bin");
    int64_t began;
    int64_t loaded;

    assert_non_null(copy);
    LAB_OK(lab, probe_reset(&lab->probe, PROBE_RESET_HALT, lab_deadline(), &lab->diagnostic));
    began = now_ns();
    LAB_OK(lab, probe_load(&lab->probe, image, (uint32_t)LOAD_ADDRESS, lab_deadline(),
                           &lab->diagnostic));
    loaded = now_ns();
    dump(lab, copy);
    (void)printf("measured|transfer|%d|%" PRId64 "|%" PRId64 "\n", LOAD_SIZE, loaded - began,
                 now_ns() - loaded);
    (void)unlink(image);
    (void)unlink(copy);
    free(image);
    free(copy);
}

static int by_size(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

static void single_words(void **state)
{
    static int64_t times[WORDS];
    struct lab *lab = *state;

    for (int i = 0; i < WORDS; i++) {
        const int64_t began = now_ns();
        uint32_t value = 0;

        LAB_OK(lab,
               probe_read_word(&lab->probe, VECTORS, &value, lab_deadline(), &lab->diagnostic));
        times[i] = now_ns() - began;
    }
    qsort(times, WORDS, sizeof(times[0]), by_size);
    (void)printf("measured|word|%d|%" PRId64 "|%" PRId64 "\n", WORDS, times[WORDS / 2] / 1000,
                 times[0] / 1000);
}

static int cycle(struct lab *lab)
{
    struct probe *probe = &lab->probe;
    uint32_t value = 0;
    int error = probe_reset(probe, PROBE_RESET_RUN, lab_deadline(), &lab->diagnostic);

    if (error == RIG_OK) {
        error = probe_halt(probe, lab_deadline(), &lab->diagnostic);
    }
    if (error == RIG_OK) {
        error = probe_read_word(probe, VECTORS, &value, lab_deadline(), &lab->diagnostic);
    }
    if (error == RIG_OK && value != FIRST_STACK) {
        return diagnostic_fail(&lab->diagnostic, RIG_ERROR_BENCH, "the word read is 0x%08" PRIx32,
                               value);
    }
    return error == RIG_OK ? probe_resume(probe, lab_deadline(), &lab->diagnostic) : error;
}

static void cycles(void **state)
{
    const int64_t began = now_ns();
    int errors = 0;

    for (int i = 0; i < cycle_count; i++) {
        struct lab *lab = *state;
        const int error = cycle(lab);

        if (error != RIG_OK) {
            errors++;
            (void)fprintf(stderr, "cycle %d: %s: %s\n", i, rig_strerror(error),
                          lab->diagnostic.text);
            (void)lab_tear_down(state);
            (void)lab_set_up(state);
        }
    }
    (void)printf("measured|cycles|%d|%d|%" PRId64 "\n", cycle_count, errors, now_ns() - began);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest measures[] = {
        cmocka_unit_test_setup_teardown(transfers, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(single_words, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(cycles, lab_set_up, lab_tear_down),
    };

    if (argc > 1) {
        cycle_count = (int)strtol(argv[1], NULL, 10);
    }
    return cmocka_run_group_tests_name("measure_probe", measures, NULL, NULL);
}
