/* credentials.h: what was encoded is loaded, and nothing of what was damaged. */
#include "support.h"

#include "byte_order.h"
#include "crc.h"
#include "credentials.h"
#include "native_layout.h"

#include <string.h>

enum {
    AT_MAGIC = 0,
    AT_FORMAT = 4,
    AT_BROKER_CA = 6,
    AT_CERTIFICATE = 8,
    AT_KEY = 10,
    AT_DATA = 12
};

#define ROOM (FLASH_SECTOR_SIZE - CREDENTIALS_OFFSET)

static uint8_t *record(void)
{
    const uint32_t at = flash_model_geometry(HAL_FLASH_FACTORY).offset + CREDENTIALS_OFFSET;

    return in_process_change_flash(at, ROOM);
}

/* Credentials of these lengths, each byte unlike its neighbours. */
static void fill(struct credentials *credentials, uint16_t broker_ca, uint16_t certificate,
                 uint16_t private_key)
{
    memset(credentials, 0, sizeof *credentials);
    credentials->broker_ca_length = broker_ca;
    credentials->certificate_length = certificate;
    credentials->private_key_length = private_key;
    for (size_t i = 0; i < broker_ca && i < sizeof credentials->broker_ca; i++) {
        credentials->broker_ca[i] = (uint8_t)(1U + i * 7U);
    }
    for (size_t i = 0; i < certificate && i < sizeof credentials->certificate; i++) {
        credentials->certificate[i] = (uint8_t)(2U + i * 11U);
    }
    for (size_t i = 0; i < private_key && i < sizeof credentials->private_key; i++) {
        credentials->private_key[i] = (uint8_t)(3U + i * 13U);
    }
}

/* A new device with these credentials. Returns the length of their record. */
static uint32_t install(const struct credentials *credentials)
{
    uint32_t length = 0;

    support_new_board();
    assert_int_equal(credentials_encode(credentials, record(), &length), CREDENTIALS_OK);
    return length;
}

static int load(struct credentials *credentials)
{
    memset(credentials, 0xEE, sizeof *credentials);
    return credentials_load(credentials);
}

/* Refused with `error`, and nothing of the key is left in memory. */
static void assert_refused(int error)
{
    static const struct credentials zeros;
    struct credentials loaded;

    assert_int_equal(load(&loaded), error);
    assert_memory_equal(&loaded, &zeros, sizeof loaded);
}

static void encoded_credentials_are_loaded(void **state)
{
    static const uint16_t lengths[][3] = {
        {371, 281, 121},
        {1, 1, 1},
        {CREDENTIALS_MAX_BROKER_CA, CREDENTIALS_MAX_CERTIFICATE, CREDENTIALS_MAX_PRIVATE_KEY},
        {CREDENTIALS_MAX_BROKER_CA, 1, 1},
        {1, 1, CREDENTIALS_MAX_PRIVATE_KEY},
    };
    struct credentials made;
    struct credentials loaded;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(lengths); i++) {
        fill(&made, lengths[i][0], lengths[i][1], lengths[i][2]);
        assert_int_equal(install(&made),
                         16U + (uint32_t)lengths[i][0] + lengths[i][1] + lengths[i][2]);
        assert_int_equal(load(&loaded), CREDENTIALS_OK);
        assert_memory_equal(&loaded, &made, sizeof loaded);
    }
}

static void record_has_the_documented_layout(void **state)
{
    static const uint8_t expected[] = {'H', 'C', 'R', 'D', 1,  0, 1, 0, 2, 0,
                                       1,   0,   1,   2,   13, 3, 0, 0, 0, 0};
    struct credentials made;
    uint8_t bytes[CREDENTIALS_MAX_SIZE];
    uint32_t length = 0;

    (void)state;
    fill(&made, 1, 2, 1);
    assert_int_equal(credentials_encode(&made, bytes, &length), CREDENTIALS_OK);
    assert_int_equal(length, sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected - 4U);
    assert_int_equal(get_le32(bytes + 16), crc32_ieee(0, expected, 16));
}

static void page_and_credentials_do_not_disturb_each_other(void **state)
{
    struct credentials made;
    struct factory_page page;
    struct credentials loaded;

    (void)state;
    fill(&made, 371, 281, 121);
    (void)install(&made);
    assert_int_equal(factory_load(&page), FACTORY_OK);
    assert_memory_equal(page.device_id, support_page()->device_id, sizeof page.device_id);
    assert_int_equal(load(&loaded), CREDENTIALS_OK);
}

static void impossible_lengths_are_not_encoded(void **state)
{
    static const uint16_t lengths[][3] = {
        {0, 1, 1},
        {1, 0, 1},
        {1, 1, 0},
        {CREDENTIALS_MAX_BROKER_CA + 1U, 1, 1},
        {1, CREDENTIALS_MAX_CERTIFICATE + 1U, 1},
        {1, 1, CREDENTIALS_MAX_PRIVATE_KEY + 1U},
        {UINT16_MAX, UINT16_MAX, UINT16_MAX},
    };
    struct credentials made;
    uint8_t bytes[CREDENTIALS_MAX_SIZE];
    uint8_t before[CREDENTIALS_MAX_SIZE];
    uint32_t length = 77;

    (void)state;
    memset(bytes, 0x5A, sizeof bytes);
    memcpy(before, bytes, sizeof before);
    for (size_t i = 0; i < SUPPORT_COUNT(lengths); i++) {
        fill(&made, lengths[i][0], lengths[i][1], lengths[i][2]);
        assert_int_equal(credentials_encode(&made, bytes, &length), CREDENTIALS_ERROR_INVALID);
        assert_int_equal(length, 77);
        assert_memory_equal(bytes, before, sizeof bytes);
    }
}

static void blank_place_is_absence(void **state)
{
    (void)state;
    support_new_board();
    assert_refused(CREDENTIALS_ERROR_ABSENT);
    record()[AT_DATA] = 0;
    assert_refused(CREDENTIALS_ERROR_ABSENT);
    for (size_t i = 0; i < AT_DATA; i++) {
        support_new_board();
        record()[i] = 0;
        assert_refused(CREDENTIALS_ERROR_INVALID);
    }
    support_new_board();
    memset(record(), 0, ROOM);
    assert_refused(CREDENTIALS_ERROR_INVALID);
}

static void each_damaged_byte_is_noticed(void **state)
{
    struct credentials made;
    uint32_t length;

    (void)state;
    fill(&made, 71, 61, 51);
    length = install(&made);
    for (uint32_t i = 0; i < length; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            record()[i] ^= (uint8_t)(1U << bit);
            assert_refused(CREDENTIALS_ERROR_INVALID);
            record()[i] ^= (uint8_t)(1U << bit);
        }
    }
    assert_int_equal(load(&made), CREDENTIALS_OK);
}

/* A record whose checksum is right still has to be one that this firmware knows. */
static void right_checksum_excuses_nothing(void **state)
{
    static const struct {
        size_t at;
        uint16_t value;
        uint32_t end; /* of what the lengths claim, where the checksum is then */
    } rows[] = {
        {AT_MAGIC, 0, AT_DATA + 3U},
        {AT_FORMAT, CREDENTIALS_FORMAT + 1U, AT_DATA + 3U},
        {AT_BROKER_CA, 0, AT_DATA + 2U},
        {AT_CERTIFICATE, 0, AT_DATA + 2U},
        {AT_KEY, 0, AT_DATA + 2U},
        {AT_BROKER_CA, CREDENTIALS_MAX_BROKER_CA + 1U, AT_DATA + CREDENTIALS_MAX_BROKER_CA + 3U},
        {AT_CERTIFICATE, CREDENTIALS_MAX_CERTIFICATE + 1U,
         AT_DATA + CREDENTIALS_MAX_CERTIFICATE + 3U},
        {AT_KEY, CREDENTIALS_MAX_PRIVATE_KEY + 1U, AT_DATA + CREDENTIALS_MAX_PRIVATE_KEY + 3U},
        {AT_BROKER_CA, UINT16_MAX, AT_DATA + 3U},
    };
    struct credentials made;

    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT(rows); i++) {
        fill(&made, 1, 1, 1);
        (void)install(&made);
        put_le16(record() + rows[i].at, rows[i].value);
        put_le32(record() + rows[i].end, crc32_ieee(0, record(), rows[i].end));
        assert_refused(CREDENTIALS_ERROR_INVALID);
    }
}

/* A part whose factory area is smaller than the largest record. */
static void record_ends_in_its_area(void **state)
{
    struct flash_layout small = {.board = "small",
                                 .size = 13U * 1024U,
                                 .sector_size = 1024,
                                 .program_unit = 8,
                                 .erased_value = FLASH_ERASED,
                                 .areas = {[HAL_FLASH_FACTORY] = {0, 1}}};
    struct credentials made;
    struct credentials loaded;

    (void)state;
    fill(&made, 200, 200, 96);
    assert_int_equal(install(&made), 512);
    in_process_use_layout(&small);
    assert_int_equal(load(&loaded), CREDENTIALS_OK);
    in_process_use_layout(&native_layout);
    fill(&made, 200, 200, 97);
    assert_int_equal(install(&made), 513);
    in_process_use_layout(&small);
    assert_refused(CREDENTIALS_ERROR_INVALID);
    in_process_use_layout(&native_layout);
}

static void unreadable_flash_is_reported(void **state)
{
    struct credentials made;
    uint32_t reads = 0;

    (void)state;
    fill(&made, 371, 281, 121);
    (void)install(&made);
    for (support_fail_read(reads); credentials_load(&made) != CREDENTIALS_OK;
         support_fail_read(++reads)) {
        support_fail_read(reads);
        assert_refused(CREDENTIALS_ERROR_FLASH);
    }
    assert_int_equal(reads, 5); /* header, three parts, checksum */
    support_fail_read(UINT32_MAX);
}

static void errors_have_texts(void **state)
{
    static const int codes[] = {CREDENTIALS_OK, CREDENTIALS_ERROR_FLASH, CREDENTIALS_ERROR_ABSENT,
                                CREDENTIALS_ERROR_INVALID};

    (void)state;
    support_check_texts(credentials_strerror, codes, SUPPORT_COUNT(codes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoded_credentials_are_loaded),
        cmocka_unit_test(record_has_the_documented_layout),
        cmocka_unit_test(page_and_credentials_do_not_disturb_each_other),
        cmocka_unit_test(impossible_lengths_are_not_encoded),
        cmocka_unit_test(blank_place_is_absence),
        cmocka_unit_test(each_damaged_byte_is_noticed),
        cmocka_unit_test(right_checksum_excuses_nothing),
        cmocka_unit_test(record_ends_in_its_area),
        cmocka_unit_test(unreadable_flash_is_reported),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
