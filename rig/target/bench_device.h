/**
 * How a bench drives the device of a target's class; for bench.c and device_*.c only.
 */
#ifndef RIG_TARGET_BENCH_DEVICE_H
#define RIG_TARGET_BENCH_DEVICE_H

#include "target/bench.h"

struct device_driver {
    /** Makes bench->device_self and fills in supply, console, interfaces, storage and network. What
     * was made before an error is `close`'s to free. Errors of bench_open(). */
    int (*open)(struct bench *bench, struct diagnostic *diagnostic);

    /** See bench_make_new(); NULL where a device cannot be made. */
    int (*make_new)(struct bench *bench, int64_t deadline_ms, struct diagnostic *diagnostic);

    void (*close)(struct bench *bench);

    /** See bench_hold_at_opening(); NULL where that cannot be done. */
    int (*hold_at_opening)(struct bench *bench, bool hold, int64_t deadline_ms,
                           struct diagnostic *diagnostic);

    /** See bench_check(); NULL where nobody can tell. Without `ask` it looks only, and waits for nothing. */
    int (*check)(struct bench *bench, bool ask, struct diagnostic *diagnostic);
};

extern const struct device_driver device_native;   /**< a Linux process: device_native.c */
extern const struct device_driver device_emulated; /**< in QEMU: device_emulated.c */
extern const struct device_driver device_board;    /**< attached: device_board.c */

/** What a native device leaves lies in this folder of the bench's; its console's terminal too. */
#define BENCH_DEVICE_FOLDER "device"
#define BENCH_CONSOLE       "console"

/** The path of a firmware file that the target names, for free(); NULL with RIG_OK when it names
 * none. Errors of workspace_find_firmware(). */
int bench_find_firmware(const struct bench *bench, const char *section, const char *key,
                        char **path, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** A file of the bench's folder, for free(). NULL when there is no memory. */
char *bench_file(const struct bench *bench, const char *name);

/** Takes over what the factory printed: a JSON object with `device_id` and `label_password`, both
 * texts, of which either may be missing. RIG_ERROR_DEVICE with a diagnostic that names `source`
 * when it is anything else. */
int bench_take_label(struct bench *bench, const char *text, size_t size, const char *source,
                     struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
