/* update_session_seeds.h - the committed seeds of update_session. */
#ifndef UPDATE_SESSION_SEEDS_H
#define UPDATE_SESSION_SEEDS_H

/* Writes them with seed_writer.h. */
void update_session_seeds(void);

#endif
