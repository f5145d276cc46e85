/*
 * hermes/cron_schedule.h -- when a job is due: what Hermes's schedules mean.
 *
 * cron/jobs.py: parse_schedule, compute_next_run, _compute_grace_seconds. The
 * one place that knows; a pane gets words, times and a grace from the report.
 */
#ifndef MC_HERMES_CRON_SCHEDULE_H
#define MC_HERMES_CRON_SCHEDULE_H

#include <stdbool.h>

#include "base/tzif.h"
#include "hermes/cronexpr.h"
#include "hermes/hermes.h"
#include "json/json.h"
#include "model/cron.h"

/* What the jobs of one home have in common. */
struct cron_reading {
	int64_t now;
	struct tzif configured;     /* config.yaml's timezone */
	struct tzif own;            /* the machine's */
	bool has_configured;
	bool has_own;
	size_t due_left;            /* so many stretches of due times may still be told */
	struct arena *a;
};

/* Begins with the zones of the home; everything lives in `a`. */
void cron_reading_begin(struct cron_reading *r, const struct hermes_source *src, struct arena *a);

/*
 * Fills in kind, expr, words, zone, period_s, grace_s and due of a job whose
 * times are filled in already.
 */
void cron_schedule_read(struct cron_job *out, const cJSON *job, struct cron_reading *r);

/* A cron expression in words ("every weekday at 06:00"), in `a`. */
const char *cron_words(const struct cronexpr *c, struct arena *a);

/* An interval of whole minutes in words: "every 30 minutes", "every hour", "every 2 days". */
const char *cron_interval_words(int64_t minutes, struct arena *a);

#endif
