/**
 * Boards that did not come back: a note that survives the run, so that the next one says so at once. It lies
 * where the locks lie, and is gone with them when this machine is switched off.
 */
#ifndef RIG_TARGET_BOARD_WEDGE_H
#define RIG_TARGET_BOARD_WEDGE_H

#include "base/diagnostic.h"
#include "base/rig_error.h"

enum { BOARD_WEDGE_TEXT = 512 }; /**< bytes of a reason, with its NUL; longer ones are cut */

/** All: RIG_OK, or RIG_ERROR_BENCH with a diagnostic. */

/** Notes, or notes anew, that the board of target `name` did not come back. */
RIG_MUST_CHECK int board_wedge_note(const char *name, const char *reason,
                                    struct diagnostic *diagnostic);

/** The reason that was noted, escaped; "" when the board is not known to be wedged. */
RIG_MUST_CHECK int board_wedge_read(const char *name, char reason[BOARD_WEDGE_TEXT],
                                    struct diagnostic *diagnostic);

/** Forgets the note; nothing when there is none. */
RIG_MUST_CHECK int board_wedge_clear(const char *name, struct diagnostic *diagnostic);

#endif
