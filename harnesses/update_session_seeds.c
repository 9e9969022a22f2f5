#include "update_session_seeds.h"

#include "byte_order.h"
#include "history.h"
#include "mailbox.h"
#include "seed_writer.h"
#include "update_client.h"

#define WHOLE_BODY (UPDATE_MOST_CHUNKS - 1U) /* as many messages as it takes */
#define CHUNK      207U                      /* bytes in one of them, less 1 */

static void act(enum update_action action)
{
    const uint8_t body[UPDATE_STEP_SIZE] = {(uint8_t)action, 0, 0, WHOLE_BODY, 0, 0, CHUNK};

    seed_add(HISTORY_UPDATE, 0, body, sizeof body);
}

static void offer(uint8_t number, enum update_spoil spoil, uint16_t length)
{
    uint8_t body[UPDATE_STEP_SIZE] = {UPDATE_OPEN, number, (uint8_t)spoil, 9};

    put_le16(body + 4, length);
    seed_add(HISTORY_UPDATE, 0, body, sizeof body);
}

static void whole(uint8_t number, uint16_t length)
{
    seed_log_in();
    offer(number, UPDATE_RIGHT, length);
    act(UPDATE_SEND);
    act(UPDATE_FINISH);
    act(UPDATE_ACTIVATE);
}

static void confirm(void)
{
    seed_log_in();
    act(UPDATE_CONFIRM);
    act(UPDATE_ASK);
}

static void refused(void)
{
    seed_log_in();
    for (unsigned spoil = UPDATE_OTHER_PRODUCT; spoil < UPDATE_ALTERED_BODY; spoil++) {
        offer(1, (enum update_spoil)spoil, 300);
    }
    offer(1, UPDATE_OTHER_FORMAT, 300);
    offer(1, UPDATE_ALTERED_BODY, 300);
    act(UPDATE_SEND);
    act(UPDATE_FINISH);
    offer(1, UPDATE_RIGHT, 5000);
    act(UPDATE_FINISH);
    act(UPDATE_SKIP);
    act(UPDATE_ACTIVATE);
    seed_save("update_session", "refused");
}

static void cuts(void)
{
    seed_log_in();
    offer(2, UPDATE_RIGHT, 4200);
    seed_fault(0, 1, 9, 5);
    act(UPDATE_SEND);
    whole(2, 500);
    seed_save("update_session", "cut-while-receiving");
    seed_log_in();
    offer(3, UPDATE_RIGHT, 100);
    act(UPDATE_SEND);
    seed_fault(0, 1, 1, 3);
    act(UPDATE_FINISH);
    seed_log_in();
    offer(3, UPDATE_RIGHT, 100);
    act(UPDATE_SEND);
    act(UPDATE_FINISH);
    seed_fault(0, 1, 0, 1);
    act(UPDATE_ACTIVATE);
    seed_log_in();
    seed_fault(1, 0, 0, 0);
    act(UPDATE_CONFIRM);
    seed_save("update_session", "cut-at-the-end");
}

void update_session_seeds(void)
{
    whole(4, 700);
    confirm();
    whole(9, 3969);
    confirm();
    whole(4, 200);
    seed_save("update_session", "confirmed");
    whole(5, 300);
    seed_add(HISTORY_RESTART, 0, NULL, 0);
    whole(6, 300);
    seed_log_in();
    offer(7, UPDATE_RIGHT, 20);
    seed_add(HISTORY_RESTART, 0, NULL, 0);
    confirm();
    seed_save("update_session", "reverted");
    refused();
    cuts();
}
