/* event_log_seeds.h - the committed seeds of the harness event_log. */
#ifndef EVENT_LOG_SEEDS_H
#define EVENT_LOG_SEEDS_H

/* Writes them with seed_writer.h. */
void event_log_seeds(void);

#endif
