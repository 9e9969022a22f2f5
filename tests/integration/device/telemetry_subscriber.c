#include "telemetry_subscriber.h"

#include "base/diagnostic.h"
#include "base/process.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* cmocka wants the headers above first. */
#include <cmocka.h>

#define START_LIMIT_MS 20000U
#define PAUSE_MS       10U
#define TOPIC_SIZE     80U

/* Only keeps the line: a test must not fail in the midst of process.h. */
static void take_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct telemetry_subscriber *subscriber = context;

    (void)size;
    if (stream != PROCESS_STDOUT) {
        return;
    }
    if (subscriber->count < TELEMETRY_SUBSCRIBER_MAX_ARRIVALS) {
        (void)snprintf(subscriber->lines[subscriber->count], TELEMETRY_SUBSCRIBER_MAX_LINE, "%s",
                       line);
    }
    subscriber->count++;
}

void telemetry_subscriber_start(struct telemetry_subscriber *subscriber,
                                const struct broker_bench *broker)
{
    const char *const words[] = {"mosquitto_sub",
                                 "--unix",
                                 BROKER_BENCH_SOCKET,
                                 "-i",
                                 BROKER_BENCH_SUBSCRIBER,
                                 "-c",
                                 "-q",
                                 "1",
                                 "-t",
                                 "hearth/+/telemetry",
                                 "-F",
                                 "%t %p",
                                 NULL};
    const struct process_options options = {.argv = words,
                                            .working_folder = broker->folder,
                                            .on_line = take_line,
                                            .on_line_context = subscriber};
    const uint64_t deadline = device_process_now_ms() + START_LIMIT_MS;
    struct diagnostic diagnostic = {""};

    memset(subscriber, 0, sizeof *subscriber);
    if (process_start(&options, &subscriber->process, &diagnostic) != RIG_OK) {
        fail_msg("%s", diagnostic.text);
    }
    while (broker_bench_logged(broker, "Sending SUBACK to " BROKER_BENCH_SUBSCRIBER) == 0) {
        telemetry_subscriber_turn(subscriber);
        assert_true(device_process_now_ms() < deadline);
        device_process_pause(PAUSE_MS);
    }
    broker_bench_save_sessions(broker);
}

void telemetry_subscriber_stop(struct telemetry_subscriber *subscriber)
{
    process_destroy(subscriber->process);
    subscriber->process = NULL;
}

void telemetry_subscriber_turn(struct telemetry_subscriber *subscriber)
{
    struct diagnostic diagnostic = {""};
    size_t size;
    int error;

    if (subscriber->process == NULL) {
        return;
    }
    error = process_wait(subscriber->process, process_clock_ms(), &diagnostic);
    if (error == RIG_OK) {
        fail_msg("the subscriber has ended: %s",
                 process_output(subscriber->process, PROCESS_STDERR, &size));
    } else if (error != RIG_ERROR_TIMEOUT) {
        fail_msg("the subscriber cannot be waited for: %s", rig_strerror(error));
    }
}

json_t *telemetry_subscriber_reading(const struct telemetry_subscriber *subscriber, size_t index,
                                     char topic[TOPIC_SIZE])
{
    const char *line = subscriber->lines[index];
    const char *text;
    json_error_t error;
    json_t *reading;

    assert_in_range(index, 0, TELEMETRY_SUBSCRIBER_MAX_ARRIVALS - 1U);
    text = strchr(line, ' ');
    assert_non_null(text);
    assert_in_range(text - line, 1, TOPIC_SIZE - 1U);
    memcpy(topic, line, (size_t)(text - line));
    topic[text - line] = '\0';
    reading = json_loads(text + 1, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(reading)) {
        fail_msg("a reading is no JSON object: %s", text + 1);
    }
    return reading;
}

static uint32_t number_of(const struct telemetry_subscriber *subscriber, size_t index)
{
    char topic[TOPIC_SIZE];
    json_t *reading = telemetry_subscriber_reading(subscriber, index, topic);
    const json_int_t number = json_integer_value(json_object_get(reading, "number"));

    json_decref(reading);
    assert_in_range(number, 1, UINT32_MAX);
    return (uint32_t)number;
}

uint32_t telemetry_subscriber_complete(const struct telemetry_subscriber *subscriber)
{
    uint32_t complete = 0;

    assert_in_range(subscriber->count, 0, TELEMETRY_SUBSCRIBER_MAX_ARRIVALS);
    for (size_t i = 0; i < subscriber->count; i++) {
        const uint32_t number = number_of(subscriber, i);

        if (number > complete + 1U) {
            fail_msg("reading %" PRIu32 " has arrived, but %" PRIu32 " was lost", number,
                     complete + 1U);
        }
        if (number == complete + 1U) {
            complete = number;
        }
    }
    return complete;
}
