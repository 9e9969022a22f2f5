#include "uplink_model.h"

#include "harness.h"
#include "json_tokens.h"

#include <string.h>

#define LONGEST_FIRST_MS 10000U
#define SECOND_MS        1000U
#define LONGEST_MS       300000U
#define HOLD_MS          60000U
#define PERIOD_MS        60000U
#define SPACING_MS       10000U
#define ANSWER_MS        30000U /* no answer is waited for any longer */
#define LEAST_MEAN       0.1
#define MOST_MEAN        0.9

void uplink_model_start(struct uplink_model *model)
{
    const struct uplink_model before = *model;

    memset(model, 0, sizeof *model);
    model->ever_wanted = before.ever_wanted;
    memcpy(model->delays, before.delays, sizeof model->delays);
    model->delay_count = before.delay_count;
}

/* The most that the attempt now due may wait. */
static uint64_t longest_delay(const struct uplink_model *model)
{
    uint64_t longest = SECOND_MS;

    if (!model->tried) {
        return LONGEST_FIRST_MS;
    }
    for (uint32_t i = 1; i < model->failures && longest < LONGEST_MS; i++) {
        longest += longest;
    }
    return longest < LONGEST_MS ? longest : LONGEST_MS;
}

static void end_link(struct uplink_model *model, bool failed, uint64_t now_ms)
{
    if (failed) {
        model->failures++;
    }
    model->link = UPLINK_LINK_NONE;
    model->publishing = false;
    model->planned = false;
    model->since_ms = now_ms;
}

/* A connection that has held clears the failures. */
static void note_success(struct uplink_model *model, uint64_t now_ms)
{
    if (model->link == UPLINK_LINK_OPEN && now_ms - model->since_ms >= HOLD_MS) {
        model->failures = 0;
    }
}

/* ---- What the user wants ---- */

static void forget_readings(struct uplink_model *model)
{
    model->count = 0;
    model->has_read = false;
}

static void check_unwanted(const struct uplink_model *model, const struct uplink_turn *turn)
{
    const char *clause = model->ever_wanted ? "6-3A" : "6-2";
    const char *name = model->ever_wanted ? "after-withdrawal" : "before-consent";

    const enum uplink_action due = model->link == UPLINK_LINK_NONE ? UPLINK_NOTHING : UPLINK_CLOSE;

    ORACLE(clause, name, turn->action == due,
           "without consent or broker action %d is asked for, %d is due", (int)turn->action,
           (int)due);
    ORACLE(clause, name,
           uplink_oldest(&turn->device->uplink) == NULL && turn->device->uplink.count == 0,
           "%zu readings are kept without consent or broker", turn->device->uplink.count);
}

/* Compares with the turn before. True if there was a change that ends a connection. */
static bool follow_user(struct uplink_model *model, const struct uplink_turn *turn)
{
    const struct settings *settings = &turn->device->settings.current;
    const bool wanted = settings->telemetry_consent && settings->broker[0] != '\0';
    const bool other = memcmp(model->broker, settings->broker, sizeof model->broker) != 0;
    const bool ended = model->wanted && (!wanted || other);

    if (ended || (wanted && !model->wanted)) {
        forget_readings(model);
        if (model->link == UPLINK_LINK_NONE) {
            end_link(model, false, turn->now_ms);
        }
    }
    memcpy(model->broker, settings->broker, sizeof model->broker);
    if (wanted && memcmp(model->failing, model->broker, sizeof model->failing) != 0) {
        memcpy(model->failing, model->broker, sizeof model->failing);
        model->failures = 0;
    }
    if (!wanted) {
        check_unwanted(model, turn);
    }
    model->wanted = wanted;
    model->ever_wanted = model->ever_wanted || wanted;
    return ended && model->link != UPLINK_LINK_NONE;
}

/* ---- Readings ---- */

static bool same_reading(const struct telemetry_reading *left,
                         const struct telemetry_reading *right)
{
    return left->number == right->number && left->uptime_s == right->uptime_s &&
           left->dropped == right->dropped && left->temperature == right->temperature &&
           left->set_point == right->set_point && left->heating == right->heating &&
           left->sensor_fault == right->sensor_fault &&
           left->frost_protection == right->frost_protection;
}

static void remove_oldest(struct uplink_model *model)
{
    model->count--;
    memmove(model->queue, model->queue + 1, model->count * sizeof *model->queue);
}

static void take_reading(struct uplink_model *model, const struct uplink_turn *turn)
{
    const struct thermostat *thermostat = &turn->device->thermostat;
    struct telemetry_reading reading = {.uptime_s = (uint32_t)(turn->now_ms / 1000U),
                                        .temperature = thermostat->temperature,
                                        .set_point = turn->device->settings.current.set_point,
                                        .heating = thermostat->relay_closed,
                                        .sensor_fault = thermostat->sensor_fault,
                                        .frost_protection = thermostat->frost};

    ORACLE("5.9-3", "readings-too-dense",
           !model->has_read || turn->now_ms - model->last_read_ms >= SPACING_MS,
           "a reading %u ms after the one before", (unsigned)(turn->now_ms - model->last_read_ms));
    if (model->count == UPLINK_QUEUE_SIZE) {
        harness_gate("overflow");
        remove_oldest(model);
        model->dropped++;
    }
    model->last_number++;
    reading.number = model->last_number;
    reading.dropped = model->dropped;
    ORACLE("5.9-2", "reading-wrong", same_reading(&turn->device->uplink.newest, &reading),
           "reading %u is not what the device saw", (unsigned)reading.number);
    model->queue[model->count] = reading;
    model->count++;
    model->has_read = true;
    model->last_read_ms = turn->now_ms;
}

/* A turn takes one reading at most; whether it did shows in their numbers. */
static void follow_readings(struct uplink_model *model, const struct uplink_turn *turn)
{
    const struct uplink *uplink = &turn->device->uplink;
    const struct telemetry_reading *oldest = uplink_oldest(uplink);

    if (uplink->last_number != model->last_number) {
        take_reading(model, turn);
    }
    ORACLE("5.9-2", "reading-overdue",
           model->has_read && turn->now_ms - model->last_read_ms < PERIOD_MS,
           "no reading for longer than %u ms", PERIOD_MS);
    ORACLE("5.9-2", "queue-differs",
           uplink->count == model->count && uplink->dropped == model->dropped &&
               uplink->last_number == model->last_number &&
               uplink->acknowledged == model->delivered &&
               (model->count == 0 ? oldest == NULL : same_reading(oldest, &model->queue[0])),
           "%zu readings, %zu expected; %u dropped, %u expected; %u acknowledged, %u expected",
           uplink->count, model->count, (unsigned)uplink->dropped, (unsigned)model->dropped,
           (unsigned)uplink->acknowledged, (unsigned)model->delivered);
}

/* What leaves the device is one flat object of the members that telemetry.h declares. */
static void check_text(const struct uplink_turn *turn)
{
    static const char *const names[] = {"number",  "uptime_s",     "temperature",      "set_point",
                                        "heating", "sensor_fault", "frost_protection", "dropped"};
    const size_t count = sizeof names / sizeof *names;
    struct json_tokens tokens = {.next = turn->text, .left = turn->length};
    bool right = turn->length < TELEMETRY_MAX_TEXT && turn->text[turn->length] == '\0';

    for (size_t i = 0; i < count; i++) {
        const struct json_token mark = json_tokens_next(&tokens);
        const struct json_token name = json_tokens_next(&tokens);
        const struct json_token colon = json_tokens_next(&tokens);
        const struct json_token value = json_tokens_next(&tokens);
        right = right && json_token_is(&mark, JSON_MARK, i == 0 ? "{" : ",") &&
                json_token_is(&name, JSON_STRING, names[i]) &&
                json_token_is(&colon, JSON_MARK, ":") &&
                (value.kind == JSON_NUMBER || value.kind == JSON_WORD);
    }
    const struct json_token brace = json_tokens_next(&tokens);
    const struct json_token end = json_tokens_next(&tokens);
    ORACLE("6-4", "undeclared-member",
           right && json_token_is(&brace, JSON_MARK, "}") && end.kind == JSON_END,
           "a reading is not the object that is declared");
}

/* ---- Attempts and answers ---- */

/*
 * Method: each delay is taken as a part of the longest that it might have been, when it is chosen,
 * so that no delay is missing because something ended it. Of UPLINK_MODEL_SAMPLES uniform numbers
 * the mean lies outside LEAST_MEAN and MOST_MEAN in fewer than one case of 10^14.
 */
static void sample_delay(struct uplink_model *model, double part)
{
    double sum = 0;

    model->delays[model->delay_count] = part;
    model->delay_count++;
    if (model->delay_count < UPLINK_MODEL_SAMPLES) {
        return;
    }
    harness_gate("sampled");
    model->delay_count = 0;
    for (size_t i = 0; i < UPLINK_MODEL_SAMPLES; i++) {
        sum += model->delays[i];
    }
    ORACLE("5.9-3", "delays-not-random",
           sum >= LEAST_MEAN * UPLINK_MODEL_SAMPLES && sum <= MOST_MEAN * UPLINK_MODEL_SAMPLES,
           "%u delays have a mean of %.3f of the longest", UPLINK_MODEL_SAMPLES,
           sum / UPLINK_MODEL_SAMPLES);
}

/* The device plans in the first turn without a connection; from then on the plan is binding. */
static void note_plan(struct uplink_model *model, const struct uplink_turn *turn)
{
    const uint64_t longest = longest_delay(model);
    uint64_t delay;

    if (model->planned) {
        return;
    }
    model->planned = true;
    model->plan_ms = turn->action == UPLINK_CONNECT ? turn->now_ms : turn->device->uplink.due_ms;
    delay = model->plan_ms - turn->now_ms;
    ORACLE("5.9-3", "delay-too-long", delay <= longest, "%llu ms after %u failures",
           (unsigned long long)delay, (unsigned)model->failures);
    if (turn->random) {
        sample_delay(model, (double)delay / (double)longest);
    } else {
        ORACLE("5.9-3", "delays-not-random", delay == longest,
               "%llu ms without random numbers; the whole %llu ms are due",
               (unsigned long long)delay, (unsigned long long)longest);
    }
}

static void turn_without_link(struct uplink_model *model, const struct uplink_turn *turn)
{
    const uint64_t now_ms = turn->now_ms;

    note_plan(model, turn);
    if (turn->action == UPLINK_CONNECT) {
        ORACLE("5.9-3", "attempt-not-due", now_ms >= model->plan_ms, "an attempt %llu ms early",
               (unsigned long long)(model->plan_ms - now_ms));
        model->link = UPLINK_LINK_ATTEMPT;
        model->tried = true;
        model->since_ms = now_ms;
        model->asked_ms = now_ms;
        return;
    }
    ORACLE("5.9-3", "attempt-not-due", turn->action == UPLINK_NOTHING,
           "action %d without a connection", (int)turn->action);
    ORACLE("5.9-3", "attempt-overdue", now_ms < model->plan_ms, "no attempt when it is due");
}

static void check_publish(struct uplink_model *model, const struct uplink_turn *turn)
{
    const struct telemetry_reading *oldest = uplink_oldest(&turn->device->uplink);

    ORACLE("5.9-2", "queue-differs",
           model->link == UPLINK_LINK_OPEN && !model->publishing && oldest != NULL,
           "a reading is to leave that cannot");
    harness_gate("publish");
    check_text(turn);
    model->publishing = true;
    model->under_way = oldest->number;
    model->asked_ms = turn->now_ms;
}

static void turn_with_link(struct uplink_model *model, const struct uplink_turn *turn)
{
    const uint64_t now_ms = turn->now_ms;

    switch (turn->action) {
    case UPLINK_PUBLISH:
        check_publish(model, turn);
        break;
    case UPLINK_CLOSE:
        end_link(model, true, now_ms);
        break;
    case UPLINK_NOTHING:
        ORACLE("5.9-2", "delivery-overdue",
               model->link != UPLINK_LINK_OPEN || model->publishing || model->count == 0,
               "%zu readings, a connection, and none leaves", model->count);
        ORACLE("5.9-3", "hangs-on",
               (model->link == UPLINK_LINK_OPEN && !model->publishing) ||
                   now_ms - model->asked_ms < ANSWER_MS,
               "an answer has been waited for for %u ms", ANSWER_MS);
        break;
    default:
        ORACLE("5.9-3", "attempt-not-due", false, "an attempt beside a connection");
        break;
    }
}

void uplink_model_turn(struct uplink_model *model, const struct uplink_turn *turn)
{
    note_success(model, turn->now_ms);
    if (follow_user(model, turn)) {
        ORACLE("6-2", "other-broker", turn->action == UPLINK_CLOSE,
               "the connection to a broker that is no longer named stays open");
        end_link(model, false, turn->now_ms);
        return;
    }
    if (!model->wanted) {
        return;
    }
    ORACLE("6-2", "other-broker",
           memcmp(turn->device->uplink.broker, model->broker, sizeof model->broker) == 0,
           "readings are for a broker that is not named");
    follow_readings(model, turn);
    if (model->link == UPLINK_LINK_NONE) {
        turn_without_link(model, turn);
    } else {
        turn_with_link(model, turn);
    }
}

void uplink_model_event(struct uplink_model *model, enum uplink_event event, uint64_t now_ms)
{
    note_success(model, now_ms);
    if (event == UPLINK_CONNECTED && model->link == UPLINK_LINK_ATTEMPT) {
        model->link = UPLINK_LINK_OPEN;
        model->since_ms = now_ms;
    } else if (event == UPLINK_ACKNOWLEDGED && model->publishing) {
        model->publishing = false;
        model->delivered++;
        if (model->count > 0 && model->queue[0].number == model->under_way) {
            remove_oldest(model);
        }
    } else if (event == UPLINK_LOST && model->link != UPLINK_LINK_NONE) {
        end_link(model, true, now_ms);
    }
}
