/* debug_lock.h: what a token is over; and the texts of errors. */
#include "support.h"

#include "debug_lock.h"

/* The message of a token, as a signing tool of another make would build it. */
static void hash_is_over_label_device_nonce_and_epoch(void **state)
{
    uint8_t message[21U + 16U + 32U + 4U] = "hearth debug unlock 1";
    struct debug_lock_claim claim = {.epoch = 0x04030201U};
    uint8_t expected[CRYPTO_HASH_SIZE];
    uint8_t hash[CRYPTO_HASH_SIZE];

    (void)state;
    for (uint8_t i = 0; i < 48; i++) {
        *(i < 16 ? &claim.device_id[i] : &claim.nonce[i - 16]) = i;
        message[21U + i] = i;
    }
    for (uint8_t i = 1; i <= 4; i++) {
        message[21U + 47U + i] = i;
    }
    assert_int_equal(crypto_sha256(message, sizeof message, NULL, 0, expected), CRYPTO_OK);
    assert_int_equal(debug_lock_hash(&claim, hash), CRYPTO_OK);
    assert_memory_equal(hash, expected, sizeof hash);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {DEBUG_LOCK_OK,
                                DEBUG_LOCK_ERROR_WAIT,
                                DEBUG_LOCK_ERROR_TOKEN,
                                DEBUG_LOCK_ERROR_NO_NONCE,
                                DEBUG_LOCK_ERROR_LIFE_CYCLE,
                                DEBUG_LOCK_ERROR_UNAVAILABLE,
                                DEBUG_LOCK_ERROR_STORAGE};

    (void)state;
    support_check_texts(debug_lock_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_over_label_device_nonce_and_epoch),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
