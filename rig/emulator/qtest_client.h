/**
 * A client of QEMU's qtest protocol (QEMU manual, "QTest Device Emulation Testing Framework"), by which
 * memory and registers of devices are reached while the guest runs, without stopping it.
 *
 * It sees what a non-secure bus master sees. What is secure reads as zero there, which nobody can tell
 * from a true zero: ask for non-secure addresses and the core's private bus only.
 *
 * Errors as in base/peer_socket.h; RIG_ERROR_NOT_FOUND where QEMU says that it has failed, after which the
 * connection goes on.
 */
#ifndef RIG_EMULATOR_QTEST_CLIENT_H
#define RIG_EMULATOR_QTEST_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/peer_socket.h"
#include "base/rig_error.h"

enum {
    QTEST_BLOCK_MAX = 16 * 1024, /**< bytes written in one call */
    QTEST_ANSWER_MAX = 256,      /**< bytes of a line that QEMU may answer with */
};

/** Fields are the client's own. */
struct qtest_client {
    struct peer_socket socket;
    char line[QTEST_ANSWER_MAX]; /**< of the answer, as far as it has come */
    size_t line_size;
};

/** Takes a connected socket, the caller's to close. */
void qtest_client_open(struct qtest_client *client, int descriptor);

/** One access of 1, 2 or 4 bytes. */
int qtest_client_read(struct qtest_client *client, uint32_t address, unsigned size, uint32_t *value,
                      int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;
int qtest_client_write(struct qtest_client *client, uint32_t address, unsigned size, uint32_t value,
                       int64_t deadline_ms, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Writes 1 to QTEST_BLOCK_MAX bytes at once. */
int qtest_client_write_block(struct qtest_client *client, uint32_t address, const uint8_t *bytes,
                             size_t size, int64_t deadline_ms,
                             struct diagnostic *diagnostic) RIG_MUST_CHECK;

#endif
