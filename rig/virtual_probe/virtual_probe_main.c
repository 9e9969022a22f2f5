/*
 * ordeal-virtual-probe: started by the rig beside QEMU, never by a person. Its arguments are the
 * numbers of four descriptors that it inherits (control, gdb stub, qtest, monitor), QEMU's process,
 * the members of struct chip_lock_model, in their order, and the name of the chip's profile.
 */
#include <limits.h>
#include <stdio.h>

#include "base/text.h"
#include "virtual_probe/probe_loop.h"

enum { DESCRIPTORS = 4, LOCK = 1 + DESCRIPTORS + 1, PROFILE = LOCK + 5, ARGUMENTS };

static bool read_setup(int argc, char **argv, struct probe_setup *setup)
{
    int *const descriptors[DESCRIPTORS] = {&setup->control, &setup->gdb, &setup->qtest,
                                           &setup->monitor};
    uint64_t numbers[ARGUMENTS] = {0};

    if (argc != ARGUMENTS) {
        return false;
    }
    for (int i = 1; i < PROFILE; i++) {
        if (!text_parse_unsigned(argv[i], i < LOCK ? INT_MAX : UINT32_MAX, &numbers[i])) {
            return false;
        }
    }
    for (int i = 0; i < DESCRIPTORS; i++) {
        *descriptors[i] = (int)numbers[1 + i];
    }
    setup->process = (pid_t)numbers[LOCK - 1];
    setup->lock = (struct chip_lock_model){
        (enum chip_lock_kind)numbers[LOCK], (uint32_t)numbers[LOCK + 1],
        (uint32_t)numbers[LOCK + 2], (uint32_t)numbers[LOCK + 3], (uint32_t)numbers[LOCK + 4]};
    setup->profile = chip_profile_find(argv[PROFILE]);
    return numbers[LOCK] < CHIP_LOCK_KINDS && setup->profile != NULL;
}

int main(int argc, char **argv)
{
    struct probe_setup setup;
    struct diagnostic diagnostic = {""};
    int error;

    if (!read_setup(argc, argv, &setup)) {
        (void)fprintf(stderr, "ordeal-virtual-probe: is started by `ordeal`, with descriptors\n");
        return 2;
    }
    error = probe_run(&setup, &diagnostic);
    if (error != RIG_OK) {
        (void)fprintf(stderr, "ordeal-virtual-probe: %s\n",
                      diagnostic.text[0] != '\0' ? diagnostic.text : rig_strerror(error));
        return 1;
    }
    return 0;
}
