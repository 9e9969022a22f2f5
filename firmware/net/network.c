#include "network.h"

#include "broker_link.h"
#include "interface.h"
#include "modbus_server.h"
#include "random_source.h"

#include "lwip/init.h"
#include "lwip/timeouts.h"

#include <stddef.h>

static struct device *owner; /* NULL: the network is not on */

const char *network_strerror(int error)
{
    switch (error) {
    case NETWORK_OK:
        return "no error";
    case NETWORK_ERROR_CONTROLLER:
        return "Ethernet controller does not answer";
    case NETWORK_ERROR_MEMORY:
        return "out of network memory";
    default:
        return "unknown network error";
    }
}

/* lwIP's clock: milliseconds, 32 bits that run over. */
u32_t sys_now(void)
{
    return (u32_t)hal_time_ms();
}

/* A broken invariant of lwIP: the device must not go on with it. */
_Noreturn void network_assertion_failed(const char *what)
{
    hal_console_line(what);
    __builtin_trap();
}

int network_start(struct device *device)
{
    int result;

    random_source_start(&device->drbg);
    lwip_init();
    result = interface_start(device);
    if (result == NETWORK_OK) {
        result = modbus_server_start(device);
    }
    if (result != NETWORK_OK) {
        return result;
    }
    broker_link_start(device);
    owner = device;
    return NETWORK_OK;
}

void network_poll(void)
{
    if (owner == NULL) {
        return;
    }
    interface_poll();
    sys_check_timeouts();
    modbus_server_poll();
    broker_link_poll();
}
