/*
 * Stands in for QEMU: takes the descriptors that its arguments name, and behaves as the argument
 * "behave=..." says. Without one it is sound.
 */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GREETING "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7}}, \"capabilities\": []}}\r\n"
#define EVENT    "{\"event\": \"NOISE\", \"timestamp\": {}}\r\n"
#define USERNET                                                                                    \
    "Hub -1 (n0):\r\n  TCP[HOST_FORWARD]  12  127.0.0.1 12345  10.0.2.15   502     0     0\r\n"

static int monitor = -1;
static const char *behaviour = "sound";

static int behaves(const char *word)
{
    return strcmp(behaviour, word) == 0;
}

static void say(const char *text)
{
    size_t size = strlen(text);

    while (size > 0) {
        ssize_t written = write(monitor, text, size);

        if (written <= 0) {
            exit(1);
        }
        text += written;
        size -= (size_t)written;
    }
}

static _Noreturn void say_for_ever(const char *text)
{
    for (;;) {
        say(text);
    }
}

static _Noreturn void wait_for_ever(void)
{
    for (;;) {
        (void)pause();
    }
}

static void answer(json_t *reply)
{
    char *text = json_dumps(reply, 0);

    say(text);
    say("\r\n");
    free(text);
    json_decref(reply);
}

static const char *human_answer(const json_t *command)
{
    const char *line =
        json_string_value(json_object_get(json_object_get(command, "arguments"), "command-line"));

    if (strncmp(line, "hostfwd_add", 11) == 0) {
        return behaves("no-port") ? "could not set up host forwarding rule\r\n" : "";
    }
    return behaves("lost-port") ? "Hub -1 (n0):\r\n" : USERNET;
}

/* What happens when the guest is let go. */
static void run_guest(void)
{
    if (behaves("dies")) {
        (void)fputs("fake: first words\nfake: \033[2Jlast words\n\n", stderr);
        exit(7);
    }
    if (behaves("lockup")) {
        (void)fputs("qemu: fatal: Lockup: can't escalate 3 to HardFault\n\nR00=00000000\n", stderr);
        abort();
    }
    if (behaves("floods")) {
        say_for_ever(EVENT);
    }
    if (behaves("closes")) {
        (void)close(monitor);
        wait_for_ever();
    }
}

static void obey(const json_t *command)
{
    const char *name = json_string_value(json_object_get(command, "execute"));
    json_int_t id = json_integer_value(json_object_get(command, "id"));

    if (strcmp(name, "cont") == 0) {
        run_guest();
    }
    if (behaves("wrong-id")) {
        answer(json_pack("{s:{}, s:I}", "return", "id", id + 1));
    } else if (behaves("refuses") && strcmp(name, "set_link") == 0) {
        answer(json_pack("{s:{s:s, s:s}, s:I}", "error", "class", "GenericError", "desc",
                         "no such \033cable", "id", id));
    } else if (strcmp(name, "human-monitor-command") == 0) {
        answer(json_pack("{s:s, s:I}", "return", human_answer(command), "id", id));
    } else {
        answer(json_pack("{s:{}, s:I}", "return", "id", id));
    }
}

static void greet(void)
{
    if (behaves("silent")) {
        wait_for_ever();
    }
    if (behaves("no-json")) {
        say_for_ever("SSH-2.0-\033[2Jsomething else\r\n");
    }
    if (behaves("no-greeting")) {
        say_for_ever("{\"QMP\": 1}\r\n");
    }
    if (behaves("endless")) {
        say_for_ever("xxxxxxxxxxxxxxxx");
    }
    say(GREETING);
}

int main(int argument_count, char **arguments)
{
    static const char mark[] = "socket,id=qmp,fd=";

    for (int i = 1; i < argument_count; i++) {
        if (strncmp(arguments[i], mark, strlen(mark)) == 0) {
            monitor = (int)strtol(arguments[i] + strlen(mark), NULL, 10);
        }
        if (strncmp(arguments[i], "behave=", 7) == 0) {
            behaviour = arguments[i] + 7;
        }
    }
    greet();
    for (;;) {
        json_t *command = json_loadfd(monitor, JSON_DISABLE_EOF_CHECK, NULL);

        if (command == NULL) {
            return 1;
        }
        obey(command);
        json_decref(command);
    }
}
