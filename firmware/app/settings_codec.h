/* settings_codec.h - the settings as bytes in a record: format 1, fixed size, little-endian. */
#ifndef APP_SETTINGS_CODEC_H
#define APP_SETTINGS_CODEC_H

#include "settings.h"

#include <stdint.h>

#define SETTINGS_RECORD_SIZE 156U
#define SETTINGS_LOG_KIND    0x5345U /* "SE" */

void settings_encode(const struct settings *settings, uint8_t record[SETTINGS_RECORD_SIZE]);

/* Returns SETTINGS_OK, or SETTINGS_ERROR_VALUE for another format or a value out of range. */
HAL_MUST_CHECK int settings_decode(struct settings *settings,
                                   const uint8_t record[SETTINGS_RECORD_SIZE]);

#endif
