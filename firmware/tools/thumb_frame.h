/*
 * thumb_frame.h - mends what GCC says of a function's stack. GCC 12 leaves out the arguments that came
 * in registers and that a function puts on the stack before all else, because they must lie beside
 * those that came on the stack: up to 16 bytes of variadic functions and of structures that are split
 * between both (AAPCS32, 6.5). The code shows them.
 */
#ifndef TOOLS_THUMB_FRAME_H
#define TOOLS_THUMB_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define THUMB_MOST_ARGUMENTS 16U /* bytes that GCC leaves out: r0 to r3 */

/*
 * The true frame of a function, in bytes. `code`: its Thumb instructions, `length` bytes; `frame`:
 * what GCC says.
 */
uint32_t thumb_frame(const uint8_t *code, size_t length, uint32_t frame);

#endif
