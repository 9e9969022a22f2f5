#include "target/bench_device.h"

static int board_open(struct bench *bench, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION, "%s: boards come later",
                           bench->target->path);
}

static void board_close(struct bench *bench)
{
    (void)bench;
}

const struct device_driver device_board = {board_open, NULL, board_close};
