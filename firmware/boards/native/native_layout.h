/* native_layout.h - the flash of the native board, that of the process and of harnesses. */
#ifndef BOARDS_NATIVE_NATIVE_LAYOUT_H
#define BOARDS_NATIVE_NATIVE_LAYOUT_H

#include "flash_layout.h"

extern const struct flash_layout native_layout;

#endif
