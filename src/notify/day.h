/*
 * notify/day.h -- the last day of an instance, as words and as a picture (private to notify/).
 */
#ifndef MC_NOTIFY_DAY_H
#define MC_NOTIFY_DAY_H

#include "notify/notify.h"
#include "view/strip.h"

/*
 * "24 h: 22 h ok, 2 h not observed", in n->a; `what` begins it. The strip
 * itself in *strip (NULL: not wanted). NULL with *error.
 */
const char *notify_day(struct notify *n, const char *what, struct strip *strip, const char **error);

#endif
