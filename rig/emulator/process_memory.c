#include "emulator/process_memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "base/text.h"

enum {
    PAGE = 4096,
    BATCH = 512, /* pages in one look */
    MAPS_LINE = 512,
    HEX = 16,
};

/* Part of the process's memory. */
struct range {
    uint64_t first;
    uint64_t end;
};

static int cannot_look(pid_t process, struct diagnostic *diagnostic)
{
    return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                           "cannot look into the memory of QEMU (process %ld): %s", (long)process,
                           strerror(errno));
}

int process_memory_check(pid_t process, struct diagnostic *diagnostic)
{
    struct iovec local = {NULL, 0};
    struct iovec remote = {NULL, 0};

    return process_vm_readv(process, &local, 1, &remote, 1, 0) >= 0
               ? RIG_OK
               : cannot_look(process, diagnostic);
}

/* ---- bytes ---- */

int process_memory_read(pid_t process, uint64_t place, void *bytes, size_t size,
                        struct diagnostic *diagnostic)
{
    const struct iovec local = {bytes, size};
    const struct iovec remote = {(void *)(uintptr_t)place, size};

    errno = EFAULT; /* of a process that gives only a part */
    return process_vm_readv(process, &local, 1, &remote, 1, 0) == (ssize_t)size
               ? RIG_OK
               : cannot_look(process, diagnostic);
}

int process_memory_write(pid_t process, uint64_t place, const void *bytes, size_t size,
                         struct diagnostic *diagnostic)
{
    const struct iovec local = {(void *)(uintptr_t)bytes, size};
    const struct iovec remote = {(void *)(uintptr_t)place, size};

    errno = EFAULT;
    return process_vm_writev(process, &local, 1, &remote, 1, 0) == (ssize_t)size
               ? RIG_OK
               : cannot_look(process, diagnostic);
}

bool process_memory_holds(pid_t process, uint64_t place, const uint8_t bytes[PROCESS_MEMORY_COOKIE])
{
    uint8_t read[PROCESS_MEMORY_COOKIE];
    struct diagnostic unused;

    return place != 0 &&
           process_memory_read(process, place, read, sizeof(read), &unused) == RIG_OK &&
           memcmp(read, bytes, sizeof(read)) == 0;
}

/* ---- the search ---- */

/* How many of `count` pages from `place` on could be read, of each the first bytes. */
static size_t read_pages(pid_t process, uint64_t place, size_t count,
                         uint8_t begins[BATCH][PROCESS_MEMORY_COOKIE])
{
    struct iovec local = {begins, count * PROCESS_MEMORY_COOKIE};
    struct iovec remote[BATCH];
    ssize_t size;

    for (size_t i = 0; i < count; i++) {
        remote[i] = (struct iovec){(void *)(uintptr_t)(place + i * PAGE), PROCESS_MEMORY_COOKIE};
    }
    size = process_vm_readv(process, &local, 1, remote, count, 0);
    return size > 0 ? (size_t)size / PROCESS_MEMORY_COOKIE : 0;
}

/* Place of the page that begins with the cookie; 0 when none in the range does. */
static uint64_t search_range(pid_t process, const struct range *range,
                             const uint8_t cookie[PROCESS_MEMORY_COOKIE])
{
    uint8_t begins[BATCH][PROCESS_MEMORY_COOKIE];
    uint64_t place = range->first;

    while (place < range->end) {
        const uint64_t left = (range->end - place) / PAGE;
        const size_t count = left < BATCH ? (size_t)left : BATCH;
        const size_t read = read_pages(process, place, count, begins);

        for (size_t i = 0; i < read; i++) {
            if (memcmp(begins[i], cookie, PROCESS_MEMORY_COOKIE) == 0) {
                return place + i * PAGE;
            }
        }
        if (read < count) { /* a page that cannot be read: the next range */
            return 0;
        }
        place += count * PAGE;
    }
    return 0;
}

static bool next_range(FILE *maps, struct range *range)
{
    char line[MAPS_LINE];

    while (fgets(line, sizeof(line), maps) != NULL) {
        const char *at = line;

        if (text_take_number(&at, HEX, &range->first) && *at++ == '-' &&
            text_take_number(&at, HEX, &range->end) && strncmp(at, " rw-", 4) == 0) {
            return true;
        }
    }
    return false;
}

int process_memory_find(pid_t process, const uint8_t cookie[PROCESS_MEMORY_COOKIE], uint64_t *place,
                        struct diagnostic *diagnostic)
{
    char path[64];
    struct range range;
    FILE *maps;

    *place = 0;
    (void)snprintf(path, sizeof(path), "/proc/%ld/maps", (long)process);
    maps = fopen(path, "re");
    if (maps == NULL) {
        return cannot_look(process, diagnostic);
    }
    while (*place == 0 && next_range(maps, &range)) {
        *place = search_range(process, &range, cookie);
    }
    return fclose(maps) == 0 ? RIG_OK : cannot_look(process, diagnostic);
}
