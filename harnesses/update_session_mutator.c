#include "update_session_mutator.h"

#include "byte_order.h"
#include "fault.h"
#include "step_generator.h"
#include "step_mutator.h"
#include "update_client.h"

#define MOST_NUMBER 12U /* of images: their security counters are 1 to 3 */

static void generate_action(struct random *random, struct generated_step *generated,
                            enum update_action action)
{
    generated_step_begin(generated, HISTORY_UPDATE, UPDATE_STEP_SIZE);
    generated->body[0] = (uint8_t)action;
    generated->body[3] =
        random_chance(random, 80) ? UPDATE_MOST_CHUNKS - 1U : (uint8_t)random_next(random);
    generated->body[6] = random_chance(random, 70) ? 207 : (uint8_t)random_next(random);
}

static void generate_image(struct random *random, struct generated_step *generated)
{
    static const uint16_t lengths[] = {0, 6, 7, 8, 127, 900, 3967, 3968, 3969, 5999};

    generate_action(random, generated, UPDATE_OPEN);
    generated->body[1] = (uint8_t)random_below(random, MOST_NUMBER);
    generated->body[3] = (uint8_t)random_next(random);
    if (random_chance(random, 25)) {
        generated->body[2] = (uint8_t)random_below(random, UPDATE_SPOIL_COUNT);
    }
    put_le16(generated->body + 4,
             random_chance(random, 60)
                 ? (uint16_t)random_below(random, 400)
                 : lengths[random_below(random, sizeof lengths / sizeof lengths[0])]);
}

/* All of an update, so that what comes behind it is reached often. */
static size_t generate_whole(struct random *random, struct generated_step *steps)
{
    generate_image(random, &steps[0]);
    generate_action(random, &steps[1], UPDATE_SEND);
    generate_action(random, &steps[2], UPDATE_FINISH);
    generate_action(random, &steps[3], UPDATE_ACTIVATE);
    return 4;
}

static size_t generate_confirm(struct random *random, struct generated_step *steps)
{
    generate_plain_message(&steps[0], MAILBOX_HELLO);
    generate_plain_message(&steps[1], MAILBOX_LOGIN);
    generate_action(random, &steps[2], UPDATE_CONFIRM);
    return 3;
}

static void generate_late_fault(struct random *random, struct generated_step *generated)
{
    generated_step_begin(generated, HISTORY_FAULT, 4);
    generated->body[0] = (uint8_t)random_below(random, 2);
    generated->body[1] = (uint8_t)random_below(random, FAULT_MOMENT_COUNT);
    generated->body[2] = (uint8_t)random_below(random, random_chance(random, 50) ? 3 : 40);
    generated->body[3] = (uint8_t)random_below(random, 30);
}

static void misbehave(struct random *random, struct generated_step *generated)
{
    static const uint8_t misbehaviours[] = {HISTORY_TAMPER, HISTORY_REPLAY, HISTORY_OTHER_PLACE,
                                            HISTORY_SPLIT};

    if (random_chance(random, 8)) {
        generated->step.options |= misbehaviours[random_below(random, sizeof misbehaviours)];
    }
}

static size_t generate(struct random *random, struct generated_step *steps)
{
    size_t roll = random_below(random, 100);

    if (roll < 25) {
        return generate_whole(random, steps);
    }
    if (roll < 40) {
        return generate_confirm(random, steps);
    }
    if (roll < 50) {
        generate_image(random, &steps[0]);
    } else if (roll < 70) {
        generate_action(random, &steps[0],
                        (enum update_action)random_below(random, UPDATE_ACTION_COUNT));
    } else if (roll < 82) {
        generate_late_fault(random, &steps[0]);
    } else if (roll < 90) {
        generated_step_begin(&steps[0], HISTORY_RESTART, 0);
    } else {
        generate_step(random, &steps[0]);
    }
    if (steps[0].step.kind == HISTORY_UPDATE) {
        misbehave(random, &steps[0]);
    }
    return 1;
}

static size_t open(struct random *random, struct generated_step *steps)
{
    generate_plain_message(&steps[0], MAILBOX_HELLO);
    generate_plain_message(&steps[1], MAILBOX_LOGIN);
    generate_image(random, &steps[2]);
    generate_action(random, &steps[3], UPDATE_SEND);
    return 4;
}

size_t update_session_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate, .open = open, .number = generate_number};

    return step_mutate(&source, data, size, max_size, seed);
}
