#include "update_session.h"

#include "support.h"

#include "byte_order.h"

#include <string.h>

void update_log_in(struct mailbox_session *session)
{
    assert_int_equal(session_log_in_patiently(session, session_right_key()), MAILBOX_STATUS_OK);
}

void update_new_session(struct mailbox_session *session)
{
    struct update_bench bench;

    bench_new(&bench);
    memset(session, 0, sizeof *session);
    session->from.interface = EVENT_FROM_RTU;
    session_boot(session, HAL_RESET_POWER_ON);
    update_log_in(session);
}

uint8_t update_call(struct mailbox_session *session, uint8_t type)
{
    return session_call(session, type, NULL, 0);
}

uint8_t update_send_begin(struct mailbox_session *session, const struct bench_image *image)
{
    return session_call(session, MAILBOX_UPDATE_BEGIN, image->header, sizeof image->header);
}

uint8_t update_send_data(struct mailbox_session *session, const struct bench_image *image,
                         uint32_t offset, size_t length)
{
    uint8_t payload[MAILBOX_MAX_PAYLOAD] = {0};
    const size_t there = offset < image->length ? image->length - offset : 0;

    put_le32(payload, offset);
    memcpy(payload + 4, image->body + (there > 0 ? offset : 0), length < there ? length : there);
    return session_call(session, MAILBOX_UPDATE_DATA, payload, 4U + length);
}

uint8_t update_send_rest(struct mailbox_session *session, const struct bench_image *image,
                         size_t piece)
{
    uint8_t status = MAILBOX_STATUS_OK;
    size_t at = session->device.update.received;

    while (at < image->length && status == MAILBOX_STATUS_OK) {
        const size_t left = image->length - at;
        const size_t count = piece < left ? piece : left;

        status = update_send_data(session, image, (uint32_t)at, count);
        at += count;
        assert_true(status != MAILBOX_STATUS_OK || get_le32(session->result.payload) == at);
    }
    return status;
}

uint8_t update_stage(struct mailbox_session *session, const struct bench_image *image)
{
    uint8_t status = update_send_begin(session, image);

    if (status == MAILBOX_STATUS_OK) {
        status = update_send_rest(session, image, UPDATE_MAX_DATA);
    }
    return status == MAILBOX_STATUS_OK ? update_call(session, MAILBOX_UPDATE_FINISH) : status;
}

uint8_t update_send(struct mailbox_session *session, const struct bench_image *image)
{
    const uint8_t status = update_stage(session, image);

    return status == MAILBOX_STATUS_OK ? update_call(session, MAILBOX_UPDATE_ACTIVATE) : status;
}
