/*
 * libmodbus_server_input.h - inputs of the harness libmodbus_server: a server, then what its peer
 * and its link do. Steps are framed as in history.h, with kinds of their own:
 *
 *   PEER_REQUEST  body: a Modbus PDU; address, header, lengths and CRC around it are made right
 *   PEER_BYTES    body: bytes for the wire as they are
 *   SERVER_SETUP  body: struct server_setup as below; obeyed as the first step, else passed over
 *   PEER_SILENCE  body: 16-bit milliseconds (little-endian), taken modulo PEER_MAX_SILENCE_MS
 *   LINK_EVENT    body: enum link_event, a parameter byte
 *
 * The server answers whatever arrives. After the last step, at most INPUT_MAX_STEPS, the peer closes
 * the connection: between requests a server keeps hardly more than its registers, so long histories
 * cost speed and find nothing.
 */
#ifndef LIBMODBUS_SERVER_INPUT_H
#define LIBMODBUS_SERVER_INPUT_H

#include <stddef.h>
#include <stdint.h>

#define INPUT_MAX_STEPS 8U

enum libmodbus_server_kind {
    PEER_REQUEST = 0,
    PEER_BYTES = 1,
    SERVER_SETUP = 2,
    PEER_SILENCE = 3,
    LINK_EVENT = 4,
};

/* Options of PEER_REQUEST and PEER_BYTES; HISTORY_SPLIT of history.h is another. */
#define PEER_BROADCAST  0x10U /* PEER_REQUEST: to unit 0 */
#define PEER_OTHER_UNIT 0x20U /* PEER_REQUEST: to the unit after the server's */
#define PEER_JOINED     0x40U /* arrives together with the next step */
#define PEER_REFUSED    0x80U /* the application refuses it by modbus_reply_exception() */
#define PEER_MAX_BYTES  300U  /* of one step; what follows is not sent */

#define PEER_MAX_SILENCE_MS 5000U

/* What happens to the link; the parameter is `count` below. */
enum link_event {
    LINK_CLOSED = 0,      /* the peer closes; `count` % 4 attempts to connect again fail */
    LINK_INTERRUPTED = 1, /* a signal interrupts the next wait */
    LINK_SEND_FAILS = 2,  /* the next 1 + `count` % 4 replies are not sent */
    LINK_SEND_SHORT = 3,  /* of the next reply only `count` bytes are sent */
    LINK_RESET = 4,       /* the next read fails with ECONNRESET */
    LINK_DRIBBLES = 5,    /* from now on no read returns more than 1 + `count` bytes */
    LINK_EVENT_COUNT = 6,
};

/*
 * Body of SERVER_SETUP: flags, the server's unit (taken modulo 247, plus 1), then for coils, discrete
 * inputs, holding registers and input registers a number that chooses the first address and one
 * that chooses how many there are (tables in libmodbus_server_mapping.c), then, for strict mode,
 * SETUP_STRICT_KEY (big-endian). Missing bytes are 0.
 *
 * Strict mode also judges by the rules that the library is known to break in answer to everyday
 * input (libmodbus_server_judge.h). The mutator chooses it once in a long while: that keeps the
 * known defects in sight without spending the campaign on them. The key is long enough that an
 * engine which flips single bytes does not choose it all the time.
 */
#define SETUP_LENGTH     12U
#define SETUP_FLAGS      0U
#define SETUP_UNIT       1U
#define SETUP_FIRST_AREA 2U
#define SETUP_STRICT     10U
#define SETUP_STRICT_KEY 0x5354U

/* Flags. */
#define SETUP_RTU                0x01U /* else TCP */
#define SETUP_ROOMY              0x02U /* buffers have room beyond their end; else their exact size */
#define SETUP_LINK_RECOVERY      0x04U /* MODBUS_ERROR_RECOVERY_LINK */
#define SETUP_PROTOCOL_RECOVERY  0x08U /* MODBUS_ERROR_RECOVERY_PROTOCOL */
#define SETUP_NO_BYTE_TIMEOUT    0x10U
#define SETUP_INDICATION_TIMEOUT 0x20U /* one second */
#define SETUP_SERIAL_RTS         0x40U /* RTU: transmission is switched by the RTS line */

#endif
