/* What the foreign device keeps: who it is, its settings, who may change them. */
#ifndef FOREIGN_SETTINGS_H
#define FOREIGN_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TEXT_SIZE = 33, /* of names and passwords, with their NUL */
    PASSWORD_SHORTEST = 8,
    INTERVAL_MAX = 86400, /* seconds */
    VOLUME_MAX = 10,
};

struct factory {
    char device_id[17];
    char password[TEXT_SIZE]; /* on the label */
};

struct settings {
    char name[TEXT_SIZE];
    char password[TEXT_SIZE];
    uint32_t interval_s;
    uint32_t volume;
    uint32_t is_erasing; /* an erase that is not complete: the older record must go */
};

struct defects {
    bool torn_settings; /* settings are written in place */
    bool lazy_erase;    /* an erase leaves the older record in flash */
};

/* Reads all, makes what is missing, completes an erase. True when the device is fresh from the factory. */
bool settings_start(struct defects defects);

const struct factory *settings_factory(void);
const struct settings *settings_now(void);
uint32_t settings_starts(void);

void settings_change(const struct settings *changed);
void settings_erase(void);

/* How long no log-in is taken, in milliseconds from the last failure, or from the start, on; 0: not at all. */
uint32_t settings_wait_ms(void);

/* Counts an attempt as failed before it is judged, so that a power cut saves nobody a wait. */
void settings_count_attempt(void);
void settings_forgive(void);

#endif
