#ifndef RIG_BASE_RIG_ERROR_H
#define RIG_BASE_RIG_ERROR_H

/** Put before a function whose result tells whether it worked: ignoring it is a compile error. */
#define RIG_MUST_CHECK __attribute__((warn_unused_result))

/** What a function of the rig returns when it can fail: RIG_OK or one of these, always negative. */
enum rig_error {
    RIG_OK = 0,
    RIG_ERROR_USAGE = -1,         /**< the command line or a call asks for something impossible */
    RIG_ERROR_CONFIGURATION = -2, /**< a file, a store or a folder is not what it must be */
    RIG_ERROR_NOT_FOUND = -3,     /**< an id, a name or a file that was asked for does not exist */
    RIG_ERROR_BENCH = -4,         /**< the lab itself failed: full disk, I/O error, missing tool */
    RIG_ERROR_TIMEOUT = -5,       /**< a deadline passed */
    RIG_ERROR_INTERRUPTED = -6,   /**< SIGINT or SIGTERM asked to stop */
    RIG_ERROR_NO_MEMORY = -7,     /**< an allocation failed */
    RIG_ERROR_DEVICE = -8,        /**< the device under test ended by its own fault */
};

/** Says in a few words what an error code means. Never NULL, also for values outside the enum. */
const char *rig_strerror(int error);

#endif
