/**
 * A user's data on a device: given to it with canaries in them, and looked for in its flash.
 */
#ifndef RIG_SCENARIOS_USER_DATA_H
#define RIG_SCENARIOS_USER_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "scenarios/canary.h"
#include "scenarios/trial.h"

/** What a trial gives. */
struct user_data_wish {
    bool texts_only;   /**< settings that take a free text; else all that can be changed */
    bool password;     /**< a password of the user's */
    bool address;      /**< log-ins over the network, which a device notes with an address */
    unsigned rewrites; /**< of one of the settings, so that older ones lie about in flash */
};

struct user_data {
    struct canary_list canaries;
    struct adapter_dump defaults; /**< settings before */
    struct adapter_dump changed;  /**< ... and with the user's data */
    char label[ADAPTER_PASSWORD];
    char password[ADAPTER_PASSWORD]; /**< the user's; "" when there is none */
};

/**
 * Gives the device the data, and makes bench->adapter.password the user's. Records the control that
 * the dump shows what was set. RIG_ERROR_DEVICE when it takes no setting at all.
 */
int user_data_give(struct trial *trial, const struct user_data_wish *wish, uint64_t *random,
                   struct user_data *data, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Switches off and reads the whole flash, for file_content_free(). */
int user_data_read_flash(struct trial *trial, struct file_content *flash,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Both, with a password of the user's, on a device that runs; it is off afterwards. Records the control that
 * the flash holds canaries. Errors of both.
 */
int user_data_plant(struct trial *trial, uint64_t *random, struct user_data *data,
                    struct file_content *flash, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Tells in `text` where the first canary is; "none" when `count` is 0. */
void user_data_describe(size_t count, const struct canary_hit *first, char text[TRIAL_REASON]);

/** Makes the passwords that verbs log in with the label's, or the user's. */
void user_data_use_label(struct trial *trial, const struct user_data *data);
void user_data_use_own(struct trial *trial, const struct user_data *data);

#endif
