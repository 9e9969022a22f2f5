#include "target/bench_broker.h"

#include <stdlib.h>

#include "base/file.h"

enum { LOG_LIMIT = 64 << 20 };

int bench_open_broker(struct bench *bench, struct diagnostic *diagnostic)
{
    struct broker_options options = {
        .host_name = target_find_setting(bench->target, "broker", "host"),
        .product = target_find_setting(bench->target, "broker", "product"),
    };
    char *folder;
    int error;

    if ((bench->needs & CAN_BROKER) == 0 ||
        target_find_setting(bench->target, "broker", "driver") == NULL)
        return RIG_OK;
    if (options.host_name == NULL || options.product == NULL)
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: the broker needs `host`, the name by which the device reaches "
                               "this machine, and `product`, the first level of its topics",
                               bench->target->path);
    folder = file_join(bench->folder, "broker");
    if (folder == NULL)
        return RIG_ERROR_NO_MEMORY;
    error = file_make_directories(folder, diagnostic);
    options.folder = folder;
    if (error == RIG_OK)
        error = broker_create(&options, &bench->broker, diagnostic);
    free(folder);
    return error;
}

/* A log that cannot be kept takes nothing away from what was judged. */
static void keep_log(const struct bench *bench)
{
    struct diagnostic unused = {""};
    char *to = file_join(bench->evidence, "broker.log");
    const struct file_copy_paths paths = {broker_log_path(bench->broker), to};

    if (to != NULL && paths.from != NULL && file_is_regular(paths.from) &&
        file_copy(&paths, LOG_LIMIT, &unused) != RIG_OK)
        diagnostic_clear(&unused);
    free(to);
}

void bench_close_broker(struct bench *bench)
{
    if (bench->broker == NULL)
        return;
    keep_log(bench);
    broker_destroy(bench->broker);
    bench->broker = NULL;
}
