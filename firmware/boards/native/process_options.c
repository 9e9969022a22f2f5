#include "process_options.h"

#include "power_cut.h"
#include "process_report.h"
#include "provision.h"
#include "thermostat.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TEMPERATURE 200
#define TENTHS_PER_DEGREE   10.0
#define MAX_PORT            65535L
#define MAX_FLASH_TIME_US   10000L /* a record has to be written before the watchdog bites */

enum option_code {
    OPTION_FLASH = 1,
    OPTION_PASSWORD,
    OPTION_UART,
    OPTION_TCP,
    OPTION_TEMPERATURE,
    OPTION_FLASH_TIME,
    OPTION_POWER_CUT,
    OPTION_HELP,
};

static const struct option option_table[] = {
    {"flash", required_argument, NULL, OPTION_FLASH},
    {"password", required_argument, NULL, OPTION_PASSWORD},
    {"uart", required_argument, NULL, OPTION_UART},
    {"tcp", required_argument, NULL, OPTION_TCP},
    {"temperature", required_argument, NULL, OPTION_TEMPERATURE},
    {"flash-time", required_argument, NULL, OPTION_FLASH_TIME},
    {"power-cut", required_argument, NULL, OPTION_POWER_CUT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

void process_options_print_help(void)
{
    (void)printf(
        "usage: hearth-native --flash FILE [option]...\n"
        "Runs the Hearth firmware as a Linux process.\n"
        "\n"
        "  --flash FILE       the device's flash; a device fresh from the factory is made\n"
        "                     if FILE does not exist\n"
        "  --uart LINK        make LINK a symbolic link to the terminal that is the bus\n"
        "                     (Modbus RTU, unit 1); removed at the end\n"
        "  --tcp PORT         serve Modbus TCP on 127.0.0.1 (0: any free port)\n"
        "  --temperature C    of the room, degrees Celsius (default 20.0)\n"
        "  --flash-time US    that each program unit and each erase takes at least, so that\n"
        "                     a kill can tear an operation as a power cut does (default 0)\n"
        "  --power-cut N[:before|torn|after]\n"
        "                     end by SIGKILL at flash operation N from the start on, 0 being\n"
        "                     the first one: before it (default), when half of it is done, or\n"
        "                     after it\n"
        "  --password TEXT    on the label of a new device (default random). For tests:\n"
        "                     other users of this machine can see it\n"
        "  --help             this text\n"
        "\n"
        "When the device is up, one JSON line on stdout says where: uart, tcp, flash, new,\n"
        "device_id, and label_password if it is new. The console goes to stderr.\n"
        "\n"
        "Ends by SIGINT or SIGTERM; it does not watch its parent or stdin. SIGKILL is a\n"
        "power cut: flash stays, LINK stays and is replaced by the next start. SIGUSR1 with\n"
        "the value 4 * N + MOMENT (kill -q; 0 before, 1 torn, 2 after) is --power-cut\n"
        "counted from the signal on.\n"
        "Exit: 0 ended on request, 1 no valid device in FILE, 2 options or files, 3 the\n"
        "watchdog was not kicked (as after a long stop in a debugger).\n");
}

/* A whole number from 0 to `most`. */
static bool read_number(const char *text, long most, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *number >= 0 && *number <= most;
}

static int read_port(struct process_options *options, const char *text)
{
    long port;

    if (!read_number(text, MAX_PORT, &port)) {
        return process_refuse("--tcp %s: not a port; give a number from 0 to %ld", text, MAX_PORT);
    }
    options->has_tcp = true;
    options->tcp_port = (uint16_t)port;
    return 0;
}

static int read_flash_time(struct process_options *options, const char *text)
{
    long time_us;

    if (!read_number(text, MAX_FLASH_TIME_US, &time_us)) {
        return process_refuse("--flash-time %s: not a time; give microseconds from 0 to %ld", text,
                              MAX_FLASH_TIME_US);
    }
    options->flash_time_us = (uint32_t)time_us;
    return 0;
}

static int read_temperature(struct process_options *options, const char *text)
{
    char *end;
    double tenths;

    tenths = strtod(text, &end) * TENTHS_PER_DEGREE;
    /* Written so that not-a-number is refused as well. */
    if (end == text || *end != '\0' ||
        !(tenths >= THERMOSTAT_MIN_PLAUSIBLE && tenths <= THERMOSTAT_MAX_PLAUSIBLE)) {
        return process_refuse("--temperature %s: not a temperature; give degrees from -40 to 125",
                              text);
    }
    options->temperature = (int16_t)(tenths < 0 ? tenths - 0.5 : tenths + 0.5);
    return 0;
}

static int read_password(struct process_options *options, const char *text)
{
    if (text[0] == '\0' || strlen(text) >= PROVISION_PASSWORD_SIZE) {
        return process_refuse("--password: give 1 to %u characters", PROVISION_PASSWORD_SIZE - 1U);
    }
    options->password = text;
    return 0;
}

static int read_option(struct process_options *options, int code, const char *argument)
{
    switch (code) {
    case OPTION_FLASH:
        options->flash = argument;
        return 0;
    case OPTION_PASSWORD:
        return read_password(options, argument);
    case OPTION_UART:
        options->uart_link = argument;
        return 0;
    case OPTION_TCP:
        return read_port(options, argument);
    case OPTION_TEMPERATURE:
        return read_temperature(options, argument);
    case OPTION_FLASH_TIME:
        return read_flash_time(options, argument);
    case OPTION_POWER_CUT:
        return power_cut_from_text(argument, &options->power_cut);
    case OPTION_HELP:
        options->help = true;
        return 0;
    default:
        return process_refuse("unknown option, or one without its value; see --help");
    }
}

int process_options_read(struct process_options *options, int argc, char **argv)
{
    int code;

    memset(options, 0, sizeof *options);
    options->temperature = DEFAULT_TEMPERATURE;
    opterr = 0;
    while (!options->help && (code = getopt_long(argc, argv, "", option_table, NULL)) != -1) {
        if (read_option(options, code, optarg) != 0) {
            return -1;
        }
    }
    if (options->help) {
        return 0;
    }
    if (optind < argc) {
        return process_refuse("'%s' is no option; see --help", argv[optind]);
    }
    if (options->flash == NULL || options->flash[0] == '\0') {
        return process_refuse("no flash named; give --flash FILE (it is made if missing)");
    }
    return 0;
}
