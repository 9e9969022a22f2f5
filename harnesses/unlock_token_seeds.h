/* unlock_token_seeds.h - the committed seeds of the harness unlock_token. */
#ifndef UNLOCK_TOKEN_SEEDS_H
#define UNLOCK_TOKEN_SEEDS_H

/* Writes them with seed_writer.h. */
void unlock_token_seeds(void);

#endif
