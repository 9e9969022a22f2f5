#include "tool_file.h"

#include "tool_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int tool_file_read(const char *path, uint8_t *bytes, size_t capacity, size_t *length)
{
    FILE *file = fopen(path, "rb");
    bool failed;
    bool longer;

    if (file == NULL) {
        return tool_refuse("%s: %s; give a file that can be read", path, strerror(errno));
    }
    *length = fread(bytes, 1, capacity, file);
    failed = ferror(file) != 0;
    longer = !failed && fgetc(file) != EOF;
    (void)fclose(file);
    if (failed) {
        return tool_refuse("%s: cannot be read; give a file", path);
    }
    return longer ? tool_refuse("%s: larger than the %zu bytes that there may be", path, capacity)
                  : 0;
}

static bool write_all(int descriptor, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(descriptor, bytes, length);

        if (count < 0 && errno != EINTR) {
            return false;
        }
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        }
    }
    return true;
}

int tool_file_write(const char *path, const void *bytes, size_t length, bool secret)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, secret ? 0600 : 0666);
    bool written;

    if (descriptor < 0) {
        return tool_refuse("%s: %s; %s", path, strerror(errno),
                           errno == EEXIST ? "nothing is overwritten, name another file"
                                           : "give a file that can be written");
    }
    written = write_all(descriptor, bytes, length);
    written = close(descriptor) == 0 && written;
    if (!written) {
        const int error = errno;

        (void)unlink(path);
        return tool_refuse("%s: cannot be written: %s", path, strerror(error));
    }
    return 0;
}
