/*
 * view/task_filter.h -- which work a list shows: what was asked for, checked and in words.
 */
#ifndef MC_VIEW_TASK_FILTER_H
#define MC_VIEW_TASK_FILTER_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/ledger.h"

#define TASK_PAGE_DEFAULT 50
#define TASK_PAGE_MAX     200

/* The query's parameters as they came; NULL = absent. */
struct task_asked {
	const char *state;
	const char *source;
	const char *since;
	const char *from;
	const char *to;
	const char *q;
	const char *job;
	const char *cursor;
	const char *limit;
};

struct task_filter {
	const char *state;          /* an id of the table in task_filter.c; "all" */
	const char *source;         /* NULL = any */
	const char *since;          /* "24h", "7d", "30d", "all"; NULL: from and to were given */
	int64_t from_s;
	int64_t to_s;               /* 0 = no end */
	const char *words;          /* NULL = any title */
	const char *job;            /* a scheduled job's id; NULL = any work */
	struct list_cursor after;
	bool has_cursor;
	size_t limit;
	struct task_asked asked;    /* for links */
};

/* Fills *out. NULL, or one line for a person: which parameter is wrong, and what there is. */
const char *task_filter_parse(const struct task_asked *asked, int64_t now, struct arena *a, struct task_filter *out);

/* The states and spans to choose from, ended by a NULL id. none: what an empty list says. */
struct task_choice {
	const char *id;
	const char *label;
	const char *none;
	int64_t span_s;             /* of a span; 0 = no limit */
};
extern const struct task_choice task_states[];
extern const struct task_choice task_spans[];

/* A link to the list with one parameter another (value NULL: without it), from its first page. In `a`. */
const char *task_filter_href(const struct task_filter *f, const char *instance_id, const char *name, const char *value,
			     struct arena *a);

/* A cursor out of its text; false for what is none. */
bool task_cursor_parse(const char *text, struct arena *a, struct list_cursor *out);

/* The cursor's text for the page after an item: "<at>.<s|r>.<n>.<instance>". */
const char *task_cursor_text(const struct list_cursor *c, struct arena *a);

#endif
