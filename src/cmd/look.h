/*
 * cmd/look.h -- a status in a terminal: shape and word and, where there are colours, colour.
 */
#ifndef MC_CMD_LOOK_H
#define MC_CMD_LOOK_H

#include <stdbool.h>

#include "view/status.h"

/* Prints mark and word to stdout, the word filled up with blanks to `width` columns (0: as it is). */
void look_print(enum status s, const char *word, int width, bool colours);

#endif
