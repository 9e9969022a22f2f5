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

int file_sha256(const char *path, char text[FILE_HASH_TEXT_SIZE], struct diagnostic *diagnostic)
{
    struct file_content content = {NULL, 0};
    uint8_t digest[DIGEST_SIZE];
    int error = file_read(path, FILE_LIMIT, &content, diagnostic);

    text[0] = '\0';
    if (error != RIG_OK) {
        return error;
    }
    if (mbedtls_sha256_ret(content.bytes, content.size, digest, 0) != 0) {
        error =
            diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "%s: SHA-256 cannot be computed", path);
    } else {
        write_hex(digest, text);
    }
    file_content_free(&content);
    return error;
}
