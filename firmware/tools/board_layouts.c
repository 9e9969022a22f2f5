#include "board_layouts.h"

#include "microbit_layout.h"
#include "mps2_an505_layout.h"
#include "native_layout.h"

#include <string.h>

const struct flash_layout *const board_layouts[BOARD_LAYOUTS] = {&native_layout, &mps2_an505_layout,
                                                                 &microbit_layout};

const struct flash_layout *flash_layout_find(const char *name)
{
    for (size_t i = 0; i < BOARD_LAYOUTS; i++) {
        if (strcmp(board_layouts[i]->board, name) == 0) {
            return board_layouts[i];
        }
    }
    return NULL;
}
