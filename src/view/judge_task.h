/*
 * view/judge_task.h -- how a piece of work stands: a session, or a run of a scheduled job.
 *
 * The one place that says so: the list, the page of one task, the overview.
 */
#ifndef MC_VIEW_JUDGE_TASK_H
#define MC_VIEW_JUDGE_TASK_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/agent.h"
#include "model/cron.h"
#include "model/runs.h"
#include "model/sessions.h"
#include "view/status.h"

/* Hermes's own: not closed and active within this time is "active" (hermes_cli/web_server.py). */
#define TASK_ACTIVE_S   300
/* An answer that was to come and has not for longer than that is no work that hangs, but one that was given up. */
#define TASK_STALLED_S  86400

/* A task of a board that failed so often in a row needs a person. */
#define KANBAN_FAILURES_MANY 3

struct task_state {
	const char *id;             /* active, stalled, open, ended, failed; ok, running, empty, silent, not-delivered, unknown */
	const char *word;           /* the same for people */
	enum status status;
	const char *detail;         /* "no progress for 47 min"; may be NULL */
	const char *rule;           /* a sentence without its full stop */
};

/*
 * is_dark: nothing newer than what was read is known (no usable report), so
 * that what was open may have ended since. All in `a`.
 */
struct task_state judge_session_task(const struct session *x, bool is_dark, int64_t now, struct arena *a);

/* job is the job of the run as it stands now, or NULL; only of its last run the delivery is known. */
struct task_state judge_run_task(const struct cron_run *run, const struct cron_job *job, bool is_dark, int64_t now,
				 struct arena *a);

/* A task of a kanban board, by its status there (hermes_cli/kanban.py); one that waits for a person is stalled. */
struct task_state judge_kanban_task(const struct kanban_task *t, bool is_dark, int64_t now, struct arena *a);

/* The job of that id; NULL when there is none any more. */
const struct cron_job *job_by_id(const struct cron *cron, const char *id);

/*
 * The job whose run a session was: "cron_<job id>_<stamp>" (cron/scheduler.py).
 * NULL when it is none of the jobs there are now.
 */
const struct cron_job *job_of_session(const struct cron *cron, const char *session_id);

#endif
