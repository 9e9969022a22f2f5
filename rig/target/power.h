/**
 * The supply of the device under test: switched on, switched off, and cut while the device works.
 *
 * A power cut is proven by what the device says afterwards (adapter.h: its start count), never by
 * the driver's word.
 */
#ifndef RIG_TARGET_POWER_H
#define RIG_TARGET_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diagnostic.h"
#include "base/rig_error.h"

/** Where within a flash operation power fails; the words of firmware/include/fault.h. */
enum power_cut_moment {
    POWER_CUT_BEFORE, /**< nothing of the operation took effect */
    POWER_CUT_TORN,   /**< part of it did */
    POWER_CUT_AFTER,  /**< all of it did */
};

/** How a cut is aimed. */
enum power_cut_kind {
    POWER_CUT_TIMED,     /**< a time after power_arm(); the host's jitter is part of it */
    POWER_CUT_OPERATION, /**< at a flash operation, exactly; drivers with `counts_operations` */
};

/** A cut as data: it can be enumerated, sampled, written down and replayed. */
struct power_cut {
    enum power_cut_kind kind;
    uint32_t after_us;            /**< TIMED: microseconds from power_arm() on */
    uint32_t operation;           /**< OPERATION: 0 is the next one from power_arm() on */
    enum power_cut_moment moment; /**< OPERATION */
};

struct power_driver {
    bool counts_operations; /**< takes POWER_CUT_OPERATION */

    /** Returns once the device has power; the device need not answer yet. Nothing when it is on. */
    int (*on)(void *self, int64_t deadline_ms, struct diagnostic *diagnostic);

    /** Returns once it has none; nothing when it is off. A device that ended by its own fault is
     * RIG_ERROR_DEVICE, and off all the same. Not cut short by an interrupt. */
    int (*off)(void *self, int64_t deadline_ms, struct diagnostic *diagnostic);

    /** See power_arm(); NULL where no cut can be armed. */
    int (*arm)(void *self, const struct power_cut *cut, struct diagnostic *diagnostic);

    /** See power_has_fallen(); NULL where the driver cannot tell. */
    bool (*has_fallen)(void *self);

    /** A reset that leaves power on; NULL where there is none. */
    int (*reset)(void *self, int64_t deadline_ms, struct diagnostic *diagnostic);

    /** Off and on again in one go, for supplies that have that; NULL: off and on do it. */
    int (*cycle)(void *self, int64_t deadline_ms, struct diagnostic *diagnostic);
};

/** All zero: the target has no power driver. */
struct power {
    const struct power_driver *driver;
    void *self;
};

bool power_exists(const struct power *power);

/**
 * Deadlines are of process_clock_ms(). Errors of all: RIG_ERROR_BENCH (the driver failed),
 * RIG_ERROR_TIMEOUT, RIG_ERROR_INTERRUPTED, RIG_ERROR_NO_MEMORY, RIG_ERROR_DEVICE (see `off`);
 * RIG_ERROR_USAGE when there is no driver or it cannot do that.
 */
int power_on(const struct power *power, int64_t deadline_ms,
             struct diagnostic *diagnostic) RIG_MUST_CHECK;
int power_off(const struct power *power, int64_t deadline_ms,
              struct diagnostic *diagnostic) RIG_MUST_CHECK;
int power_reset(const struct power *power, int64_t deadline_ms,
                struct diagnostic *diagnostic) RIG_MUST_CHECK;

/**
 * Arms a cut, before the request that it is to hit, or before power_on() to hit the start. Whoever
 * talks to the device then sees it fall silent, and calls power_off() to collect it (which also
 * disarms). One cut at a time.
 */
int power_arm(const struct power *power, const struct power_cut *cut,
              struct diagnostic *diagnostic) RIG_MUST_CHECK;

/** Whether power_arm() takes cuts of that kind. */
bool power_can_arm(const struct power *power, enum power_cut_kind kind);

/** Whether the armed cut has come by now, by the driver's own word: good for choosing the next cut,
 * no proof of anything. */
bool power_has_fallen(const struct power *power);

enum { POWER_CUT_TEXT = 32 };

/** "us:12000", "op:3:before", "op:3:torn", "op:3:after": a word of a replay id. */
void power_cut_format(const struct power_cut *cut, char text[POWER_CUT_TEXT]);

/** Reads what power_cut_format() writes. RIG_ERROR_USAGE for anything else. */
int power_cut_parse(const char *text, struct power_cut *cut) RIG_MUST_CHECK;

#endif
