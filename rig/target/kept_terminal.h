/**
 * A pseudo-terminal that a device process offers by a link, kept open for as long as the rig may look
 * behind that link. When its process ends, Linux gives the number of a terminal that nobody has open to
 * whoever asks next, and the link would lead to somebody else's device.
 */
#ifndef RIG_TARGET_KEPT_TERMINAL_H
#define RIG_TARGET_KEPT_TERMINAL_H

struct kept_terminal {
    int descriptor; /**< owned; -1 for none */
};

#define KEPT_TERMINAL_NONE                                                                         \
    {                                                                                              \
        -1                                                                                         \
    }

/**
 * Opens what stands behind `link`; nothing is read from it. Without a link (NULL), or when nothing can
 * be opened there, none is kept, which whoever uses it finds out by himself. Whether the process still
 * ran afterwards is the caller's to check: else it may have been another one's terminal already.
 */
void kept_terminal_open(struct kept_terminal *terminal, const char *link);

/** Gives it back. Remove the link first. */
void kept_terminal_close(struct kept_terminal *terminal);

#endif
