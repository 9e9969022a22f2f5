#include "outage_history.h"

void outage_history_settle(struct outage_history *history, uint32_t value)
{
    history->confirmed = value;
    history->is_under_way = false;
}

void outage_history_begin(struct outage_history *history, uint32_t value)
{
    history->under_way = value;
    history->is_under_way = true;
}

void outage_history_confirm(struct outage_history *history)
{
    outage_history_settle(history, history->under_way);
}

enum outage_verdict outage_history_judge(const struct outage_history *history, uint32_t found)
{
    if (found == history->confirmed) {
        return OUTAGE_CONFIRMED_VALUE;
    }
    return history->is_under_way && found == history->under_way ? OUTAGE_VALUE_UNDER_WAY
                                                                : OUTAGE_THIRD_VALUE;
}
