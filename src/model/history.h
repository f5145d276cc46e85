/*
 * model/history.h -- what a ledger says of a row of days.
 */
#ifndef MC_MODEL_HISTORY_H
#define MC_MODEL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_DAYS_MAX   100
#define HISTORY_MODELS_MAX 5 /* told apart; the rest is one sum */

/* Of sessions that began within. Known for days, too, on which no exporter ran: state.db tells of them later. */
struct history_work {
	int64_t sessions;
	int64_t messages;
	int64_t tool_calls;
	int64_t input_tokens;
	int64_t output_tokens;
	int64_t cost_microusd;  /* of those that have a price */
	int64_t costed;         /* how many have one */
};

struct history_day {
	struct history_work work;
	int64_t runs_ok;        /* cron runs that began: ended well, even with nothing to say */
	int64_t runs_failed;
	int64_t runs_other;     /* still running, or how they ended is not known */
	int64_t opened;         /* what began to need someone, ... */
	int64_t closed;         /* ... and what was over */
	int64_t observed_s;     /* how much of the day an exporter looked at */
	int64_t backup_age_s;   /* the oldest that the newest backup was; COUNT_UNKNOWN */
	double up;              /* runs of the exporter that found it running, ... */
	double down;            /* ... stopped, ... */
	double off;             /* ... stopped as it was meant to be, ... */
	double unsure;          /* ... or could not tell */
};

/* Days of one model of the most expensive, or (name NULL) of all the others together. */
struct history_model {
	const char *name;       /* "" = Hermes did not say */
	struct history_work total;
	struct history_work *days;
};

struct history {
	struct history_day *days; /* oldest first; as many as were asked for */
	size_t n;
	struct history_model *models; /* most expensive first */
	size_t n_models;
	bool has_all_work;      /* state.db has been taken in to its end; else sessions are missing */
	int64_t watched_since;  /* when this ledger begins to tell what was judged; 0 = it never did */
};

#endif
