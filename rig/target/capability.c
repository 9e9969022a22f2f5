#include "target/capability.h"

#include <stdbool.h>
#include <stdio.h>

#define SECTION(name) "a section `" name "` brings"
#define VERB          "a verb of the adapter's brings"

static const struct {
    enum capability capability;
    const char *name;
    const char *source; /* a clause that follows "which" */
} rows[CAPABILITY_COUNT] = {
    {CAN_POWER, "power", SECTION("power")},
    {CAN_CUT, "timed power cuts", SECTION("power")},
    {CAN_CONSOLE, "a console", SECTION("console")},
    {CAN_RTU, "Modbus RTU", "`rtu` in a section `modbus` brings"},
    {CAN_TCP, "Modbus TCP", "`tcp` in a section `modbus` brings"},
    {CAN_LINK, "a network link that the bench controls",
     "an emulated target with a section `net` brings"},
    {CAN_WEATHER, "a network that loses and corrupts frames",
     "an emulated target with a section `net` brings"},
    {CAN_STORAGE, "flash that the bench itself reads and writes",
     "only an emulated or a native target has"},
    {CAN_BROKER, "a broker", SECTION("broker")},
    {CAN_ADAPTER, "an adapter", SECTION("adapter")},
    {CAN_DUMP, "an adapter that dumps settings", VERB},
    {CAN_LOGIN, "an adapter that logs in", VERB},
    {CAN_SET, "an adapter that sets settings", VERB},
    {CAN_SET_PASSWORD, "an adapter that changes the password", VERB},
    {CAN_UPDATE, "an adapter that updates, and images to offer",
     "a verb of the adapter's and `update_b` in a section `images` bring"},
    {CAN_ERASE, "an adapter that erases", VERB},
    {CAN_MAKE_NEW, "a device that can be made anew", "only an emulated or a native target is"},
    {CAN_PROBE, "a debug probe", SECTION("probe")},
    {CAN_DEBUG, "a debug probe, with known and ram in its section", SECTION("probe")},
    {CAN_WATCHDOG, "a watchdog", "every target brings whose `power` does not say `watchdog: none`"},
    {CAN_ERASE_ALL, "a debug probe, with OpenOCD's command `erase` in its section",
     SECTION("probe")},
    {CAN_UNLOCK, "an adapter that unlocks the debug port, and a signer of tokens",
     "a verb of the adapter's and `signer` in a section `probe` bring"},
};

enum { NOT_THERE = CAPABILITY_COUNT };

static size_t row_of(enum capability capability)
{
    size_t i = 0;

    while (i < CAPABILITY_COUNT && rows[i].capability != capability)
        i++;
    return i;
}

const char *capability_name(enum capability capability)
{
    const size_t row = row_of(capability);

    return row == NOT_THERE ? "something unknown" : rows[row].name;
}

static const char *source_of(enum capability capability)
{
    const size_t row = row_of(capability);

    return row == NOT_THERE ? "nothing brings" : rows[row].source;
}

void capability_describe(unsigned missing, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < CAPABILITY_COUNT && used < size; i++) {
        const enum capability capability = (enum capability)(1U << i);
        int length;

        if ((missing & (1U << i)) == 0)
            continue;
        length = snprintf(text + used, size - used, "%s%s, which %s", used > 0 ? "; " : "",
                          capability_name(capability), source_of(capability));
        used = length < 0 ? size : used + (size_t)length;
    }
}
