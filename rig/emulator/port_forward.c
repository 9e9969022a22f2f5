/*
 * Method: QMP has no command for it, so the human monitor is asked: `hostfwd_add` answers nothing
 * when it worked, and a sentence when it did not. With port 0 the system chooses, and `info usernet`
 * says which port that is, one socket a line:
 *
 *     TCP[HOST_FORWARD]  12       127.0.0.1 37627       10.0.2.15   502     0     0
 */
#include "emulator/port_forward.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum {
    COMMAND_SIZE = 128,
    COLUMNS = 8, /* of a line of `info usernet` */
};

/* Runs a command of the human monitor; *answer is for json_decref(), and a string. */
static int ask(struct qmp *qmp, const char *line, json_t **answer, int64_t deadline_ms,
               struct diagnostic *diagnostic)
{
    const struct qmp_command command = {"human-monitor-command",
                                        json_pack("{s:s}", "command-line", line), answer};
    int error = command.arguments != NULL ? qmp_execute(qmp, &command, deadline_ms, diagnostic)
                                          : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK && !json_is_string(*answer)) {
        json_decref(*answer);
        *answer = NULL;
        error =
            diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "QEMU's answer to '%s' is not text", line);
    }
    return error;
}

/* Asks for the forward on `port`; *answer is empty when it is there. */
static int try_port(struct qmp *qmp, const struct port_forward *forward, uint16_t port,
                    json_t **answer, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char line[COMMAND_SIZE];

    (void)snprintf(line, sizeof(line), "hostfwd_add %s tcp:127.0.0.1:%u-:%u", forward->network,
                   (unsigned)port, (unsigned)forward->guest_port);
    return ask(qmp, line, answer, deadline_ms, diagnostic);
}

/* Reads one line; true when it is a forward of `guest_port`, with *port = where it is, else 0. */
static int parse_line(const char *line, uint16_t guest_port, bool *matches, uint16_t *port)
{
    struct text_list columns = {0};
    uint64_t numbers[2] = {0, 0};
    int error = text_list_split(&columns, line, ' ');

    *matches = error == RIG_OK && columns.count == COLUMNS &&
               strcmp(columns.items[0], "TCP[HOST_FORWARD]") == 0 &&
               strcmp(columns.items[2], "127.0.0.1") == 0 &&
               text_parse_unsigned(columns.items[3], UINT16_MAX, &numbers[0]) &&
               text_parse_unsigned(columns.items[5], UINT16_MAX, &numbers[1]) && numbers[0] != 0 &&
               numbers[1] == guest_port;
    *port = (uint16_t)numbers[0];
    text_list_free(&columns);
    return error;
}

int port_forward_parse(const char *text, uint16_t guest_port, uint16_t *port)
{
    struct text_list lines = {0};
    size_t found = 0;
    int error = text_list_split(&lines, text, '\n');

    for (size_t i = 0; error == RIG_OK && i < lines.count; i++) {
        bool matches = false;
        uint16_t candidate = 0;

        lines.items[i][strcspn(lines.items[i], "\r")] = '\0';
        error = parse_line(lines.items[i], guest_port, &matches, &candidate);
        if (matches) {
            *port = candidate;
            found++;
        }
    }
    text_list_free(&lines);
    if (error != RIG_OK) {
        return error;
    }
    return found == 1 ? RIG_OK : RIG_ERROR_NOT_FOUND;
}

/* Asks QEMU which port the system chose. */
static int read_port(struct qmp *qmp, struct port_forward *forward, int64_t deadline_ms,
                     struct diagnostic *diagnostic)
{
    json_t *answer = NULL;
    int error = ask(qmp, "info usernet", &answer, deadline_ms, diagnostic);

    if (error != RIG_OK) {
        return error;
    }
    error = port_forward_parse(json_string_value(answer), forward->guest_port, &forward->port);
    json_decref(answer);
    if (error == RIG_ERROR_NOT_FOUND) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_BENCH,
            "QEMU does not say at which port of this machine the guest's port %u "
            "is; see `info usernet` of your QEMU",
            (unsigned)forward->guest_port);
    }
    return error;
}

int port_forward_open(struct qmp *qmp, struct port_forward *forward, int64_t deadline_ms,
                      struct diagnostic *diagnostic)
{
    const uint16_t candidates[] = {forward->port, 0};
    const char *refusal = "";
    json_t *answer = NULL;

    for (size_t i = forward->port == 0 ? 1 : 0; i < 2; i++) {
        int error;

        json_decref(answer);
        answer = NULL;
        error = try_port(qmp, forward, candidates[i], &answer, deadline_ms, diagnostic);
        if (error != RIG_OK) {
            return error;
        }
        refusal = json_string_value(answer);
        if (refusal[0] == '\0') {
            json_decref(answer);
            return read_port(qmp, forward, deadline_ms, diagnostic);
        }
    }
    diagnostic_set(diagnostic, "QEMU cannot forward a port to the guest's port %u: %.*s",
                   (unsigned)forward->guest_port, (int)strcspn(refusal, "\r\n"), refusal);
    json_decref(answer);
    return RIG_ERROR_BENCH;
}
