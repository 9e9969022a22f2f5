/*
 * boot_stage.h - what the boot stage of any board does between its start and the jump into the
 * application (boot.h). It never changes after the factory.
 */
#ifndef BOARDS_BARE_METAL_BOOT_STAGE_H
#define BOARDS_BARE_METAL_BOOT_STAGE_H

#include "image.h"

/*
 * Starts the watchdog, decides, leaves the decision for the application (retained.h) and returns the
 * slot to start. If none may run it does not return: it is the recovery device until the next reset.
 * Called once, with console, clock, bus and the memory of the cryptography ready.
 */
enum image_slot boot_stage_decide(void);

#endif
