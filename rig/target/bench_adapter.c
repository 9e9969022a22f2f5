#include "target/bench_adapter.h"

#include <string.h>

#include "target/adapter_hearth.h"

int bench_open_adapter(struct bench *bench, struct diagnostic *diagnostic)
{
    const char *driver = target_find_setting(bench->target, "adapter", "driver");
    const struct hearth_adapter_options hearth = {.rtu = &bench->rtu,
                                                  .tcp = &bench->tcp,
                                                  .device_id = bench->device_id,
                                                  .password = bench->adapter.password};

    if (driver == NULL)
        return RIG_OK;
    return hearth_adapter_create(&hearth, &bench->adapter, diagnostic);
}
