#include "step_mutator.h"

#include "byte_order.h"
#include "harness.h"
#include "history.h"
#include "random.h"

#include <stdbool.h>
#include <string.h>

#define MAX_HISTORY 16384U
#define MAX_BODY    1024U

/* The parent, step by step, and the child in the making. */
struct mutation {
    const struct step_source *source;
    struct random random;
    struct history_step steps[HISTORY_MAX_STEPS];
    size_t count;
    uint8_t child[MAX_HISTORY];
    size_t child_size;
    size_t capacity;
};

void generated_step_begin(struct generated_step *generated, uint8_t kind, size_t length)
{
    memset(generated->body, 0, sizeof generated->body);
    generated->step.kind = (enum history_kind)kind;
    generated->step.options = 0;
    generated->step.body = generated->body;
    generated->step.length = length;
}

static void append(struct mutation *mutation, const struct history_step *step)
{
    /* A step that no longer fits is dropped: histories have a bounded length. */
    (void)history_append(mutation->child, &mutation->child_size, mutation->capacity, step);
}

static void append_range(struct mutation *mutation, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        append(mutation, &mutation->steps[i]);
    }
}

static void append_generated(struct mutation *mutation, bool opening)
{
    struct generated_step generated[STEP_SOURCE_MOST];
    size_t count = opening ? mutation->source->open(&mutation->random, generated)
                           : mutation->source->generate(&mutation->random, generated);

    for (size_t i = 0; i < count; i++) {
        append(mutation, &generated[i].step);
    }
}

static void insert_steps(struct mutation *mutation, size_t at)
{
    append_range(mutation, 0, at);
    if (random_chance(&mutation->random, 20)) {
        append_generated(mutation, true);
    }
    for (size_t i = random_below(&mutation->random, 3) + 1U; i > 0; i--) {
        append_generated(mutation, false);
    }
    append_range(mutation, at, mutation->count);
}

static void delete_steps(struct mutation *mutation, size_t at)
{
    size_t end = at + 1U + random_below(&mutation->random, mutation->count - at);

    append_range(mutation, 0, at);
    append_range(mutation, end, mutation->count);
}

static void duplicate_step(struct mutation *mutation, size_t at)
{
    append_range(mutation, 0, at + 1U);
    append(mutation, &mutation->steps[at]);
    append_range(mutation, at + 1U, mutation->count);
}

static void move_step(struct mutation *mutation, size_t at)
{
    size_t to = random_below(&mutation->random, mutation->count);
    const struct history_step moved = mutation->steps[at];

    mutation->steps[at] = mutation->steps[to];
    mutation->steps[to] = moved;
    append_range(mutation, 0, mutation->count);
}

/* One number of the body becomes interesting, or the engine changes some bytes. */
static void change_body(struct mutation *mutation, size_t at)
{
    uint8_t body[MAX_BODY];
    struct history_step step = mutation->steps[at];

    if (step.length > sizeof body / 2U) {
        step.length = sizeof body / 2U;
    }
    memcpy(body, step.body, step.length);
    if (step.length >= 2 && random_chance(&mutation->random, 50)) {
        size_t place = random_below(&mutation->random, step.length - 1U);
        put_be16(body + place, mutation->source->number(&mutation->random));
    } else {
        step.length = harness_mutate_bytes(body, step.length, sizeof body);
    }
    step.body = body;
    append_range(mutation, 0, at);
    append(mutation, &step);
    append_range(mutation, at + 1U, mutation->count);
}

static void change_options(struct mutation *mutation, size_t at)
{
    uint8_t bit = (uint8_t)(HISTORY_SPLIT << random_below(&mutation->random, 5));

    mutation->steps[at].options = (uint8_t)(mutation->steps[at].options ^ bit);
    append_range(mutation, 0, mutation->count);
}

static void mutate_steps(struct mutation *mutation)
{
    size_t at = mutation->count > 0 ? random_below(&mutation->random, mutation->count) : 0;
    size_t roll = random_below(&mutation->random, 100);

    if (mutation->count == 0 || roll < 40) {
        insert_steps(mutation, at);
    } else if (roll < 55) {
        delete_steps(mutation, at);
    } else if (roll < 63) {
        duplicate_step(mutation, at);
    } else if (roll < 68) {
        move_step(mutation, at);
    } else if (roll < 75) {
        change_options(mutation, at);
    } else {
        change_body(mutation, at);
    }
}

static void split_into_steps(struct mutation *mutation, const uint8_t *data, size_t size)
{
    size_t position = 0;

    mutation->count = 0;
    while (mutation->count < HISTORY_MAX_STEPS &&
           history_next(data, size, &position, &mutation->steps[mutation->count])) {
        mutation->count++;
    }
}

size_t step_mutate(const struct step_source *source, uint8_t *data, size_t size, size_t max_size,
                   unsigned seed)
{
    static struct mutation mutation;

    mutation.source = source;
    mutation.random = random_from(seed);
    if (random_chance(&mutation.random, 4)) {
        return harness_mutate_bytes(data, size, max_size);
    }
    mutation.capacity = max_size < MAX_HISTORY ? max_size : MAX_HISTORY;
    mutation.child_size = 0;
    split_into_steps(&mutation, data, size);
    mutate_steps(&mutation);
    if (mutation.child_size == 0) {
        return harness_mutate_bytes(data, size, max_size);
    }
    memcpy(data, mutation.child, mutation.child_size);
    return mutation.child_size;
}
