/*
 * model/ledger.h -- what the ledger answers: plain rows on their way to a view.
 */
#ifndef MC_MODEL_LEDGER_H
#define MC_MODEL_LEDGER_H

#include "model/probe.h"
#include "model/runs.h"
#include "model/sessions.h"

/* One observation (span_s 0), or the sum of an hour (3600) or a day (86400) from `at` on. */
struct store_sample {
	int64_t at;
	int64_t span_s;
	int64_t ok;             /* how many observations were PROBE_OK, ... */
	int64_t inactive;
	int64_t unknown;
	int64_t values;         /* how many of them had a number; 0: the three below mean nothing */
	double low;
	double high;
	double mean;
};

struct store_samples {
	struct store_sample *rows; /* oldest first */
	size_t n;
};

struct store_transition {
	int64_t at;             /* when the change was seen */
	int64_t prior_at;       /* the run before, which saw the former state; 0 = not known */
	const char *reading;
	enum probe_state from_state;
	enum probe_state to_state;
	const char *from_word;  /* "active/running", "connected"; NULL = none */
	const char *to_word;
};

struct store_transitions {
	struct store_transition *rows; /* oldest first */
	size_t n;
};

/* Numbers on file: never change one. */
enum alert_severity {
	ALERT_NONE = 0,         /* needs nobody */
	ALERT_UNKNOWN = 1,
	ALERT_WARN = 2,
	ALERT_CRITICAL = 3,
};

struct store_alert {
	int64_t n;
	const char *reading;
	enum alert_severity severity; /* the worst it had */
	const char *title;
	int64_t opened_at;      /* when it was first found so, though it was opened some readings later */
	int64_t closed_at;      /* 0 = open */
	const char *cause;      /* the reading that explains it; NULL = none */
	const char *why;        /* the sentences under the title; NULL = none */
	int64_t last_at;        /* when it was last found so; 0 = not known */
	int64_t reopened;       /* how often it was back within an hour */
	int64_t again_at;       /* since when it is back; 0 = it never was over */
	int64_t worse_at;       /* when its severity last rose while it was open; 0 = never */
	int64_t unsteady_at;    /* since when it comes and goes; 0 = it does not */
	int64_t flaps;          /* changes while it was open */
	int64_t missed;         /* runs of the exporter that should have been, and were not, while it was open */
	int64_t unknown_since;  /* of an open one: since when it cannot be judged; 0 = it can */
	enum alert_severity severity_now; /* of an open one: as it was last found; ALERT_NONE = found good, not often enough yet */
	const char *ended;      /* of a closed one: "recovered", "explained" (by cause), "off", "gone"; NULL = not known */
	int64_t answer;         /* enum answer_kind (model/answers.h) of the last one that held of it; 0 = none */
	int64_t answered_at;
	const char *answered_by;
};

/* Since when it is as it is: of one that came back, since then. */
static inline int64_t store_alert_since(const struct store_alert *x)
{
	return x->again_at ? x->again_at : x->opened_at;
}

/* A reading that was found bad, or could not be taken, too seldom yet to be an alert. */
struct store_pending {
	const char *reading;
	int64_t seen;           /* readings in a row */
	int64_t needs;          /* that many open it */
	int64_t since;
};

struct alert_page {
	struct store_alert *rows; /* the last opened first */
	size_t n;
	bool has_more;
};

/*
 * What was judged in a quarter of an hour, in runs of the exporter: each is
 * one of fine, warns, critical, off (meant to be so) or, the rest, could not be
 * judged; and one of up, down or not known. A quarter without a row was not
 * observed.
 */
struct watch_slot {
	int64_t at;             /* when it begins */
	int64_t runs;
	int64_t fine;
	int64_t warns;
	int64_t critical;
	int64_t off;
	int64_t up;
	int64_t down;
};

/* Runs in which it did not run although it was meant to: not running is noted as down where it is meant to be so, too. */
static inline int64_t watch_slot_down(const struct watch_slot *x)
{
	return x->down > x->off ? x->down - x->off : 0;
}

struct watch {
	struct watch_slot *rows; /* oldest first */
	size_t n;
	int64_t since;          /* when the ledger's first one begins; 0 = there is none */
};

/*
 * The same of one reading, as it was found: PROBE_OK is fine and up,
 * PROBE_INACTIVE critical and down. since: its own first observation.
 */
struct reading_watch {
	const char *reading;
	struct watch watch;
};

struct reading_watches {
	struct reading_watch *list;
	size_t n;
};

struct store_version {
	const char *version;
	int64_t since;
};

struct session_page {
	struct session *rows;       /* rowid holds the ledger's own number, for before_n */
	size_t n;
	bool has_more;
};

struct session_family {
	struct session self;
	struct session *parents;
	size_t n_parents;
	struct session *children;
	size_t n_children;
};

struct run_page {
	struct cron_run *runs;      /* newest first */
	int64_t *numbers;           /* each one's, for before_n */
	size_t n;
	bool has_more;
};

enum work_kind { WORK_SESSION, WORK_RUN };

/* One piece of work in a list over several ledgers. */
struct work_item {
	enum work_kind kind;
	size_t ledger;              /* which of them */
	int64_t at;                 /* its place in the list: when it began, or, where that is not known, ended */
	int64_t n;                  /* the ledger's number of it */
	const struct session *session; /* of a run: the session it was, where there is one; else NULL */
	const struct cron_run *run; /* of a session: NULL */
};

/* After which item a page begins: at, then ledger id by strcmp, then kind, then number, all descending but the id. */
struct list_cursor {
	int64_t at;
	const char *ledger_id;
	enum work_kind kind;
	int64_t n;
};

/* A run, and those of its job around it; a number of 0: there is none. */
struct run_family {
	struct cron_run self;
	int64_t number;
	struct cron_run previous;
	int64_t previous_n;
	struct cron_run next;
	int64_t next_n;
};

struct backup_row {
	const char *head;           /* first 7 hex digits of the commit */
	int64_t committed_at;
	int64_t seen_at;
};

#endif
