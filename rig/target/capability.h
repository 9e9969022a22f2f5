/**
 * What a scenario may need of a target, and what to say where the target does not have it.
 */
#ifndef RIG_TARGET_CAPABILITY_H
#define RIG_TARGET_CAPABILITY_H

#include <stddef.h>

/** What a scenario may need. */
enum capability {
    CAN_POWER = 1 << 0, /**< power off and on */
    CAN_CUT = 1 << 1,   /**< power_arm() */
    CAN_CONSOLE = 1 << 2,
    CAN_RTU = 1 << 3,
    CAN_TCP = 1 << 4,
    CAN_LINK = 1 << 5,    /**< plug the network cable */
    CAN_WEATHER = 1 << 6, /**< lose and corrupt frames */
    CAN_STORAGE = 1 << 7,
    CAN_BROKER = 1 << 8,
    CAN_ADAPTER = 1 << 9, /**< identity and health */
    CAN_DUMP = 1 << 10,
    CAN_LOGIN = 1 << 11,
    CAN_SET = 1 << 12,
    CAN_SET_PASSWORD = 1 << 13,
    CAN_UPDATE = 1 << 14, /**< the adapter's verbs, and images of the target's file */
    CAN_ERASE = 1 << 15,
    CAN_MAKE_NEW = 1 << 16,  /**< bench_make_new(): a device fresh from the factory */
    CAN_PROBE = 1 << 17,     /**< a debug probe: bench_attach() (target/bench_probe.h) */
    CAN_UNLOCK = 1 << 18,    /**< an adapter that takes tokens, and a signer of them
                                 (target/token_signer.h) */
    CAN_DEBUG = 1 << 19,     /**< a debug probe, a word that is known, and memory to try it on */
    CAN_WATCHDOG = 1 << 20,  /**< one that ends what hangs: unless the target's file denies it */
    CAN_ERASE_ALL = 1 << 21, /**< a debug probe, and OpenOCD's command that erases the chip by it */
    CAPABILITY_COUNT = 22,
};

/** "power", "a console" ... of one capability bit; for messages. */
const char *capability_name(enum capability capability);

/**
 * Names each of `missing`, bits of enum capability, and what brings it: "timed power cuts, which ... bring; a
 * console, which ...". Cut at `size`.
 */
void capability_describe(unsigned missing, char *text, size_t size);

#endif
