/*
 * Images as an update brings them: genuine ones, ones that are signed and wrong, and altered ones.
 *
 * Oracles: altered-accepted (EN 303 645, 5.3-10); unfit-accepted, genuine-refused, wrong-reason,
 * wrong-claims (5.3-2). What is right, image_model.c says.
 */
#include "byte_order.h"
#include "error_text.h"
#include "harness.h"
#include "history.h"
#include "image_model.h"
#include "in_process.h"
#include "signature_cache.h"
#include "test_keys.h"
#include "update_image_input.h"
#include "update_image_mutator.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STEPS       32U
#define MAX_ALTERATIONS 8U

/* The image in the making. */
struct draft {
    uint8_t header[IMAGE_HEADER_SIZE]; /* unsigned, unaltered */
    const uint8_t *key;                /* to sign with; NULL: the bytes are kept as they are */
    struct {
        uint8_t place;
        uint8_t mask;
    } alterations[MAX_ALTERATIONS];
    size_t alteration_count;
    uint8_t body[FLASH_SLOT_SECTORS * FLASH_SECTOR_SIZE];
    size_t body_length; /* bytes of `body` that are put into a slot */
    uint32_t stored_counter;
};

static struct draft draft;

static enum image_slot slot_named(uint8_t byte)
{
    return byte % 2U == 0 ? IMAGE_SLOT_A : IMAGE_SLOT_B;
}

static uint32_t offset_of(enum image_slot slot)
{
    return hal_flash_geometry(slot == IMAGE_SLOT_A ? HAL_FLASH_SLOT_A : HAL_FLASH_SLOT_B).offset;
}

/* --- Making --- */

static const uint8_t *key_for(const struct history_step *step)
{
    return (step->options & UPDATE_IMAGE_OTHER_KEY) != 0 ? test_unlock_private_key
                                                         : test_image_private_key;
}

static void build(const struct history_step *step)
{
    struct image_info info = {.product = IMAGE_PRODUCT};

    if (step->length < UPDATE_IMAGE_BUILD_LENGTH) {
        return;
    }
    info.slot_address = offset_of(slot_named(step->body[0]));
    info.security_counter = get_le32(step->body + 1);
    info.version = get_le32(step->body + 5);
    info.body_length = get_le16(step->body + 9);
    memset(draft.body, step->body[11], info.body_length);
    if (crypto_sha256(draft.body, info.body_length, NULL, 0, info.body_hash) != CRYPTO_OK) {
        return;
    }
    memset(draft.header, 0, sizeof draft.header);
    image_encode(&info, draft.header);
    draft.body_length = info.body_length;
    draft.alteration_count = 0;
    draft.key = key_for(step);
}

static void take_raw(const struct history_step *step)
{
    const size_t length = step->length < sizeof draft.header ? step->length : sizeof draft.header;

    memset(draft.header, FLASH_ERASED, sizeof draft.header);
    memcpy(draft.header, step->body, length);
    draft.alteration_count = 0;
    draft.key = (step->options & UPDATE_IMAGE_SIGNED) != 0 ? key_for(step) : NULL;
}

static void claim(const struct history_step *step)
{
    if (step->length >= 5) {
        memcpy(draft.header + step->body[0] % (IMAGE_SIGNED_SIZE - 3U), step->body + 1, 4);
    }
}

static void alter(const struct history_step *step)
{
    if (step->length >= 2 && draft.alteration_count < MAX_ALTERATIONS) {
        draft.alterations[draft.alteration_count].place = step->body[0] % IMAGE_HEADER_SIZE;
        draft.alterations[draft.alteration_count].mask = step->body[1];
        draft.alteration_count++;
    }
}

static void change_body(const struct history_step *step)
{
    size_t offset;
    size_t length;

    if (step->length < 2 || draft.body_length == 0) {
        return;
    }
    offset = get_le16(step->body) % draft.body_length;
    length = step->length - 2U;
    if (length > draft.body_length - offset) {
        length = draft.body_length - offset;
    }
    memcpy(draft.body + offset, step->body + 2, length);
}

static void finish(uint8_t header[IMAGE_HEADER_SIZE])
{
    memcpy(header, draft.header, IMAGE_HEADER_SIZE);
    if (draft.key != NULL) {
        signature_cache_sign_header(draft.key, header);
    }
    for (size_t i = 0; i < draft.alteration_count; i++) {
        header[draft.alterations[i].place] ^= draft.alterations[i].mask;
    }
}

/* --- Judging --- */

static void compare(int result, int expected)
{
    const bool altered = expected == IMAGE_ERROR_FORMAT || expected == IMAGE_ERROR_SIGNATURE ||
                         expected == IMAGE_ERROR_BODY;

    ORACLE("5.3-10", "altered-accepted", result != IMAGE_OK || !altered, "%s, but it is accepted",
           image_strerror(expected));
    ORACLE("5.3-2", "unfit-accepted", result != IMAGE_OK || expected == IMAGE_OK,
           "%s, but it is accepted", image_strerror(expected));
    ORACLE("5.3-2", "genuine-refused", expected != IMAGE_OK || result == IMAGE_OK,
           "nothing is wrong with it, but: %s", image_strerror(result));
    ORACLE("5.3-2", "wrong-reason", result == expected, "'%s' instead of '%s'",
           image_strerror(result), image_strerror(expected));
}

static void compare_claims(const uint8_t *header, const struct image_info *info, int result)
{
    static const uint8_t untouched[sizeof(struct image_info)];
    bool same;

    if (result == IMAGE_OK) {
        same =
            get_le32(header + 8) == info->product && get_le32(header + 12) == info->slot_address &&
            get_le32(header + 16) == info->body_length && get_le32(header + 20) == info->version &&
            get_le32(header + 24) == info->security_counter &&
            memcmp(header + 28, info->body_hash, CRYPTO_HASH_SIZE) == 0;
    } else {
        same = memcmp(info, untouched, sizeof *info) == 0;
    }
    ORACLE("5.3-2", "wrong-claims", same, "after '%s', what is said of the image is not in it",
           image_strerror(result));
}

/* In memory of its own, so that the sanitizer sees a read beyond the header. */
static int judge_header(const uint8_t *header, enum image_slot slot)
{
    const int expected = image_model_header(header, slot, draft.stored_counter);
    uint8_t *copy = malloc(IMAGE_HEADER_SIZE);
    struct image_info info;
    int result;

    if (copy == NULL) {
        return expected;
    }
    harness_about("header");
    memcpy(copy, header, IMAGE_HEADER_SIZE);
    memset(&info, 0, sizeof info);
    result = image_check_header(copy, slot, draft.stored_counter, &info);
    free(copy);
    check_error_text("5.3-10", image_strerror(result));
    compare(result, expected);
    compare_claims(header, &info, result);
    return expected;
}

static void judge_slot(const uint8_t *header, enum image_slot slot)
{
    const uint32_t offset = offset_of(slot);
    const size_t most = FLASH_SLOT_SECTORS * FLASH_SECTOR_SIZE - IMAGE_HEADER_SIZE;
    const size_t length = draft.body_length < most ? draft.body_length : most;
    struct image_info info;
    int expected;
    int result;

    harness_about("slot");
    memcpy(in_process_change_flash(offset, IMAGE_HEADER_SIZE), header, IMAGE_HEADER_SIZE);
    memcpy(in_process_change_flash(offset + IMAGE_HEADER_SIZE, length), draft.body, length);
    expected = image_model_slot(slot, draft.stored_counter);
    memset(&info, 0, sizeof info);
    result = image_verify(slot, draft.stored_counter, &info);
    check_error_text("5.3-10", image_strerror(result));
    compare(result, expected);
    compare_claims(header, &info, result);
    if (expected == IMAGE_OK) {
        harness_gate("accepted");
    }
}

static void judge(enum image_slot slot)
{
    uint8_t header[IMAGE_HEADER_SIZE];
    int expected;

    finish(header);
    expected = judge_header(header, slot);
    if (expected != IMAGE_ERROR_FORMAT) {
        harness_gate("format");
    }
    if (expected != IMAGE_ERROR_FORMAT && expected != IMAGE_ERROR_SIGNATURE) {
        harness_gate("signature");
    }
    judge_slot(header, slot);
}

/* --- Inputs --- */

static void run_step(const struct history_step *step)
{
    switch ((int)step->kind) {
    case UPDATE_IMAGE_BUILD:
        build(step);
        break;
    case UPDATE_IMAGE_RAW:
        take_raw(step);
        break;
    case UPDATE_IMAGE_CLAIM:
        claim(step);
        break;
    case UPDATE_IMAGE_ALTER:
        alter(step);
        break;
    case UPDATE_IMAGE_BODY:
        change_body(step);
        break;
    case UPDATE_IMAGE_STORED:
        draft.stored_counter = step->length >= 4 ? get_le32(step->body) : 0;
        break;
    default:
        judge(slot_named(step->length > 0 ? step->body[0] : 0));
        break;
    }
}

static void begin(void)
{
    static struct in_process_snapshot fresh;
    static bool ready;

    if (!ready) {
        struct factory_page page = {.initial_password.iterations = PASSWORD_MIN_ITERATIONS};

        in_process_manufacture(&page);
        in_process_take(&fresh, NULL);
        ready = true;
    }
    in_process_restore(&fresh, NULL);
    memset(&draft, 0, sizeof draft);
}

int harness_run(const uint8_t *data, size_t size)
{
    struct history_step step;
    size_t position = 0;

    begin();
    for (unsigned i = 0; i < MAX_STEPS && history_next(data, size, &position, &step); i++) {
        run_step(&step);
    }
    judge(IMAGE_SLOT_A);
    judge(IMAGE_SLOT_B);
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return update_image_mutate(data, size, max_size, seed);
}
