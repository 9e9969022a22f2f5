#include "target/kept_terminal.h"

#include <fcntl.h>
#include <unistd.h>

void kept_terminal_open(struct kept_terminal *terminal, const char *link)
{
    kept_terminal_close(terminal);
    if (link != NULL)
        terminal->descriptor = open(link, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

void kept_terminal_close(struct kept_terminal *terminal)
{
    if (terminal->descriptor >= 0)
        (void)close(terminal->descriptor);
    *terminal = (struct kept_terminal)KEPT_TERMINAL_NONE;
}
