/* crypto_verify_signature() and image_signer.h. */
#include "support.h"

#include "crypto.h"
#include "test_keys.h"
#include "vendor_keys.h"

#include <string.h>

/* RFC 6979, A.2.5: P-256, SHA-256. */
static const char *const rfc_private =
    "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
static const char *const rfc_public =
    "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";
static const struct {
    const char *message;
    const char *signature;
} rfc_vectors[] = {
    {"sample", "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
               "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
    {"test", "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
             "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"},
};

/* The order of P-256 (SEC 2, 2.4.2). */
static const char *const order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";

struct vector {
    uint8_t private_key[SIGNER_PRIVATE_KEY_SIZE];
    uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE];
    uint8_t hash[CRYPTO_HASH_SIZE];
    uint8_t signature[CRYPTO_SIGNATURE_SIZE];
};

static void read_vector(struct vector *vector, size_t number)
{
    const char *message = rfc_vectors[number].message;

    assert_int_equal(support_from_hex(rfc_private, vector->private_key, 32), 32);
    assert_int_equal(support_from_hex(rfc_public, vector->public_key, 64), 64);
    assert_int_equal(support_from_hex(rfc_vectors[number].signature, vector->signature, 64), 64);
    assert_int_equal(
        crypto_sha256((const uint8_t *)message, strlen(message), NULL, 0, vector->hash), CRYPTO_OK);
}

static int verify(const struct vector *vector)
{
    return crypto_verify_signature(vector->public_key, vector->hash, vector->signature);
}

static void published_signatures_verify(void **state)
{
    struct vector vector;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rfc_vectors); i++) {
        read_vector(&vector, i);
        assert_int_equal(verify(&vector), CRYPTO_OK);
    }
}

static void signer_makes_the_published_signatures(void **state)
{
    uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE];
    uint8_t signature[CRYPTO_SIGNATURE_SIZE];
    struct vector vector;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rfc_vectors); i++) {
        read_vector(&vector, i);
        assert_int_equal(signer_sign_hash(vector.private_key, vector.hash, signature), SIGNER_OK);
        assert_memory_equal(signature, vector.signature, sizeof signature);
        assert_int_equal(signer_public_key(vector.private_key, public_key), SIGNER_OK);
        assert_memory_equal(public_key, vector.public_key, sizeof public_key);
    }
}

static void any_changed_bit_is_refused(void **state)
{
    struct vector vector;

    (void)state;
    for (size_t i = 0; i < CRYPTO_SIGNATURE_SIZE; i++) {
        read_vector(&vector, 0);
        vector.signature[i] ^= (uint8_t)(1U << (i % 8U));
        assert_int_equal(verify(&vector), CRYPTO_ERROR_SIGNATURE);
        read_vector(&vector, 0);
        vector.hash[i % CRYPTO_HASH_SIZE] ^= (uint8_t)(1U << (i % 7U));
        assert_int_equal(verify(&vector), CRYPTO_ERROR_SIGNATURE);
        read_vector(&vector, 0);
        vector.public_key[i] ^= 1U; /* mostly no point of the curve any more */
        assert_int_equal(verify(&vector), CRYPTO_ERROR_SIGNATURE);
    }
}

/* FIPS 186-4, 6.4.2: r and s lie in 1 to n - 1, whatever the hash and the key. */
static void numbers_outside_the_group_are_refused(void **state)
{
    static const uint8_t halves[] = {0, 0xFF};
    struct vector vector;
    uint8_t n[32];

    (void)state;
    assert_int_equal(support_from_hex(order, n, sizeof n), sizeof n);
    for (size_t half = 0; half < 64; half += 32) {
        for (size_t i = 0; i < SUPPORT_COUNT(halves); i++) {
            read_vector(&vector, 0);
            memset(vector.signature + half, halves[i], 32);
            assert_int_equal(verify(&vector), CRYPTO_ERROR_SIGNATURE);
        }
        read_vector(&vector, 0);
        memcpy(vector.signature + half, n, sizeof n);
        assert_int_equal(verify(&vector), CRYPTO_ERROR_SIGNATURE);
    }
    read_vector(&vector, 0);
    memset(vector.signature, 0, sizeof vector.signature);
    memset(vector.hash, 0, sizeof vector.hash);
    assert_int_equal(verify(&vector), CRYPTO_ERROR_SIGNATURE);
}

/* Coordinates that are no point of the curve, or too large. */
static void keys_off_the_curve_are_refused(void **state)
{
    static const uint8_t fills[] = {0, 1, 0xFF};
    struct vector vector;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(fills); i++) {
        read_vector(&vector, 0);
        memset(vector.public_key, fills[i], sizeof vector.public_key);
        assert_int_equal(verify(&vector), CRYPTO_ERROR_SIGNATURE);
    }
}

static void signer_refuses_what_is_no_key(void **state)
{
    uint8_t signature[CRYPTO_SIGNATURE_SIZE];
    uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE];
    struct vector vector;

    (void)state;
    read_vector(&vector, 0);
    memset(vector.private_key, 0, sizeof vector.private_key);
    assert_int_equal(signer_sign_hash(vector.private_key, vector.hash, signature),
                     SIGNER_ERROR_KEY);
    assert_int_equal(support_from_hex(order, vector.private_key, 32), 32);
    assert_int_equal(signer_public_key(vector.private_key, public_key), SIGNER_ERROR_KEY);
}

static void test_keys_are_pairs(void **state)
{
    uint8_t public_key[CRYPTO_PUBLIC_KEY_SIZE];

    (void)state;
    assert_int_equal(signer_public_key(test_image_private_key, public_key), SIGNER_OK);
    assert_memory_equal(public_key, vendor_image_key, sizeof public_key);
    assert_int_equal(signer_public_key(test_unlock_private_key, public_key), SIGNER_OK);
    assert_memory_equal(public_key, vendor_unlock_key, sizeof public_key);
    assert_memory_not_equal(vendor_image_key, vendor_unlock_key, sizeof vendor_image_key);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {SIGNER_OK, SIGNER_ERROR_KEY, SIGNER_ERROR_INTERNAL};

    (void)state;
    support_check_texts(signer_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_signatures_verify),
        cmocka_unit_test(signer_makes_the_published_signatures),
        cmocka_unit_test(any_changed_bit_is_refused),
        cmocka_unit_test(numbers_outside_the_group_are_refused),
        cmocka_unit_test(keys_off_the_curve_are_refused),
        cmocka_unit_test(signer_refuses_what_is_no_key),
        cmocka_unit_test(test_keys_are_pairs),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
