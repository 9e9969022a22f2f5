#include "console.h"

#include "fault_text.h"
#include "hal.h"

#include <string.h>

/* Boot stage and application are linked apart: the section is all that it holds. */
struct console console __attribute__((section(".console")));

_Static_assert(sizeof console == CONSOLE_SIZE, "fills its place");

void console_clear(void)
{
    memset(&console, 0, sizeof console);
    console.magic = CONSOLE_MAGIC;
}

void fault_text_put(const char *text)
{
    if (console.magic != CONSOLE_MAGIC) {
        console_clear();
    }
    for (; *text != '\0'; text++) {
        console.text[console.count % CONSOLE_TEXT_SIZE] = *text;
        console.count++;
    }
}

void hal_console_line(const char *line)
{
    fault_text_put(line);
    fault_text_put("\n");
}
