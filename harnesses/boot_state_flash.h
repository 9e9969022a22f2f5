/* boot_state_flash.h - puts what an input of boot_state says into the flash of the board. */
#ifndef BOOT_STATE_FLASH_H
#define BOOT_STATE_FLASH_H

#include "history.h"

/* Each carries out the step of that name (boot_state_input.h); one that is too short does nothing. */
void boot_state_place_bytes(const struct history_step *step);
void boot_state_place_record(const struct history_step *step);
void boot_state_place_image(const struct history_step *step);

#endif
