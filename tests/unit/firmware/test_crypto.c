/* crypto.h against published vectors. */
#include "support.h"

#include "crypto.h"

#include <string.h>

static void assert_hex(const uint8_t *bytes, size_t length, const char *digits)
{
    uint8_t expected[256];

    assert_int_equal(support_from_hex(digits, expected, sizeof expected), length);
    assert_memory_equal(bytes, expected, length);
}

/* FIPS 180-4's example "abc", in every division into two parts. */
static void sha256_hashes_two_parts_as_one(void **state)
{
    const uint8_t message[] = {'a', 'b', 'c'};
    uint8_t hash[CRYPTO_HASH_SIZE];

    (void)state;
    for (size_t first = 0; first <= sizeof message; first++) {
        assert_int_equal(
            crypto_sha256(message, first, message + first, sizeof message - first, hash),
            CRYPTO_OK);
        assert_hex(hash, sizeof hash,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

/* RFC 5869, A.1. */
static void hkdf_matches_rfc_5869_case_1(void **state)
{
    uint8_t key[22];
    uint8_t salt[13];
    uint8_t info[10];
    uint8_t output[42];
    const struct crypto_hkdf_input input = {.key = key,
                                            .key_length = sizeof key,
                                            .salt = salt,
                                            .salt_length = sizeof salt,
                                            .info = info,
                                            .info_length = sizeof info};

    (void)state;
    memset(key, 0x0B, sizeof key);
    (void)support_from_hex("000102030405060708090a0b0c", salt, sizeof salt);
    (void)support_from_hex("f0f1f2f3f4f5f6f7f8f9", info, sizeof info);
    assert_int_equal(crypto_hkdf_sha256(&input, output, sizeof output), CRYPTO_OK);
    assert_hex(
        output, sizeof output,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

/* RFC 7914, 11: the first 32 bytes of each result. */
static void pbkdf2_matches_rfc_7914(void **state)
{
    static const struct {
        const char *password;
        const char *salt;
        uint32_t iterations;
        const char *key;
    } rows[] = {
        {"passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"},
        {"Password", "NaCl", 80000,
         "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"},
    };
    uint8_t key[CRYPTO_HASH_SIZE];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        const struct crypto_pbkdf2_input input = {.password = (const uint8_t *)rows[i].password,
                                                  .password_length = strlen(rows[i].password),
                                                  .salt = (const uint8_t *)rows[i].salt,
                                                  .salt_length = strlen(rows[i].salt),
                                                  .iterations = rows[i].iterations};

        assert_int_equal(crypto_pbkdf2_sha256(&input, key), CRYPTO_OK);
        assert_hex(key, sizeof key, rows[i].key);
    }
}

/* The GCM specification (McGrew, Viega), appendix B, test cases with 96-bit nonces. */
static const struct gcm_row {
    const char *key;
    const char *nonce;
    const char *associated;
    const char *plain;
    const char *sealed;
    const char *tag;
} gcm_rows[] = {
    {"00000000000000000000000000000000", "000000000000000000000000", "", "", "",
     "58e2fccefa7e3061367f1d57a4e7455a"},
    {"00000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000", "0388dace60b6a392f328c2b971b2fe78",
     "ab6e47d42cec13bdf53a67b21257bddf"},
    {"feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
     "b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
     "aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
};

struct gcm_case {
    struct crypto_seal seal;
    uint8_t associated[32];
    uint8_t message[64];
    size_t length;
    uint8_t tag[CRYPTO_TAG_SIZE];
};

static void load_case(struct gcm_case *to, const struct gcm_row *row, const char *message)
{
    memset(to, 0, sizeof *to);
    (void)support_from_hex(row->key, to->seal.key, sizeof to->seal.key);
    (void)support_from_hex(row->nonce, to->seal.nonce, sizeof to->seal.nonce);
    to->seal.associated = to->associated;
    to->seal.associated_length =
        support_from_hex(row->associated, to->associated, sizeof to->associated);
    to->length = support_from_hex(message, to->message, sizeof to->message);
    (void)support_from_hex(row->tag, to->tag, sizeof to->tag);
}

static void gcm_seals_the_published_vectors(void **state)
{
    struct gcm_case vector;
    uint8_t tag[CRYPTO_TAG_SIZE];

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(gcm_rows); i++) {
        load_case(&vector, &gcm_rows[i], gcm_rows[i].plain);
        assert_int_equal(crypto_gcm_seal(&vector.seal, vector.message, vector.length, tag),
                         CRYPTO_OK);
        assert_hex(vector.message, vector.length, gcm_rows[i].sealed);
        assert_memory_equal(tag, vector.tag, sizeof tag);
    }
}

static void gcm_opens_the_published_vectors(void **state)
{
    struct gcm_case vector;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(gcm_rows); i++) {
        load_case(&vector, &gcm_rows[i], gcm_rows[i].sealed);
        assert_int_equal(crypto_gcm_open(&vector.seal, vector.message, vector.length, vector.tag),
                         CRYPTO_OK);
        assert_hex(vector.message, vector.length, gcm_rows[i].plain);
    }
}

/* Opens a case in which one bit was altered. */
static void assert_refused_and_wiped(struct gcm_case *altered)
{
    const uint8_t zeros[sizeof altered->message] = {0};

    assert_int_equal(
        crypto_gcm_open(&altered->seal, altered->message, altered->length, altered->tag),
        CRYPTO_ERROR_TAG);
    assert_memory_equal(altered->message, zeros, altered->length);
}

/* Every single bit of message, tag, associated data, nonce and key counts. */
static void gcm_refuses_and_wipes_what_was_altered(void **state)
{
    const struct gcm_row *row = &gcm_rows[SUPPORT_COUNT(gcm_rows) - 1U];
    struct gcm_case vector;
    struct {
        uint8_t *bytes;
        size_t length;
    } parts[] = {{vector.message, 60},
                 {vector.tag, sizeof vector.tag},
                 {vector.associated, 20},
                 {vector.seal.nonce, sizeof vector.seal.nonce},
                 {vector.seal.key, sizeof vector.seal.key}};

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(parts); i++) {
        for (size_t bit = 0; bit < 8U * parts[i].length; bit++) {
            load_case(&vector, row, row->sealed);
            parts[i].bytes[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
            assert_refused_and_wiped(&vector);
        }
    }
}

static void equal_sees_each_byte_and_nothing_beyond(void **state)
{
    uint8_t left[33] = {0};
    uint8_t right[33] = {0};

    (void)state;
    right[32] = 1;
    assert_true(crypto_equal(left, right, 0));
    assert_true(crypto_equal(left, right, 32));
    for (size_t i = 0; i < 32; i++) {
        right[i] = 0x80;
        assert_false(crypto_equal(left, right, 32));
        right[i] = 0;
    }
}

static void wipe_clears_exactly_what_was_named(void **state)
{
    uint8_t secret[] = {1, 2, 3, 4};

    (void)state;
    crypto_wipe(secret + 1, 2);
    assert_hex(secret, sizeof secret, "01000004");
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {CRYPTO_OK, CRYPTO_ERROR_TAG, CRYPTO_ERROR_INTERNAL};

    (void)state;
    support_check_texts(crypto_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_hashes_two_parts_as_one),
        cmocka_unit_test(hkdf_matches_rfc_5869_case_1),
        cmocka_unit_test(pbkdf2_matches_rfc_7914),
        cmocka_unit_test(gcm_seals_the_published_vectors),
        cmocka_unit_test(gcm_opens_the_published_vectors),
        cmocka_unit_test(gcm_refuses_and_wipes_what_was_altered),
        cmocka_unit_test(equal_sees_each_byte_and_nothing_beyond),
        cmocka_unit_test(wipe_clears_exactly_what_was_named),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
