/* startup.h - from the reset to main(), and the handlers of a stage. */
#ifndef MICROBIT_STARTUP_H
#define MICROBIT_STARTUP_H

/* What the stage does, after its memory is ready. Never returns. */
_Noreturn void stage_main(void);

/* Interrupts (uart.c, tick.c), and processor faults (fault.c). */
void uart_interrupt(void);
void tick_interrupt(void);
void fault_entry(void);

#endif
