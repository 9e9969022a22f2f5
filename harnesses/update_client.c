#include "update_client.h"

#include "byte_order.h"
#include "harness.h"
#include "signature_cache.h"
#include "test_keys.h"

#include <string.h>

#define MOST_DATA (MAILBOX_MAX_PAYLOAD - 4U)

/* Bits of the header that no check of the format looks at: from product to body hash. */
#define FIELDS_BEGIN 64U
#define FIELDS_END   480U

static uint8_t field(const struct history_step *step, size_t at)
{
    return at < step->length ? step->body[at] : 0;
}

static uint32_t body_length(const struct history_step *step)
{
    uint32_t length = field(step, 4) | ((uint32_t)field(step, 5) << 8);

    return length % UPDATE_MAX_BODY + 1U;
}

static void make_body(struct update_image *image, uint32_t length, uint8_t number)
{
    for (uint32_t i = 0; i < length; i++) {
        image->body[i] = (uint8_t)((i * 2654435761U + number * 40503U) >> 24);
    }
}

/* The fields as they will be signed. */
static void describe(struct update_image *image, const struct history_step *step,
                     enum update_spoil spoil)
{
    const uint8_t number = field(step, 1);
    const enum image_slot other =
        live_device.running.slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;
    const enum image_slot slot = spoil == UPDATE_OTHER_SLOT ? live_device.running.slot : other;
    struct image_info *info = &image->info;

    info->product = spoil == UPDATE_OTHER_PRODUCT ? IMAGE_PRODUCT ^ 1U : IMAGE_PRODUCT;
    info->slot_address = image_slot_geometry(slot).offset;
    info->body_length = body_length(step);
    info->version = IMAGE_VERSION(1, number, 0);
    info->security_counter = spoil == UPDATE_OLD ? 0 : number / 4U + 1U;
    make_body(image, info->body_length, number);
}

/* Lengths that no slot has room for, near the limit and near where sums wrap round. */
static uint32_t wrong_length(uint8_t parameter)
{
    const uint32_t room = image_slot_geometry(IMAGE_SLOT_A).size - IMAGE_HEADER_SIZE;
    const uint32_t lengths[] = {room + 1U, room + IMAGE_HEADER_SIZE, UINT32_MAX, 0x80000000U,
                                UINT32_MAX - IMAGE_HEADER_SIZE + 1U};

    return lengths[parameter % (sizeof lengths / sizeof lengths[0])];
}

static void sign(struct update_image *image, const uint8_t *key)
{
    signature_cache_sign_header(key, image->header);
}

static void flip(uint8_t *bytes, uint32_t bit)
{
    bytes[bit / 8U] ^= (uint8_t)(1U << (bit % 8U));
}

/* What is wrong is done to the finished image; what the vendor would sign is signed again. */
static void spoil_image(struct update_image *image, enum update_spoil spoil, uint8_t parameter)
{
    static const uint8_t foreign_key[SIGNER_PRIVATE_KEY_SIZE] = {[31] = 7};

    switch (spoil) {
    case UPDATE_TOO_LARGE:
    case UPDATE_EMPTY:
        image->info.body_length = spoil == UPDATE_EMPTY ? 0 : wrong_length(parameter);
        put_le32(image->header + 16, image->info.body_length);
        sign(image, test_image_private_key);
        break;
    case UPDATE_OTHER_FORMAT:
        flip(image->header, parameter % 64U); /* magic, format or header size */
        sign(image, test_image_private_key);
        image->format_is_known = false;
        break;
    case UPDATE_FOREIGN_KEY:
        sign(image, foreign_key);
        image->header_is_signed = false;
        break;
    case UPDATE_ALTERED_FIELD:
        flip(image->header, FIELDS_BEGIN + parameter * 2U % (FIELDS_END - FIELDS_BEGIN));
        image->header_is_signed = false;
        break;
    case UPDATE_ALTERED_SIGNATURE:
        flip(image->header, 8U * IMAGE_SIGNED_SIZE + parameter * 2U);
        image->header_is_signed = false;
        break;
    case UPDATE_ALTERED_BODY:
        flip(image->body, parameter % (8U * image->info.body_length));
        image->body_is_signed = false;
        break;
    default:
        break;
    }
}

static void make_image(struct update_image *image, const struct history_step *step)
{
    const enum update_spoil spoil = (enum update_spoil)(field(step, 2) % UPDATE_SPOIL_COUNT);

    memset(image, 0, sizeof *image);
    image->header_is_signed = true;
    image->format_is_known = true;
    image->body_is_signed = true;
    describe(image, step, spoil);
    ORACLE("5.3-2", "image-can-be-made",
           crypto_sha256(image->body, image->info.body_length, NULL, 0, image->info.body_hash) ==
               CRYPTO_OK,
           "the library cannot hash");
    image_encode(&image->info, image->header);
    sign(image, test_image_private_key);
    spoil_image(image, spoil, field(step, 3));
}

static bool send(struct test_client *client, const struct history_step *step, uint8_t type,
                 const uint8_t *payload, size_t length, struct update_outcome *outcome)
{
    uint8_t body[1U + MAILBOX_MAX_PAYLOAD];
    const struct history_step message = {
        .kind = HISTORY_MAILBOX, .options = step->options, .body = body, .length = 1U + length};

    body[0] = type;
    if (length > 0) {
        memcpy(body + 1, payload, length);
    }
    test_client_step(client, &message, &outcome->last);
    outcome->messages++;
    return outcome->last.proven && outcome->last.status == MAILBOX_STATUS_OK;
}

static bool send_chunk(struct update_client *update, struct test_client *client,
                       const struct history_step *step, uint32_t offset,
                       struct update_outcome *outcome)
{
    uint8_t payload[MAILBOX_MAX_PAYLOAD];
    size_t length = field(step, 6) % MOST_DATA + 1U;

    if (length > UPDATE_MAX_BODY - offset) {
        length = UPDATE_MAX_BODY - offset;
    }
    put_le32(payload, offset);
    memcpy(payload + 4, update->accepted.body + offset, length);
    if (!send(client, step, MAILBOX_UPDATE_DATA, payload, 4U + length, outcome)) {
        return false;
    }
    update->sent += (uint32_t)length;
    return true;
}

/* Chunks until the body is through, the limit is reached, or one is refused. A last chunk is cut to
 * what the header announces, unless the parameter asks for one byte too many. */
static void send_chunks(struct update_client *update, struct test_client *client,
                        const struct history_step *step, struct update_outcome *outcome)
{
    const unsigned most = field(step, 3) % UPDATE_MOST_CHUNKS + 1U;
    const uint32_t total = update->accepted.info.body_length + (field(step, 3) >= 0xE0U ? 1U : 0);
    uint8_t sizes[UPDATE_STEP_SIZE] = {0};
    struct history_step part = *step;

    part.body = sizes;
    part.length = sizeof sizes;
    for (unsigned i = 0; i < most && update->sent < total && update->sent < UPDATE_MAX_BODY; i++) {
        const uint32_t left = total - update->sent;
        const uint32_t size = field(step, 6) % MOST_DATA + 1U;

        sizes[6] = (uint8_t)((size < left ? size : left) - 1U);
        if (!send_chunk(update, client, &part, update->sent, outcome)) {
            break;
        }
    }
}

void update_client_step(struct update_client *update, struct test_client *client,
                        const struct history_step *step, struct update_outcome *outcome)
{
    static const uint8_t types[UPDATE_ACTION_COUNT] = {
        [UPDATE_FINISH] = MAILBOX_UPDATE_FINISH,
        [UPDATE_ACTIVATE] = MAILBOX_UPDATE_ACTIVATE,
        [UPDATE_CONFIRM] = MAILBOX_UPDATE_CONFIRM,
        [UPDATE_ASK] = MAILBOX_UPDATE_STATUS,
    };

    memset(outcome, 0, sizeof *outcome);
    outcome->action = (enum update_action)(field(step, 0) % UPDATE_ACTION_COUNT);
    switch (outcome->action) {
    case UPDATE_OPEN:
        make_image(&update->offered, step);
        if (send(client, step, MAILBOX_UPDATE_BEGIN, update->offered.header, IMAGE_HEADER_SIZE,
                 outcome)) {
            update->accepted = update->offered;
            update->sent = 0;
        }
        break;
    case UPDATE_SEND:
        send_chunks(update, client, step, outcome);
        break;
    case UPDATE_SKIP:
        (void)send_chunk(update, client, step, (update->sent + 1U) % UPDATE_MAX_BODY, outcome);
        break;
    default:
        (void)send(client, step, types[outcome->action], NULL, 0, outcome);
        break;
    }
}
