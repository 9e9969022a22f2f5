/*
 * flash_model.h - NOR flash as a strict part would behave, with faults on demand: that of the native
 * board, or for the tools that of any other.
 *
 * Rules that a driver must not break (else on_breach is called, which does not return): programs
 * and erases are aligned and inside the part; a program unit is programmed once between two erases,
 * so bits go from 1 to 0 only.
 */
#ifndef BOARDS_NATIVE_FLASH_MODEL_H
#define BOARDS_NATIVE_FLASH_MODEL_H

#include "fault.h"
#include "flash_layout.h"
#include "hal.h"

#include <stddef.h>
#include <stdint.h>

/* The native board's part (native_layout.h). */
#define FLASH_SECTOR_SIZE  4096U
#define FLASH_PROGRAM_UNIT 8U
#define FLASH_ERASED       0xFFU
#define FLASH_SLOT_SECTORS 16U
#define FLASH_SECTORS      (13U + 2U * FLASH_SLOT_SECTORS)
#define FLASH_SIZE         (FLASH_SECTORS * FLASH_SECTOR_SIZE)

struct flash_model {
    const struct flash_layout *layout; /* of the part; never NULL */
    uint8_t *bytes;      /* layout->size of them; the caller's memory, a file mapping if it likes */
    uint64_t *versions;  /* one for each sector, raised whenever it may have changed; or NULL */
    uint64_t version;    /* the highest one given so far: none is ever given twice */
    uint32_t operations; /* programs and erases so far, cut or failed ones included */
    struct fault fault;  /* armed; fault.operation counts down to 0 */
    bool fault_fired;    /* the proof: set when the armed fault took effect */
    void (*on_power_cut)(void); /* must not return; called for FAULT_POWER_CUT */
    void (*on_breach)(const char *what, uint32_t offset); /* must not return */
};

/* Where `area` is on the native board. The same for the process and for harnesses. */
struct hal_flash_geometry flash_model_geometry(enum hal_flash_area area);

/* As hal_flash_read(), hal_flash_program(), hal_flash_erase(). */
HAL_MUST_CHECK int flash_model_read(const struct flash_model *flash, uint32_t offset, void *buffer,
                                    size_t length);
HAL_MUST_CHECK int flash_model_program(struct flash_model *flash, uint32_t offset, const void *data,
                                       size_t length);
HAL_MUST_CHECK int flash_model_erase(struct flash_model *flash, uint32_t offset);

/* Gives the sectors that hold these bytes new versions: after bytes were changed past the model. */
void flash_model_changed(struct flash_model *flash, uint32_t offset, size_t length);

/* Arms one fault, counted from now, and takes any other back. */
void flash_model_arm(struct flash_model *flash, struct fault fault);

#endif
