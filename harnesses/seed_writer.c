#include "seed_writer.h"

#include "byte_order.h"
#include "history.h"
#include "mailbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_SEED 4096U
#define MAX_PATH 1024U

/* The seed in the making. */
static uint8_t seed[MAX_SEED];
static size_t seed_size;
static const char *output_folder;

static void fail(const char *what, const char *path)
{
    (void)fprintf(stderr, "make-seeds: %s %s: %s\n", what, path, strerror(errno));
    exit(2);
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        fail("cannot make", path);
    }
}

void seed_writer_start(const char *folder)
{
    output_folder = folder;
    make_folder(folder);
}

void seed_write(const char *harness, const char *name, const uint8_t *data, size_t size)
{
    char path[MAX_PATH];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", output_folder, harness);
    make_folder(path);
    (void)snprintf(path, sizeof path, "%s/%s/seeds", output_folder, harness);
    make_folder(path);
    (void)snprintf(path, sizeof path, "%s/%s/seeds/%s", output_folder, harness, name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        fail("cannot write", path);
    }
}

void seed_add(int kind, uint8_t options, const void *body, size_t length)
{
    const struct history_step step = {
        .kind = (enum history_kind)kind, .options = options, .body = body, .length = length};

    if (!history_append(seed, &seed_size, sizeof seed, &step)) {
        (void)fprintf(stderr, "make-seeds: a seed is too long\n");
        exit(2);
    }
}

void seed_message(uint8_t type, uint8_t options, const void *payload, size_t length)
{
    uint8_t body[1U + MAILBOX_MAX_PAYLOAD];

    body[0] = type;
    if (length > 0) {
        memcpy(body + 1, payload, length);
    }
    seed_add(HISTORY_MAILBOX, options, body, 1U + length);
}

void seed_log_in(void)
{
    seed_message(MAILBOX_HELLO, 0, NULL, 0);
    seed_message(MAILBOX_LOGIN, 0, NULL, 0);
}

void seed_wait(uint32_t milliseconds)
{
    uint8_t body[4];

    put_le32(body, milliseconds);
    seed_add(HISTORY_WAIT, 0, body, sizeof body);
}

void seed_fault(uint8_t kind, uint8_t moment, uint8_t operation, uint8_t units)
{
    const uint8_t body[4] = {kind, moment, operation, units};

    seed_add(HISTORY_FAULT, 0, body, sizeof body);
}

void seed_save(const char *harness, const char *name)
{
    seed_write(harness, name, seed, seed_size);
    seed_size = 0;
}

void seed_save_for_both(const char *name)
{
    const size_t size = seed_size;

    seed_save("modbus_tcp", name);
    seed_size = size;
    seed_save("modbus_rtu", name);
}
