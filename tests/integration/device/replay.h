/* replay.h - choices of a test that are random and can be repeated. */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include <stdint.h>

/* The number in an environment variable, 1 or more, or `otherwise` without one. */
uint32_t replay_number(const char *variable, uint32_t otherwise);

/* The next number of a stream; `state` is its seed at first, and never 0. */
uint32_t replay_random(uint32_t *state);

#endif
