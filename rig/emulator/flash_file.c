#include "emulator/flash_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GET_FLASH "make a flash file with hearth-provision, or with the tool of your device"

static int refuse(const char *path, const char *why, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION, "%s: %s; " GET_FLASH, path, why);
}

int flash_file_check(const char *path, uint64_t size, struct diagnostic *diagnostic)
{
    struct stat status;
    int descriptor;

    if (lstat(path, &status) != 0) {
        return refuse(path, strerror(errno), diagnostic);
    }
    if (!S_ISREG(status.st_mode)) {
        return refuse(path, "flash must be a regular file, no link, folder or device", diagnostic);
    }
    if (status.st_size < 0 || (uint64_t)status.st_size != size) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: has %jd bytes, but the flash of this device has %" PRIu64
                               "; " GET_FLASH,
                               path, (intmax_t)status.st_size, size);
    }
    descriptor = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        return diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                               "%s: cannot be written: %s; the device keeps its flash in it", path,
                               strerror(errno));
    }
    (void)close(descriptor);
    return RIG_OK;
}
