#include "hermes/timeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/home.h"
#include "hermes/message_row.h"
#include "hermes/session_row.h"
#include "json/json.h"

#define BUDGET_US     (600 * 1000)
#define MEMORY_MAX    ((size_t)8 * 1024 * 1024) /* of the messages in one batch */
#define ROWS_MAX      2000                      /* read whole in one batch */
#define CONFIG_MAX    (64 * 1024)
#define TYPE_CHARS    100
#define CENTURIES_S   253402300800.0
/* So long at most one read follows the other, and so long nothing is read then. */
#define BUSY_US       5000
#define PAUSE_US      5000

struct reader {
	struct statedb *s;
	const struct timeline_source *in;
	struct timeline_batch *out;
	struct statedb_columns messages;
	struct statedb_columns sessions;
	struct statedb_columns usage;
	bool has_usage;
	sqlite3_stmt *newest, *first, *count, *row, *config, *models;
	struct message *scratch;    /* room for as many as are kept of one session */
	size_t n_read;              /* messages, whole */
	int64_t busy_since;
	struct arena *a;
};

/* ---- which messages there are ---- */

static int64_t ms_of(sqlite3_stmt *st, int column)
{
	double v = sqlite3_column_double(st, column);

	return v > 0 && v < CENTURIES_S ? llround(v * 1000) : 0;
}

static const char *column(const struct statedb_columns *c, const char *name)
{
	return statedb_has(c, name) ? name : "NULL";
}

/* By time and then rowid, as the index of every version has them: no sort, whatever a session's length. */
static const char *ids_sql(const struct reader *r, const char *direction, int limit)
{
	const struct statedb_columns *c = &r->messages;
	const char *time = column(c, "timestamp");

	return arena_printf(r->a, "SELECT rowid, %s, %s, %s FROM messages WHERE session_id = ?1 ORDER BY %s%s%srowid %s LIMIT %d",
			    time, column(c, "active"), column(c, "compacted"), *time == 'N' ? "" : time,
			    *time == 'N' ? "" : " ", *time == 'N' ? "" : arena_printf(r->a, "%s, ", direction), direction,
			    limit);
}

static enum message_mark mark_of(sqlite3_stmt *st)
{
	if (statedb_count(st, 3) > 0)
		return MESSAGE_COMPACTED;
	return statedb_count(st, 2) == 0 ? MESSAGE_INACTIVE : MESSAGE_ACTIVE;
}

static int take_ids(struct reader *r, sqlite3_stmt *st, const char *id, struct timeline *t)
{
	int rc;

	statedb_restart(r->s, st);
	sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
	while ((rc = statedb_step(r->s, st)) == SQLITE_ROW && t->n_rows < TIMELINE_FIRST + TIMELINE_NEWEST)
		t->rows[t->n_rows++] = (struct message){ .id = sqlite3_column_int64(st, 0),
							 .at_ms = ms_of(st, 1),
							 .mark = mark_of(st),
							 .bytes = COUNT_UNKNOWN,
							 .tokens = COUNT_UNKNOWN,
							 .exit_code = COUNT_UNKNOWN };
	sqlite3_reset(st);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int by_id(const void *x, const void *y)
{
	const struct message *a = x, *b = y;

	return (a->id > b->id) - (a->id < b->id);
}

/* In order, each once. */
static void settle(struct timeline *t)
{
	size_t n = 0;

	qsort(t->rows, t->n_rows, sizeof(*t->rows), by_id);
	for (size_t i = 0; i < t->n_rows; i++)
		if (n == 0 || t->rows[i].id != t->rows[n - 1].id)
			t->rows[n++] = t->rows[i];
	t->n_rows = n;
}

static int count_all(struct reader *r, const char *id, struct timeline *t)
{
	int rc;

	statedb_restart(r->s, r->count);
	sqlite3_bind_text(r->count, 1, id, -1, SQLITE_STATIC);
	rc = statedb_step(r->s, r->count);
	t->total = rc == SQLITE_ROW ? statedb_count(r->count, 0) : COUNT_UNKNOWN;
	sqlite3_reset(r->count);
	return rc == SQLITE_ROW || statedb_is_late(rc) ? SQLITE_OK : rc; /* a figure that is not known spoils nothing */
}

/* The newest, and where those are not all, the first as well. */
static int read_ids(struct reader *r, const char *id, struct timeline *t)
{
	int64_t last_of_first = 0;
	int rc;

	t->rows = r->scratch;
	rc = take_ids(r, r->newest, id, t);
	t->total = (int64_t)t->n_rows;
	if (rc == SQLITE_OK && t->n_rows == TIMELINE_NEWEST) {
		rc = take_ids(r, r->first, id, t);
		last_of_first = t->n_rows > TIMELINE_NEWEST ? t->rows[t->n_rows - 1].id : 0;
		if (rc == SQLITE_OK)
			rc = count_all(r, id, t);
	}
	settle(t);
	if (t->total == COUNT_UNKNOWN || t->total > (int64_t)t->n_rows)
		t->gap_after = last_of_first;
	t->rows = arena_calloc(r->a, t->n_rows + 1, sizeof(*t->rows));
	memcpy(t->rows, r->scratch, t->n_rows * sizeof(*t->rows));
	return rc;
}

/* ---- the messages that are new ---- */

/* Whether the ledger's newest message is still what it was: else state.db is another, and nothing of it counts. */
static bool is_continued(const struct timeline_want *w, const struct timeline *t)
{
	for (size_t i = 0; i < t->n_rows; i++)
		if (t->rows[i].id == w->last)
			return t->rows[i].at_ms == w->last_at_ms;
	return false;
}

static int read_message(struct reader *r, struct message *m)
{
	int rc;

	statedb_restart(r->s, r->row);
	sqlite3_bind_int64(r->row, 1, m->id);
	rc = statedb_step(r->s, r->row);
	if (rc == SQLITE_ROW)
		message_row_read(m, r->s, r->row, r->in->home.excerpts);
	sqlite3_reset(r->row);
	r->n_read++;
	/* Larger than may be read, or deleted meanwhile: a message all the same, of which little is known. */
	return rc == SQLITE_ROW || rc == SQLITE_DONE || (rc & 0xFF) == SQLITE_TOOBIG ? SQLITE_OK : rc;
}

/* True when the batch is long enough, or there is no more time for another message. */
static bool is_full(const struct reader *r)
{
	return r->n_read >= ROWS_MAX || arena_used(r->a) > MEMORY_MAX || clock_mono_us() > r->s->deadline_us;
}

/*
 * Each read is over at once, but while one follows the other Hermes, as it
 * writes, never finds a moment to begin its log (state.db-wal) anew.
 */
static void give_way(struct reader *r)
{
	const struct timespec pause = { .tv_nsec = PAUSE_US * 1000 };

	if (clock_mono_us() - r->busy_since < BUSY_US)
		return;
	nanosleep(&pause, NULL);
	r->busy_since = clock_mono_us();
}

/* Up to where the batch is full: the next one goes on there. */
static int read_messages(struct reader *r, const struct timeline_want *w, struct timeline *t)
{
	bool goes_on = w->last && is_continued(w, t);
	size_t before = r->n_read;
	int rc = SQLITE_OK;

	for (size_t i = 0; i < t->n_rows; i++) {
		t->rows[i].is_held = goes_on && t->rows[i].id <= w->last;
		if (t->rows[i].is_held)
			continue;
		t->is_partial = r->n_read > before && is_full(r);
		if (!t->is_partial) {
			rc = read_message(r, &t->rows[i]);
			give_way(r);
		}
		if (statedb_is_late(rc) && r->n_read > before + 1) {
			t->is_partial = true;
			rc = SQLITE_OK;
		}
		if (t->is_partial)
			t->n_rows = i;
		if (rc != SQLITE_OK)
			return rc;
	}
	return rc;
}

/* ---- what the session says of itself ---- */

/* Since 0.20 model_config says what a session came from; nothing else of it is looked at. */
static int read_origin(struct reader *r, const char *id, struct timeline *t)
{
	static const char *const names[][2] = { { "_delegate_from", "delegate" },
						{ "_branched_from", "branch" },
						{ "_reset_from", "reset" } };
	CLEANUP_JSON cJSON *config = NULL;
	const char *text;
	int n, rc;

	statedb_restart(r->s, r->config);
	sqlite3_bind_text(r->config, 1, id, -1, SQLITE_STATIC);
	rc = statedb_step(r->s, r->config);
	text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(r->config, 0) : NULL;
	n = rc == SQLITE_ROW ? sqlite3_column_bytes(r->config, 0) : 0;
	if (text && n > 0 && n <= CONFIG_MAX)
		config = json_parse(text, (size_t)n, JSON_RAW_CONTROLS | JSON_REPLACE_BAD_UTF8 | JSON_PYTHON_NUMBERS, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names) && !t->origin; i++)
		if (json_get(config, names[i][0]))
			t->origin = names[i][1];
	sqlite3_reset(r->config);
	return rc == SQLITE_ROW || rc == SQLITE_DONE || (rc & 0xFF) == SQLITE_TOOBIG ? SQLITE_OK : rc;
}

static void add(int64_t *sum, int64_t n)
{
	if (n != COUNT_UNKNOWN)
		*sum = *sum == COUNT_UNKNOWN ? n : *sum + n;
}

/* session_model_usage has a row a model, way of billing and kind of work; a person asks by model. */
static void add_usage(struct reader *r, struct timeline *t)
{
	const char *model = statedb_text(r->s, r->models, 0, TYPE_CHARS);
	const char *status = statedb_text(r->s, r->models, 4, TYPE_CHARS);
	struct model_usage *u = NULL;

	if (!model)
		return;
	for (size_t i = 0; i < t->n_models && !u; i++)
		if (str_eq(t->models[i].model, model))
			u = &t->models[i];
	if (!u && t->n_models == TIMELINE_MODELS)
		return;
	if (!u) {
		u = &t->models[t->n_models++];
		*u = (struct model_usage){ model, COUNT_UNKNOWN, COUNT_UNKNOWN, COUNT_UNKNOWN, COUNT_UNKNOWN };
	}
	add(&u->requests, statedb_count(r->models, 1));
	add(&u->input_tokens, statedb_count(r->models, 2));
	add(&u->output_tokens, statedb_count(r->models, 3));
	add(&u->cost_microusd, session_row_cost(r->models, status, 5, 6));
}

static int read_models(struct reader *r, const char *id, struct timeline *t)
{
	int rc;

	if (!r->models)
		return SQLITE_OK; /* before 0.20 */
	t->models = arena_calloc(r->a, TIMELINE_MODELS, sizeof(*t->models));
	statedb_restart(r->s, r->models);
	sqlite3_bind_text(r->models, 1, id, -1, SQLITE_STATIC);
	while ((rc = statedb_step(r->s, r->models)) == SQLITE_ROW)
		add_usage(r, t);
	sqlite3_reset(r->models);
	return rc == SQLITE_DONE || statedb_is_late(rc) ? SQLITE_OK : rc;
}

/* ---- all of it ---- */

static int read_one(struct reader *r, const struct timeline_want *w, struct timeline *t)
{
	int rc;

	t->number = w->number;
	rc = read_ids(r, w->id, t);
	if (rc == SQLITE_OK)
		rc = read_messages(r, w, t);
	if (rc != SQLITE_OK || t->is_partial)
		return rc;
	if (r->config)
		rc = read_origin(r, w->id, t);
	return rc == SQLITE_OK ? read_models(r, w->id, t) : rc;
}

static int read_wanted(struct reader *r)
{
	const struct timeline_request *q = &r->in->request;
	int rc = SQLITE_OK;

	for (size_t i = 0; i < q->n_wants && rc == SQLITE_OK && !(i && is_full(r)); i++) {
		struct timeline *t = &r->out->items[i];

		rc = read_one(r, &q->wants[i], t);
		give_way(r);
		if (statedb_is_late(rc) && clock_mono_us() > r->s->deadline_us && i)
			return SQLITE_OK; /* out of time for all of them: this one comes first with the next batch */
		if (statedb_is_late(rc)) {
			*t = (struct timeline){ .number = q->wants[i].number, .total = COUNT_UNKNOWN,
						.reason = "its messages could not be read in time" };
			rc = SQLITE_OK;
		}
		if (rc == SQLITE_OK)
			r->out->n_items = i + 1;
	}
	return rc;
}

static void prepare(struct reader *r)
{
	const struct statedb_columns *u = &r->usage;

	r->newest = statedb_prepare(r->s, ids_sql(r, "DESC", TIMELINE_NEWEST));
	r->first = statedb_prepare(r->s, ids_sql(r, "ASC", TIMELINE_FIRST));
	r->count = statedb_prepare(r->s, "SELECT count(*) FROM messages WHERE session_id = ?1");
	r->row = statedb_prepare(r->s, message_row_sql(&r->messages, r->a));
	if (statedb_has(&r->sessions, "model_config"))
		r->config = statedb_prepare(r->s, "SELECT model_config FROM sessions WHERE id = ?1");
	if (r->has_usage && statedb_has(u, "session_id") && statedb_has(u, "model"))
		r->models = statedb_prepare(r->s, arena_printf(r->a,
							       "SELECT model, %s, %s, %s, %s, %s, %s FROM session_model_usage"
							       " WHERE session_id = ?1 LIMIT 200",
							       column(u, "api_call_count"), column(u, "input_tokens"),
							       column(u, "output_tokens"), column(u, "cost_status"),
							       column(u, "actual_cost_usd"), column(u, "estimated_cost_usd")));
}

static void finish(struct reader *r)
{
	sqlite3_stmt **all[] = { &r->newest, &r->first, &r->count, &r->row, &r->config, &r->models };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		statedb_finalize(all[i]);
}

/* A state.db without messages has no timeline to tell; that is known, and no failure. */
static void read_open(struct reader *r)
{
	struct timeline_batch *out = r->out;
	int rc = SQLITE_OK;

	if (!statedb_columns(r->s, "messages", &r->messages, &rc) || !statedb_has(&r->messages, "session_id")) {
		home_answer(&out->probe, rc == SQLITE_OK ? PROBE_INACTIVE : PROBE_UNKNOWN,
			    rc == SQLITE_OK ? "state.db has no table \"messages\" of Hermes's" : statedb_why(r->s, rc));
		return;
	}
	statedb_columns(r->s, "sessions", &r->sessions, &rc);
	if (rc == SQLITE_OK)
		r->has_usage = statedb_columns(r->s, "session_model_usage", &r->usage, &rc);
	if (rc == SQLITE_OK) {
		prepare(r);
		rc = r->newest && r->first && r->count && r->row ? read_wanted(r) : sqlite3_extended_errcode(r->s->db);
	}
	home_answer(&out->probe, rc == SQLITE_OK ? PROBE_OK : PROBE_UNKNOWN, rc == SQLITE_OK ? NULL : statedb_why(r->s, rc));
	finish(r);
}

void hermes_timeline(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct timeline_source *src = in;
	struct timeline_batch *x = out;
	struct reader r = { .in = src, .out = x, .a = a };
	int64_t own = clock_mono_us() + BUDGET_US;
	struct statedb s;

	home_begin(&x->probe, "state.db", &src->home);
	if (!home_is_there(&x->probe, &src->home, a))
		return;
	r.scratch = arena_calloc(a, TIMELINE_FIRST + TIMELINE_NEWEST, sizeof(*r.scratch));
	x->items = arena_calloc(a, src->request.n_wants + 1, sizeof(*x->items));
	if (!statedb_open(&s, src->home.home, STATEDB_CLOSED, a, deadline_us > 0 && deadline_us < own ? deadline_us : own, &x->probe))
		return;
	r.s = &s;
	r.busy_since = clock_mono_us();
	read_open(&r);
	if (!statedb_close(&s)) {
		x->n_items = 0;
		home_answer(&x->probe, PROBE_UNKNOWN, "state.db changed while it was read; the next reading tries again");
	}
}
