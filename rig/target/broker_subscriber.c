#include "target/broker_subscriber.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/text.h"
#include "target/broker_files.h"
#include "target/broker_tool.h"

enum { FIRST_ROOM = 64 };

struct broker_subscriber {
    struct process *process;
    char *topic; /* of the admitted device; NULL: nobody's messages are readings */
    struct broker_reading *items;
    size_t count;
    size_t room;
    size_t dropped;
    size_t malformed;
    bool no_memory; /* it came while process.h called back, who cannot be told */
    char first_malformed[BROKER_READING_TEXT];
};

static bool make_room(struct broker_subscriber *subscriber)
{
    const size_t room = subscriber->room > 0 ? 2 * subscriber->room : FIRST_ROOM;
    struct broker_reading *grown;

    if (subscriber->count < subscriber->room) {
        return true;
    }
    grown = realloc(subscriber->items, room * sizeof(*grown));
    if (grown == NULL) {
        subscriber->no_memory = true;
        return false;
    }
    subscriber->items = grown;
    subscriber->room = room;
    return true;
}

static void take_line(void *context, enum process_stream stream, const char *line, size_t size)
{
    struct broker_subscriber *subscriber = context;
    struct broker_reading reading = {0, 0, process_clock_ms()};

    if (stream != PROCESS_STDOUT) {
        return;
    }
    if (subscriber->topic == NULL ||
        !broker_reading_parse(line, size, subscriber->topic, &reading)) {
        if (subscriber->malformed == 0) {
            (void)text_escape(subscriber->first_malformed, sizeof(subscriber->first_malformed),
                              line, size);
        }
        subscriber->malformed++;
    } else if (subscriber->count >= BROKER_READINGS_MAX) {
        subscriber->dropped++;
    } else if (make_room(subscriber)) {
        subscriber->items[subscriber->count++] = reading;
    }
}

/* QoS 0, though the device sends at QoS 1: the broker then writes a message to the subscriber's socket
 * before it acknowledges it to the device, and the subscriber, who never writes anything himself,
 * reads to the end what a killed broker has left there. An acknowledgement would fail, and he would
 * drop the rest. The longest keep-alive there is, so that a broker that is frozen for a while keeps
 * its subscriber. */
static int start(struct broker_subscriber *subscriber, const char *folder, const char *product,
                 struct diagnostic *diagnostic)
{
    char *program = NULL;
    char *topics = text_format("%s/+/telemetry", product);
    int error = topics != NULL ? broker_tool_find(&broker_tool_subscribe, &program, diagnostic)
                               : RIG_ERROR_NO_MEMORY;

    if (error == RIG_OK) {
        const char *const words[] = {program,
                                     "--unix",
                                     BROKER_FILES_SOCKET,
                                     "-i",
                                     product,
                                     "-c",
                                     "-k",
                                     "65535",
                                     "-q",
                                     "0",
                                     "-t",
                                     topics,
                                     "-F",
                                     BROKER_READING_FORMAT,
                                     NULL};
        const struct process_options options = {.argv = words,
                                                .working_folder = folder,
                                                .on_line = take_line,
                                                .on_line_context = subscriber};

        error = process_start(&options, &subscriber->process, diagnostic);
    }
    free(program);
    free(topics);
    return error;
}

int broker_subscriber_start(const char *folder, const char *product,
                            struct broker_subscriber **subscriber, struct diagnostic *diagnostic)
{
    struct broker_subscriber *made = calloc(1, sizeof(*made));
    int error = made != NULL ? start(made, folder, product, diagnostic) : RIG_ERROR_NO_MEMORY;

    if (error != RIG_OK) {
        broker_subscriber_destroy(made);
        return error;
    }
    *subscriber = made;
    return RIG_OK;
}

void broker_subscriber_destroy(struct broker_subscriber *subscriber)
{
    if (subscriber == NULL) {
        return;
    }
    process_destroy(subscriber->process);
    free(subscriber->topic);
    free(subscriber->items);
    free(subscriber);
}

int broker_subscriber_expect(struct broker_subscriber *subscriber, const char *topic)
{
    char *copy = text_duplicate(topic);

    if (copy == NULL) {
        return RIG_ERROR_NO_MEMORY;
    }
    free(subscriber->topic);
    subscriber->topic = copy;
    return RIG_OK;
}

int broker_subscriber_check(struct broker_subscriber *subscriber, struct diagnostic *diagnostic)
{
    char line[BROKER_READING_TEXT];
    size_t size = 0;
    const char *text;
    struct diagnostic waited = {""};
    int error = process_wait(subscriber->process, process_clock_ms(), &waited);

    if (error != RIG_OK && error != RIG_ERROR_TIMEOUT) {
        return diagnostic_fail(diagnostic, error, "%s", waited.text);
    }
    if (error == RIG_OK) {
        text = process_output(subscriber->process, PROCESS_STDERR, &size);
        broker_tool_last_line(text, size, line, sizeof(line));
        return diagnostic_fail(diagnostic, RIG_ERROR_BENCH,
                               "the broker's subscriber has ended by itself: %s", line);
    }
    return subscriber->no_memory ? RIG_ERROR_NO_MEMORY : RIG_OK;
}

struct broker_readings broker_subscriber_readings(const struct broker_subscriber *subscriber)
{
    const struct broker_readings readings = {
        .items = subscriber->items,
        .count = subscriber->count,
        .dropped = subscriber->dropped,
        .malformed = subscriber->malformed,
        .first_malformed = subscriber->first_malformed,
    };

    return readings;
}
