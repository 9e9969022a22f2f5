#ifndef RIG_TARGET_TCL_LIST_H
#define RIG_TARGET_TCL_LIST_H

#include <stdbool.h>

/**
 * Takes the next element off a Tcl list (Tcl manual, "list"): *list moves behind it, *element is set
 * to it, without its braces, quotes or backslashes. The text is changed in place. False at the end of
 * the list, or when what follows is no element.
 */
bool tcl_list_next(char **list, char **element);

#endif
