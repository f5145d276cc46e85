/*
 * probe/own_show.h -- what a unit may do, in people's words (private to probe/own*.c).
 */
#ifndef MC_PROBE_OWN_SHOW_H
#define MC_PROBE_OWN_SHOW_H

#include "model/guard.h"
#include "probe/own_table.h"

/* Fills all but unit, instance_id and what is loose; values stand in the order of own_settings, NULL where not known. */
void own_show(struct own_unit *u, enum own_kind kind, const char *const *values, struct arena *a);

#endif
