/* update_session.h - an update by mailbox messages, in a session that is open. */
#ifndef UPDATE_SESSION_H
#define UPDATE_SESSION_H

#include "mailbox_session.h"
#include "update_bench.h"

#include <stddef.h>
#include <stdint.h>

#define UPDATE_MAX_DATA (MAILBOX_MAX_PAYLOAD - 4U) /* of the body, in one message */

/* A device that runs the image of update_bench.h, the client logged in over the local bus. */
void update_new_session(struct mailbox_session *session);

/* Logs in as soon as that may be; a test fails if it is refused. */
void update_log_in(struct mailbox_session *session);

/* A message without a payload. All return the status. */
uint8_t update_call(struct mailbox_session *session, uint8_t type);

uint8_t update_send_begin(struct mailbox_session *session, const struct bench_image *image);

/* `length` bytes for `offset` of the body, UPDATE_MAX_DATA at most; zeros beyond the image. */
uint8_t update_send_data(struct mailbox_session *session, const struct bench_image *image,
                         uint32_t offset, size_t length);

/* From where the device is to the end of the image, or to the first status that is not OK. */
uint8_t update_send_rest(struct mailbox_session *session, const struct bench_image *image,
                         size_t piece);

/* Begin, data, finish; and activate. Return the status of what was refused, or OK. */
uint8_t update_stage(struct mailbox_session *session, const struct bench_image *image);
uint8_t update_send(struct mailbox_session *session, const struct bench_image *image);

#endif
