#include "update_bench.h"

#include "support.h"

#include <string.h>

static void make_image(struct bench_image *image, const struct demo_image *parameters)
{
    static uint8_t bytes[BENCH_SLOT_SIZE];

    assert_in_range(parameters->body_length, 1, BENCH_MAX_BODY);
    assert_int_equal(demo_image_make(parameters, bytes), 0);
    memcpy(image->header, bytes, IMAGE_HEADER_SIZE);
    memcpy(image->body, bytes + IMAGE_HEADER_SIZE, parameters->body_length);
    image->length = parameters->body_length;
}

void bench_make_image(struct bench_image *image, enum image_slot slot, uint32_t newer,
                      uint32_t body_length)
{
    const struct demo_image parameters = {.slot = slot,
                                          .version = IMAGE_VERSION(2, 0, newer),
                                          .security_counter = BENCH_COUNTER + newer,
                                          .body_length = body_length};

    make_image(image, &parameters);
}

void bench_place_image(const struct bench_image *image, enum image_slot slot)
{
    uint8_t *bytes = in_process_change_flash(image_slot_geometry(slot).offset, BENCH_SLOT_SIZE);

    memset(bytes, FLASH_ERASED, BENCH_SLOT_SIZE);
    memcpy(bytes, image->header, IMAGE_HEADER_SIZE);
    memcpy(bytes + IMAGE_HEADER_SIZE, image->body, image->length);
}

void bench_start(struct update_bench *bench)
{
    in_process_power_on();
    assert_int_equal(boot_run(&bench->running), BOOT_OK);
    assert_int_equal(boot_state_start(&bench->state), BOOT_STATE_OK);
    update_start(&bench->update);
}

void bench_new_recovery(struct update_bench *bench)
{
    memset(bench, 0, sizeof *bench);
    support_new_board();
    bench_start(bench);
    assert_true(bench->running.recovery);
    support_watch_flash();
}

void bench_new(struct update_bench *bench)
{
    static struct bench_image first;
    const struct demo_image parameters = {.slot = IMAGE_SLOT_A,
                                          .version = BENCH_VERSION,
                                          .security_counter = BENCH_COUNTER,
                                          .body_length = 1000};

    if (first.length == 0) {
        make_image(&first, &parameters);
    }
    memset(bench, 0, sizeof *bench);
    support_new_board();
    bench_place_image(&first, IMAGE_SLOT_A);
    bench_start(bench);
    assert_false(bench->running.recovery || bench->running.trial);
    assert_int_equal(bench->state.current.security_counter, BENCH_COUNTER);
    support_watch_flash();
}

int bench_begin(struct update_bench *bench, const struct bench_image *image)
{
    return update_begin(&bench->update, &bench->running, &bench->state.current, image->header);
}

int bench_send(struct update_bench *bench, const struct bench_image *image, size_t piece)
{
    int result = UPDATE_OK;

    for (size_t at = bench->update.received; at < image->length && result == UPDATE_OK;) {
        const size_t left = image->length - at;
        const size_t count = piece < left ? piece : left;

        result = update_data(&bench->update, (uint32_t)at, image->body + at, count);
        at += count;
    }
    return result;
}

int bench_finish(struct update_bench *bench)
{
    return update_finish(&bench->update);
}

int bench_activate(struct update_bench *bench)
{
    return update_activate(&bench->update, &bench->state);
}

int bench_confirm(struct update_bench *bench)
{
    return update_confirm(&bench->update, &bench->running, &bench->state);
}

int bench_stage(struct update_bench *bench, const struct bench_image *image, size_t piece)
{
    int result = bench_begin(bench, image);

    if (result == UPDATE_OK) {
        result = bench_send(bench, image, piece);
    }
    return result == UPDATE_OK ? bench_finish(bench) : result;
}

int bench_update(struct update_bench *bench, const struct bench_image *image)
{
    int result = bench_stage(bench, image, 1000);

    return result == UPDATE_OK ? bench_activate(bench) : result;
}

bool bench_slot_holds(enum image_slot slot, const struct bench_image *image)
{
    const uint8_t *bytes = in_process_flash() + image_slot_geometry(slot).offset;
    const uint8_t *body = bytes + IMAGE_HEADER_SIZE;

    for (size_t i = image->length; i % FLASH_PROGRAM_UNIT != 0; i++) {
        if (body[i] != FLASH_ERASED) {
            return false;
        }
    }
    return memcmp(bytes, image->header, IMAGE_HEADER_SIZE) == 0 &&
           memcmp(body, image->body, image->length) == 0;
}

bool bench_slot_is_whole_or_empty(enum image_slot slot)
{
    const uint8_t *header = in_process_flash() + image_slot_geometry(slot).offset;
    struct image_info info;

    return image_check_header(header, slot, 0, &info) != IMAGE_OK ||
           image_verify_body(slot, &info) == IMAGE_OK;
}
