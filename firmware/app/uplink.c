#include "uplink.h"

#include "byte_order.h"

#include <string.h>

#define MS_PER_SECOND 1000U

uint32_t uplink_longest_delay_ms(uint32_t failures)
{
    uint32_t longest = UPLINK_FIRST_DELAY_MS;

    for (uint32_t i = 1; i < failures && longest < UPLINK_MAX_DELAY_MS; i++) {
        longest *= 2U;
    }
    return longest < UPLINK_MAX_DELAY_MS ? longest : UPLINK_MAX_DELAY_MS;
}

void uplink_start(struct uplink *uplink)
{
    memset(uplink, 0, sizeof *uplink);
}

/* ---- The queue ---- */

const struct telemetry_reading *uplink_oldest(const struct uplink *uplink)
{
    return uplink->count > 0 ? &uplink->queue[uplink->first] : NULL;
}

static void remove_oldest(struct uplink *uplink)
{
    uplink->first = (uplink->first + 1U) % UPLINK_QUEUE_SIZE;
    uplink->count--;
}

static void empty_queue(struct uplink *uplink)
{
    memset(uplink->queue, 0, sizeof uplink->queue);
    memset(&uplink->newest, 0, sizeof uplink->newest);
    uplink->first = 0;
    uplink->count = 0;
}

static void add_reading(struct uplink *uplink, const struct telemetry_reading *reading)
{
    if (uplink->count == UPLINK_QUEUE_SIZE) {
        remove_oldest(uplink);
        uplink->dropped++;
    }
    uplink->last_number++;
    uplink->newest = *reading;
    uplink->newest.number = uplink->last_number;
    uplink->newest.dropped = uplink->dropped;
    uplink->queue[(uplink->first + uplink->count) % UPLINK_QUEUE_SIZE] = uplink->newest;
    uplink->count++;
}

static bool has_switched(const struct telemetry_reading *before,
                         const struct telemetry_reading *after)
{
    return before->set_point != after->set_point || before->heating != after->heating ||
           before->sensor_fault != after->sensor_fault ||
           before->frost_protection != after->frost_protection;
}

static void take_reading(struct uplink *uplink, const struct uplink_context *context)
{
    const struct thermostat *thermostat = context->thermostat;
    const uint64_t age_ms = context->now_ms - uplink->last_read_ms;
    const struct telemetry_reading reading = {.uptime_s =
                                                  (uint32_t)(context->now_ms / MS_PER_SECOND),
                                              .temperature = thermostat->temperature,
                                              .set_point = context->settings->set_point,
                                              .heating = thermostat->relay_closed,
                                              .sensor_fault = thermostat->sensor_fault,
                                              .frost_protection = thermostat->frost};

    if (uplink->newest.number == 0 || age_ms >= UPLINK_READING_PERIOD_MS ||
        (age_ms >= UPLINK_READING_SPACING_MS && has_switched(&uplink->newest, &reading))) {
        add_reading(uplink, &reading);
        uplink->last_read_ms = context->now_ms;
    }
}

/* ---- Consent and broker ---- */

static bool is_wanted(const struct settings *settings)
{
    return settings->telemetry_consent && settings->broker[0] != '\0';
}

/* Whether it is for the broker that the settings want. */
static bool is_still_wanted(const struct uplink *uplink, const struct settings *settings)
{
    return is_wanted(settings) &&
           memcmp(uplink->broker, settings->broker, sizeof uplink->broker) == 0;
}

static bool has_transport(const struct uplink *uplink)
{
    return uplink->state >= UPLINK_CONNECTING;
}

bool uplink_serves(const struct uplink *uplink, const struct settings *settings)
{
    return has_transport(uplink) && is_still_wanted(uplink, settings);
}

/* Stops all that was for the broker so far. */
static enum uplink_action turn_off(struct uplink *uplink)
{
    const bool close = has_transport(uplink);

    empty_queue(uplink);
    uplink->state = UPLINK_OFF;
    return close ? UPLINK_CLOSE : UPLINK_NOTHING;
}

/* Failures are of a broker. They are kept through a withdrawal, so that the same one is not called
 * any faster for it. */
static void turn_on(struct uplink *uplink, const struct settings *settings)
{
    if (memcmp(uplink->broker, settings->broker, sizeof uplink->broker) != 0) {
        memcpy(uplink->broker, settings->broker, sizeof uplink->broker);
        uplink->failures = 0;
    }
    uplink->state = UPLINK_DOWN;
}

/* Returns UPLINK_CLOSE if there is something that the settings do not want any more. */
static enum uplink_action follow_settings(struct uplink *uplink, const struct settings *settings)
{
    enum uplink_action action = UPLINK_NOTHING;

    if (uplink->state != UPLINK_OFF && !is_still_wanted(uplink, settings)) {
        action = turn_off(uplink);
    }
    if (uplink->state == UPLINK_OFF && is_wanted(settings)) {
        turn_on(uplink, settings);
    }
    return action;
}

/* ---- The connection ---- */

static void fail(struct uplink *uplink)
{
    if (uplink->failures < UINT32_MAX) {
        uplink->failures++;
    }
    uplink->state = UPLINK_DOWN;
}

/* 0 to `most`, each as likely as any other but for one part in thousands; `most` if the generator
 * fails: late is better than together. */
static uint32_t random_delay_ms(struct drbg *drbg, uint32_t most)
{
    uint8_t bytes[4];

    if (drbg_read(drbg, bytes, sizeof bytes) != DRBG_OK) {
        return most;
    }
    return (uint32_t)(((uint64_t)get_le32(bytes) * ((uint64_t)most + 1U)) >> 32);
}

static void choose_time(struct uplink *uplink, const struct uplink_context *context)
{
    const uint32_t most =
        uplink->has_tried ? uplink_longest_delay_ms(uplink->failures) : UPLINK_START_SPREAD_MS;

    uplink->due_ms = context->now_ms + random_delay_ms(context->drbg, most);
    uplink->state = UPLINK_WAITING;
}

static enum uplink_action connect_when_due(struct uplink *uplink, uint64_t now_ms)
{
    if (now_ms < uplink->due_ms) {
        return UPLINK_NOTHING;
    }
    uplink->due_ms = now_ms + UPLINK_CONNECT_TIMEOUT_MS;
    uplink->has_tried = true;
    uplink->state = UPLINK_CONNECTING;
    return UPLINK_CONNECT;
}

static enum uplink_action give_up_when_late(struct uplink *uplink, uint64_t now_ms)
{
    if (now_ms < uplink->due_ms) {
        return UPLINK_NOTHING;
    }
    fail(uplink);
    return UPLINK_CLOSE;
}

static enum uplink_action publish_oldest(struct uplink *uplink, uint64_t now_ms)
{
    if (uplink->count == 0) {
        return UPLINK_NOTHING;
    }
    uplink->under_way = uplink_oldest(uplink)->number;
    uplink->due_ms = now_ms + UPLINK_PUBLISH_TIMEOUT_MS;
    uplink->state = UPLINK_PUBLISHING;
    return UPLINK_PUBLISH;
}

static void note_success(struct uplink *uplink, uint64_t now_ms)
{
    const bool connected = uplink->state == UPLINK_IDLE || uplink->state == UPLINK_PUBLISHING;

    if (connected && now_ms - uplink->since_ms >= UPLINK_HOLD_MS) {
        uplink->failures = 0;
    }
}

enum uplink_action uplink_poll(struct uplink *uplink, const struct uplink_context *context)
{
    note_success(uplink, context->now_ms);
    if (follow_settings(uplink, context->settings) == UPLINK_CLOSE) {
        return UPLINK_CLOSE;
    }
    if (uplink->state == UPLINK_OFF) {
        return UPLINK_NOTHING;
    }
    take_reading(uplink, context);
    if (uplink->state == UPLINK_DOWN) {
        choose_time(uplink, context);
    }
    switch (uplink->state) {
    case UPLINK_WAITING:
        return connect_when_due(uplink, context->now_ms);
    case UPLINK_CONNECTING:
    case UPLINK_PUBLISHING:
        return give_up_when_late(uplink, context->now_ms);
    case UPLINK_IDLE:
        return publish_oldest(uplink, context->now_ms);
    default:
        return UPLINK_NOTHING;
    }
}

static void acknowledge(struct uplink *uplink)
{
    const struct telemetry_reading *oldest = uplink_oldest(uplink);

    uplink->acknowledged++;
    /* It may have given way to a new one while it was under way. */
    if (oldest != NULL && oldest->number == uplink->under_way) {
        remove_oldest(uplink);
    }
    uplink->state = UPLINK_IDLE;
}

void uplink_report(struct uplink *uplink, enum uplink_event event, uint64_t now_ms)
{
    note_success(uplink, now_ms);
    if (event == UPLINK_CONNECTED && uplink->state == UPLINK_CONNECTING) {
        uplink->since_ms = now_ms;
        uplink->state = UPLINK_IDLE;
    } else if (event == UPLINK_ACKNOWLEDGED && uplink->state == UPLINK_PUBLISHING) {
        acknowledge(uplink);
    } else if (event == UPLINK_LOST && has_transport(uplink)) {
        fail(uplink);
    }
}
