/* Programs that the lab calls: where they are and which version they say they are. */
#ifndef ORDEAL_CLI_TOOL_H
#define ORDEAL_CLI_TOOL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds an executable of that name in PATH, then in /usr/local/sbin and /usr/sbin: a user's PATH
 * often leaves these out, though anyone may run what is there. Its path is for free(). NULL when
 * there is none.
 */
char *tool_find(const char *name);

/*
 * Runs ARGV (ended by NULL, argv[0] a path) for at most ten seconds and writes the first line
 * that it prints on standard output into TEXT, escaped. False, with an empty text, when it cannot
 * be run, fails or prints nothing.
 */
bool tool_first_line(const char *const argv[], char *text, size_t size);

/*
 * The same for the first line, on standard output or else on standard error, that begins with
 * BEGINNING. Any exit code will do: some tools fail when they are asked for their version.
 */
bool tool_line(const char *const argv[], const char *beginning, char *text, size_t size);

#endif
