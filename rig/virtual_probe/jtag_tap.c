#include "virtual_probe/jtag_tap.h"

enum {
    INSTRUCTION_BITS = 4,
    INSTRUCTION_CAPTURED = 0x1, /* IEEE 1149.1, 7.1.1: its lowest two bits are 01 */
    INSTRUCTION_MASK = 0xF,
    IDCODE_BITS = 32,
    ACCESS_BITS = 35,
};

/* Where TMS leads from each state: low, high (IEEE 1149.1, figure 6-1). */
static const uint8_t next_state[JTAG_STATES][2] = {
    [JTAG_RESET] = {JTAG_IDLE, JTAG_RESET},
    [JTAG_IDLE] = {JTAG_IDLE, JTAG_SELECT_DR},
    [JTAG_SELECT_DR] = {JTAG_CAPTURE_DR, JTAG_SELECT_IR},
    [JTAG_CAPTURE_DR] = {JTAG_SHIFT_DR, JTAG_EXIT1_DR},
    [JTAG_SHIFT_DR] = {JTAG_SHIFT_DR, JTAG_EXIT1_DR},
    [JTAG_EXIT1_DR] = {JTAG_PAUSE_DR, JTAG_UPDATE_DR},
    [JTAG_PAUSE_DR] = {JTAG_PAUSE_DR, JTAG_EXIT2_DR},
    [JTAG_EXIT2_DR] = {JTAG_SHIFT_DR, JTAG_UPDATE_DR},
    [JTAG_UPDATE_DR] = {JTAG_IDLE, JTAG_SELECT_DR},
    [JTAG_SELECT_IR] = {JTAG_CAPTURE_IR, JTAG_RESET},
    [JTAG_CAPTURE_IR] = {JTAG_SHIFT_IR, JTAG_EXIT1_IR},
    [JTAG_SHIFT_IR] = {JTAG_SHIFT_IR, JTAG_EXIT1_IR},
    [JTAG_EXIT1_IR] = {JTAG_PAUSE_IR, JTAG_UPDATE_IR},
    [JTAG_PAUSE_IR] = {JTAG_PAUSE_IR, JTAG_EXIT2_IR},
    [JTAG_EXIT2_IR] = {JTAG_SHIFT_IR, JTAG_UPDATE_IR},
    [JTAG_UPDATE_IR] = {JTAG_IDLE, JTAG_SELECT_DR},
};

void jtag_tap_init(struct jtag_tap *tap, const struct jtag_port *port)
{
    *tap = (struct jtag_tap){.port = *port};
    jtag_tap_reset(tap);
}

void jtag_tap_reset(struct jtag_tap *tap)
{
    tap->state = JTAG_RESET;
    tap->instruction = JTAG_IDCODE;
    tap->shift = 0;
    tap->length = 1;
}

static void capture_data(struct jtag_tap *tap)
{
    switch (tap->instruction) {
    case JTAG_IDCODE:
        tap->shift = tap->port.idcode;
        tap->length = IDCODE_BITS;
        break;
    case JTAG_DPACC:
    case JTAG_APACC:
        tap->shift = tap->port.capture(tap->port.context, (enum jtag_instruction)tap->instruction);
        tap->length = ACCESS_BITS;
        break;
    case JTAG_ABORT:
        tap->shift = 0;
        tap->length = ACCESS_BITS;
        break;
    default:
        tap->shift = 0;
        tap->length = 1;
        break;
    }
}

static void update_data(struct jtag_tap *tap)
{
    if (tap->instruction == JTAG_DPACC || tap->instruction == JTAG_APACC ||
        tap->instruction == JTAG_ABORT) {
        tap->port.update(tap->port.context, (enum jtag_instruction)tap->instruction, tap->shift);
    }
}

/* What the state that the rising edge leaves does with the shift register. */
static void leave_state(struct jtag_tap *tap, bool tdi)
{
    switch (tap->state) {
    case JTAG_CAPTURE_DR:
        capture_data(tap);
        break;
    case JTAG_CAPTURE_IR:
        tap->shift = INSTRUCTION_CAPTURED;
        tap->length = INSTRUCTION_BITS;
        break;
    case JTAG_SHIFT_DR:
    case JTAG_SHIFT_IR:
        tap->shift = tap->shift >> 1 | (uint64_t)tdi << (tap->length - 1);
        break;
    default:
        break;
    }
}

static void enter_state(struct jtag_tap *tap)
{
    switch (tap->state) {
    case JTAG_RESET:
        tap->instruction = JTAG_IDCODE;
        break;
    case JTAG_UPDATE_IR:
        tap->instruction = (uint8_t)(tap->shift & INSTRUCTION_MASK);
        break;
    case JTAG_UPDATE_DR:
        update_data(tap);
        break;
    default:
        break;
    }
}

bool jtag_tap_clock(struct jtag_tap *tap, bool tms, bool tdi)
{
    const bool shifts = tap->state == JTAG_SHIFT_DR || tap->state == JTAG_SHIFT_IR;
    const bool tdo = shifts ? (tap->shift & 1) != 0 : true;

    leave_state(tap, tdi);
    tap->state = (enum jtag_state)next_state[tap->state][tms];
    enter_state(tap);
    return tdo;
}
