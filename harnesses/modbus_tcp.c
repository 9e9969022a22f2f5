/* Modbus TCP, the network interface: any history of requests and mailbox messages. */
#include "harness.h"
#include "history_mutator.h"
#include "history_run.h"

int harness_run(const uint8_t *data, size_t size)
{
    return history_run(LIVE_TCP, data, size);
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return history_mutate(data, size, max_size, seed);
}
