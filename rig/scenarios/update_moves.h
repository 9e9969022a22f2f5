/**
 * Moves of the update family: a new device whose genuine images are known is started, an image is
 * offered to it, it restarts by itself, its power is cut, and what it then runs is looked at, by its
 * own word and in its storage.
 *
 * A device that falls silent is no error here: functions say so in a bool, and the trial measures it.
 */
#ifndef RIG_SCENARIOS_UPDATE_MOVES_H
#define RIG_SCENARIOS_UPDATE_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "scenarios/image_check.h"
#include "scenarios/trial.h"

/** What update scenarios need beside others. */
#define UPDATE_NEEDS                                                                               \
    (CAN_POWER | CAN_ADAPTER | CAN_DUMP | CAN_SET | CAN_UPDATE | CAN_MAKE_NEW | CAN_STORAGE)

/** The check that update_cycle() measures; every scenario that uses it declares it so, under its
 * own clause. */
#define UPDATE_GENUINE_CHECK(clause)                                                               \
    {                                                                                              \
        "runs-genuine", "", CHECK_EQUALS, 1, NULL, clause, FINDING_ORACLE, SEVERITY_CRITICAL,      \
            "the device runs an image that is not a genuine one"                                   \
    }

/** Likewise of update_look() and others: a device that should answer does. */
#define UPDATE_ANSWERS_CHECK(clause, meaning)                                                      \
    {                                                                                              \
        "answers", "", CHECK_EQUALS, 1, NULL, clause, FINDING_HANG, SEVERITY_HIGH, meaning         \
    }

/** A device in a trial. Ended by update_end(). */
struct update_run {
    struct trial *trial;
    enum adapter_channel channel; /**< by which images are offered */
    uint64_t random;              /**< of the word's seed */
    struct genuine_list genuine;
    struct adapter_identity identity; /**< as it was last seen */
    struct adapter_health health;
    struct adapter_dump settings; /**< of the beginning, one of them not the factory's */
};

/** Whether the word's part `name` is exactly `text`. */
bool update_word_is(const char *word, const char *name, const char *text);

/**
 * Plans `way`, by which interface images are offered: both in turn where there are two. A bus takes
 * long for a whole image: unless the device is a process, it is left to depth deep.
 */
const char *update_plan_way(const struct bench *bench, const struct plan_options *options,
                            unsigned index);

/** Likewise where no more than the beginning of an image is sent. */
const char *update_plan_short_way(const struct bench *bench, unsigned index);

/**
 * Starts a new device and learns what it runs, changes a setting, and records these controls. The
 * word has `way:local` or `way:network`, and `seed:N`. RIG_ERROR_USAGE without; else as
 * scenario->run.
 */
int update_begin(struct update_run *run, struct trial *trial, const char *word,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;
void update_end(struct update_run *run);

/** Waits until it answers, and asks who it is. *up: it did. */
int update_look(struct update_run *run, bool *up, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** What is offered. */
struct update_offer {
    const char *path;
    bool activate;
    uint64_t stop_after; /**< bytes; UINT64_MAX: all */
    int64_t patience_ms; /**< 0: as long as an update may take */
};

/** Offers an image. *answered: the device said something, `answer`. */
int update_offer(struct update_run *run, const struct update_offer *offer,
                 struct adapter_answer *answer, bool *answered,
                 struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The same offer by which a trial shows that a route works and is not what refuses: the beginning of
 * genuine `key` is taken. The device's session is left open: a power cut has to follow. */
int update_control_route(struct update_run *run, const char *key,
                         struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether the device that spoke `after` has started since it spoke `before`. */
bool update_has_started(const struct adapter_health *before, const struct adapter_health *after);

/** Waits until the device has started since run->health, by itself, and looks. *restarted: it did,
 * and answers. */
int update_wait_restart(struct update_run *run, bool *restarted,
                        struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * A genuine update as a user makes it: `key` of the target's images is offered, the device starts it;
 * `confirm`: and it is confirmed. *installed: it runs another slot now;
 * else what went wrong is in the log.
 */
int update_install(struct update_run *run, const char *key, bool confirm, bool *installed,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Asks for the confirm of what runs, until it is accepted or the time is over. */
int update_confirm(struct update_run *run, bool *confirmed,
                   struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Cuts the power, or collects a cut that was armed, and measures "runs-genuine": the slot that the
 * device last said it ran holds a genuine image, byte for byte. Then as move_power_cycle(), and looks.
 */
int update_cycle(struct update_run *run, bool *up, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** The first half of update_cycle(): the device is off afterwards. */
int update_stop(struct update_run *run, struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether it runs what `before` did: slot, version, trial or not. */
bool update_is_same(const struct update_run *run, const struct adapter_identity *before);

/** "slot b, version 1.1.0, on trial", for a log. */
enum { UPDATE_TEXT = 320 };
const char *update_describe(const struct adapter_identity *identity, char text[UPDATE_TEXT]);

#endif
