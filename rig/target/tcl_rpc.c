#include "target/tcl_rpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/peer_socket.h"
#include "target/tcl_list.h"
#include "target/tcp_connect.h"

enum { END = 0x1A, FIRST_ROOM = 4096, CODE_DIGITS = 10, EXCERPT = 61 };

struct tcl_rpc {
    struct peer_socket socket;
    bool broken;
    char *reply; /* of the last call */
    size_t size;
    size_t room;
};

int tcl_rpc_connect(uint16_t port, int64_t deadline_ms, struct tcl_rpc **rpc,
                    struct diagnostic *diagnostic)
{
    struct tcl_rpc *made = calloc(1, sizeof(*made));
    int error;

    if (made == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    made->socket = (struct peer_socket){-1, "OpenOCD's Tcl port"};
    error = tcp_connect("127.0.0.1", port, deadline_ms, &made->socket.descriptor, diagnostic);
    if (error != RIG_OK) {
        tcl_rpc_close(made);
        return error;
    }
    *rpc = made;
    return RIG_OK;
}

void tcl_rpc_close(struct tcl_rpc *rpc)
{
    if (rpc == NULL) {
        return;
    }
    if (rpc->socket.descriptor >= 0) {
        (void)close(rpc->socket.descriptor);
    }
    free(rpc->reply);
    free(rpc);
}

/* ---- bytes ---- */

static int make_room(struct tcl_rpc *rpc, struct diagnostic *diagnostic)
{
    const size_t room = rpc->room == 0 ? FIRST_ROOM : 2 * rpc->room;
    char *reply;

    if (rpc->size < rpc->room) {
        return RIG_OK;
    }
    if (room > TCL_REPLY_MAX) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "OpenOCD answers with more than %d bytes", TCL_REPLY_MAX);
    }
    reply = realloc(rpc->reply, room);
    if (reply == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    rpc->reply = reply;
    rpc->room = room;
    return RIG_OK;
}

/* Up to the byte that ends a reply, which becomes a NUL. Nothing may come behind it. */
static int receive_reply(struct tcl_rpc *rpc, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    rpc->size = 0;
    for (;;) {
        int error = make_room(rpc, diagnostic);
        size_t size = 0;

        if (error == RIG_OK) {
            error = peer_socket_receive(&rpc->socket, rpc->reply + rpc->size, rpc->room - rpc->size,
                                        &size, deadline_ms, diagnostic);
        }
        if (error != RIG_OK) {
            return error;
        }
        rpc->size += size;
        if (rpc->reply[rpc->size - 1] == END) {
            rpc->reply[rpc->size - 1] = '\0';
            return RIG_OK;
        }
    }
}

/* ---- calls ---- */

static bool has_balanced_braces(const char *command)
{
    int depth = 0;

    for (; *command != '\0' && depth >= 0; command++) {
        if (*command == END || *command == '\\') {
            return false;
        }
        depth += (*command == '{') - (*command == '}');
    }
    return depth == 0;
}

/* What `catch` gives: 0, or the code of Tcl (1) or of OpenOCD (-107, say) for an error. */
static bool is_code(const char *text)
{
    const char *digits = text[0] == '-' ? text + 1 : text;

    return digits[0] != '\0' && strlen(digits) < CODE_DIGITS &&
           strspn(digits, "0123456789") == strlen(digits);
}

static int read_reply(struct tcl_rpc *rpc, struct tcl_reply *reply, struct diagnostic *diagnostic)
{
    static char nothing[] = "";
    char *list = rpc->reply;
    char begins[EXCERPT]; /* reading the list writes into it */
    char *code = nothing;
    char *value = nothing;

    (void)snprintf(begins, sizeof(begins), "%s", rpc->reply);
    if (strlen(rpc->reply) + 1 != rpc->size || !tcl_list_next(&list, &code) || !is_code(code) ||
        !tcl_list_next(&list, &value) || *list != '\0') {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "OpenOCD's answer is no answer: %s",
                               begins);
    }
    reply->failed = strcmp(code, "0") != 0;
    reply->text = value;
    return RIG_OK;
}

/* Sends a line with its end, and gets the reply. */
static int exchange(struct tcl_rpc *rpc, const char *line, size_t size, int64_t deadline_ms,
                    struct diagnostic *diagnostic)
{
    int error;

    if (rpc->broken) {
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "OpenOCD has failed before on this connection");
    }
    error = peer_socket_send(&rpc->socket, line, size, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        error = receive_reply(rpc, deadline_ms, diagnostic);
    }
    rpc->broken = error != RIG_OK;
    return error;
}

int tcl_rpc_ping(struct tcl_rpc *rpc, int64_t deadline_ms, struct diagnostic *diagnostic)
{
    static const char line[] = "set ordeal {}\x1A";
    const int error = exchange(rpc, line, sizeof(line) - 1, deadline_ms, diagnostic);

    if (error == RIG_OK && rpc->size != 1) {
        rpc->broken = true;
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH, "OpenOCD's answer is no answer: %.60s",
                               rpc->reply);
    }
    return error;
}

int tcl_rpc_call(struct tcl_rpc *rpc, const char *command, struct tcl_reply *reply,
                 int64_t deadline_ms, struct diagnostic *diagnostic)
{
    char line[TCL_COMMAND_MAX + 64];
    int size;
    int error;

    if (strlen(command) > TCL_COMMAND_MAX || !has_balanced_braces(command)) {
        return diagnostic_fail(
            diagnostic, RIG_ERROR_USAGE,
            "'%.60s' cannot be sent to OpenOCD: it is too long, or its braces do "
            "not match",
            command);
    }
    size = snprintf(line, sizeof(line), "list [catch {%s} r] $r%c", command, END);
    error = exchange(rpc, line, (size_t)size, deadline_ms, diagnostic);
    if (error == RIG_OK) {
        error = read_reply(rpc, reply, diagnostic);
    }
    rpc->broken = error != RIG_OK;
    return error;
}
