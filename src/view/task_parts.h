/*
 * view/task_parts.h -- what the files of the task's page share; nobody else includes it.
 */
#ifndef MC_VIEW_TASK_PARTS_H
#define MC_VIEW_TASK_PARTS_H

#include "view/judge_task.h"
#include "view/task_view.h"

struct task_builder {
	const struct snapshot *s;
	const struct task_facts *f;
	const struct session *session; /* the work itself, or that of the run; NULL = not known */
	const struct cron_job *job;    /* of a run, or of the session that was one; NULL = none, or gone */
	bool is_dark;
	cJSON *facts;
	struct arena *a;
};

/* The run that the page is of; NULL when it is of a session. */
const struct cron_run *task_run(const struct task_builder *b);

struct task_state task_state_now(const struct task_builder *b);

/* A figure, null where it is not known. */
void task_add_count(cJSON *o, const char *name, int64_t n);

/* Adds to "facts": a label and ready words, NULL = nothing to add; `at` where the words are a time. */
void task_add_fact(struct task_builder *b, const char *label, const char *text);
void task_add_fact_at(struct task_builder *b, const char *label, const char *text, int64_t at);

/* Adds "run": null for a session. And what of it belongs to the facts. */
void task_add_run(cJSON *model, const struct task_builder *b);
void task_add_run_facts(struct task_builder *b);

#endif
