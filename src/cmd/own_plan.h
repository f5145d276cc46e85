/*
 * cmd/own_plan.h -- what the exporter of the machine looks at of our own, from the configuration.
 */
#ifndef MC_CMD_OWN_PLAN_H
#define MC_CMD_OWN_PLAN_H

#include "config/config.h"
#include "probe/own.h"

/* In `a`; borrows from the configuration. */
struct own_question *own_plan(const struct config *c, struct arena *a);

#endif
