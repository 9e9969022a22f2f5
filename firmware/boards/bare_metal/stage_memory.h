/* stage_memory.h - the memory of a stage as C expects it, by the symbols of the board's linker script. */
#ifndef BOARDS_BARE_METAL_STAGE_MEMORY_H
#define BOARDS_BARE_METAL_STAGE_MEMORY_H

/* Gives variables their first values. Called once, before anything that has any. */
void stage_memory_fill(void);

#endif
