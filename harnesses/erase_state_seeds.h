/* erase_state_seeds.h - the committed seeds of the harness erase_state. */
#ifndef ERASE_STATE_SEEDS_H
#define ERASE_STATE_SEEDS_H

/* Writes them with seed_writer.h. */
void erase_state_seeds(void);

#endif
