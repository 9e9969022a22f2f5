/*
 * Stands in for OpenOCD: takes any arguments, and behaves as FAKE_OPENOCD in its environment says. Without it
 * it is sound: it opens a Tcl port, tells of it, and answers what the rig asks when it attaches.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define END "\x1A"

static const char *behaviour = "sound";

static int behaves(const char *word)
{
    return strcmp(behaviour, word) == 0;
}

static _Noreturn void wait_for_ever(void)
{
    for (;;) {
        (void)pause();
    }
}

/* One line of a log that never ends. */
static _Noreturn void log_for_ever(void)
{
    static char much[4096];

    memset(much, 'E', sizeof(much));
    while (write(STDERR_FILENO, much, sizeof(much)) > 0) {
    }
    exit(1);
}

/* A port of 127.0.0.1 that is told of as OpenOCD does; returns the listener. */
static int open_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);

    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        exit(1);
    }
    if (!behaves("nobody") && listen(listener, 1) != 0) {
        exit(1);
    }
    (void)fprintf(stderr, "Info : Listening on port %u for tcl connections\n",
                  (unsigned)ntohs(address.sin_port));
    return listener;
}

/* A command up to its end; 0 when the rig has gone. */
static int hear(int client, char *command, size_t size)
{
    size_t used = 0;

    while (used < size - 1 && recv(client, command + used, 1, 0) == 1) {
        if (command[used] == END[0]) {
            command[used] = '\0';
            return 1;
        }
        used++;
    }
    return 0;
}

static void say(int client, const char *text)
{
    if (send(client, text, strlen(text), MSG_NOSIGNAL) < 0) {
        exit(0);
    }
}

static _Noreturn void say_for_ever(int client)
{
    for (;;) {
        say(client,
            "0 {xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    }
}

/* What a sound one answers. */
static const char *answer_to(const char *command)
{
    static const struct {
        const char *part;
        const char *answer;
    } answers[] = {
        {"{version}", "0 {Open On-Chip Debugger 0.99.0}" END},
        {"$ordeal_init", "0 0" END},
        {"{target names}", "0 fake.cpu" END},
        {"{dap names}", "0 fake.dap" END},
    };

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (strstr(command, answers[i].part) != NULL) {
            return answers[i].answer;
        }
    }
    return "1 {invalid command name}" END;
}

static void answer(int client, const char *command)
{
    if (behaves("garbage")) {
        say(client, "\xff\xfe{{{\x01%s%n" END);
    } else if (behaves("endless")) {
        say_for_ever(client);
    } else if (behaves("event")) {
        say(client, "type target_event event reset-start" END);
    } else if (behaves("other")) {
        say(client, "0 {SSH-2.0-OpenSSH_9.2}" END);
    } else if (behaves("leaves")) {
        (void)fprintf(stderr, "Error: the adapter has caught fire\n");
        exit(3);
    } else if (behaves("refuses-names") && strstr(command, "{target names}") != NULL) {
        say(client, "0 {[exec reboot]}" END);
    } else if (behaves("mute-later") && strstr(command, "{dap names}") != NULL) {
        wait_for_ever();
    } else {
        say(client, answer_to(command));
    }
}

static void serve(int client)
{
    char command[8192];

    if (behaves("hangs-up")) {
        (void)close(client);
        wait_for_ever();
    }
    while (hear(client, command, sizeof(command))) {
        answer(client, command);
    }
}

/* What happens before there is a port. */
static void begin(void)
{
    if (behaves("refuses")) {
        (void)fprintf(stderr, "Error: mine.cfg:3: no such command\nError: and more\n");
        exit(1);
    }
    if (behaves("cannot-load")) {
        (void)fprintf(stderr, "openocd: error while loading shared libraries\n");
        exit(127);
    }
    if (behaves("crashes")) {
        (void)raise(SIGKILL);
    }
    if (behaves("silent")) {
        wait_for_ever();
    }
    if (behaves("logs")) {
        log_for_ever();
    }
}

int main(void)
{
    const char *word = getenv("FAKE_OPENOCD");
    int listener;

    behaviour = word != NULL ? word : behaviour;
    if (behaves("stubborn")) {
        (void)signal(SIGTERM, SIG_IGN);
    }
    begin();
    listener = open_port();
    if (behaves("mute") || behaves("nobody") || behaves("stubborn")) {
        wait_for_ever();
    }
    for (;;) {
        const int client = accept(listener, NULL, NULL);

        if (client < 0) {
            return 1;
        }
        serve(client);
        (void)close(client);
    }
}
