/* A product that knows nothing of Ordeal's reference device: a timer whose user sets its name, interval and
 * volume by lines on a console. It shows that a device joins by a target file and an adapter alone.
 *
 *   id | health | get | login PASSWORD | logout | set NAME VALUE | password NEW | erase
 *
 * An answer is one line that begins with the command's word, `ok`, `refused` or `wait`; that of
 * `get` is a line for each setting, then `end`. Lines that begin with `#` are remarks. Its defects
 * are chosen by --defect, or by FOREIGN_DEFECT in the environment, and it has none by default. */
#define _GNU_SOURCE /* posix_openpt and its relatives, cfmakeraw */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "foreign_flash.h"
#include "foreign_settings.h"

#define PRODUCT "foreign-timer"
#define VERSION "1.4.0"

enum {
    LINE_LONGEST = 128, /* bytes of a line that is a command */
    LINE_DEFECT = 130,  /* of one that the defect dies of */
    ARRIVAL_MS = 5000,
};

static int console = -1;
/* Its other side, never read: while it is open, a client that leaves is no hang-up. */
static int held = -1;
static bool is_logged_in;
static bool dies_of_long_lines;
static int64_t started_ms;
static int64_t no_login_before_ms;

static int64_t now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether anybody listens is not the device's affair. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vdprintf(console, format, arguments);
    va_end(arguments);
    (void)!write(console, "\n", 1);
}

/* 1 to `longest` characters. Those of a line are printable already. */
static bool is_text(const char *text, size_t shortest)
{
    size_t length = strlen(text);
    return length >= shortest && length < TEXT_SIZE && text[0] != ' ' && text[length - 1] != ' ';
}

static bool read_number(const char *text, uint32_t least, uint32_t most, uint32_t *number)
{
    char *end = NULL;
    size_t length = strlen(text);
    if (length == 0 || length > 9 || strspn(text, "0123456789") != length) {
        return false;
    }
    unsigned long value = strtoul(text, &end, 10);
    if (value < least || value > most) {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

static void log_in(const char *password)
{
    const int64_t now = now_ms();
    is_logged_in = false;
    if (now < no_login_before_ms) {
        say("wait %" PRId64, no_login_before_ms - now);
        return;
    }
    settings_count_attempt();
    if (strcmp(password, settings_now()->password) == 0) {
        settings_forgive();
        is_logged_in = true;
        say("ok");
        return;
    }
    no_login_before_ms = now_ms() + settings_wait_ms();
    say("refused wrong password");
}

static bool may_change(void)
{
    if (!is_logged_in) {
        say("refused log in first");
    }
    return is_logged_in;
}

static void set(char *arguments)
{
    struct settings changed = *settings_now();
    char *value = strchr(arguments, ' ');
    bool fits = false;
    if (value == NULL) {
        say("refused no value");
        return;
    }
    *value++ = '\0';
    if (strcmp(arguments, "volume") == 0) { /* a knob on the device does the same */
        fits = read_number(value, 0, VOLUME_MAX, &changed.volume);
    } else if (!may_change()) {
        return;
    } else if (strcmp(arguments, "interval") == 0) {
        fits = read_number(value, 1, INTERVAL_MAX, &changed.interval_s);
    } else if (strcmp(arguments, "name") == 0) {
        fits = is_text(value, 1);
        (void)snprintf(changed.name, sizeof changed.name, "%s", value);
    }
    if (!fits) {
        say("refused no such setting, or no value of it");
        return;
    }
    settings_change(&changed);
    say("ok");
}

static void set_password(const char *password)
{
    struct settings changed = *settings_now();
    if (!may_change()) {
        return;
    }
    if (!is_text(password, PASSWORD_SHORTEST)) {
        say("refused a password has %d to %d characters", PASSWORD_SHORTEST, TEXT_SIZE - 1);
        return;
    }
    memset(changed.password, 0, sizeof changed.password);
    (void)snprintf(changed.password, sizeof changed.password, "%s", password);
    settings_change(&changed);
    say("ok");
}

static void get(void)
{
    const struct settings *now = settings_now();
    say("name=%s", now->name);
    say("interval=%" PRIu32, now->interval_s);
    say("volume=%" PRIu32, now->volume);
    say("end");
}

static void erase(void)
{
    if (may_change()) {
        settings_erase();
        is_logged_in = false;
        say("ok");
    }
}

static void obey_word(const char *word)
{
    if (strcmp(word, "id") == 0) {
        say("id " PRODUCT " " VERSION " %s", settings_factory()->device_id);
    } else if (strcmp(word, "health") == 0) {
        say("health uptime=%" PRId64 " starts=%" PRIu32, (now_ms() - started_ms) / 1000,
            settings_starts());
    } else if (strcmp(word, "get") == 0) {
        get();
    } else if (strcmp(word, "logout") == 0) {
        is_logged_in = false;
        say("ok");
    } else if (strcmp(word, "erase") == 0) {
        erase();
    } else {
        say("refused unknown command");
    }
}

static void obey(char *line)
{
    char *arguments = strchr(line, ' ');
    if (arguments == NULL) {
        obey_word(line);
        return;
    }
    *arguments++ = '\0';
    if (strcmp(line, "login") == 0) {
        log_in(arguments);
    } else if (strcmp(line, "set") == 0) {
        set(arguments);
    } else if (strcmp(line, "password") == 0) {
        set_password(arguments);
    } else {
        say("refused unknown command");
    }
}

/* Gathers bytes to lines. A line that is too long, or holds what cannot be typed, is refused as a whole. */
static void take(char byte)
{
    static char line[LINE_LONGEST + 1];
    static size_t size;
    static bool is_bad;
    if (byte != '\n') {
        is_bad = is_bad || size >= LINE_LONGEST || byte < ' ' || byte > '~';
        if (!is_bad) {
            line[size] = byte;
        }
        size++;
        if (dies_of_long_lines && size > LINE_DEFECT) {
            abort();
        }
        return;
    }
    line[is_bad ? 0 : size] = '\0';
    if (is_bad) {
        say("refused line is too long, or not printable");
    } else if (size > 0) {
        obey(line);
    }
    size = 0;
    is_bad = false;
}

/* Makes the terminal and the link to it. False with errno. */
static bool open_console(const char *link)
{
    struct termios raw;
    struct stat status;
    console = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (console < 0 || grantpt(console) != 0 || unlockpt(console) != 0) {
        return false;
    }
    const char *path = ptsname(console);
    held = path == NULL ? -1 : open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (held < 0 || tcgetattr(held, &raw) != 0) {
        return false;
    }
    cfmakeraw(&raw);
    if (tcsetattr(held, TCSANOW, &raw) != 0) {
        return false;
    }
    if (lstat(link, &status) == 0 && S_ISLNK(status.st_mode)) {
        (void)unlink(link); /* of an earlier start; symlink() tells if it is still there */
    }
    return symlink(path, link) == 0;
}

/* Before anybody knows of the console: a client drops what has arrived when it comes, and what arrived by half
 * would leave it a line that is none. */
static bool say_start(void)
{
    struct pollfd arrived = {held, POLLIN, 0};
    say("# " PRODUCT " " VERSION " started");
    return poll(&arrived, 1, ARRIVAL_MS) == 1;
}

static void arm(int number, siginfo_t *information, void *context)
{
    (void)number;
    (void)context;
    flash_arm(information->si_value.sival_int / 4, information->si_value.sival_int % 4);
}

/* "3:torn" */
static bool arm_now(const char *text)
{
    static const char *const moments[] = {"before", "torn", "after"};
    const char *colon = strchr(text, ':');
    for (int i = 0; colon != NULL && i < 3; i++) {
        if (strcmp(colon + 1, moments[i]) == 0) {
            flash_arm(atoi(text), i);
            return true;
        }
    }
    return false;
}

struct options {
    const char *flash;
    const char *console;
    const char *defect;
};

static bool read_options(int count, char **arguments, struct options *options)
{
    static const struct option known[] = {{"flash", required_argument, NULL, 'f'},
                                          {"console", required_argument, NULL, 'c'},
                                          {"defect", required_argument, NULL, 'd'},
                                          {"power-cut", required_argument, NULL, 'p'},
                                          {NULL, 0, NULL, 0}};
    int option;
    options->defect = getenv("FOREIGN_DEFECT");
    while ((option = getopt_long(count, arguments, "", known, NULL)) != -1) {
        if (option == 'f') {
            options->flash = optarg;
        } else if (option == 'c') {
            options->console = optarg;
        } else if (option == 'd') {
            options->defect = optarg;
        } else if (option != 'p' || !arm_now(optarg)) {
            return false;
        }
    }
    return optind == count && options->flash != NULL && options->console != NULL;
}

static bool choose_defect(const char *name, struct defects *defects)
{
    if (name == NULL || name[0] == '\0') {
        return true;
    }
    dies_of_long_lines = strcmp(name, "long-line") == 0;
    defects->torn_settings = strcmp(name, "torn-settings") == 0;
    defects->lazy_erase = strcmp(name, "lazy-erase") == 0;
    return dies_of_long_lines || defects->torn_settings || defects->lazy_erase;
}

static void announce(const char *link, bool is_new)
{
    const struct factory *factory = settings_factory();
    (void)printf("{\"console\": \"%s\", \"new\": %s, \"device_id\": \"%s\"", link,
                 is_new ? "true" : "false", factory->device_id);
    if (is_new) {
        (void)printf(", \"label_password\": \"%s\"", factory->password);
    }
    (void)printf("}\n");
    (void)fflush(stdout);
}

int main(int count, char **arguments)
{
    struct options options = {NULL, NULL, NULL};
    struct defects defects = {false, false};
    struct sigaction action = {.sa_sigaction = arm, .sa_flags = SA_SIGINFO | SA_RESTART};
    if (!read_options(count, arguments, &options) || !choose_defect(options.defect, &defects)) {
        (void)fprintf(stderr, "usage: foreign-device --flash FILE --console LINK [--defect "
                              "torn-settings|long-line|lazy-erase] [--power-cut N:MOMENT]\n");
        return 2;
    }
    if (sigaction(SIGUSR1, &action, NULL) != 0 || !flash_open(options.flash)) {
        (void)fprintf(stderr, "foreign-device: %s: %s\n", options.flash, strerror(errno));
        return 1;
    }
    started_ms = now_ms();
    const bool is_new = settings_start(defects);
    no_login_before_ms = started_ms + settings_wait_ms();
    if (!open_console(options.console)) {
        (void)fprintf(stderr, "foreign-device: %s: %s\n", options.console, strerror(errno));
        return 1;
    }
    if (!say_start()) {
        (void)fprintf(stderr, "foreign-device: %s: nothing arrives\n", options.console);
        return 1;
    }
    announce(options.console, is_new);
    for (;;) {
        char byte;
        ssize_t got = read(console, &byte, 1);
        if (got == 1) {
            take(byte);
        } else if (got == 0 || errno != EINTR) {
            return 1;
        }
    }
}
