/**
 * A Modbus client (libmodbus) on one of the device's interfaces, with a deadline on every request.
 * Sources: Modbus Application Protocol V1.1b3; Modbus over Serial Line V1.02; Modbus Messaging on
 * TCP/IP V1.0b.
 */
#ifndef RIG_TARGET_MODBUS_CLIENT_H
#define RIG_TARGET_MODBUS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum modbus_kind {
    MODBUS_RTU,
    MODBUS_TCP,
};

/** Where an interface is. Strings are owned by the bench, and may change with each power_on(). */
struct modbus_port {
    bool exists;
    enum modbus_kind kind;
    uint8_t unit;     /**< 1 to 247; TCP: of the MBAP header, 255 */
    const char *path; /**< RTU: terminal */
    uint32_t baud;    /**< RTU: bits a second, 8 data bits, no parity, 1 stop bit; 0: a
                           pseudo-terminal, which goes when the device that made it goes */
    const char *host; /**< TCP: IPv4 address or name */
    uint16_t port;    /**< TCP */

    /** RTU: whether the device has been switched off, which takes its terminal away; asked, with
     * `context`, when that is missing. NULL: nobody switches it. */
    bool (*is_off)(void *context);
    void *context;
};

/** Made by modbus_client_open(), freed by modbus_client_close(). */
struct modbus_client;

/**
 * Opens the terminal or connects. RIG_OK; RIG_ERROR_TIMEOUT when nobody accepts the connection or the
 * terminal went with the device, which is off; RIG_ERROR_BENCH with place and remedy when the terminal
 * is missing, not permitted, or held by another program; RIG_ERROR_USAGE when the target has no such
 * interface; RIG_ERROR_INTERRUPTED; RIG_ERROR_NO_MEMORY.
 *
 * Several clients of this program may have one terminal, as long as they ask in turn and are closed
 * in the reverse order (each puts back the terminal's settings that it found).
 */
int modbus_client_open(const struct modbus_port *port, int64_t deadline_ms,
                       struct modbus_client **client, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** NULL is allowed. */
void modbus_client_close(struct modbus_client *client);

/** A run of registers. */
struct modbus_registers {
    uint16_t address; /**< of the first */
    uint16_t count;   /**< 1 to 125 */
};

/**
 * Requests. Each returns RIG_OK; RIG_ERROR_TIMEOUT when no whole answer came in time or the
 * connection is gone; RIG_ERROR_DEVICE when the device answered with an exception
 * (modbus_client_exception()) or with nonsense; RIG_ERROR_INTERRUPTED; RIG_ERROR_BENCH.
 *
 * A request is sent once. After one that failed on TCP, the next connects anew, unless the device
 * closed the connection: then the client is of no more use, and each request is RIG_ERROR_TIMEOUT.
 */
int modbus_client_read_inputs(struct modbus_client *client, struct modbus_registers where,
                              uint16_t *values, int64_t deadline_ms,
                              struct diagnostic *diagnostic) RIG_MUST_CHECK;
int modbus_client_read_holding(struct modbus_client *client, struct modbus_registers where,
                               uint16_t *values, int64_t deadline_ms,
                               struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** FC 2: discrete inputs `where` (at most 125 of them) into `bits`. */
int modbus_client_read_discrete(struct modbus_client *client, struct modbus_registers where,
                                bool *bits, int64_t deadline_ms,
                                struct diagnostic *diagnostic) RIG_MUST_CHECK;
int modbus_client_write_register(struct modbus_client *client, uint16_t address, uint16_t value,
                                 int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** FC 23: writes `written` registers from `out`, reads `read` into `in`. */
int modbus_client_exchange(struct modbus_client *client, struct modbus_registers written,
                           const uint16_t *out, struct modbus_registers read, uint16_t *in,
                           int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether an answer to a request that failed may still come. TCP: no, since it connects anew. */
bool modbus_client_is_late(const struct modbus_client *client);

/** Exception code of the last request that was RIG_ERROR_DEVICE; 0: nonsense, not an exception. */
unsigned modbus_client_exception(const struct modbus_client *client);

/**
 * Bytes on the wire, for whoever wants to be malformed. Not to be mixed with requests under way.
 * modbus_client_send_raw(): all `size` bytes, as they are, without unit, length or checksum added.
 * modbus_client_receive_raw(): waits for one byte or more, up to `limit`; *size is how many came.
 * Errors as of requests; RIG_ERROR_TIMEOUT also when the device closed the connection (*size 0).
 */
int modbus_client_send_raw(struct modbus_client *client, const uint8_t *bytes, size_t size,
                           int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;
int modbus_client_receive_raw(struct modbus_client *client, uint8_t *bytes, size_t limit,
                              size_t *size, int64_t deadline_ms,
                              struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** True once the device closed the connection (TCP). */
bool modbus_client_is_closed(const struct modbus_client *client);

/** CRC of a serial frame (Modbus over Serial Line V1.02, 6.2.2); low byte goes first on the wire. */
uint16_t modbus_crc(const uint8_t *bytes, size_t size);

#endif
