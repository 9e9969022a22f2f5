/*
 * The uplink's policy in any history of broker, user, weather and power cuts. What it has to do is
 * in uplink_model.h; beside that, delivers-in-the-end (5.9-2): whatever went before, with consent
 * and a broker that is well, readings arrive.
 */
#include "byte_order.h"
#include "device_uplink.h"
#include "hal.h"
#include "harness.h"
#include "history.h"
#include "in_process.h"
#include "uplink_input.h"
#include "uplink_model.h"
#include "uplink_mutator.h"

#include <string.h>

#define MAX_STEPS    48U
#define STEP_MS      10000U   /* the longest time between two turns of the device */
#define RECOVERY_MS  400000U  /* the longest delay, and a reading's period */
#define HISTORY_MS   6000000U /* that an input may last: more readings than the queue holds */
#define ACTIONS_MOST 400U     /* that one moment may bring: twice a full queue's */
#define DEVICE_ID    0x55U

/* The device, of which only what the uplink looks at is started; the world around it, and what is
 * expected. */
static struct device device;
static bool random_fails;
static bool restless;
static enum uplink_broker broker;
static uint64_t slow_answer_ms; /* when the slow broker acknowledges; 0: it has nothing to */
static uint64_t left_ms;        /* of HISTORY_MS */
static struct uplink_model model;

static const uint8_t device_id[] = {DEVICE_ID};

/* The answer of a broker that answers at once. False: none. */
static bool answer(enum uplink_action action, enum uplink_event *event)
{
    if (action == UPLINK_CONNECT) {
        *event = broker == UPLINK_BROKER_REFUSES ? UPLINK_LOST : UPLINK_CONNECTED;
        return broker != UPLINK_BROKER_SILENT;
    }
    if (action == UPLINK_PUBLISH) {
        slow_answer_ms = broker == UPLINK_BROKER_SLOW ? hal_time_ms() + UPLINK_SLOW_MS : 0;
        *event = broker == UPLINK_BROKER_WELL ? UPLINK_ACKNOWLEDGED : UPLINK_LOST;
        return broker == UPLINK_BROKER_WELL || broker == UPLINK_BROKER_DROPS ||
               broker == UPLINK_BROKER_REFUSES;
    }
    return false;
}

static void tell(enum uplink_event event)
{
    device_uplink_report(&device, event);
    uplink_model_event(&model, event, hal_time_ms());
}

static enum uplink_action turn(void)
{
    static char text[TELEMETRY_MAX_TEXT];
    struct uplink_turn seen = {
        .device = &device, .now_ms = hal_time_ms(), .text = text, .random = !random_fails};

    device.drbg.ready = !random_fails;
    seen.action = device_uplink_poll(&device);
    seen.length = seen.action == UPLINK_PUBLISH ? device_uplink_reading(&device, text) : 0;
    uplink_model_turn(&model, &seen);
    return seen.action;
}

/* Turns until there is nothing more to do at this moment. */
static void run_moment(void)
{
    enum uplink_action action = turn();
    enum uplink_event event;

    for (unsigned i = 0; action != UPLINK_NOTHING; i++) {
        if (i == ACTIONS_MOST) {
            harness_hang("5.9-3", "no-rest", "%u actions at one moment", ACTIONS_MOST);
        }
        if (answer(action, &event)) {
            tell(event);
        }
        action = turn();
    }
}

/* Until something might be due: a slow answer, the attempt that the device has planned, or the moment
 * before that. */
static uint64_t next_step_ms(void)
{
    const uint64_t now_ms = hal_time_ms();
    uint64_t step = STEP_MS;

    if (slow_answer_ms > now_ms && slow_answer_ms - now_ms < step) {
        step = slow_answer_ms - now_ms;
    }
    if (model.link == UPLINK_LINK_NONE && model.planned && model.plan_ms > now_ms &&
        model.plan_ms - now_ms <= step) {
        step = model.plan_ms - now_ms > 1U ? model.plan_ms - now_ms - 1U : 1U;
    }
    return step;
}

static void move_world(void)
{
    if (restless) {
        device.thermostat.relay_closed = !device.thermostat.relay_closed;
    }
    if (slow_answer_ms != 0 && hal_time_ms() >= slow_answer_ms) {
        slow_answer_ms = 0;
        tell(UPLINK_ACKNOWLEDGED);
    }
}

/* One turn after the other for so long. */
static void pass(uint64_t milliseconds)
{
    const uint64_t end_ms = hal_time_ms() + milliseconds;

    run_moment();
    while (hal_time_ms() < end_ms) {
        const uint64_t left = end_ms - hal_time_ms();
        const uint64_t step = next_step_ms();
        in_process_advance(step < left ? step : left);
        move_world();
        run_moment();
    }
}

/* The device starts; its generator goes on as it was. */
static void start(void)
{
    in_process_power_on();
    slow_answer_ms = 0;
    uplink_start(&device.uplink);
    uplink_model_start(&model);
}

static void restart(void)
{
    ORACLE("5.9-1", "starts", drbg_start(&device.drbg, device_id, sizeof device_id) == DRBG_OK,
           "no random numbers after a power cut");
    start();
}

static void change_user(const struct history_step *step)
{
    struct settings *settings = &device.settings.current;
    static const char names[][SETTINGS_BROKER_SIZE] = {"", "broker.example", "b",
                                                       "a-name-of-forty-characters.in.a.cellar.x"};

    if (step->length < 2) {
        return;
    }
    settings->telemetry_consent = (step->body[0] & 1U) != 0;
    memcpy(settings->broker, names[step->body[1] % 4U], sizeof settings->broker);
}

static void change_world(const struct history_step *step)
{
    struct thermostat *thermostat = &device.thermostat;

    if (step->length < 5) {
        return;
    }
    thermostat->temperature = (int16_t)get_le16(step->body);
    device.settings.current.set_point = (int16_t)get_le16(step->body + 2);
    thermostat->relay_closed = (step->body[4] & UPLINK_WORLD_HEATING) != 0;
    thermostat->sensor_fault = (step->body[4] & UPLINK_WORLD_FAULT) != 0;
    thermostat->frost = (step->body[4] & UPLINK_WORLD_FROST) != 0;
    restless = (step->body[4] & UPLINK_WORLD_RESTLESS) != 0;
    random_fails = (step->body[4] & UPLINK_WORLD_NO_RANDOM) != 0;
}

static void cut_often(const struct history_step *step)
{
    const unsigned cuts = step->length > 0 ? step->body[0] % UPLINK_MAX_CUTS : 0;

    for (unsigned i = 0; i < cuts; i++) {
        start();
        run_moment();
    }
}

static void wait(const struct history_step *step)
{
    uint64_t milliseconds = step->length >= 4 ? get_le32(step->body) % UPLINK_MAX_WAIT_MS : 0;

    milliseconds = milliseconds < left_ms ? milliseconds : left_ms;
    left_ms -= milliseconds;
    pass(milliseconds);
}

static void run_step(const struct history_step *step)
{
    switch ((int)step->kind) {
    case UPLINK_WAIT:
        wait(step);
        break;
    case UPLINK_BROKER:
        broker = (enum uplink_broker)(step->length > 0 ? step->body[0] % UPLINK_BROKER_COUNT : 0);
        break;
    case UPLINK_USER:
        change_user(step);
        break;
    case UPLINK_WORLD:
        change_world(step);
        break;
    case UPLINK_TELL:
        if (step->length > 0) {
            tell((enum uplink_event)(step->body[0] % 4U));
        }
        break;
    case UPLINK_RESTART:
        restart();
        break;
    default:
        cut_often(step);
        break;
    }
    run_moment();
}

/* Beginning with whatever the history left, but for a publication that nobody answers any more. */
static void check_delivers_in_the_end(void)
{
    uint32_t delivered;

    device.settings.current.telemetry_consent = true;
    memcpy(device.settings.current.broker, "broker.example", sizeof "broker.example");
    broker = UPLINK_BROKER_WELL;
    restless = false;
    delivered = model.delivered;
    pass(RECOVERY_MS);
    ORACLE("5.9-2", "delivers-in-the-end",
           model.delivered > delivered && model.link == UPLINK_LINK_OPEN && model.count == 0,
           "%u readings delivered, %zu kept, %u failures", (unsigned)(model.delivered - delivered),
           model.count, (unsigned)model.failures);
}

static void begin(void)
{
    static struct in_process_snapshot fresh;
    static struct drbg fresh_drbg;
    static bool ready;

    if (!ready) {
        struct factory_page page = {.initial_password.iterations = PASSWORD_MIN_ITERATIONS};

        in_process_manufacture(&page);
        restart();
        fresh_drbg = device.drbg;
        in_process_take(&fresh, NULL);
        ready = true;
    }
    in_process_restore(&fresh, NULL);
    memset(&device, 0, sizeof device);
    device.drbg = fresh_drbg;
    settings_defaults(&device.settings.current);
    memset(&model, 0, sizeof model);
    random_fails = false;
    restless = false;
    left_ms = HISTORY_MS;
    broker = UPLINK_BROKER_SILENT;
    start();
}

int harness_run(const uint8_t *data, size_t size)
{
    struct history_step step;
    size_t position = 0;

    begin();
    harness_about("uplink");
    for (unsigned i = 0; i < MAX_STEPS && history_next(data, size, &position, &step); i++) {
        run_step(&step);
    }
    check_delivers_in_the_end();
    return 0;
}

size_t harness_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return uplink_mutate(data, size, max_size, seed);
}
