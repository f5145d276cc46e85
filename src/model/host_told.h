/*
 * model/host_told.h -- the machine's alerts as its exporter hands them to the instance that speaks for it.
 */
#ifndef MC_MODEL_HOST_TOLD_H
#define MC_MODEL_HOST_TOLD_H

#include "model/answers.h"

#define HOST_TOLD_MAX    200    /* open ones, and as many that were over lately */
#define HOST_TOLD_OVER_S (7 * 86400) /* a notifier that did not run for days tells the end of what it told */

/* Of answers who gave them and why is not handed over: it tells only what need not be said. */
struct host_told {
	struct probe probe;             /* PROBE_INACTIVE: nothing was ever handed over */
	struct store_alert *alerts;     /* numbers as in the machine's book */
	size_t n_alerts;
	struct answer *answers;
	size_t n_answers;
};

#endif
