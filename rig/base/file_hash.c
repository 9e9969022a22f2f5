#include "base/file_hash.h"

#include <mbedtls/sha256.h>
#include <stdint.h>

#include "base/file.h"

enum {
    FILE_LIMIT = 1 << 30, /* bytes */
    DIGEST_SIZE = 32,
};

static void write_hex(const uint8_t digest[DIGEST_SIZE], char text[FILE_HASH_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 0x0f];
    }
    text[FILE_HASH_TEXT_SIZE - 1] = '\0';
}

int bytes_sha256(const void *bytes, size_t size, char text[FILE_HASH_TEXT_SIZE])
{
    uint8_t digest[DIGEST_SIZE];

    text[0] = '\0';
    if (mbedtls_sha256_ret(bytes, size, digest, 0) != 0) {
        return RIG_ERROR_BENCH;
    }
    write_hex(digest, text);
    return RIG_OK;
}

int file_sha256(const char *path, char text[FILE_HASH_TEXT_SIZE], struct diagnostic *diagnostic)
{
    struct file_content content = {NULL, 0};
    int error = file_read(path, FILE_LIMIT, &content, diagnostic);

    text[0] = '\0';
    if (error != RIG_OK) {
        return error;
    }
    error = bytes_sha256(content.bytes, content.size, text);
    if (error != RIG_OK) {
        error = diagnostic_fail(diagnostic, error, "%s: SHA-256 cannot be computed", path);
    }
    file_content_free(&content);
    return error;
}
