/*
 * test_command.h - what a test build does on command, to show that the board's protection works. A
 * command is one character on the console, which a normal build never reads:
 *
 *   h  hang, with interrupts on        i  hang, with interrupts off
 *   f  read from an address that is not there
 *   s  overflow the stack              w  write to flash without its driver
 *   b  write to the boot ROM           x  execute from RAM
 *   l  lock the processor up
 */
#ifndef MPS2_AN505_TEST_COMMAND_H
#define MPS2_AN505_TEST_COMMAND_H

/* Obeys a command that has come. In a normal build it does nothing. */
#ifdef HEARTH_TEST_COMMANDS
void test_command_poll(void);
#else
static inline void test_command_poll(void)
{
}
#endif

#endif
