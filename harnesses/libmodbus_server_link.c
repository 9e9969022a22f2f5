#include "libmodbus_server_link.h"

#include "byte_order.h"
#include "history.h"
#include "libmodbus_server_frame.h"
#include "libmodbus_server_input.h"

#include <string.h>

struct link server_link;

static const uint8_t no_bytes[1];

void link_start(const uint8_t *data, size_t size, size_t position)
{
    /* The buffers need no clearing: nothing is read of them that was not written first. */
    const size_t buffers = offsetof(struct link, arriving) + sizeof server_link.arriving;

    memset(&server_link, 0, offsetof(struct link, arriving));
    memset((uint8_t *)&server_link + buffers, 0, sizeof server_link - buffers);
    server_link.data = data != NULL ? data : no_bytes;
    server_link.size = size;
    server_link.position = position;
}

void link_forget_sent(void)
{
    server_link.sent_length = 0;
    server_link.sends = 0;
    server_link.sent_whole = 0;
}

void link_take_next_connection(void)
{
    server_link.begin = server_link.end;
    server_link.arrived = server_link.end;
    server_link.reset = false;
    server_link.closed = server_link.ended;
    server_link.silence_us = 0;
}

bool link_is_over(void)
{
    return server_link.ended && server_link.begin == server_link.end;
}

/* Moves what has not been read to the front, if there is no room behind it. */
static bool make_room(size_t length)
{
    if (LINK_MAX_ARRIVING - server_link.end >= length) {
        return true;
    }
    memmove(server_link.arriving, server_link.arriving + server_link.begin,
            server_link.end - server_link.begin);
    server_link.arrived -= server_link.begin;
    server_link.end -= server_link.begin;
    server_link.begin = 0;
    return LINK_MAX_ARRIVING - server_link.end >= length;
}

static uint8_t addressed_unit(uint8_t options)
{
    if ((options & PEER_BROADCAST) != 0) {
        return 0;
    }
    return (uint8_t)(server_link.unit + ((options & PEER_OTHER_UNIT) != 0 ? 1U : 0U));
}

static void deliver(const struct history_step *step)
{
    size_t length = step->length < PEER_MAX_BYTES ? step->length : PEER_MAX_BYTES;
    const bool framed = (unsigned)step->kind == PEER_REQUEST;
    uint8_t *place;

    if (!make_room(length + FRAME_OVERHEAD)) {
        return;
    }
    place = server_link.arriving + server_link.end;
    if (framed) {
        server_link.transactions++;
        length = frame_make(server_link.rtu, server_link.transactions,
                            addressed_unit(step->options), step->body, length, place);
    } else {
        memcpy(place, step->body, length);
    }
    server_link.end += length;
    server_link.arrived = server_link.end;
    if ((step->options & HISTORY_SPLIT) != 0) {
        server_link.arrived -= length / 2U;
    }
    server_link.refuse_next = (step->options & PEER_REFUSED) != 0;
}

static void happen(const struct history_step *step)
{
    const unsigned event = step->length > 0 ? step->body[0] % LINK_EVENT_COUNT : LINK_CLOSED;
    const unsigned count = step->length > 1 ? step->body[1] : 0;

    switch ((enum link_event)event) {
    case LINK_CLOSED:
        server_link.closed = true;
        server_link.connects_failing = count % 4U;
        break;
    case LINK_INTERRUPTED:
        server_link.interrupted = true;
        break;
    case LINK_SEND_FAILS:
        server_link.sends_failing = 1U + count % 4U;
        break;
    case LINK_SEND_SHORT:
        server_link.send_short = true;
        server_link.short_length = count;
        break;
    case LINK_RESET:
        server_link.reset = true;
        break;
    case LINK_DRIBBLES:
        server_link.most_per_read = 1U + count;
        break;
    case LINK_EVENT_COUNT:
        break;
    }
}

/* True if the step after this one happens at the same moment. */
static bool follow(const struct history_step *step)
{
    switch ((unsigned)step->kind) {
    case PEER_REQUEST:
    case PEER_BYTES:
        deliver(step);
        return (step->options & PEER_JOINED) != 0;
    case PEER_SILENCE:
        if (step->length >= 2) {
            server_link.silence_us = (get_le16(step->body) % PEER_MAX_SILENCE_MS) * 1000ULL;
        }
        return false;
    case LINK_EVENT:
        happen(step);
        return false;
    default:
        return false;
    }
}

void link_go_on(void)
{
    struct history_step step;
    bool more = true;

    while (more) {
        if (server_link.steps == INPUT_MAX_STEPS ||
            !history_next(server_link.data, server_link.size, &server_link.position, &step)) {
            server_link.ended = true;
            server_link.closed = true;
            return;
        }
        server_link.steps++;
        more = follow(&step);
    }
}
