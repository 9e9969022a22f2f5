#include "update_bench.h"

#include "byte_order.h"
#include "device_boards.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define STATUS_SIZE         19U
#define RESTART_DEADLINE_MS 60000U /* a host with other work to do is slow */
#define TEST_DEADLINE_MS    10000U
#define PAUSE_MS            2U
#define STARTS              13      /* input register, the last one */
#define ASK_AGAIN_US        200000  /* on the bus, of a device that may be down: at first */
#define ASK_LONGEST_US      3000000 /* and in the end */
#define ASK_MOST            14      /* registers at once */
#define SMALL_BODY          1600U   /* bytes */
#define RESPONSE_TIMEOUT_S  5

static void disconnect(struct update_bench *bench)
{
    modbus_link_close(bench->modbus);
    bench->modbus = NULL;
    bench->mailbox.modbus = NULL;
}

/* As modbus_link_open(), but nobody may be there. */
static bool open_connection(struct update_bench *bench)
{
    disconnect(bench);
    bench->modbus = modbus_link_new(&bench->device, modbus_link_first());
    assert_int_equal(modbus_set_response_timeout(bench->modbus, RESPONSE_TIMEOUT_S, 0), 0);
    bench->mailbox.modbus = bench->modbus;
    return modbus_connect(bench->modbus) == 0;
}

/* An attempt that a power cut has ended was counted: the device may ask for a delay. */
bool update_bench_try_connect(struct update_bench *bench)
{
    struct mailbox_client_answer answer;

    if (!open_connection(bench) ||
        mailbox_link_hello(&bench->mailbox, &answer) != MAILBOX_CLIENT_OK) {
        return false;
    }
    if (bench->mailbox.client.wait_ms > 0) {
        device_process_pause(bench->mailbox.client.wait_ms + 1U);
    }
    return modbus_read_input_registers(bench->modbus, STARTS, 1, &bench->starts) == 1 &&
           mailbox_link_login(&bench->mailbox, UPDATE_BENCH_LABEL, &answer) == MAILBOX_CLIENT_OK &&
           answer.status == MAILBOX_STATUS_OK;
}

void update_bench_create(struct update_bench *bench, const char *flash_time_us)
{
    memset(bench, 0, sizeof *bench);
    device_process_create(&bench->device);
    bench->device.flash_time_us = flash_time_us;
    device_process_start(&bench->device, UPDATE_BENCH_LABEL);
    mailbox_link_init(&bench->mailbox, NULL, &bench->device);
    assert_true(update_bench_try_connect(bench));
}

void update_bench_destroy(struct update_bench *bench)
{
    disconnect(bench);
    device_process_destroy(&bench->device);
}

void update_bench_cut(struct update_bench *bench)
{
    device_process_kill(&bench->device);
    disconnect(bench);
}

void update_bench_restart(struct update_bench *bench)
{
    device_process_start(&bench->device, NULL);
    assert_false(bench->device.is_new);
    assert_true(update_bench_try_connect(bench));
}

int update_bench_try_ask(struct update_bench *bench, uint8_t type, const uint8_t *payload,
                         size_t length, struct mailbox_client_answer *answer)
{
    const int result = mailbox_link_request(&bench->mailbox, type, payload, length, answer);

    if (result == MAILBOX_LINK_FAILED) {
        return UPDATE_BENCH_GONE;
    }
    if (result < 0) {
        fail_msg("message %u: %s", type, mailbox_client_strerror(result));
    }
    return answer->status;
}

int update_bench_try(struct update_bench *bench, uint8_t type, const uint8_t *payload,
                     size_t length)
{
    struct mailbox_client_answer answer;

    return update_bench_try_ask(bench, type, payload, length, &answer);
}

bool update_bench_try_status(struct update_bench *bench, struct update_status *status)
{
    struct mailbox_client_answer answer;

    if (update_bench_try_ask(bench, MAILBOX_UPDATE_STATUS, NULL, 0, &answer) != MAILBOX_STATUS_OK) {
        return false;
    }
    assert_int_equal(answer.length, STATUS_SIZE);
    assert_in_range(answer.payload[1], IMAGE_SLOT_A, IMAGE_SLOT_B);
    status->flags = answer.payload[0];
    status->slot = (enum image_slot)answer.payload[1];
    status->phase = answer.payload[2];
    status->version = get_le32(answer.payload + 3);
    status->counter = get_le32(answer.payload + 7);
    status->offset = get_le32(answer.payload + 11);
    status->address = get_le32(answer.payload + 15);
    return true;
}

struct update_status update_bench_status(struct update_bench *bench)
{
    struct update_status status = {0};

    assert_true(update_bench_try_status(bench, &status));
    return status;
}

static uint32_t read_file(const char *path, uint8_t *bytes, size_t size)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count;

    if (file < 0) {
        fail_msg("%s: %s", path, strerror(errno));
    }
    count = read(file, bytes, size);
    (void)close(file);
    assert_in_range(count, 1, size - 1U);
    return (uint32_t)count;
}

void update_bench_make_image(struct update_image *image, enum image_slot slot, uint32_t number)
{
    uint8_t *body = image->bytes + IMAGE_HEADER_SIZE;
    struct demo_image demo = {.slot = slot,
                              .version = UPDATE_BENCH_VERSION(number),
                              .security_counter = number,
                              .body_length = SMALL_BODY};

    const struct device_board *board = device_board();

    if (board != NULL) {
        demo.body_length = read_file(slot == IMAGE_SLOT_A ? board->body_a : board->body_b, body,
                                     sizeof image->bytes - IMAGE_HEADER_SIZE);
        assert_int_equal(demo_image_sign(&demo, body, image->bytes), 0);
    } else {
        assert_int_equal(demo_image_make(&demo, image->bytes), 0);
    }
    image->length = IMAGE_HEADER_SIZE + demo.body_length;
}

void update_bench_load_image(struct update_image *image, const char *path)
{
    image->length = read_file(path, image->bytes, sizeof image->bytes);
    assert_in_range(image->length, IMAGE_HEADER_SIZE + 1U, sizeof image->bytes);
}

size_t update_image_body(const struct update_image *image)
{
    return image->length - IMAGE_HEADER_SIZE;
}

int update_bench_send_body(struct update_bench *bench, const struct update_image *image,
                           size_t offset, size_t end)
{
    uint8_t payload[4U + UPDATE_BENCH_CHUNK];

    while (offset < end) {
        const size_t part = end - offset < UPDATE_BENCH_CHUNK ? end - offset : UPDATE_BENCH_CHUNK;
        int status;
        put_le32(payload, (uint32_t)offset);
        memcpy(payload + 4, image->bytes + IMAGE_HEADER_SIZE + offset, part);
        status = update_bench_try(bench, MAILBOX_UPDATE_DATA, payload, 4U + part);
        if (status != MAILBOX_STATUS_OK) {
            return status;
        }
        offset += part;
    }
    return MAILBOX_STATUS_OK;
}

int update_bench_stage(struct update_bench *bench, const struct update_image *image)
{
    int status = update_bench_try(bench, MAILBOX_UPDATE_BEGIN, image->bytes, IMAGE_HEADER_SIZE);

    if (status == MAILBOX_STATUS_OK) {
        status = update_bench_send_body(bench, image, 0, image->length - IMAGE_HEADER_SIZE);
    }
    return status == MAILBOX_STATUS_OK ? update_bench_try(bench, MAILBOX_UPDATE_FINISH, NULL, 0)
                                       : status;
}

/* How a device on the bus is asked for its count of its starts. */
struct starts_question {
    int registers; /* of the last one */
    uint32_t patience_us;
};

/*
 * Method: an answer may come after its question was given up, and must not pass for that to a later request.
 * So each asks for another number of registers, the last of which is the count: once the newest is
 * answered, none before it is under way any more, since they are answered in their order.
 */
static bool ask_starts(const struct update_bench *bench, struct starts_question *question,
                       uint16_t *starts)
{
    uint16_t values[ASK_MOST];
    const int count = question->registers % ASK_MOST + 1;
    const uint32_t patience_us = question->patience_us;
    bool answered;

    question->registers = count;
    question->patience_us = 2U * patience_us < ASK_LONGEST_US ? 2U * patience_us : ASK_LONGEST_US;
    (void)modbus_flush(bench->modbus);
    assert_int_equal(
        modbus_set_response_timeout(bench->modbus, patience_us / 1000000U, patience_us % 1000000U),
        0);
    answered =
        modbus_read_input_registers(bench->modbus, STARTS + 1 - count, count, values) == count;
    if (answered) {
        *starts = values[count - 1];
    }
    return answered;
}

/* Over a network the old connection answers until the device goes down, and never after that. On the bus
 * the device's count of its starts tells; nothing answers while it is down. */
static bool has_gone_down(const struct update_bench *bench, struct starts_question *question)
{
    uint16_t starts = bench->starts;

    if (device_process_has_network()) {
        return modbus_read_input_registers(bench->modbus, STARTS, 1, &starts) != 1 ||
               starts != bench->starts;
    }
    return ask_starts(bench, question, &starts) && starts != bench->starts;
}

bool update_bench_try_follow_restart(struct update_bench *bench)
{
    const uint64_t deadline = device_process_now_ms() + RESTART_DEADLINE_MS;
    struct starts_question question = {0, ASK_AGAIN_US};

    while (!has_gone_down(bench, &question)) {
        if (device_process_was_cut(&bench->device)) {
            return false;
        }
        assert_true(device_process_now_ms() < deadline);
        device_process_pause(PAUSE_MS);
    }
    return device_process_follow_restart(&bench->device) && update_bench_try_connect(bench);
}

int update_bench_confirm(struct update_bench *bench)
{
    const uint64_t deadline = device_process_now_ms() + TEST_DEADLINE_MS;
    int status = update_bench_try(bench, MAILBOX_UPDATE_CONFIRM, NULL, 0);

    while (status == MAILBOX_STATUS_NOT_READY) {
        assert_true(device_process_now_ms() < deadline);
        device_process_pause(PAUSE_MS);
        status = update_bench_try(bench, MAILBOX_UPDATE_CONFIRM, NULL, 0);
    }
    return status;
}

void update_bench_update(struct update_bench *bench, uint32_t number)
{
    static struct update_image image;
    struct update_status status = update_bench_status(bench);
    const enum image_slot target = status.slot == IMAGE_SLOT_A ? IMAGE_SLOT_B : IMAGE_SLOT_A;

    update_bench_make_image(&image, target, number);
    assert_int_equal(update_bench_stage(bench, &image), MAILBOX_STATUS_OK);
    assert_int_equal(update_bench_try(bench, MAILBOX_UPDATE_ACTIVATE, NULL, 0), MAILBOX_STATUS_OK);
    assert_true(update_bench_try_follow_restart(bench));
    assert_int_equal(update_bench_confirm(bench), MAILBOX_STATUS_OK);
    status = update_bench_status(bench);
    assert_int_equal(status.slot, target);
    assert_int_equal(status.version, UPDATE_BENCH_VERSION(number));
    assert_int_equal(status.counter, number);
    assert_int_equal(status.flags, MAILBOX_UPDATE_TESTED);
}

bool update_bench_holds(const struct update_bench *bench, enum image_slot slot,
                        const struct update_image *image)
{
    static uint8_t content[UPDATE_BENCH_MAX_IMAGE];
    ssize_t count;
    int file;

    device_process_refresh_flash(&bench->device);
    file = open(bench->device.flash, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    count = pread(file, content, image->length, (off_t)image_slot_geometry(slot).offset);
    (void)close(file);
    assert_int_equal(count, image->length);
    return memcmp(content, image->bytes, image->length) == 0;
}
