/*
 * Method: all that comes from sending a frame until the answer to the player's own read is kept; the read
 * is told from what is before it by its length and checksum or transaction. What is before it is then
 * judged as the frame's answers, in order. A read that is not answered in time is sent again: on a serial
 * line it may have been taken for the end of a frame that was broken off.
 */
#include "scenarios/modbus_player.h"

#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "scenarios/modbus_generator.h"

enum {
    PATIENCE_MS = 250,   /* for the answers to one frame; the rest comes before the read's */
    GAP_MS = 20,         /* silence that ends a serial frame, with the jitter of both sides */
    READ_AGAIN_MS = 400, /* until the player's read is sent again */
    PAUSE_MS = 30,       /* within a frame that is split */
    TRIES = 3,           /* of a legal request on a serial line */
    OPEN_AGAIN_MS = 50,
    READ = 3,
    EXCEPTION = 0x80,
    CRC_SIZE = 2,
    MESSAGE_TYPE = 1, /* in a message of the mailbox */
    MESSAGE_SESSION = 4,
    HELLO = 0x01,
    HELLO_LABEL = 0x07,
    HELLO_ANSWER = 0x81,
    REFUSED_ANSWER = 0xFF,
};

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static bool is_fatal(int error)
{
    return error != RIG_OK && error != RIG_ERROR_TIMEOUT && error != RIG_ERROR_DEVICE;
}

static void blame(struct modbus_turn *turn, const char *why)
{
    if (turn->why[0] == '\0')
        (void)snprintf(turn->why, sizeof turn->why, "%s", why);
}

/* ---- the wire ---- */

static void hang_up(struct modbus_player *player)
{
    modbus_client_close(player->client);
    player->client = NULL;
}

/* RIG_OK when something came; RIG_ERROR_TIMEOUT also when the device closed. */
static int receive(struct modbus_player *player, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    size_t size = 0;
    int error;

    if (player->client == NULL)
        return RIG_ERROR_TIMEOUT;
    if (player->used == sizeof player->bytes) /* a flood: the oldest bytes show what it is */
        player->used /= 2;
    error = modbus_client_receive_raw(player->client, player->bytes + player->used,
                                      sizeof player->bytes - player->used, &size, deadline_ms,
                                      diagnostic);
    player->used += size;
    return error;
}

static size_t count_answers(const struct modbus_player *player)
{
    size_t at = 0;
    size_t count = 0;

    for (;;) {
        const size_t size = modbus_answer_size(&player->bus, player->bytes + at, player->used - at);

        if (size == 0 || size > player->used - at)
            return count;
        at += size;
        count++;
    }
}

/* Until `count` answers have come, or patience ends. */
static int await_answers(struct modbus_player *player, size_t count, int64_t patience_ms,
                         struct diagnostic *diagnostic)
{
    const int64_t until = process_clock_ms() + patience_ms;
    int error = RIG_OK;

    /* A device that never stops talking does not keep the rig. */
    while (error == RIG_OK && process_clock_ms() < until &&
           (count == 0 || count_answers(player) < count))
        error = receive(player, until, diagnostic);
    return is_fatal(error) ? error : RIG_OK;
}

static int open_wire(struct modbus_player *player, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    return player->client != NULL
               ? RIG_OK
               : modbus_client_open(player->port, deadline_ms, &player->client, diagnostic);
}

static int send_frame(struct modbus_player *player, const struct modbus_frame *frame,
                      struct diagnostic *diagnostic)
{
    const int64_t deadline_ms = process_clock_ms() + player->limit_ms;
    const size_t first = frame->split > 0 ? frame->split : frame->size;
    int error = open_wire(player, deadline_ms, diagnostic);

    if (error == RIG_OK)
        error =
            modbus_client_send_raw(player->client, frame->bytes, first, deadline_ms, diagnostic);
    if (error == RIG_OK && first < frame->size) {
        error = process_pause_until(process_clock_ms() + PAUSE_MS);
        if (error == RIG_OK)
            error = modbus_client_send_raw(player->client, frame->bytes + first,
                                           frame->size - first, deadline_ms, diagnostic);
    }
    return is_fatal(error) ? error : RIG_OK;
}

/* ---- the read behind it ---- */

static size_t read_count(const struct modbus_player *player)
{
    return player->bus.map != NULL ? player->bus.map->holding : 1;
}

static int send_read(struct modbus_player *player, struct diagnostic *diagnostic)
{
    const uint8_t pdu[] = {READ, 0, 0, 0, (uint8_t)read_count(player)};
    struct modbus_frame frame = {.what = NULL};
    int error;

    player->transaction = (uint16_t)(player->transaction + 1) | MODBUS_GENERATED_TRANSACTIONS;
    modbus_frame_wrap(&player->bus, player->bus.unit, player->transaction, pdu, sizeof pdu, &frame);
    error = open_wire(player, process_clock_ms() + READ_AGAIN_MS, diagnostic);
    return error == RIG_OK ? modbus_client_send_raw(player->client, frame.bytes, frame.size,
                                                    process_clock_ms() + READ_AGAIN_MS, diagnostic)
                           : error;
}

/* Whether these bytes answer the player's read; without a map a refusal does, too. */
static bool answers_read(const struct modbus_player *player, const uint8_t *bytes, size_t size)
{
    const uint8_t pdu[] = {READ, 0, 0, 0, (uint8_t)read_count(player)};
    const struct modbus_request request = {.pdu = pdu,
                                           .size = sizeof pdu,
                                           .unit = player->bus.unit,
                                           .transaction = player->transaction};
    const char *why;
    const enum modbus_answer answer =
        modbus_answer_judge(&player->bus, &request, bytes, size, &why);

    return answer == MODBUS_ANSWER_DONE ||
           (answer == MODBUS_ANSWER_REFUSED && player->bus.map == NULL);
}

/* Looks for the answer at the end of what came; *head is where it begins. */
static bool find_read(const struct modbus_player *player, size_t *head)
{
    const size_t around =
        modbus_frame_head(&player->bus) + (player->bus.kind == MODBUS_RTU ? CRC_SIZE : 0u);
    const size_t sizes[] = {around + 2 + 2 * read_count(player), around + 2};

    for (size_t i = 0; i < 2; i++) {
        if (player->used >= sizes[i] &&
            answers_read(player, player->bytes + player->used - sizes[i], sizes[i])) {
            *head = player->used - sizes[i];
            return true;
        }
    }
    return false;
}

static int await_read(struct modbus_player *player, int64_t until_ms, size_t *head,
                      struct diagnostic *diagnostic)
{
    int error = RIG_OK;

    while (error == RIG_OK) {
        error = receive(player, until_ms, diagnostic);
        if (error == RIG_OK && find_read(player, head))
            return RIG_OK;
        if (error == RIG_OK && process_clock_ms() >= until_ms)
            return RIG_ERROR_TIMEOUT;
    }
    return error;
}

/* The answers to reads that were sent again must not be taken for others. */
static int drop_late(struct modbus_player *player, struct diagnostic *diagnostic)
{
    const size_t used = player->used;
    const int error = await_answers(player, 0, READ_AGAIN_MS, diagnostic);

    player->used = used;
    return error;
}

/* Lets time pass until the next attempt. A device that ended by itself will not answer any more. */
static int wait_to_try(struct modbus_player *player, struct modbus_turn *turn, bool *is_over,
                       struct diagnostic *diagnostic)
{
    const int error = bench_let_pass(player->bench, OPEN_AGAIN_MS, diagnostic);

    *is_over = error == RIG_ERROR_DEVICE;
    if (*is_over)
        blame(turn, diagnostic->text);
    return is_fatal(error) ? error : RIG_OK;
}

/* Reads until it is answered or the limit has passed. */
static int read_behind(struct modbus_player *player, struct modbus_turn *turn, size_t *head,
                       struct diagnostic *diagnostic)
{
    const int64_t began = process_clock_ms();
    bool is_over = false;
    unsigned attempts = 0;
    int error = RIG_OK;

    *head = player->used;
    while (!is_over && !turn->is_alive && process_clock_ms() - began < player->limit_ms) {
        error = send_read(player, diagnostic);
        if (error == RIG_OK)
            error = await_read(player, process_clock_ms() + READ_AGAIN_MS, head, diagnostic);
        attempts++;
        turn->is_alive = error == RIG_OK;
        if (is_fatal(error))
            return error;
        if (error == RIG_OK)
            continue;
        if (player->bus.kind == MODBUS_TCP || player->client == NULL)
            hang_up(player);
        error = wait_to_try(player, turn, &is_over, diagnostic);
        if (error != RIG_OK)
            return error;
    }
    turn->took_ms = turn->is_alive || !is_over ? process_clock_ms() - began : player->limit_ms + 1;
    return turn->is_alive && attempts > 1 && player->bus.kind == MODBUS_RTU
               ? drop_late(player, diagnostic)
               : RIG_OK;
}

/* ---- judgement ---- */

/* Nobody here seals a message, so none but a greeting may be taken; that for the password on the label
 * by the local interface only. */
static bool may_be_taken(const struct modbus_player *player, uint8_t type)
{
    return type == HELLO || (type == HELLO_LABEL && player->bus.kind == MODBUS_RTU);
}

static void take_session(struct modbus_player *player, const uint8_t *message)
{
    player->session = 0;
    for (size_t i = 0; i < 4; i++)
        player->session |= (uint32_t)message[MESSAGE_SESSION + i] << (8 * i);
}

static void take_message(struct modbus_player *player, const struct modbus_request *request,
                         const uint8_t *answer, size_t size, struct modbus_turn *turn)
{
    const uint8_t *sent;
    size_t sent_size;
    size_t pdu_size;
    const uint8_t *pdu = modbus_answer_pdu(&player->bus, answer, size, &pdu_size);
    const uint8_t *message;
    uint8_t type;

    if (!modbus_request_message(&player->bus, request, &sent, &sent_size) || pdu == NULL)
        return;
    message = pdu + 2; /* all registers of the mailbox: the judge has counted them */
    type = sent_size > MESSAGE_TYPE ? sent[MESSAGE_TYPE] : 0;
    if (message[MESSAGE_TYPE] == REFUSED_ANSWER)
        return;
    if (message[MESSAGE_TYPE] == HELLO_ANSWER)
        take_session(player, message);
    if (!may_be_taken(player, type)) {
        turn->accepted_illegal++;
        blame(turn, "the mailbox took a message that nobody sealed");
    }
}

static void judge_answer(struct modbus_player *player, const struct modbus_request *request,
                         const uint8_t *answer, size_t size, struct modbus_turn *turn)
{
    const enum modbus_due due = modbus_request_due(&player->bus, request, player->registers);
    const char *why;

    switch (modbus_answer_judge(&player->bus, request, answer, size, &why)) {
    case MODBUS_ANSWER_REFUSED:
        turn->refused++;
        break;
    case MODBUS_ANSWER_DONE:
        turn->done++;
        if (due == MODBUS_DUE_REFUSAL) {
            turn->accepted_illegal++;
            blame(turn, "it did what it must refuse");
        }
        modbus_request_apply(&player->bus, request, player->registers);
        take_message(player, request, answer, size, turn);
        break;
    case MODBUS_ANSWER_MALFORMED:
    default:
        turn->malformed++;
        blame(turn, why);
        break;
    }
}

static void judge_silence(const struct modbus_player *player, const struct modbus_request *request,
                          bool is_split, struct modbus_turn *turn)
{
    const bool may_drop = player->bus.kind == MODBUS_RTU && is_split;

    if (!turn->is_alive || !request->is_certain || may_drop ||
        modbus_request_due(&player->bus, request, player->registers) != MODBUS_DUE_ANSWER)
        return;
    turn->unanswered++;
    blame(turn, "a legal request is not answered");
}

static void judge_answers(struct modbus_player *player, const struct modbus_request *requests,
                          size_t count, bool is_split, size_t head, struct modbus_turn *turn)
{
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        size_t size = modbus_answer_size(&player->bus, player->bytes + at, head - at);

        if (size == 0 || size > head - at)
            size = head - at;
        if (!requests[i].is_addressed)
            continue;
        turn->requests++;
        /* What belongs to a request behind it is told by its number. */
        if (size == 0 || (player->bus.kind == MODBUS_TCP && size > 1 &&
                          get16(player->bytes + at) != requests[i].transaction)) {
            judge_silence(player, &requests[i], is_split, turn);
            continue;
        }
        judge_answer(player, &requests[i], player->bytes + at, size, turn);
        at += size;
    }
    if (at < head) {
        turn->malformed++;
        blame(turn, "bytes that nobody asked for");
    }
}

/* A broadcast may have been done, or may not, and likewise what a serial line lost: the registers say
 * which. */
static void judge_unknown(struct modbus_player *player, const struct modbus_request *requests,
                          size_t count, const struct modbus_turn *turn, const uint16_t *now)
{
    uint16_t after[MODBUS_MAP_HOLDING_MAX];

    if (count != 1 || (!requests[0].is_broadcast && turn->unanswered == 0) ||
        !modbus_request_writes(&player->bus, requests))
        return;
    memcpy(after, player->registers, sizeof after);
    modbus_request_apply(&player->bus, requests, after);
    if (memcmp(after, now, player->bus.map->holding * sizeof *after) == 0)
        memcpy(player->registers, after, sizeof after);
}

static void judge_registers(struct modbus_player *player, const struct modbus_request *requests,
                            size_t count, size_t head, struct modbus_turn *turn)
{
    const uint8_t *values = player->bytes + head + modbus_frame_head(&player->bus) + 2;
    uint16_t now[MODBUS_MAP_HOLDING_MAX];

    if (!turn->is_alive || player->bus.map == NULL)
        return;
    for (size_t i = 0; i < player->bus.map->holding; i++)
        now[i] = (uint16_t)get16(values + 2 * i);
    judge_unknown(player, requests, count, turn, now);
    for (size_t i = 0; player->knows_registers && i < player->bus.map->holding; i++) {
        if (now[i] == player->registers[i])
            continue;
        if (turn->changed == 0)
            (void)snprintf(turn->change, sizeof turn->change,
                           "holding register %zu is %d and has to be %d", i, (int16_t)now[i],
                           (int16_t)player->registers[i]);
        turn->changed++;
    }
    memcpy(player->registers, now, sizeof now);
    player->knows_registers = true;
}

/* ---- a turn ---- */

/* What the next frame must not be glued to is let go: a stream that stands within a frame, or that the
 * device closed; on a bus, silence. */
static int end_frame(struct modbus_player *player, bool is_whole, struct diagnostic *diagnostic)
{
    if (player->bus.kind == MODBUS_RTU)
        return is_whole ? RIG_OK : await_answers(player, 0, GAP_MS, diagnostic);
    if (!is_whole) {
        const int error = await_answers(player, 0, GAP_MS, diagnostic);

        hang_up(player);
        return error;
    }
    if (player->client != NULL && modbus_client_is_closed(player->client))
        hang_up(player);
    return RIG_OK;
}

static size_t count_addressed(const struct modbus_request *requests, size_t count)
{
    size_t addressed = 0;

    for (size_t i = 0; i < count; i++)
        addressed += requests[i].is_addressed;
    return addressed;
}

static int play_once(struct modbus_player *player, struct modbus_frame *frame,
                     struct modbus_turn *turn, struct diagnostic *diagnostic)
{
    struct modbus_request requests[MODBUS_REQUESTS_MAX];
    size_t rest = 0;
    size_t head = 0;
    size_t count;
    size_t addressed;
    int error;

    *turn = (struct modbus_turn){.is_alive = false};
    modbus_frame_take_session(&player->bus, frame, player->session);
    count = modbus_requests_find(&player->bus, frame->bytes, frame->size, requests, &rest);
    /* On a bus a pause ends a frame: that it is dropped is what is due. */
    addressed =
        player->bus.kind == MODBUS_RTU && frame->split > 0 ? 0 : count_addressed(requests, count);
    player->used = 0;
    error = send_frame(player, frame, diagnostic);
    if (error == RIG_OK && addressed > 0)
        error = await_answers(player, addressed, PATIENCE_MS, diagnostic);
    if (error == RIG_OK)
        error = end_frame(player, rest == 0 && addressed > 0 && count_answers(player) == addressed,
                          diagnostic);
    if (error == RIG_OK)
        error = read_behind(player, turn, &head, diagnostic);
    if (error != RIG_OK)
        return error;
    judge_answers(player, requests, count, frame->split > 0, head, turn);
    judge_registers(player, requests, count, head, turn);
    return RIG_OK;
}

/* A serial line may lose a frame, or a busy host may cut it in two: a master asks again (Modbus over
 * Serial Line V1.02, 2.4.1). */
int modbus_player_play(struct modbus_player *player, struct modbus_frame *frame,
                       struct modbus_turn *turn, struct diagnostic *diagnostic)
{
    const unsigned tries = player->bus.kind == MODBUS_RTU ? TRIES : 1;
    int error = RIG_OK;

    for (unsigned i = 0; error == RIG_OK && i < tries; i++) {
        error = play_once(player, frame, turn, diagnostic);
        if (turn->unanswered == 0 || turn->malformed > 0 || turn->changed > 0)
            break;
    }
    turn->malformed += turn->unanswered;
    return error;
}

int modbus_player_begin(struct modbus_player *player, struct bench *bench, enum modbus_kind kind,
                        int64_t limit_ms, struct diagnostic *diagnostic)
{
    struct modbus_turn turn = {.is_alive = false};
    size_t head = 0;
    int error;

    *player = (struct modbus_player){.bench = bench, .limit_ms = limit_ms};
    player->port = kind == MODBUS_RTU ? &bench->rtu : &bench->tcp;
    player->bus = (struct modbus_bus){kind, player->port->unit, modbus_map_of(bench->target)};
    error = read_behind(player, &turn, &head, diagnostic);
    if (error == RIG_OK && !turn.is_alive)
        return diagnostic_fail(diagnostic, RIG_ERROR_TIMEOUT, "the device's %s does not answer",
                               kind == MODBUS_RTU ? "wired bus" : "Modbus TCP");
    if (error == RIG_OK)
        judge_registers(player, NULL, 0, head, &turn);
    return error;
}

void modbus_player_end(struct modbus_player *player)
{
    hang_up(player);
}
