/*
 * model/answers.h -- what admins have said of alerts, and of which alert it holds.
 *
 * Read by the panes and by whoever tells people of alerts, so that both go by
 * the same rule. No I/O.
 */
#ifndef MC_MODEL_ANSWERS_H
#define MC_MODEL_ANSWERS_H

#include <stdbool.h>

#include "model/ledger.h"
#include "model/report.h"

#define ANSWERS_MAX          200            /* in one file */
#define ANSWER_ID_CHARS      16             /* hexadecimal digits */
#define ANSWER_RULE_MAX      200            /* bytes */
#define ANSWER_REASON_MAX    200            /* characters */
#define ANSWER_FOR_ALL       "all"          /* the instance of a silence that holds everywhere */
#define ANSWER_BLIND_S       86400          /* how long one holds while no ledger tells since when an alert is open */
#define ACKNOWLEDGE_MAX_S    (90 * 86400)
#define SNOOZE_MAX_S         (30 * 86400)
#define SILENCE_MAX_S        (90 * 86400)
#define SILENCE_OLD_S        (30 * 86400)

enum answer_kind {
	ANSWER_NONE,
	ANSWER_ACKNOWLEDGE,         /* of one alert: ends when it is over, or gets worse */
	ANSWER_SNOOZE,              /* the same, until a time */
	ANSWER_SILENCE,             /* of whatever its rule names, until a time */
};

struct answer {
	const char *id;             /* to take it back by */
	enum answer_kind kind;
	const char *instance_id;    /* "vijay", "host", or ANSWER_FOR_ALL */
	const char *reading;        /* "backup.age"; of a silence also all that begin alike: "cron.*" */
	enum alert_severity severity; /* what was answered; of a silence ALERT_NONE */
	int64_t opened_at;          /* of the alert, as far as it was known; 0 = not */
	const char *by;             /* hostile text, as the next one */
	const char *reason;         /* NULL = none given (a snooze needs none) */
	int64_t at;
	int64_t until;              /* always set: nothing is answered for ever */
};

struct answers {
	struct probe probe;         /* PROBE_INACTIVE: nothing was ever answered */
	struct answer *list;
	size_t n_list;
};

/* One alert, as it is found now. */
struct answerable {
	const char *reading;
	enum alert_severity severity;
	const struct opened *opened; /* of the last report */
	int64_t reported_at;        /* when that was made; 0 = there is none */
	int64_t now;
	bool is_unbooked;           /* no ledger ever holds it */
};

/* Whether a reading is one of those that a rule names: it itself, or "cron.*". */
bool answer_rule_has(const char *rule, const char *reading) __attribute__((nonnull));

/* NULL when s can be a rule; else what is wrong with it, as a sentence. */
const char *answer_rule_wrong(const char *s) __attribute__((nonnull));

/* Whether it has not ended by time. */
bool answer_is_running(const struct answer *x, int64_t now) __attribute__((nonnull));

/* Whether the alert is the very one that was open at that time; by the same rule as answer_holds(). */
bool answer_is_same_opening(const struct answerable *alert, int64_t at) __attribute__((nonnull));

/*
 * Whether x holds of the alert. One that was said of an alert (not a silence)
 * holds of that opening alone: the ledger has had it open since before it was
 * answered; or there was no report since. Where no ledger tells, it holds for
 * ANSWER_BLIND_S after it was said. It does not hold of something worse.
 */
bool answer_holds(const struct answer *x, const struct answerable *alert) __attribute__((nonnull));

/*
 * The one that holds, of an instance's own and of those for all (either NULL):
 * an acknowledgement before a snooze before a silence. NULL when there is none.
 */
const struct answer *answer_of(const struct answers *own, const struct answers *all, const struct answerable *alert)
	__attribute__((nonnull(3)));

#endif
