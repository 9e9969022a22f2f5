/*
 * How fast a debugger is on the emulated board, and whether it lasts: for scripts/measure, no test. Prints
 * one line a figure: NAME VALUE UNIT.
 */
#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

enum {
    VECTORS = 0x10000000,
    LOAD_ADDRESS = (int)0x80100000,
    LOAD_SIZE = 256 * 1024,
    WORDS = 2000,
    CYCLES = 1000,
};

static double now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
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

static void transfers(void **state)
{
    struct lab *lab = *state;
    char *image = make_image(lab);
    char *copy = file_join(lab->folder, "copy.bin");
    struct tcl_reply reply;
    char command[256];
    double began;

    LAB_OK(lab, probe_reset(&lab->probe, PROBE_RESET_HALT, lab_deadline(), &lab->diagnostic));
    began = now();
    LAB_OK(lab, probe_load(&lab->probe, image, (uint32_t)LOAD_ADDRESS, lab_deadline(),
                           &lab->diagnostic));
    (void)printf("load %.0f KiB/s\n", LOAD_SIZE / 1024.0 / (now() - began));
    began = now();
    (void)snprintf(command, sizeof(command), "dump_image {%s} 0x%x %d", copy,
                   (unsigned)LOAD_ADDRESS, LOAD_SIZE);
    LAB_OK(lab,
           openocd_call(lab->probe.openocd, command, &reply, lab_deadline(), &lab->diagnostic));
    assert_false(reply.failed);
    (void)printf("dump %.0f KiB/s\n", LOAD_SIZE / 1024.0 / (now() - began));
    (void)unlink(image);
    (void)unlink(copy);
    free(image);
    free(copy);
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

static void single_words(void **state)
{
    static double times[WORDS];
    struct lab *lab = *state;

    for (int i = 0; i < WORDS; i++) {
        const double began = now();
        uint32_t value = 0;

        LAB_OK(lab,
               probe_read_word(&lab->probe, VECTORS, &value, lab_deadline(), &lab->diagnostic));
        times[i] = now() - began;
    }
    qsort(times, WORDS, sizeof(times[0]), compare);
    (void)printf("word-min %.0f us\nword-median %.0f us\n", 1e6 * times[0], 1e6 * times[WORDS / 2]);
}

static void cycles(void **state)
{
    struct lab *lab = *state;
    const double began = now();

    for (int i = 0; i < CYCLES; i++) {
        uint32_t value = 0;

        LAB_OK(lab, probe_reset(&lab->probe, PROBE_RESET_RUN, lab_deadline(), &lab->diagnostic));
        LAB_OK(lab, probe_halt(&lab->probe, lab_deadline(), &lab->diagnostic));
        LAB_OK(lab,
               probe_read_word(&lab->probe, VECTORS, &value, lab_deadline(), &lab->diagnostic));
        assert_int_equal(value, 0x38010000);
        LAB_OK(lab, probe_resume(&lab->probe, lab_deadline(), &lab->diagnostic));
    }
    (void)printf("cycles %d of reset, halt, read, resume\ncycle %.1f ms\n", CYCLES,
                 1e3 * (now() - began) / CYCLES);
}

int main(void)
{
    const struct CMUnitTest measures[] = {
        cmocka_unit_test_setup_teardown(transfers, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(single_words, lab_set_up, lab_tear_down),
        cmocka_unit_test_setup_teardown(cycles, lab_set_up, lab_tear_down),
    };

    return cmocka_run_group_tests(measures, NULL, NULL);
}
