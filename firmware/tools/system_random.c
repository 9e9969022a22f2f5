#include "system_random.h"

#include <sys/random.h>
#include <sys/types.h>

int system_random(uint8_t *bytes, size_t length)
{
    const ssize_t got = getrandom(bytes, length, 0); /* whole up to 256 bytes: getrandom(2) */

    return got >= 0 && (size_t)got == length ? 0 : -1;
}
