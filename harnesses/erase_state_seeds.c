#include "erase_state_seeds.h"

#include "boot_state.h"
#include "byte_order.h"
#include "erase_state_input.h"
#include "seed_writer.h"

#include <stddef.h>

#define HARNESS "erase_state"

static void use(uint8_t settings, uint8_t events)
{
    const uint8_t body[2] = {settings, events};

    seed_add(ERASE_USE, 0, body, sizeof body);
}

static void fault(uint8_t kind, uint8_t moment, uint8_t operation, uint8_t units)
{
    const uint8_t body[4] = {kind, moment, operation, units};

    seed_add(ERASE_FAULT, 0, body, sizeof body);
}

static void erase(void)
{
    seed_add(ERASE_BEGIN, 0, NULL, 0);
}

static void place_boot_state(uint16_t slot, bool pending)
{
    const struct boot_state state = {
        .security_counter = 5, .unlock_epoch = 2, .erase_pending = pending};
    uint8_t body[ERASE_PLACE_RECORD_HEADER + BOOT_STATE_RECORD_SIZE] = {2};

    put_le16(body + 1, slot);
    put_le32(body + 3, slot + 1U);
    body[7] = 2;
    boot_state_encode(&state, body + ERASE_PLACE_RECORD_HEADER);
    seed_add(ERASE_PLACE_RECORD, 0, body, sizeof body);
}

void erase_state_seeds(void)
{
    use(0, 0);
    erase();
    seed_add(ERASE_RESTART, 0, NULL, 0);
    use(30, 63);
    seed_add(ERASE_ATTEMPT, 0, NULL, 0);
    erase();
    seed_save(HARNESS, "erases");
    for (uint8_t operation = 0; operation < 8; operation++) {
        fault(0, (uint8_t)(operation % 3U), operation, 100);
        use(1, 1);
        erase();
    }
    seed_save(HARNESS, "cuts");
    fault(0, 1, 3, 7);
    fault(0, 1, 2, 200);
    fault(1, 0, 1, 0);
    fault(0, 2, 4, 0);
    use(2, 2);
    erase();
    seed_save(HARNESS, "cut-resumes");
    place_boot_state(3, false);
    place_boot_state(4, true);
    use(1, 1);
    seed_save(HARNESS, "pending-at-first");
}
