/*
 * web/looked.h -- when this browser looked at the overview before.
 *
 * A cookie remembers two times: the look before and the present one. Looks
 * less than half an hour apart are one, so that a page reloaded tells the same
 * news again. Nothing is stored on the server.
 */
#ifndef MC_WEB_LOOKED_H
#define MC_WEB_LOOKED_H

#include "web/pane.h"

/*
 * When the look before the present one was; 0 when that is not known. A page
 * asked for whole moves the memory on; a part of it and JSON do not (JSON is
 * told by ?since=, or knows nothing). Call once.
 */
int64_t looked_before(struct pane *p) __attribute__((nonnull));

#endif
