/*
 * make-seeds FOLDER: writes the seeds of this tree's harnesses to FOLDER/<harness>/seeds/. The
 * seeds are committed; this program says what they are, and a test compares the two.
 */
#include "boot_state_seeds.h"
#include "erase_state_seeds.h"
#include "event_log_seeds.h"
#include "libmodbus_server_seeds.h"
#include "modbus_seeds.h"
#include "seed_writer.h"
#include "settings_log_seeds.h"
#include "telemetry_command_seeds.h"
#include "unlock_token_seeds.h"
#include "update_image_seeds.h"
#include "update_session_seeds.h"
#include "uplink_seeds.h"

#include <stdio.h>

static void write_libmodbus_server(const char *name, const uint8_t *data, size_t size)
{
    seed_write("libmodbus_server", name, data, size);
}

int main(int argument_count, char **arguments)
{
    if (argument_count != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 2;
    }
    seed_writer_start(arguments[1]);
    modbus_seeds();
    settings_log_seeds();
    update_session_seeds();
    event_log_seeds();
    erase_state_seeds();
    unlock_token_seeds();
    boot_state_seeds(seed_write);
    update_image_seeds(seed_write);
    telemetry_command_seeds(seed_write);
    uplink_seeds(seed_write);
    libmodbus_server_make_seeds(write_libmodbus_server);
    return 0;
}
