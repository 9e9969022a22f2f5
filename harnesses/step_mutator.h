/*
 * step_mutator.h - structure-aware mutation of inputs that are steps (history.h): whole steps
 * first, then fields, then bytes.
 */
#ifndef STEP_MUTATOR_H
#define STEP_MUTATOR_H

#include "history.h"
#include "random.h"

#include <stddef.h>
#include <stdint.h>

#define STEP_MAX_BODY    288U /* of a generated step: more than the longest ADU */
#define STEP_SOURCE_MOST 4U   /* steps that one call may generate */

/* A step and the memory of its body. */
struct generated_step {
    struct history_step step;
    uint8_t body[STEP_MAX_BODY];
};

/* Where new steps come from. */
struct step_source {
    /* Writes 1 to STEP_SOURCE_MOST steps that may stand anywhere; returns how many. */
    size_t (*generate)(struct random *random, struct generated_step *steps);
    /* Likewise, steps that open the way for others, such as a log-in. */
    size_t (*open)(struct random *random, struct generated_step *steps);
    /* A number that tends to lie on a limit of something. */
    uint16_t (*number)(struct random *random);
};

/* Makes `generated` an empty step of `kind` with a body of `length` zeros. */
void generated_step_begin(struct generated_step *generated, uint8_t kind, size_t length);

/* As harness_mutate() of harness.h. */
size_t step_mutate(const struct step_source *source, uint8_t *data, size_t size, size_t max_size,
                   unsigned seed);

#endif
