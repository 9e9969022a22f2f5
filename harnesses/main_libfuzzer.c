/* Entry of NAME.libfuzzer: libFuzzer's callbacks, handed on to the harness. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return harness_execute(data, size);
}

size_t harness_mutate_bytes(uint8_t *data, size_t size, size_t max_size)
{
    return LLVMFuzzerMutate(data, size, max_size);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    if (harness_mutate == NULL) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    return harness_mutate(data, size, max_size, seed);
}
