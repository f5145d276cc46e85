/*
 * view/judge.h -- facts, the time and what is expected, made into verdicts.
 *
 * The one place that judges: the overview, `hmc status`, the ops pane and
 * the alerts all show these. Pure: no I/O, the same facts give the same
 * answer.
 *
 * What every judgement keeps to:
 * - unknown is never fine and never broken; what is meant to be off is off;
 * - whatever is unknown, warns or is critical either has an attention
 *   sentence of its own (title, why) or names the judgement it hangs from
 *   (cause), so that one cause is one alarm;
 * - every one says its rule and what was found, and whatever is neither fine
 *   nor a plain fact says what would change it;
 * - strings may come from an instance and are hostile text, cut to a length
 *   that fits a line.
 */
#ifndef MC_VIEW_JUDGE_H
#define MC_VIEW_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/answers.h"
#include "model/snapshot.h"
#include "view/status.h"

/* What a judgement rests on. */
struct evidence {
	const char *read; /* what was read: "cron/jobs.json" */
	int64_t taken_at; /* 0 = not known */
	int64_t took_us;        /* 0 = not measured */
	const char *value; /* the facts in one line; where nothing could be read, why */
};

struct judgement {
	const char *id; /* stable: "gateway", "platform.telegram", "backup.age", "cron", "cron.<job id>" */
	const char *
		group; /* "gateway", "platforms", "dashboard", "backup", "cron", "sessions", "report", "host", "products" */
	const char *label; /* "Private dashboard" */
	enum status status;
	const char *word;        /* "running", "late", "unknown" */
	const char *detail;      /* "3 d 4 h"; may be NULL */
	const char *rule;        /* the rule that judged, as a sentence without its full stop */
	const char *clears_when; /* what would make another verdict of it; NULL where it is fine or a plain fact */
	const char *title;       /* "Backup is 7 h late"; NULL = needs nobody, or hangs from cause */
	const char *why;         /* with title: the sentences under it */
	const char *phrase; /* with title: "a late backup", to be said in one breath; NULL when unknown */
	const char *cause;  /* id of the judgement that explains this one; NULL = stands for itself */
	const struct answer *answer; /* what an admin said of it (view/verdict.c); NULL = nothing, or it needs nobody */
	const char *boot;   /* of a unit: what a start of the machine does with it, "starts at boot"; NULL = not told */
	enum tristate starts_at_boot;
	bool is_part;       /* summed up by another (a cron job by "cron"): for lists, not for cards */
	bool is_settled;    /* follows from the configuration: a missing report does not change it */
	bool is_unbooked;   /* made of several reports, so that no exporter's ledger ever holds it */
	enum tristate is_running; /* of "gateway" alone: whether the instance runs, as far as is known */
	struct evidence evidence;
};

/*
 * Gives every judgement of an instance, in the order to show them, in `a`.
 * A report that is missing or stale makes all but the settled ones unknown,
 * hanging from "exporter".
 */
void judge_instance(const struct instance_snapshot *s, int64_t now, struct arena *a, struct judgement **out,
		    size_t *n);

/* The same for the machine. */
void judge_host(const struct host_snapshot *s, int64_t now, struct arena *a, struct judgement **out,
		size_t *n);

/* Whether a job is meant not to run: paused, switched off, or done with. */
bool judge_job_is_off(const struct cron_job *c);

/* The judgement of that id; NULL when there is none. */
const struct judgement *judge_find(const struct judgement *j, size_t n, const char *id);

/*
 * What stands over the whole, and a word for it: its worst status
 * ("healthy", "degraded", "partly unknown"), but critical ("down") only when
 * the gateway is, "unknown" without a usable report, and "switched off" when
 * it is.
 */
enum status judge_overall(const struct judgement *j, size_t n, const char **word);

#endif
