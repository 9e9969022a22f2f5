/*
 * live_device.h - a booted device for the protocol harnesses: restored from a snapshot in about a
 * microsecond, spoken to through its real framing.
 */
#ifndef LIVE_DEVICE_H
#define LIVE_DEVICE_H

#include "device.h"
#include "in_process.h"
#include "modbus_pdu.h"
#include "modbus_tcp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum live_bus { LIVE_TCP, LIVE_RTU };

#define LIVE_MAX_WIRE (MODBUS_TCP_MAX_ADU)

/* The image in slot A of LIVE_WITH_IMAGE. */
#define LIVE_IMAGE_VERSION IMAGE_VERSION(1, 0, 0)
#define LIVE_IMAGE_COUNTER 1U
#define LIVE_IMAGE_LENGTH  600U /* of its body, bytes */

/* What came back from one exchange. */
struct live_reply {
    uint8_t pdu[MODBUS_MAX_PDU]; /* of the last reply */
    size_t length;               /* 0: none */
    unsigned count;              /* of replies */
};

/* The device under test and its connection. One, as the board is one. */
extern struct device live_device;

/* Everything of an experiment's middle, to go back to. */
struct live_point {
    struct in_process_snapshot snapshot;
    struct modbus_tcp connection;
};

/* The clause of the property "input over this bus is validated". */
const char *live_input_clause(enum live_bus bus);

/* What the board starts with. */
enum live_board {
    LIVE_WITHOUT_IMAGES, /* the device runs as if it had been started from slot A */
    LIVE_WITH_IMAGE,     /* slot A holds a genuine image, and the boot stage starts it */
};

/* Puts the device into its state just after its first start, and opens a connection. All calls in
 * one program are for the same board. */
void live_begin(enum live_board board);

/* Power off and on; ends the program by an oracle if the device does not start. */
void live_restart(void);

/* As live_restart(), by a reset that the device asked for. */
void live_reset(void);

void live_take(struct live_point *point);
void live_return_to(const struct live_point *point);

/* Puts framing around a PDU of at most MODBUS_MAX_PDU bytes; returns the size on the wire. */
size_t live_frame(enum live_bus bus, const uint8_t *pdu, size_t length, bool broadcast,
                  uint8_t wire[LIVE_MAX_WIRE]);

/* Sends bytes, the first `first_part` of them apart, and collects the replies. */
void live_exchange(enum live_bus bus, const uint8_t *wire, size_t length, size_t first_part,
                   struct live_reply *reply);

/* TCP: a fresh connection beside the old one's remains. RTU has none. */
void live_new_connection(void);

/* True if the device is not in the middle of a request. */
bool live_between_requests(void);

/* Time passes with the main loop turning. */
void live_wait(uint64_t milliseconds);

/* The key that logs in at present. */
const uint8_t *live_password_key(void);

/* The number of failed attempts that would be found in flash after a restart. */
uint32_t live_failures_in_flash(void);

/* The settings that would be found in flash after a restart. */
struct settings live_settings_in_flash(void);

#endif
