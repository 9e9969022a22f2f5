/* The manual page ordeal(1), written from the tables of options.h. */
#ifndef ORDEAL_CLI_MANUAL_PAGE_H
#define ORDEAL_CLI_MANUAL_PAGE_H

#include <stdio.h>

/* Writes the page as roff with the man macros (man(7)). Errors show in ferror(out). */
void manual_page_write(FILE *out);

#endif
