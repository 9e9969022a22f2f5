/* startup.h - from the reset to main(), and the handlers of the vector table. */
#ifndef MPS2_AN505_STARTUP_H
#define MPS2_AN505_STARTUP_H

/* What the stage does, after its memory is ready and the MPU is on. Never returns. */
_Noreturn void stage_main(void);

/* The stage's memory protection; called with RAM initialised, before stage_main(). */
void stage_protect(void);

/* Interrupts that a driver of the stage serves; a stage without that driver has none. */
void uart_bus_interrupt(void);
void ethernet_interrupt(void);

/* The watchdog's NMI (watchdog.c), and processor faults (fault.c). */
void watchdog_expired(void);
void fault_entry(void);

#endif
