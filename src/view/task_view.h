/*
 * view/task_view.h -- one piece of work: a session, or a run of a scheduled job.
 */
#ifndef MC_VIEW_TASK_VIEW_H
#define MC_VIEW_TASK_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "model/ledger.h"
#include "model/snapshot.h"
#include "model/timeline.h"

/* What is known of it. Pointers are NULL where it is not known or there is none. */
struct task_facts {
	const struct instance_snapshot *instance;
	const char *trouble;                    /* why the ledger cannot be read; NULL = it was */
	const struct session_family *family;    /* of the session, or of the one that the run was */
	const char *const *child_origins;       /* what each of the family's children says it came from */
	const struct session *reported;         /* the same session as the report has it */
	const struct timeline_page *timeline;
	int64_t after;                          /* which page of it */
	const struct run_family *run;           /* a run: the page is its own */
	int64_t run_of_session;                 /* a session: the number of the run that it was; 0 = none */
	const char *asked;                      /* the session's id, or the run's number, as it was asked for */
};

/* The session of that id among the report's latest; NULL when it is not there. */
const struct session *task_reported(const struct instance_snapshot *s, const char *id);

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/tasks/... prints and
 * templates/task.html shows. choice is the chosen instance's id or NULL.
 */
cJSON *task_view(const struct snapshot *s, const char *choice, const struct task_facts *f, struct arena *a);

#endif
