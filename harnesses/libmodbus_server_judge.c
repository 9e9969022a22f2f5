#include "libmodbus_server_judge.h"

#include "byte_order.h"
#include "harness.h"
#include "libmodbus_server_frame.h"
#include "libmodbus_server_link.h"
#include "libmodbus_server_mapping.h"
#include "libmodbus_server_model.h"

#include "modbus.h"

#include <string.h>

#define EXCEPTION_BIT    0x80U
#define EXCEPTION_LENGTH 2U
#define EXCEPTION_MOST   11U /* Modbus Application Protocol V1.1b3, 7 */

#define READ_EXCEPTION_STATUS 7U
#define REPORT_SERVER_ID      17U

/* As ORACLE(), saying which function it is about. Naming it beforehand would cost every request. */
#define JUDGE(request, name, condition, ...)                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            say_what_about(request);                                                               \
            harness_oracle_violated(JUDGE_CLAUSE, (name), __VA_ARGS__);                            \
        }                                                                                          \
    } while (0)

/* What is between the framing. */
struct pdu {
    const uint8_t *bytes;
    size_t length;
};

static struct pdu pdu_of(bool rtu, const uint8_t *frame, size_t length)
{
    const size_t header = frame_header(rtu);
    const size_t around = header + (rtu ? FRAME_RTU_CRC : 0U);
    const struct pdu pdu = {.bytes = frame + header,
                            .length = length > around ? length - around : 0U};

    return pdu;
}

static uint8_t function_of(const struct judged_request *request)
{
    return request->frame[frame_header(request->rtu)];
}

static uint8_t unit_of(const struct judged_request *request)
{
    return request->frame[frame_header(request->rtu) - 1U];
}

static void say_what_about(const struct judged_request *request)
{
    if (function_of(request) >= EXCEPTION_BIT) {
        harness_about("function-over-127");
    } else {
        harness_about("function-%u", function_of(request));
    }
}

static bool is_to_all(const struct judged_request *request)
{
    return request->rtu && unit_of(request) == MODBUS_BROADCAST_ADDRESS;
}

void judge_request(const struct judged_request *request)
{
    const size_t least = frame_header(request->rtu) + 1U + (request->rtu ? FRAME_RTU_CRC : 0U);
    const size_t most = request->rtu ? MODBUS_RTU_MAX_ADU_LENGTH : MODBUS_TCP_MAX_ADU_LENGTH;

    ORACLE(JUDGE_CLAUSE, "request-length", request->length >= least && request->length <= most,
           "modbus_receive() says %zu bytes", request->length);
    if (request->strict && !request->rtu) {
        harness_about("mbap");
        ORACLE(JUDGE_CLAUSE, "protocol-field-obeyed", get_be16(request->frame + 2) == 0,
               "took a request of protocol %u", get_be16(request->frame + 2));
        ORACLE(JUDGE_CLAUSE, "length-field-obeyed",
               request->length == 6U + get_be16(request->frame + 4),
               "took %zu bytes for a request of 6 + %u", request->length,
               get_be16(request->frame + 4));
    }
}

/* ---- the reply as such ---- */

static void judge_framing(const struct judged_request *request)
{
    const uint8_t *sent = server_link.sent;
    const size_t length = server_link.sent_length;
    const size_t least =
        frame_header(request->rtu) + EXCEPTION_LENGTH + (request->rtu ? FRAME_RTU_CRC : 0U);
    const size_t most = request->rtu ? MODBUS_RTU_MAX_ADU_LENGTH : MODBUS_TCP_MAX_ADU_LENGTH;

    JUDGE(request, "reply-framing", length >= least && length <= most, "reply of %zu bytes",
          length);
    JUDGE(request, "reply-framing", sent[frame_header(request->rtu) - 1U] == unit_of(request),
          "reply from unit %u", sent[frame_header(request->rtu) - 1U]);
    if (request->rtu) {
        const size_t covered = length - FRAME_RTU_CRC;

        JUDGE(request, "reply-framing", get_le16(sent + covered) == frame_crc(sent, covered),
              "wrong CRC");
        return;
    }
    JUDGE(request, "reply-framing", memcmp(sent, request->frame, 2) == 0,
          "reply to another transaction");
    JUDGE(request, "reply-framing", get_be16(sent + 2) == 0 || get_be16(request->frame + 2) != 0,
          "reply of another protocol");
    JUDGE(request, "reply-framing", get_be16(sent + 4) == length - 6U, "%zu bytes, length field %u",
          length, get_be16(sent + 4));
}

static bool is_exception(struct pdu reply)
{
    return (reply.bytes[0] & EXCEPTION_BIT) != 0;
}

static void judge_function(const struct judged_request *request, struct pdu reply)
{
    const uint8_t function = function_of(request);

    if (function >= EXCEPTION_BIT && !request->strict) {
        return;
    }
    JUDGE(request, "reply-fits-request",
          (reply.bytes[0] | EXCEPTION_BIT) == (function | EXCEPTION_BIT) &&
              (function < EXCEPTION_BIT || is_exception(reply)),
          "function %u in reply", reply.bytes[0]);
    JUDGE(request, "reply-fits-request",
          !is_exception(reply) || (reply.length == EXCEPTION_LENGTH && reply.bytes[1] >= 1 &&
                                   reply.bytes[1] <= EXCEPTION_MOST),
          "malformed exception of %zu bytes", reply.length);
}

/* ---- what became of the request ---- */

static void judge_registers(const struct judged_request *request)
{
    JUDGE(request, "only-what-was-asked", mapping_is_as_expected(),
          "registers differ from what was asked for");
    JUDGE(request, "margins-are-whole", mapping_margins_are_whole(),
          "memory beside the registers was written");
}

/* Of functions that are none on registers libmodbus has one that is answered: report server ID. */
static void judge_other_reply(const struct judged_request *request, struct pdu reply)
{
    if (function_of(request) == REPORT_SERVER_ID && !is_exception(reply)) {
        JUDGE(request, "reply-is-right",
              reply.length >= EXCEPTION_LENGTH && reply.length == 2U + reply.bytes[1],
              "%zu bytes, byte count %u", reply.length, reply.bytes[1]);
    } else if (function_of(request) < EXCEPTION_BIT) {
        JUDGE(request, "unlawful-is-refused", is_exception(reply), "an unknown function is served");
    }
}

static void judge_served(const struct judged_request *request, struct pdu reply)
{
    const struct pdu asked = pdu_of(request->rtu, request->frame, request->length);
    uint8_t expected[MODEL_MAX_PDU];
    const size_t length = model_serve(&server_mapping, asked.bytes, expected);

    JUDGE(request, "reply-is-right",
          reply.length == length && memcmp(reply.bytes, expected, length) == 0,
          "reply of %zu bytes differs from the %zu that are right", reply.length, length);
}

static void judge_reply(const struct judged_request *request)
{
    const struct pdu reply = pdu_of(request->rtu, server_link.sent, server_link.sent_length);
    const struct pdu asked = pdu_of(request->rtu, request->frame, request->length);
    const enum model_verdict verdict = model_judge(&server_mapping, asked.bytes, asked.length);

    if (request->refused_with != 0) {
        JUDGE(request, "reply-is-right",
              function_of(request) >= EXCEPTION_BIT || reply.bytes[1] == request->refused_with,
              "exception %u, the application said %u", reply.bytes[1], request->refused_with);
        return;
    }
    if (verdict == MODEL_UNKNOWN) {
        judge_other_reply(request, reply);
        return;
    }
    JUDGE(request, "lawful-is-served", verdict != MODEL_SERVE || !is_exception(reply),
          "exception %u", reply.bytes[1]);
    JUDGE(request, "unlawful-is-refused", verdict != MODEL_REFUSE || is_exception(reply),
          "a request outside the specification or the mapping is served");
    if (!is_exception(reply)) {
        harness_gate("function");
        judge_served(request, reply);
    }
}

/* Without a reply: served if it had to be, and if it could be either as the registers say. */
static void expect_unseen(const struct judged_request *request)
{
    const struct pdu asked = pdu_of(request->rtu, request->frame, request->length);
    const enum model_verdict verdict = request->refused_with == 0
                                           ? model_judge(&server_mapping, asked.bytes, asked.length)
                                           : MODEL_REFUSE;
    uint8_t unsent[MODEL_MAX_PDU];

    if (verdict == MODEL_SERVE || (verdict == MODEL_EITHER && !mapping_is_as_expected())) {
        (void)model_serve(&server_mapping, asked.bytes, unsent);
    }
}

static void judge_pause(const struct judged_request *request)
{
    const uint64_t pause_us = server_link.now_us - request->received_us;

    if (request->strict && server_link.sends == 1) {
        harness_about("refusal");
        ORACLE(JUDGE_CLAUSE, "refusal-without-pause", pause_us <= JUDGE_MOST_PAUSE_MS * 1000U,
               "the server stood still for %llu ms", (unsigned long long)(pause_us / 1000U));
    }
}

void judge_answer(const struct judged_request *request)
{
    if (is_to_all(request)) {
        JUDGE(request, "one-reply", server_link.sends == 0, "a reply to a request to all units");
    } else if (server_link.sends == 0) {
        JUDGE(request, "every-request-answered",
              function_of(request) == READ_EXCEPTION_STATUS && !request->strict, "no reply");
    }
    if (server_link.sent_whole > 0) {
        JUDGE(request, "one-reply", server_link.sent_whole == 1, "%u replies",
              server_link.sent_whole);
        judge_framing(request);
        judge_function(request, pdu_of(request->rtu, server_link.sent, server_link.sent_length));
        judge_reply(request);
    } else {
        expect_unseen(request);
    }
    judge_registers(request);
    judge_pause(request);
}
