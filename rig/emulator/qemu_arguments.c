#include "emulator/qemu_arguments.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/emulator_state.h"

/* The value of an option of a QEMU argument, for free(): a comma would end it, two are one. */
static char *option_value(const char *text)
{
    char *value = malloc(2 * strlen(text) + 1);
    size_t used = 0;

    for (size_t i = 0; value != NULL && text[i] != '\0'; i++) {
        value[used++] = text[i];
        if (text[i] == ',') {
            value[used++] = ',';
        }
    }
    if (value != NULL) {
        value[used] = '\0';
    }
    return value;
}

/* Appends `text` and frees it; NULL, for a format that found no memory, is an error. */
static int append_made(struct text_list *arguments, char *text)
{
    int error = text != NULL ? text_list_append(arguments, text) : RIG_ERROR_NO_MEMORY;

    free(text);
    return error;
}

/* The same for all of them. */
static int append_made_all(struct text_list *arguments, char *const *texts, size_t count)
{
    int error = RIG_OK;

    for (size_t i = 0; i < count; i++) {
        int result = append_made(arguments, texts[i]); /* frees it in any case */

        error = error == RIG_OK ? result : error;
    }
    return error;
}

static int append_all(struct text_list *arguments, const char *const *texts)
{
    int error = RIG_OK;

    for (size_t i = 0; error == RIG_OK && texts != NULL && texts[i] != NULL; i++) {
        error = text_list_append(arguments, texts[i]);
    }
    return error;
}

/* An argument whose one value is a path or a name: `format` has one %s. */
static int append_pair(struct text_list *arguments, const char *option, const char *before,
                       const char *text, const char *after)
{
    char *value = option_value(text);
    int error = value != NULL ? text_list_append(arguments, option) : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK) {
        error = append_made(arguments, text_format("%s%s%s", before, value, after));
    }
    free(value);
    return error;
}

/* A machine whose memory is the flash file. */
static int append_flash_file(const struct emulator_options *options, const char *machine,
                             struct text_list *arguments)
{
    char *size = text_format(",size=%" PRIu64 ",share=on", options->flash_size);
    int error = size != NULL ? RIG_OK : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK) {
        error = append_pair(arguments, "-M", "", machine, ",memory-backend=nor");
    }
    if (error == RIG_OK) {
        error = append_pair(arguments, "-object",
                            "memory-backend-file,id=nor,mem-path=", options->flash, size);
    }
    free(size);
    return error;
}

static int append_board(const struct emulator_options *options, struct text_list *arguments)
{
    const char *machine = options->machine != NULL ? options->machine : "mps2-an505";
    const char *const kernel[] = {"-kernel", options->kernel, NULL};
    const int error = options->flash_kind == EMULATOR_FLASH_NVMC
                          ? append_pair(arguments, "-M", "", machine, "")
                          : append_flash_file(options, machine, arguments);

    return error == RIG_OK && options->kernel != NULL ? append_all(arguments, kernel) : error;
}

static int append_devices(const struct emulator_options *options, struct text_list *arguments)
{
    static const char *const network[] = {"-nic", "user,id=" EMULATOR_NETWORK, NULL};
    int error = options->no_network ? RIG_OK : append_all(arguments, network);

    if (error == RIG_OK && options->sensor != NULL) {
        error = append_pair(arguments, "-device",
                            "tmp105,id=" EMULATOR_SENSOR ",bus=", options->sensor, ",address=0x48");
    }
    return error;
}

/* UART 1, over an inherited descriptor. */
static int append_console(int descriptor, struct text_list *arguments)
{
    char *const made[] = {
        text_duplicate("-chardev"),
        text_format("socket,id=console,fd=%d", descriptor),
        text_duplicate("-serial"),
        text_duplicate("chardev:console"),
    };

    return append_made_all(arguments, made, sizeof(made) / sizeof(made[0]));
}

/* Monitor and UART 0 (the bus), likewise; then the console. */
static int append_lines(const struct emulator_options *options,
                        const struct qemu_descriptors *descriptors, struct text_list *arguments)
{
    static const char *const users[] = {"-mon", "chardev=qmp,mode=control", "-serial",
                                        "chardev:bus", NULL};
    char *const chardevs[] = {
        text_duplicate("-add-fd"),  text_format("fd=%d,set=1", descriptors->bus),
        text_duplicate("-chardev"), text_duplicate("serial,id=bus,path=/dev/fdset/1"),
        text_duplicate("-chardev"), text_format("socket,id=qmp,fd=%d", descriptors->monitor),
    };
    int error = append_made_all(arguments, chardevs, sizeof(chardevs) / sizeof(chardevs[0]));

    if (error == RIG_OK) {
        error = append_all(arguments, users);
    }
    return error == RIG_OK && !options->no_console ? append_console(descriptors->console, arguments)
                                                   : error;
}

/*
 * Takes each frame out of the network and puts it back in where it was taken out: `rx` is what the
 * network receives from the guest, `tx` what it sends there (QEMU manual, -object filter-redirector).
 */
static int append_relay(const struct qemu_network *network, struct text_list *arguments)
{
    static const char *const queues[QEMU_NETWORK_DIRECTIONS] = {"rx", "tx"};
    int error = RIG_OK;

    for (int i = 0; error == RIG_OK && i < QEMU_NETWORK_DIRECTIONS; i++) {
        const char *queue = queues[i];
        char *const made[] = {
            text_duplicate("-chardev"),
            text_format("socket,id=%s-out,fd=%d", queue, network->to_relay[i]),
            text_duplicate("-chardev"),
            text_format("socket,id=%s-in,fd=%d", queue, network->from_relay[i]),
            text_duplicate("-object"),
            text_format("filter-redirector,id=%s-relay,netdev=" EMULATOR_NETWORK
                        ",queue=%s,outdev=%s-out,indev=%s-in",
                        queue, queue, queue, queue),
        };

        error = append_made_all(arguments, made, sizeof(made) / sizeof(made[0]));
    }
    return error;
}

bool qemu_has_qtest(const struct emulator_options *options)
{
    return options->debug || options->flash_kind == EMULATOR_FLASH_NVMC;
}

/* QEMU's name for the chardev of qtest is not free. */
static int append_qtest(int descriptor, struct text_list *arguments)
{
    static const char *const users[] = {"-qtest", "chardev:qtest", "-qtest-log", "/dev/null", NULL};
    char *const made[] = {
        text_duplicate("-chardev"), text_format("socket,id=qtest,fd=%d", descriptor),
        text_duplicate("-accel"), text_duplicate("tcg"), /* else qtest is the accelerator */
    };
    const int error = append_made_all(arguments, made, sizeof(made) / sizeof(made[0]));

    return error == RIG_OK ? append_all(arguments, users) : error;
}

/* The gdb stub and a second monitor. */
static int append_debug(const struct emulator_debug_lines *lines, struct text_list *arguments)
{
    static const char *const users[] = {"-gdb", "chardev:gdb", "-mon", "chardev=debug,mode=control",
                                        NULL};
    char *const made[] = {
        text_duplicate("-chardev"),
        text_format("socket,id=gdb,fd=%d", lines->gdb),
        text_duplicate("-chardev"),
        text_format("socket,id=debug,fd=%d", lines->monitor),
    };
    const int error = append_made_all(arguments, made, sizeof(made) / sizeof(made[0]));

    return error == RIG_OK ? append_all(arguments, users) : error;
}

int qemu_arguments(const struct emulator_options *options,
                   const struct qemu_descriptors *descriptors, struct text_list *arguments)
{
    const char *const general[] = {options->qemu != NULL ? options->qemu : "qemu-system-arm",
                                   "-no-user-config",
                                   "-nodefaults",
                                   "-display",
                                   "none",
                                   "-monitor",
                                   "none",
                                   "-S",
                                   NULL};
    int error = append_all(arguments, general);

    if (error == RIG_OK) {
        error = append_board(options, arguments);
    }
    if (error == RIG_OK) {
        error = append_lines(options, descriptors, arguments);
    }
    if (error == RIG_OK) {
        error = append_devices(options, arguments);
    }
    if (error == RIG_OK && options->relay != NULL) {
        error = append_relay(&descriptors->network, arguments);
    }
    if (error == RIG_OK && qemu_has_qtest(options)) {
        error = append_qtest(descriptors->debug.qtest, arguments);
    }
    if (error == RIG_OK && options->debug) {
        error = append_debug(&descriptors->debug, arguments);
    }
    return error == RIG_OK ? append_all(arguments, options->extra) : error;
}
