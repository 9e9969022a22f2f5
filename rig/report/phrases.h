/* Phrases that the report and the command line share. */
#ifndef ORDEAL_REPORT_PHRASES_H
#define ORDEAL_REPORT_PHRASES_H

#include <stdint.h>

/* The folder that a store is kept in when no other is named, relative to the current folder. */
#define DEFAULT_STORE_FOLDER "ordeal-store"

/* What every report says of itself. */
#define REPORT_NOTE                                                                                \
    "This report gives evidence against provisions of ETSI EN 303 645 V3.1.3 and certifies "       \
    "nothing. PASS means: no counter-example in the attack set that stands beside it. The "        \
    "conceptual half of each provision is left to a person."

/* Room for what time_phrase() writes. */
#define TIME_PHRASE_SIZE 32

/* SECONDS since 1970 as "2026-01-31 12:00:00 UTC", "-" for 0 and for years beyond 9999; returns
 * TEXT. */
const char *time_phrase(int64_t seconds, char text[TIME_PHRASE_SIZE]);

/*
 * The command that reproduces finding ID of the store in STORE_FOLDER, ready to paste into a
 * shell: `ordeal repro F-3`, with a quoted --store when it is not the default. For free(); NULL
 * when memory is short.
 */
char *repro_command(const char *store_folder, int64_t id);

#endif
