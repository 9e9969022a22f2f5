#ifndef RIG_TARGET_TARGET_VALUE_H
#define RIG_TARGET_TARGET_VALUE_H

#include <stdbool.h>

#include "target/target_schema.h"

/** Whether a text is a value that the key takes; one item of it where the key takes a list. */
bool target_value_fits(const struct target_key *key, const char *text);

#define TARGET_VALUE_TEXT 128

/** What target_value_fits() accepts, in words: "a number from 1 to 247". */
void target_value_describe(const struct target_key *key, char text[TARGET_VALUE_TEXT]);

#endif
