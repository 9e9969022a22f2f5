/**
 * Passwords as a guesser sees them. Pure functions.
 */
#ifndef RIG_SCENARIOS_PASSWORDS_H
#define RIG_SCENARIOS_PASSWORDS_H

#include <stddef.h>
#include <stdint.h>

#include "target/adapter.h"

/** Writes a password that is not `right`: one of its kind, or nearly the right one. Draws from
 * *random, as random_next(). */
void password_make_wrong(const char *right, uint64_t *random, char wrong[ADAPTER_PASSWORD]);

/** A password of letters and digits for a user to choose: `ADAPTER_PASSWORD` is more than enough. */
void password_make_new(uint64_t *random, char password[ADAPTER_PASSWORD]);

/** Passwords that devices are known to be delivered with, each of them the same for all. */
size_t password_default_count(void);
const char *password_default_at(size_t index);

/** Bits that a password of this length and of these kinds of characters can have at most. Dashes
 * and blanks count as what groups it. */
double password_bits(const char *password);

/**
 * Per cent of the characters that two passwords have in common at the same place, of the longer
 * one, without what groups them. 100 for the same ones; a few for random ones; many for numbers that
 * are counted up.
 */
unsigned password_alike_percent(const char *one, const char *other);

/**
 * Per cent of a password's letters and digits that stand in one piece in the number of its device, in
 * upper or lower case and however both are grouped. 100 for one that can be read off; few for a random
 * one; 0 without a number.
 */
unsigned password_read_off_percent(const char *password, const char *number);

#endif
