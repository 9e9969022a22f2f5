/* settings_log_seeds.h - the committed seeds of settings_log. */
#ifndef SETTINGS_LOG_SEEDS_H
#define SETTINGS_LOG_SEEDS_H

/* Writes them with seed_writer.h. */
void settings_log_seeds(void);

#endif
