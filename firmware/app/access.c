#include "access.h"

#include "byte_order.h"

#include <string.h>

#define LOG_KIND     0x4154U /* "AT" */
#define RECORD_SIZE  4U
#define MAX_FAILURES 0xFFFFU

const char *access_strerror(int error)
{
    switch (error) {
    case ACCESS_OK:
        return "no error";
    case ACCESS_ERROR_WAIT:
        return "too early for another attempt";
    case ACCESS_ERROR_STORAGE:
        return "attempt could not be recorded";
    default:
        return "unknown access error";
    }
}

void password_verifier_encode(const struct password_verifier *verifier, uint8_t *bytes)
{
    memcpy(bytes, verifier->salt, PASSWORD_SALT_SIZE);
    put_le32(bytes + PASSWORD_SALT_SIZE, verifier->iterations);
    memcpy(bytes + PASSWORD_SALT_SIZE + 4U, verifier->key, PASSWORD_KEY_SIZE);
}

void password_verifier_decode(struct password_verifier *verifier, const uint8_t *bytes)
{
    memcpy(verifier->salt, bytes, PASSWORD_SALT_SIZE);
    verifier->iterations = get_le32(bytes + PASSWORD_SALT_SIZE);
    memcpy(verifier->key, bytes + PASSWORD_SALT_SIZE + 4U, PASSWORD_KEY_SIZE);
}

static uint32_t delay_after(uint32_t failures)
{
    uint32_t delay = ACCESS_FIRST_DELAY_MS;

    if (failures == 0) {
        return 0;
    }
    for (uint32_t i = 1; i < failures && delay < ACCESS_MAX_DELAY_MS; i++) {
        delay *= 2U;
    }
    return delay < ACCESS_MAX_DELAY_MS ? delay : ACCESS_MAX_DELAY_MS;
}

static int record_failures(struct access *access, uint32_t failures)
{
    uint8_t record[RECORD_SIZE];

    put_le32(record, failures);
    return record_log_append(&access->log, record) == RECORD_LOG_OK ? ACCESS_OK
                                                                    : ACCESS_ERROR_STORAGE;
}

int access_start(struct access *access)
{
    uint8_t record[RECORD_SIZE] = {0};
    int result;

    memset(access, 0, sizeof *access);
    result = record_log_mount(&access->log, HAL_FLASH_ATTEMPTS, LOG_KIND, record, sizeof record);
    access->failures = get_le32(record);
    if (access->failures > MAX_FAILURES) {
        access->failures = MAX_FAILURES;
    }
    access->wait_until_ms = hal_time_ms() + delay_after(access->failures);
    return result < 0 ? ACCESS_ERROR_STORAGE : ACCESS_OK;
}

uint32_t access_wait_ms(const struct access *access)
{
    uint64_t now = hal_time_ms();

    return access->wait_until_ms > now ? (uint32_t)(access->wait_until_ms - now) : 0;
}

int access_begin_attempt(struct access *access)
{
    uint32_t failures = access->failures < MAX_FAILURES ? access->failures + 1U : MAX_FAILURES;

    if (access_wait_ms(access) > 0) {
        return ACCESS_ERROR_WAIT;
    }
    /* Counted even if flash refuses: the record may have been written all the same. */
    access->failures = failures;
    access->wait_until_ms = hal_time_ms() + delay_after(failures);
    return record_failures(access, failures);
}

int access_succeed(struct access *access)
{
    if (record_failures(access, 0) != ACCESS_OK) {
        return ACCESS_ERROR_STORAGE;
    }
    access->failures = 0;
    access->wait_until_ms = 0;
    return ACCESS_OK;
}
