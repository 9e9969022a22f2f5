#include "settings_log_seeds.h"

#include "byte_order.h"
#include "seed_writer.h"
#include "settings_codec.h"
#include "settings_log_input.h"

static void place_settings_record(uint16_t slot, uint32_t sequence, uint8_t mark)
{
    uint8_t body[PLACE_RECORD_HEADER + SETTINGS_RECORD_SIZE];
    struct settings settings;

    settings_defaults(&settings);
    settings.set_point = (int16_t)(SETTINGS_MIN_SET_POINT + (int)(sequence % 200U));
    put_le16(body, slot);
    put_le32(body + 2, sequence);
    body[6] = mark;
    settings_encode(&settings, body + PLACE_RECORD_HEADER);
    seed_add(PLACE_RECORD, 0, body, sizeof body);
}

static void change_set_point(uint16_t value)
{
    uint8_t body[3] = {SETTING_SET_POINT};

    put_le16(body + 1, value);
    seed_add(CHANGE_SETTING, 0, body, sizeof body);
}

void settings_log_seeds(void)
{
    static const uint8_t junk[] = {0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    static const uint8_t failed = 0;
    static const uint8_t cut_in_mark[] = {0, 1, 1, 0};

    change_set_point(210);
    seed_add(START_AGAIN, 0, NULL, 0);
    change_set_point(215);
    seed_save("settings_log", "changes");
    place_settings_record(20, 7, 2);
    place_settings_record(21, 8, 1);
    seed_add(NEXT_FAULT, 0, cut_in_mark, sizeof cut_in_mark);
    change_set_point(220);
    seed_save("settings_log", "full-sector");
    seed_add(PLACE_BYTES, 0, junk, sizeof junk);
    place_settings_record(3, 5, 0);
    place_settings_record(4, 4, 2);
    change_set_point(225);
    seed_save("settings_log", "unmarked");
    seed_add(COUNT_ATTEMPT, 0, &failed, 1);
    seed_add(NEXT_FAULT, 0, cut_in_mark, sizeof cut_in_mark);
    seed_add(COUNT_ATTEMPT, 0, &failed, 1);
    seed_save("settings_log", "attempts");
}
