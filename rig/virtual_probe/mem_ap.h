/**
 * A MEM-AP, the access port through which a debugger reads and writes a chip's memory (ADIv5.2, IHI
 * 0031, C2), as Arm's AHB-AP and AHB5-AP are: 8, 16 and 32 bits, increment by single transfers.
 *
 * Not modelled: packed transfers (a debugger sees that they are not taken, and does without).
 */
#ifndef RIG_VIRTUAL_PROBE_MEM_AP_H
#define RIG_VIRTUAL_PROBE_MEM_AP_H

#include <stdbool.h>
#include <stdint.h>

/** CSW (IHI 0031, C2.6.4; HNONSEC: AHB5-AP, Arm 100230, 10.4). */
enum mem_ap_csw {
    MEM_AP_SIZE = 0x7, /**< 0, 1, 2: 8, 16, 32 bits */
    MEM_AP_INCREMENT = 0x30,
    MEM_AP_INCREMENT_SINGLE = 0x10,
    MEM_AP_DEVICE_ENABLED = 1U << 6,  /**< read only: the port is open */
    MEM_AP_SECURE_ENABLED = 1U << 23, /**< read only: secure accesses are, too */
    MEM_AP_NON_SECURE = 1U << 30,     /**< the access is a non-secure one */
};

/** Registers, by address. */
enum mem_ap_register {
    MEM_AP_CSW = 0x00,
    MEM_AP_TAR = 0x04,
    MEM_AP_DRW = 0x0C,
    MEM_AP_BANKED = 0x10, /**< to 0x1C: four words around TAR */
    MEM_AP_CFG = 0xF4,
    MEM_AP_BASE = 0xF8,
    MEM_AP_IDR = 0xFC,
};

/** How one access is made. */
struct memory_access {
    uint32_t address; /**< a multiple of `size` */
    unsigned size;    /**< bytes: 1, 2 or 4 */
    bool secure;
};

/** What the port leads to. All members must be set, but `settle`. */
struct mem_ap_memory {
    void *context; /**< the first argument of every call */

    /** Whether the port is open at this moment, and open for secure accesses. */
    bool (*is_open)(void *context);
    bool (*is_secure_open)(void *context);

    /** One access; the value stands in the lowest bits. False: a bus error. Only while it is open. */
    bool (*read)(void *context, const struct memory_access *access, uint32_t *value);
    bool (*write)(void *context, const struct memory_access *access, uint32_t value);

    /** Ends the writes that wait. False: one failed. NULL: none ever wait. */
    bool (*settle)(void *context);
};

/** Who the port is: constants of a part. */
struct mem_ap_identity {
    uint32_t idr;       /**< IDR: designer, class and kind; 0: there is no access port */
    uint32_t base;      /**< BASE: address of the ROM table, and that there is one */
    uint32_t csw_reset; /**< CSW after a reset */
    bool has_security;  /**< parts of Armv8-M with the Security Extension */
};

/** Fields are the port's own, but `identity`, which may be changed at any time. */
struct mem_ap {
    struct mem_ap_memory memory;
    struct mem_ap_identity identity;
    uint32_t csw;
    uint32_t tar;
};

/** After power-up. Both are copied. */
void mem_ap_init(struct mem_ap *port, const struct mem_ap_memory *memory,
                 const struct mem_ap_identity *identity);

/** For struct access_port (debug_port.h); `context` is the struct mem_ap. */
bool mem_ap_read(void *context, uint8_t address, uint32_t *value);
bool mem_ap_write(void *context, uint8_t address, uint32_t value);
bool mem_ap_settle(void *context);

#endif
