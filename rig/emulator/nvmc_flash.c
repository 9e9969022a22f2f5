/*
 * Method: the flash is erased through its controller, as a programmer does, and 16 random bytes are
 * stored at its begin, by which its place in QEMU's memory is found; the content is then written there
 * as a whole. Word by word through qtest it would take seconds. That the place is the flash and no copy
 * of the bytes shows when the core's own view of it has the content's first and last words.
 */
#include "emulator/nvmc_flash.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "base/random.h"
#include "emulator/process_memory.h"
#include "emulator/qtest_client.h"

#define NVMC_CONFIG   0x4001E504U
#define NVMC_ERASEALL 0x4001E50CU
#define ERASED        0xFFFFFFFFU

enum {
    CONFIG_READ = 0,
    CONFIG_WRITE = 1,
    CONFIG_ERASE = 2,
    WORD = 4,
    COOKIE = PROCESS_MEMORY_COOKIE,
};

/* One word that is stored. */
struct store {
    uint32_t address;
    uint32_t value;
};

static int store_all(struct qtest_client *qtest, const struct store *stores, size_t count,
                     int64_t deadline_ms, struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && i < count; i++) {
        error = qtest_client_write(qtest, stores[i].address, WORD, stores[i].value, deadline_ms,
                                   diagnostic);
    }
    return error;
}

/* Erases all, and stores the cookie at the begin. */
static int store_cookie(struct qtest_client *qtest, const uint8_t cookie[COOKIE],
                        int64_t deadline_ms, struct diagnostic *diagnostic)
{
    struct store stores[] = {{NVMC_CONFIG, CONFIG_ERASE},
                             {NVMC_ERASEALL, 1},
                             {NVMC_CONFIG, CONFIG_WRITE},
                             {0, 0},
                             {WORD, 0},
                             {2 * WORD, 0},
                             {3 * WORD, 0},
                             {NVMC_CONFIG, CONFIG_READ}};

    for (size_t i = 0; i < COOKIE / WORD; i++) {
        memcpy(&stores[3 + i].value, cookie + i * WORD, WORD);
    }
    return store_all(qtest, stores, sizeof(stores) / sizeof(stores[0]), deadline_ms, diagnostic);
}

static int find(struct nvmc_flash *flash, struct qtest_client *qtest, uint64_t *place,
                int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint64_t seed = (uint64_t)process_clock_ms() << 32 | (uint32_t)flash->process;
    uint8_t cookie[COOKIE];
    int error;

    random_bytes(&seed, cookie, sizeof(cookie));
    error = store_cookie(qtest, cookie, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        error = process_memory_find(flash->process, cookie, place, diagnostic);
    }
    if (error == RIG_OK && *place == 0) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "this QEMU's machine has no flash behind an NVMC at address 0");
    }
    return error;
}

/* What the core sees there. */
static int look(struct qtest_client *qtest, uint64_t address, uint32_t *value, int64_t deadline_ms,
                struct diagnostic *diagnostic)
{
    return qtest_client_read(qtest, (uint32_t)address, WORD, value, deadline_ms, diagnostic);
}

/* Flash that was erased ends where it should. */
static int check_size(const struct nvmc_flash *flash, struct qtest_client *qtest,
                      int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint32_t last = 0;
    uint32_t beyond = ERASED;
    int error = look(qtest, flash->size - WORD, &last, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        error = look(qtest, flash->size, &beyond, deadline_ms, diagnostic);
    }
    if (error == RIG_OK && (last != ERASED || beyond == ERASED)) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "the flash of this QEMU's machine has not %" PRIu64 " bytes",
                                flash->size);
    }
    return error;
}

/* Whether the core sees the content's word at that offset. */
static int compare(struct qtest_client *qtest, const struct file_content *content, uint64_t offset,
                   int64_t deadline_ms, struct diagnostic *diagnostic)
{
    uint32_t expected;
    uint32_t value = 0;
    int error = look(qtest, offset, &value, deadline_ms, diagnostic);

    memcpy(&expected, content->bytes + offset, WORD);
    if (error == RIG_OK && value != expected) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                                "flash has 0x%08" PRIx32 " at 0x%" PRIx64 " where 0x%08" PRIx32
                                " was put",
                                value, offset, expected);
    }
    return error;
}

static int fill(struct nvmc_flash *flash, struct qtest_client *qtest,
                const struct file_content *content, int64_t deadline_ms,
                struct diagnostic *diagnostic)
{
    uint64_t place = 0;
    int error = find(flash, qtest, &place, deadline_ms, diagnostic);

    if (error == RIG_OK) {
        error = check_size(flash, qtest, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error =
            process_memory_write(flash->process, place, content->bytes, content->size, diagnostic);
    }
    if (error == RIG_OK) {
        error = compare(qtest, content, 0, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        error = compare(qtest, content, flash->size - WORD, deadline_ms, diagnostic);
    }
    if (error == RIG_OK) {
        flash->place = place;
    }
    return error;
}

int nvmc_flash_load(struct nvmc_flash *flash, int qtest, const char *path, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    struct file_content content = {0};
    struct qtest_client client;
    int error = process_memory_check(flash->process, diagnostic);

    flash->place = 0;
    qtest_client_open(&client, qtest);
    if (error == RIG_OK) {
        error = file_read(path, flash->size, &content, diagnostic);
    }
    if (error == RIG_OK && (content.size != flash->size || content.size < COOKIE)) {
        error = diagnostic_fail(diagnostic, RIG_ERROR_CONFIGURATION,
                                "%s: has %zu bytes, but the flash of this device has %" PRIu64,
                                path, content.size, flash->size);
    }
    if (error == RIG_OK) {
        error = fill(flash, &client, &content, deadline_ms, diagnostic);
    }
    file_content_free(&content);
    return error == RIG_ERROR_NOT_FOUND ? RIG_ERROR_BENCH : error;
}

int nvmc_flash_save(const struct nvmc_flash *flash, const char *path, struct diagnostic *diagnostic)
{
    uint8_t *bytes = malloc(flash->size);
    int error = bytes != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK) {
        error = process_memory_read(flash->process, flash->place, bytes, flash->size, diagnostic);
    }
    if (error == RIG_OK) {
        error = file_write(path, bytes, flash->size, diagnostic);
    }
    free(bytes);
    return error == RIG_OK || error == RIG_ERROR_NO_MEMORY ? error : RIG_ERROR_BENCH;
}
