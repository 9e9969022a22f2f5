#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/random.h"
#include "scenarios/debug_secrets.h"

enum {
    SIZE = 4096,
    KEY = 32,
    AT_FLASH = 1000,
    AT_MEMORY = 77,
    BESIDE = 8, /* bytes beside a key that may be taken for a part of it */
};

static uint8_t before[SIZE];
static uint8_t after[SIZE];
static uint8_t memory[SIZE];

/* Flash with a key at AT_FLASH among other random bytes, and memory with neither. */
static void fill(void)
{
    uint64_t random = 1;

    random_bytes(&random, before, SIZE);
    memcpy(after, before, SIZE);
    memset(memory, 0, SIZE);
}

static size_t count(struct debug_secrets *secrets)
{
    const struct file_content in_memory = {memory, SIZE};
    const struct file_content flash_before = {before, SIZE};
    const struct file_content flash_after = {after, SIZE};

    assert_int_equal(debug_secrets_find(&in_memory, &flash_before, &flash_after, secrets), RIG_OK);
    return secrets->count;
}

static void what_was_erased_is_found(void **state)
{
    struct debug_secrets secrets;

    (void)state;
    fill();
    memset(after + AT_FLASH, 0xFF, KEY);
    memcpy(memory + AT_MEMORY, before + AT_FLASH, KEY);
    assert_in_range(count(&secrets), KEY, KEY + 2 * BESIDE);
    assert_in_range(secrets.at, AT_MEMORY - BESIDE, AT_MEMORY);
    assert_in_range(secrets.at_flash, AT_FLASH - BESIDE, AT_FLASH);
}

/* It is still in flash: its owner may have it in memory. */
static void what_is_kept_does_not_count(void **state)
{
    struct debug_secrets secrets;

    (void)state;
    fill();
    memset(after + AT_FLASH, 0xFF, KEY);
    memcpy(memory + AT_MEMORY, before + AT_FLASH + KEY, KEY);
    assert_int_equal(count(&secrets), 0);
}

/* A byte of the key that is the same in erased flash does not save it. */
static void a_chance_does_not_hide_it(void **state)
{
    struct debug_secrets secrets;

    (void)state;
    fill();
    memset(before + AT_FLASH + 5, 0xFF, 1);
    memset(after + AT_FLASH, 0xFF, KEY);
    memcpy(memory + AT_MEMORY, before + AT_FLASH, KEY);
    assert_in_range(count(&secrets), KEY, KEY + 2 * BESIDE);
}

static void erased_flash_is_no_secret(void **state)
{
    struct debug_secrets secrets;

    (void)state;
    fill();
    memset(before + AT_FLASH, 0xFF, KEY);
    memset(memory + AT_MEMORY, 0xFF, KEY);
    assert_int_equal(count(&secrets), 0);
}

static void flashes_of_two_sizes_are_refused(void **state)
{
    const struct file_content one = {before, SIZE};
    const struct file_content other = {after, SIZE - 1};
    const struct file_content none = {before, 0};
    struct debug_secrets secrets;

    (void)state;
    assert_int_equal(debug_secrets_find(&one, &one, &other, &secrets), RIG_ERROR_USAGE);
    assert_int_equal(debug_secrets_find(&one, &none, &none, &secrets), RIG_ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_erased_is_found),
        cmocka_unit_test(what_is_kept_does_not_count),
        cmocka_unit_test(a_chance_does_not_hide_it),
        cmocka_unit_test(erased_flash_is_no_secret),
        cmocka_unit_test(flashes_of_two_sizes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
