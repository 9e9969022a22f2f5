/*
 * libmodbus_server_judge.h - judges what a libmodbus server did with one request. All oracles are
 * of 5.13-1B and say which function they are about:
 *
 *   server-starts            the library makes a context and takes its settings
 *   request-length           modbus_receive() reports a length between header and longest ADU
 *   one-reply                a request gets one reply, one to all units none
 *   reply-framing            transaction, protocol, length and unit, or unit and CRC, are right
 *   reply-fits-request       the reply carries the request's function code, or that and 0x80 with
 *                            an exception code
 *   lawful-is-served         a request within the specification and the mapping is not refused
 *   unlawful-is-refused      one that reaches outside is; so is an unknown function
 *   reply-is-right           the reply holds the values asked for and nothing else
 *   only-what-was-asked      registers change as asked, by a refused request not at all
 *   margins-are-whole        no byte beside the registers changes
 *
 * In strict mode (SETUP_STRICT_KEY) also, since libmodbus breaks them in answer to everyday input:
 *
 *   every-request-answered   no request is passed over in silence
 *   reply-fits-request       for function codes above 127 too
 *   protocol-field-obeyed    TCP: no request of another protocol than 0 is taken
 *   length-field-obeyed      TCP: the request ends where its MBAP header says
 *   refusal-without-pause    a refusal does not hold up the server for more than
 *                            JUDGE_MOST_PAUSE_MS of virtual time
 */
#ifndef LIBMODBUS_SERVER_JUDGE_H
#define LIBMODBUS_SERVER_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JUDGE_CLAUSE        "5.13-1B"
#define JUDGE_MOST_PAUSE_MS 100U

/* A request as modbus_receive() delivered it. */
struct judged_request {
    bool rtu;
    bool strict;
    unsigned
        refused_with;     /* exception code that the application answered with; 0: modbus_reply() */
    const uint8_t *frame; /* `length` bytes, framing included */
    size_t length;
    uint64_t received_us; /* virtual time */
};

/* Before the answer. Ends the program if an oracle is violated, as do the others. */
void judge_request(const struct judged_request *request);

/* After modbus_reply() or modbus_reply_exception() returned; looks at server_link. */
void judge_answer(const struct judged_request *request);

#endif
