/*
 * Scheduled jobs, and the scheduler that starts them: a thread of the
 * gateway, ticking each minute (cron/scheduler.py:tick).
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

/* `hermes cron status` calls the ticker stalled after this long. */
#define STALLED_S   200
#define LONG_DEAD_S 3600

/* Where an exporter does not say how late a job may be, being older: the longest that Hermes lets pass. */
#define GRACE_UNKNOWN_S 7200

#define STREAK_CRITICAL 3

/* With more bad jobs than this they share one alarm. */
#define ALARMS_EACH 3

static const char job_rule[] =
	"a warning when its last run failed, was not delivered, or the next is overdue by more "
	"than half its period (2 min to 2 h); critical after 3 failed runs in a row; paused and "
	"completed jobs are off";

static int64_t grace_s(const struct cron_job *c)
{
	return c->grace_s > 0 ? c->grace_s : GRACE_UNKNOWN_S;
}

bool judge_job_is_off(const struct cron_job *c)
{
	return c->enabled == TRI_NO || str_eq(c->state, "paused") || str_eq(c->state, "completed") ||
	       str_eq(c->state, "disabled");
}

static bool is_overdue(const struct judging *g, const struct cron_job *c)
{
	return c->next_run_at && judging_age(g, c->next_run_at) > grace_s(c);
}

static const char *next_text(const struct judging *g, const struct cron_job *c)
{
	return c->next_run_at ? arena_printf(g->a, " Next run %s.", human_until(g->a, c->next_run_at, g->now))
			      : " No next run is planned.";
}

static const char *job_text(const struct judging *g, const struct cron_job *c)
{
	const char *text =
		arena_printf(g->a, "%s, %s; last run %s (%s), next %s",
			     c->schedule ? judging_text(g, c->schedule, NAME_MAX_CHARS) : "no schedule",
			     c->state ? judging_text(g, c->state, NAME_MAX_CHARS) : "no state",
			     c->last_run_at ? human_instant(g->a, c->last_run_at) : "never",
			     c->last_status ? judging_text(g, c->last_status, NAME_MAX_CHARS) : "no result",
			     c->next_run_at ? human_instant(g->a, c->next_run_at) : "not planned");

	return c->failure_streak > 0
		       ? arena_printf(g->a, "%s; %" PRId64 " failed in a row", text, c->failure_streak)
		       : text;
}

static void bad_job(struct judging *g, struct judgement *j, const struct cron_job *c, enum status status,
		    const char *word, const char *title, const char *error)
{
	const char *message = judging_text(g, error, TEXT_MAX);

	judging_say(j, status, word, c->last_run_at ? human_ago(g->a, c->last_run_at, g->now) : NULL);
	judging_attend(j, title,
		       arena_printf(g->a, "%s%s%s%s", *message ? "Last error: " : "No reason is on record",
				    message, ".", next_text(g, c)),
		       "a failing cron job");
	j->clears_when = "its next run ends well";
}

static void judge_failed(struct judging *g, struct judgement *j, const struct cron_job *c, const char *name)
{
	if (c->failure_streak >= STREAK_CRITICAL)
		bad_job(g, j, c, STATUS_CRITICAL, "failed",
			arena_printf(g->a, "Cron job %s has failed %s runs in a row", name,
				     human_count(g->a, c->failure_streak)),
			c->last_error);
	else
		bad_job(g, j, c, STATUS_WARN, "failed",
			arena_printf(g->a, "Cron job %s failed in its last run", name), c->last_error);
}

/* Only a running scheduler can be late with a job; without one the cause says enough. */
static void judge_overdue(struct judging *g, struct judgement *j, const struct cron_job *c, const char *name)
{
	const char *late = human_span(g->a, judging_age(g, c->next_run_at));

	if (g->is_running == TRI_NO) {
		judging_off(j, "not judged", "the gateway does not run", "the gateway runs");
		judging_hang(j, "gateway");
		return;
	}
	judging_say(j, STATUS_WARN, "late", late);
	j->clears_when = "it has run";
	if (g->scheduler_is_stalled) {
		judging_hang(j, "scheduler");
		return;
	}
	judging_attend(j, arena_printf(g->a, "Cron job %s is %s late", name, late),
		       arena_printf(g->a, "It was due %s; up to %s is let pass.",
				    human_instant(g->a, c->next_run_at), human_span(g->a, grace_s(c))),
		       "a late cron job");
}

static void judge_result(struct judging *g, struct judgement *j, const struct cron_job *c, const char *name)
{
	if (str_eq(c->last_status, "error") || str_eq(c->state, "error"))
		judge_failed(g, j, c, name);
	else if (str_eq(c->last_status, "blocked_config"))
		bad_job(g, j, c, STATUS_WARN, "blocked",
			arena_printf(g->a, "Cron job %s is blocked by its settings", name), c->last_error);
	else if (is_overdue(g, c))
		judge_overdue(g, j, c, name);
	else if (cron_job_is_undelivered(c)) {
		bad_job(g, j, c, STATUS_WARN, "not delivered",
			arena_printf(g->a, "Cron job %s ran, but its answer was not delivered", name),
			c->last_delivery_error);
		j->phrase = "a cron job whose answer was not delivered";
	} else if (!c->last_status)
		judging_off(j, "not run yet",
			    c->next_run_at
				    ? arena_printf(g->a, "next %s", human_until(g->a, c->next_run_at, g->now))
				    : NULL,
			    "it has run");
	else if (str_eq(c->last_status, "ok"))
		judging_say(j, STATUS_OK, "ok", human_ago(g->a, c->last_run_at, g->now));
	else {
		const char *says = judging_text(g, c->last_status, NAME_MAX_CHARS);

		judging_unknown(g, j, NULL, arena_printf(g->a, "Cron job %s", name));
		j->detail = arena_printf(g->a, "says “%s”", says);
		j->why = arena_printf(g->a, "Its last run ended with “%s”, a word that is not known here.",
				      says);
	}
}

static struct judgement *judge_job(struct judging *g, const struct cron *cron, const struct cron_job *c)
{
	const char *id = judging_text(g, c->id ? c->id : "?", NAME_MAX_CHARS);
	const char *name = judging_text(g, c->name && *c->name ? c->name : id, NAME_MAX_CHARS);
	struct judgement *j = judging_add(g, arena_printf(g->a, "cron.%s", id), "cron", name, &cron->probe);

	j->is_part = true;
	j->rule = job_rule;
	j->evidence.value = job_text(g, c);
	if (judge_job_is_off(c))
		judging_off(j, str_eq(c->state, "completed") ? "completed" : "paused",
			    judging_text(g, c->paused_reason, TEXT_MAX),
			    str_eq(c->state, "completed") ? "it is given a new time" : "it is resumed");
	else if (!judging_ahead(g, j, c->last_run_at,
				arena_printf(g->a, "the last run of cron job %s", name)))
		judge_result(g, j, c, name);
	return j;
}

struct tally {
	size_t on;     /* neither paused nor completed */
	size_t judged; /* of these, those of which something could be said */
	size_t bad;
	size_t ok;
	size_t alarms;                 /* with an attention sentence of their own */
	const struct judgement *first; /* of the worst */
	bool is_mixed;                 /* not all bad ones are so in the same way */
	const char *names[ALARMS_EACH + 1];
	size_t n_names;
};

static void count_job(struct tally *t, const struct judgement *j, const struct cron_job *c)
{
	t->on += !judge_job_is_off(c);
	t->judged += j->status != STATUS_OFF;
	t->ok += j->status == STATUS_OK;
	t->alarms += j->title != NULL;
	if (!status_needs_attention(j->status))
		return;
	t->bad++;
	if (t->n_names <= ALARMS_EACH)
		t->names[t->n_names++] = j->label;
	t->is_mixed |= t->first && !str_eq(t->first->word, j->word);
	if (!t->first || status_rank(j->status) > status_rank(t->first->status))
		t->first = j;
}

/* So many that a list of them would hide everything else: one alarm for all. */
static void gather_alarms(struct judging *g, struct judgement *sum, struct judgement *jobs, size_t n,
			  const struct tally *t)
{
	const char *names = human_list(g->a, t->names, ALARMS_EACH);

	for (size_t i = 0; i < n; i++)
		if (jobs[i].title)
			judging_hang(&jobs[i], "cron");
	judging_attend(
		sum, arena_printf(g->a, "%s cron jobs need a look", human_count(g->a, (int64_t)t->alarms)),
		arena_printf(g->a, "Among them %s. The list of jobs tells what is wrong with each.", names),
		arena_printf(g->a, "%s cron jobs in trouble", human_count(g->a, (int64_t)t->alarms)));
	sum->cause = NULL;
}

static void sum_up(struct judging *g, struct judgement *sum, const struct tally *t, size_t n_jobs)
{
	const char *detail = human_list(g->a, t->names, t->n_names < 2 ? t->n_names : 2);

	if (t->bad > 2)
		detail = arena_printf(g->a, "%s, %s and others", t->names[0], t->names[1]);
	sum->evidence.value = arena_printf(g->a, "%zu jobs: %zu switched on, %zu fine, %zu need a look",
					   n_jobs, t->on, t->ok, t->bad);
	if (t->bad) {
		judging_say(sum, t->first->status,
			    arena_printf(g->a, "%zu of %zu %s", t->bad, t->on,
					 t->is_mixed ? "need a look" : t->first->word),
			    detail);
		judging_hang(sum, t->first->id);
		sum->clears_when = "every job is fine again";
	} else if (t->ok) {
		judging_say(sum, STATUS_OK, arena_printf(g->a, "%zu of %zu ok", t->ok, t->on),
			    t->ok < t->on ? "the others have not run yet" : NULL);
	} else {
		judging_off(sum, t->on ? "none has run yet" : "all paused", NULL,
			    t->on ? "one of them has run" : "one of them is resumed");
	}
}

void judge_cron(struct judging *g, const struct cron *c)
{
	struct judgement *sum = judging_add(g, "cron", "cron", "Cron", &c->probe);
	struct judgement *jobs = g->items + g->n;
	struct tally t = { 0 };

	sum->rule = "as bad as the worst of its jobs";
	if (c->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, sum, &c->probe, "Cron");
		return;
	}
	if (c->probe.state == PROBE_INACTIVE || c->n_jobs == 0) {
		judging_off(sum, "no jobs", NULL, "there is a job");
		return;
	}
	for (size_t i = 0; i < c->n_jobs; i++)
		count_job(&t, judge_job(g, c, &c->jobs[i]), &c->jobs[i]);
	sum_up(g, sum, &t, c->n_jobs);
	if (t.alarms > ALARMS_EACH)
		gather_alarms(g, sum, jobs, c->n_jobs, &t);
}

static void stalled(struct judging *g, struct judgement *j, const struct cron *c, int64_t age)
{
	const char *since = human_span(g->a, age);

	g->scheduler_is_stalled = true;
	judging_say(j, age > LONG_DEAD_S ? STATUS_CRITICAL : STATUS_WARN, "stalled", since);
	judging_attend(
		j, arena_printf(g->a, "Scheduler has not ticked for %s", since),
		arena_printf(
			g->a,
			"It ticks each minute while the gateway runs; no cron job starts meanwhile.%s%s%s",
			c->last_error ? " Its last error: " : "", judging_text(g, c->last_error, TEXT_MAX),
			c->last_error ? "." : ""),
		"a stalled scheduler");
	j->clears_when = "it ticks again";
}

static void judge_heartbeat(struct judging *g, struct judgement *j, const struct cron *c)
{
	int64_t newest = c->heartbeat_at > g->running_since ? c->heartbeat_at : g->running_since;
	int64_t age = judging_age(g, newest);

	if (judging_ahead(g, j, c->heartbeat_at, "the scheduler's last tick"))
		return;
	if (age > STALLED_S) {
		stalled(g, j, c, age);
	} else if (c->last_error_at && c->last_error_at > c->last_success_at) {
		judging_say(j, STATUS_WARN, "last tick failed", human_ago(g->a, c->last_error_at, g->now));
		judging_attend(j, "Scheduler ticks, but its last tick failed",
			       arena_printf(g->a, "Its last error: %s.",
					    c->last_error ? judging_text(g, c->last_error, TEXT_MAX)
							  : "not on record"),
			       "a scheduler whose ticks fail");
		j->clears_when = "a tick succeeds";
	} else {
		judging_say(j, STATUS_OK, "ticking", human_ago(g->a, c->heartbeat_at, g->now));
	}
}

void judge_scheduler(struct judging *g, const struct cron *c)
{
	struct judgement *j = judging_add(g, "scheduler", "cron", "Scheduler", &c->scheduler);

	j->rule = "a warning when it has not ticked for 200 s or its last tick failed, critical after an "
		  "hour; not judged "
		  "while the gateway does not run";
	if (c->scheduler.state == PROBE_INACTIVE) {
		judging_off(j, "not told", "this version keeps no heartbeat", "a Hermes that keeps one runs");
	} else if (g->is_running == TRI_NO) {
		judging_off(j, "not judged", "the gateway does not run", "the gateway runs");
		judging_hang(j, "gateway");
	} else if (c->scheduler.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &c->scheduler, "Scheduler");
		if (str_eq(c->scheduler.reason, c->probe.reason) && c->probe.state == PROBE_UNKNOWN)
			judging_hang(j, "cron");
	} else {
		j->evidence.value =
			arena_printf(g->a, "last tick %s, last good one %s, last error %s",
				     human_instant(g->a, c->heartbeat_at),
				     c->last_success_at ? human_instant(g->a, c->last_success_at) : "none",
				     c->last_error_at ? human_instant(g->a, c->last_error_at) : "none");
		judge_heartbeat(g, j, c);
	}
}
