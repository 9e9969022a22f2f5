/*
 * step_generator.h - makes up single steps of a history: Modbus requests after the function table,
 * mailbox messages after the message table, waits, faults.
 */
#ifndef STEP_GENERATOR_H
#define STEP_GENERATOR_H

#include "random.h"
#include "step_mutator.h"

#include <stddef.h>
#include <stdint.h>

/* Any step; what is likely to reach deep is likely to come. */
void generate_step(struct random *random, struct generated_step *generated);

/* A REQUEST. */
void generate_request(struct random *random, struct generated_step *generated);

/* Two steps: flash refuses, and then a write to the broadcast address asks for it. */
void generate_failing_broadcast(struct random *random, struct generated_step steps[2]);

/* A plain message of the test client: HELLO, LOGIN or LOG_OUT. */
void generate_plain_message(struct generated_step *generated, uint8_t type);

/* A value that tends to lie on a limit of something. */
uint16_t generate_number(struct random *random);

#endif
