#include "view/judge_task.h"

#include <string.h>

#include "base/str.h"
#include "view/human.h"

/* Two clocks of one machine, and the moment between the end of a run and the note of it. */
#define SAME_RUN_S 120

static const char session_rule[] =
	"active when it is not closed and was written to in the last 5 min; stalled when an answer was to come and nothing has "
	"for 5 min to 24 h; failed when the last turn ended with an error; open is not closed and waits for someone";

static struct task_state state(const char *id, const char *word, enum status status, const char *detail)
{
	return (struct task_state){ .id = id, .word = word, .status = status, .detail = detail, .rule = session_rule };
}

struct task_state judge_session_task(const struct session *x, bool is_dark, int64_t now, struct arena *a)
{
	int64_t quiet = now - x->last_active_at;

	if (x->ended_at || x->is_gone)
		return x->turn == TURN_FAILED ? state("failed", "failed", STATUS_CRITICAL, x->end_reason)
					      : state("ended", "ended", STATUS_OFF, x->end_reason);
	if (is_dark)
		return state("unknown", "unknown", STATUS_UNKNOWN, "it was open when it was last looked at");
	if (!x->last_active_at || quiet < -TASK_ACTIVE_S)
		return state("unknown", "unknown", STATUS_UNKNOWN,
			     x->last_active_at ? "its last message is dated in the future" : "no message has a time");
	if (x->turn == TURN_FAILED)
		return state("failed", "failed", STATUS_CRITICAL, "the last turn ended with an error");
	if (quiet < TASK_ACTIVE_S)
		return state("active", "active", STATUS_OK, arena_printf(a, "last message %s", human_ago(a, x->last_active_at, now)));
	if (x->turn == TURN_UNFINISHED && quiet < TASK_STALLED_S)
		return state("stalled", "stalled", STATUS_WARN, arena_printf(a, "no progress for %s", human_span(a, quiet)));
	return state("open", "open", STATUS_OFF, arena_printf(a, "quiet for %s", human_span(a, quiet)));
}

struct task_state judge_kanban_task(const struct kanban_task *t, bool is_dark, int64_t now, struct arena *a)
{
	struct task_state s = state("open", "open", STATUS_OFF, NULL);

	s.rule = "as the board says; stalled when it waits for an answer, failed after 3 failures in a row";
	s.word = t->status ? t->status : "unknown";
	if (str_eq(t->status, "done") || str_eq(t->status, "archived")) {
		s.id = "ended";
	} else if (t->failures >= KANBAN_FAILURES_MANY) {
		s.id = s.word = "failed";
		s.status = STATUS_CRITICAL;
		s.detail = arena_printf(a, "%s failures in a row", human_count(a, t->failures));
	} else if (str_eq(t->status, "blocked")) {
		s.id = "stalled";
		s.status = STATUS_WARN;
		s.detail = str_eq(t->block_kind, "needs_input") ? "it waits for an answer" : t->block_kind;
	} else if (str_eq(t->status, "running")) {
		s.id = "active";
		s.status = is_dark ? STATUS_UNKNOWN : STATUS_OK;
		s.detail = t->heartbeat_at ? arena_printf(a, "last sign %s", human_ago(a, t->heartbeat_at, now)) : NULL;
	} else if (!t->status) {
		s.id = "unknown";
		s.status = STATUS_UNKNOWN;
	}
	return s;
}

const struct cron_job *job_by_id(const struct cron *cron, const char *id)
{
	for (size_t i = 0; id && i < cron->n_jobs; i++)
		if (str_eq(cron->jobs[i].id, id))
			return &cron->jobs[i];
	return NULL;
}

const struct cron_job *job_of_session(const struct cron *cron, const char *session_id)
{
	const char *id = session_id && str_starts(session_id, "cron_") ? session_id + strlen("cron_") : "";

	for (size_t i = 0; i < cron->n_jobs; i++) {
		const struct cron_job *job = &cron->jobs[i];

		if (job->id && *job->id && str_starts(id, job->id) && id[strlen(job->id)] == '_')
			return job;
	}
	return NULL;
}

static bool is_last_run(const struct cron_run *run, const struct cron_job *job)
{
	int64_t end = run->finished_at ? run->finished_at : run->started_at;

	return job && job->last_run_at && end >= job->last_run_at - SAME_RUN_S && end <= job->last_run_at + SAME_RUN_S;
}

struct task_state judge_run_task(const struct cron_run *run, const struct cron_job *job, bool is_dark, int64_t now,
				 struct arena *a)
{
	struct task_state s = state("unknown", "unknown", STATUS_UNKNOWN, NULL);

	s.rule = "as Hermes recorded the run; not delivered where the job says so of its last run; an empty answer warns";
	if (str_eq(run->status, "failed")) {
		s.id = s.word = "failed";
		s.status = STATUS_CRITICAL;
	} else if (is_last_run(run, job) && cron_job_is_undelivered(job)) {
		s.id = "not-delivered";
		s.word = "not delivered";
		s.status = STATUS_WARN;
	} else if (str_eq(run->status, "ok") || str_eq(run->status, "silent")) {
		s.id = s.word = str_eq(run->status, "ok") ? "ok" : "silent";
		s.status = STATUS_OK;
		s.detail = str_eq(run->status, "silent") ? "it had nothing to say" : NULL;
	} else if (str_eq(run->status, "empty")) {
		s.id = "empty";
		s.word = "no answer";
		s.status = STATUS_WARN;
		s.detail = "Hermes calls it ok, but it gave no answer";
	} else if (str_eq(run->status, "running")) {
		s.id = s.word = "running";
		s.status = is_dark ? STATUS_UNKNOWN : STATUS_OK;
		s.detail = run->started_at ? arena_printf(a, "since %s", human_span(a, now - run->started_at)) : NULL;
	} else {
		s.detail = "Hermes does not say how it went";
	}
	return s;
}
