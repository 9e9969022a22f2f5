#include "history_mutator.h"

#include "harness.h"
#include "mailbox.h"
#include "step_generator.h"
#include "step_mutator.h"

#include <stdlib.h>
#include <string.h>

static size_t generate_any(struct random *random, struct generated_step *steps)
{
    if (random_chance(random, 2)) {
        generate_failing_broadcast(random, steps);
        return 2;
    }
    generate_step(random, &steps[0]);
    return 1;
}

static size_t generate_login(struct random *random, struct generated_step *steps)
{
    generate_plain_message(&steps[0],
                           random_chance(random, 90) ? MAILBOX_HELLO : MAILBOX_HELLO_LABEL);
    generate_plain_message(&steps[1], MAILBOX_LOGIN);
    return 2;
}

/* One REQUEST and nothing else: what scripts/measure asks for to state a speed. */
static size_t generate_single_request(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct random random = random_from(seed);
    struct generated_step generated;
    size_t child_size = 0;

    generate_request(&random, &generated);
    if (!history_append(data, &child_size, max_size, &generated.step)) {
        return harness_mutate_bytes(data, size, max_size);
    }
    return child_size;
}

size_t history_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static const struct step_source source = {
        .generate = generate_any, .open = generate_login, .number = generate_number};
    static int single_requests = -1;

    if (single_requests < 0) {
        single_requests = getenv("HARNESS_SINGLE_REQUESTS") != NULL ? 1 : 0;
    }
    if (single_requests == 1) {
        return generate_single_request(data, size, max_size, seed);
    }
    return step_mutate(&source, data, size, max_size, seed);
}
