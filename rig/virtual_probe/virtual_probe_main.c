/*
 * ordeal-virtual-probe: started by the rig beside QEMU, never by a person. Its arguments are the
 * numbers of four descriptors that it inherits (control, gdb stub, qtest, monitor), QEMU's process,
 * and for a part with a lock the addresses of its fuse and of what opens it.
 */
#include <limits.h>
#include <stdio.h>

#include "base/text.h"
#include "virtual_probe/probe_loop.h"

enum { DESCRIPTORS = 4, WITHOUT_LOCK = 1 + DESCRIPTORS + 1, WITH_LOCK = WITHOUT_LOCK + 2 };

static bool read_setup(int argc, char **argv, struct probe_setup *setup)
{
    int *const descriptors[DESCRIPTORS] = {&setup->control, &setup->gdb, &setup->qtest,
                                           &setup->monitor};
    uint64_t numbers[WITH_LOCK] = {0};

    if (argc != WITHOUT_LOCK && argc != WITH_LOCK) {
        return false;
    }
    for (int i = 1; i < argc; i++) {
        if (!text_parse_unsigned(argv[i], i < WITHOUT_LOCK ? INT_MAX : UINT32_MAX, &numbers[i])) {
            return false;
        }
    }
    for (int i = 0; i < DESCRIPTORS; i++) {
        *descriptors[i] = (int)numbers[1 + i];
    }
    setup->process = (pid_t)numbers[WITHOUT_LOCK - 1];
    setup->lock.kind = argc == WITH_LOCK ? CHIP_LOCK_LATCHED : CHIP_LOCK_NONE;
    setup->lock.fuse = (uint32_t)numbers[WITHOUT_LOCK];
    setup->lock.opener = (uint32_t)numbers[WITHOUT_LOCK + 1];
    return true;
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
