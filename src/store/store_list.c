#include "store/store_list.h"

#include <string.h>

#include "base/str.h"
#include "store/store_parts.h"

/* Between the notes of a run and of its session lie moments. */
#define SAME_RUN_S    120
/* Where only a run's end is known, its session began at most this long before. */
#define LONGEST_RUN_S 86400
#define STAMP_CHARS   15 /* YYYYMMDD_HHMMSS */

/* ---- which session a run was ---- */

/* "cron_<job>_<stamp>": the job, in `a`; NULL for any other id. */
static const char *job_in(const char *session_id, struct arena *a)
{
	size_t n = session_id ? strlen(session_id) : 0, head = strlen("cron_");

	if (n <= head + 1 + STAMP_CHARS || strncmp(session_id, "cron_", head) != 0 || session_id[n - STAMP_CHARS - 1] != '_')
		return NULL;
	return arena_strndup(a, session_id + head, n - head - 1 - STAMP_CHARS);
}

bool store_run_session(struct store *s, const struct cron_run *run, int64_t now, struct session *out, struct arena *a,
		       const char **error)
{
	int64_t at = store_run_at(run), end = run->finished_at > at ? run->finished_at : at;
	struct session_query q = { .source = "cron", .from_s = (run->started_at > 0 ? at : end - LONGEST_RUN_S) - SAME_RUN_S,
				   .to_s = (run->started_at > 0 ? at : end) + SAME_RUN_S, .now = now, .limit = 200 };
	struct session_page page;
	bool found = false;

	*error = NULL;
	if (!run->job_id || store_session_page(s, &q, &page, a, error) < 0)
		return false;
	for (size_t i = 0; i < page.n; i++) {
		if (!str_eq(job_in(page.rows[i].id, a), run->job_id) ||
		    (found && store_run_apart(run, &page.rows[i]) >= store_run_apart(run, out)))
			continue;
		*out = page.rows[i];
		found = true;
	}
	return found;
}

/* Whether the ledger has a run that this session was. */
static bool has_run(struct store *s, const struct session *x, struct arena *a, const char **error)
{
	const char *job = str_eq(x->source, "cron") ? job_in(x->id, a) : NULL;
	int64_t end = x->ended_at > x->last_active_at ? x->ended_at : x->last_active_at;
	struct run_query q = { .job = job, .from_s = x->started_at - SAME_RUN_S,
			       .to_s = (end > x->started_at ? end : x->started_at) + SAME_RUN_S, .limit = 1 };
	struct run_page page;

	return job && store_run_page(s, &q, &page, a, error) == 0 && page.n > 0;
}

/* ---- streams ---- */

struct stream {
	const struct list_stream *ask;
	struct session_page sessions;
	struct run_page runs;
	size_t next;                /* in the page at hand */
	size_t n;
	bool is_last;               /* there is no page after it */
	struct list_cursor seen;    /* the last one taken out; where the next page begins */
	bool has_cursor;
};

struct list {
	const struct list_query *q;
	struct stream *streams;
	const char **errors;
	struct arena *a;
};

/*
 * Where a stream begins after the list's cursor: items of the same moment stand
 * in the order of ledger, kind, number, so for a stream that comes later in it
 * the whole moment is still ahead, for one that comes earlier it is over.
 */
static void begin(struct stream *s, const char *ledger_id, const struct list_cursor *after)
{
	int order;

	if (!after)
		return;
	order = strcmp(ledger_id, after->ledger_id);
	if (order == 0)
		order = (int)s->ask->kind - (int)after->kind;
	s->has_cursor = true;
	s->seen.at = after->at;
	s->seen.n = order == 0 ? after->n : order > 0 ? INT64_MAX : 1;
}

static int fetch_sessions(struct list *l, struct stream *s, struct store *store, const char **error)
{
	struct session_query q = s->ask->sessions;

	q.limit = l->q->limit + 1 < LIST_PAGE_MAX ? l->q->limit + 1 : LIST_PAGE_MAX;
	q.before_started = s->has_cursor ? s->seen.at : 0;
	q.before_n = s->has_cursor ? s->seen.n : 0;
	if (store_session_page(store, &q, &s->sessions, l->a, error) < 0)
		return -1;
	s->n = s->sessions.n;
	s->is_last = !s->sessions.has_more;
	return 0;
}

static int fetch_runs(struct list *l, struct stream *s, struct store *store, const char **error)
{
	struct run_query q = s->ask->runs;

	q.limit = l->q->limit + 1 < LIST_PAGE_MAX ? l->q->limit + 1 : LIST_PAGE_MAX;
	q.before_at = s->has_cursor ? s->seen.at : 0;
	q.before_n = s->has_cursor ? s->seen.n : 0;
	if (store_run_page(store, &q, &s->runs, l->a, error) < 0)
		return -1;
	s->n = s->runs.n;
	s->is_last = !s->runs.has_more;
	return 0;
}

/* The stream's next item as the list's; false when there is none. */
static bool head(struct list *l, struct stream *s, struct work_item *out)
{
	size_t at = s->ask->ledger;
	struct store *store = l->q->ledgers[at].store;

	while (s->next == s->n) {
		if (s->is_last || l->errors[at] || !store)
			return false;
		s->next = s->n = 0;
		if ((s->ask->kind == WORK_SESSION ? fetch_sessions(l, s, store, &l->errors[at])
						  : fetch_runs(l, s, store, &l->errors[at])) < 0)
			return false;
	}
	*out = (struct work_item){ .kind = s->ask->kind, .ledger = at };
	if (s->ask->kind == WORK_SESSION) {
		out->session = &s->sessions.rows[s->next];
		out->at = out->session->started_at;
		out->n = out->session->rowid;
	} else {
		out->run = &s->runs.runs[s->next];
		out->at = store_run_at(out->run);
		out->n = s->runs.numbers[s->next];
	}
	return true;
}

static void advance(struct stream *s, const struct work_item *item)
{
	s->next++;
	s->has_cursor = true;
	s->seen.at = item->at;
	s->seen.n = item->n;
}

/* Less than 0: x stands before y. */
static int compare(const struct list *l, const struct work_item *x, const struct work_item *y)
{
	int by_id;

	if (x->at != y->at)
		return x->at > y->at ? -1 : 1;
	by_id = strcmp(l->q->ledgers[x->ledger].id, l->q->ledgers[y->ledger].id);
	if (by_id)
		return by_id;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return x->n > y->n ? -1 : x->n < y->n;
}

/* Takes the first of all heads; the same item in two streams is one. False at the end. */
static bool next(struct list *l, struct work_item *out)
{
	struct stream *from = NULL;
	struct work_item item;

	for (size_t i = 0; i < l->q->n_streams; i++) {
		struct stream *s = &l->streams[i];

		if (!head(l, s, &item))
			continue;
		if (from && compare(l, &item, out) == 0) {
			advance(s, &item);
			i--;
			continue;
		}
		if (!from || compare(l, &item, out) < 0) {
			from = s;
			*out = item;
		}
	}
	if (from)
		advance(from, out);
	return from != NULL;
}

static bool belongs(struct list *l, struct work_item *item)
{
	struct store *store = l->q->ledgers[item->ledger].store;
	const char **error = &l->errors[item->ledger];

	if (item->kind == WORK_SESSION && has_run(store, item->session, l->a, error))
		return false;
	if (item->kind == WORK_RUN) {
		struct session *x = arena_alloc(l->a, sizeof(*x));

		if (store_run_session(store, item->run, 0, x, l->a, error))
			item->session = x;
	}
	return !l->q->keep || l->q->keep(l->q->ctx, item);
}

void store_list(const struct list_query *q, struct list_page *out, struct arena *a)
{
	size_t limit = q->limit && q->limit < LIST_PAGE_MAX ? q->limit : LIST_PAGE_MAX;
	struct list l = { .q = q, .streams = arena_calloc(a, q->n_streams + 1, sizeof(*l.streams)),
			  .errors = arena_calloc(a, q->n_ledgers + 1, sizeof(*l.errors)), .a = a };
	struct work_item item;

	*out = (struct list_page){ .items = arena_calloc(a, limit + 1, sizeof(*out->items)), .errors = l.errors };
	for (size_t i = 0; i < q->n_streams; i++) {
		l.streams[i].ask = &q->streams[i];
		begin(&l.streams[i], q->ledgers[q->streams[i].ledger].id, q->after);
	}
	while (out->n <= limit && next(&l, &item))
		if (belongs(&l, &item))
			out->items[out->n++] = item;
	out->has_more = out->n > limit;
	out->n -= out->has_more;
}
