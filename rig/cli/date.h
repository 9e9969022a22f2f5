/* Calendar days as the command line takes them. */
#ifndef ORDEAL_CLI_DATE_H
#define ORDEAL_CLI_DATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads a day as ISO 8601 writes it, "2026-12-31", of the years 1970 to 9999. *end becomes the
 * moment at which that day is over (midnight UTC), in seconds since 1970. False for anything else.
 */
bool date_parse(const char *text, int64_t *end);

/* Room for what date_phrase() writes. */
#define DATE_PHRASE_SIZE 32

/* The day that is over at END (seconds since 1970): what date_parse() reads. Returns TEXT. */
const char *date_phrase(int64_t end, char text[DATE_PHRASE_SIZE]);

#endif
