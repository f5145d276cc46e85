#include "hermes/work.h"

#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/home.h"
#include "hermes/session_row.h"

#define SWEEP_ROWS   300
#define BUDGET_US    (1200 * 1000)
#define ID_CHARS     200

struct reader {
	struct statedb *s;
	const struct work_source *in;
	struct work_batch *out;
	struct sessions_shape shape;
	int64_t now;
	struct arena *a;
};

/* ---- the file ---- */

static int64_t ns_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static struct work_print print_of(const struct stat *db, const struct stat *wal)
{
	return (struct work_print){ .inode = (int64_t)db->st_ino,
				    .size = db->st_size,
				    .mtime_ns = ns_of(db),
				    .wal_size = wal->st_size,
				    .wal_mtime_ns = wal->st_size ? ns_of(wal) : 0 };
}

/*
 * True while the files are as they were. A file that was written within the
 * last seconds may be written again in the same tick of its clock.
 */
static bool is_unchanged(const struct work_source *in, int64_t now, struct arena *a)
{
	struct stat db, wal = { 0 };
	struct work_print print;

	if (!in->request.cursor.is_complete || stat(arena_printf(a, "%s/state.db", in->home.home), &db) < 0)
		return false;
	if (stat(arena_printf(a, "%s/state.db-wal", in->home.home), &wal) < 0)
		memset(&wal, 0, sizeof(wal));
	print = print_of(&db, &wal);
	return memcmp(&print, &in->request.cursor.print, sizeof(print)) == 0 && now - db.st_mtim.tv_sec > 2;
}

/* ---- rows ---- */

static bool is_taken(const struct work_batch *out, const char *id)
{
	for (size_t i = 0; i < out->n_rows; i++)
		if (str_eq(out->rows[i].id, id))
			return true;
	return false;
}

/* Takes what the statement gives, but at most `max` rows. SQLITE_OK or an error. */
static int take_rows(struct reader *r, sqlite3_stmt *st, size_t max, size_t *n)
{
	int rc = SQLITE_ROW;

	*n = 0;
	while (*n < max && (rc = statedb_step(r->s, st)) == SQLITE_ROW) {
		struct session *x = &r->out->rows[r->out->n_rows];

		memset(x, 0, sizeof(*x));
		session_row_read(x, r->s, st, r->now);
		r->out->n_rows += x->id != NULL;
		++*n;
	}
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static sqlite3_stmt *prepare_rows(struct reader *r, const char *rest)
{
	return statedb_prepare(r->s, session_row_sql(&r->shape, r->in->home.excerpts, rest, r->a));
}

static int read_new(struct reader *r)
{
	CLEANUP_STMT sqlite3_stmt *st = prepare_rows(r, "WHERE rowid > ?1 ORDER BY rowid LIMIT ?2");
	struct work_cursor *next = &r->out->next;
	size_t n, max = WORK_BATCH;
	int rc;

	if (!st)
		return sqlite3_extended_errcode(r->s->db);
	sqlite3_bind_int64(st, 1, next->row);
	sqlite3_bind_int64(st, 2, (int64_t)max);
	rc = take_rows(r, st, max, &n);
	if (statedb_is_late(rc) && n > 0)
		rc = SQLITE_OK; /* so far, so good; the rest comes with the next batch */
	else
		next->is_complete = rc == SQLITE_OK && n < max;
	if (r->out->n_rows) {
		next->row = r->out->rows[r->out->n_rows - 1].rowid;
		next->row_id = r->out->rows[r->out->n_rows - 1].id;
	}
	return rc;
}

static int read_one(struct reader *r, sqlite3_stmt *st, const char *id, bool *found)
{
	size_t n;
	int rc;

	statedb_restart(r->s, st);
	sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
	rc = take_rows(r, st, 1, &n);
	*found = n > 0;
	return rc;
}

/* The sessions that the caller asks for; what is not there is told. */
static int read_recheck(struct reader *r)
{
	CLEANUP_STMT sqlite3_stmt *st = prepare_rows(r, "WHERE id = ?1");
	const struct work_request *q = &r->in->request;
	int rc = st ? SQLITE_OK : sqlite3_extended_errcode(r->s->db);

	r->out->missing = arena_calloc(r->a, WORK_RECHECK, sizeof(*r->out->missing));
	for (size_t i = 0; i < q->n_recheck && i < WORK_RECHECK && rc == SQLITE_OK; i++) {
		bool found = true;

		if (!is_taken(r->out, q->recheck[i]))
			rc = read_one(r, st, q->recheck[i], &found);
		if (rc == SQLITE_OK && !found)
			r->out->missing[r->out->n_missing++] = q->recheck[i];
	}
	return rc;
}

static int add_changed(struct reader *r, const char **ids, size_t n)
{
	CLEANUP_STMT sqlite3_stmt *st = prepare_rows(r, "WHERE id = ?1");
	int rc = st ? SQLITE_OK : sqlite3_extended_errcode(r->s->db);
	bool found;

	for (size_t i = 0; i < n && rc == SQLITE_OK; i++)
		if (!is_taken(r->out, ids[i]))
			rc = read_one(r, st, ids[i], &found);
	return rc;
}

/* Sessions of the messages that were written since; at most WORK_RECHECK of them at once. */
static int read_changed(struct reader *r)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	const char *last = NULL, **ids = arena_calloc(r->a, WORK_RECHECK, sizeof(*ids));
	struct work_cursor *next = &r->out->next;
	size_t n = 0;
	int rc = SQLITE_DONE;

	if (!r->shape.has_messages || !statedb_has(&r->shape.messages, "session_id"))
		return SQLITE_OK;
	st = statedb_prepare(r->s, "SELECT rowid, session_id FROM messages WHERE rowid > ?1 ORDER BY rowid");
	if (!st)
		return sqlite3_extended_errcode(r->s->db);
	sqlite3_bind_int64(st, 1, next->message);
	while (n < WORK_RECHECK && (rc = statedb_step(r->s, st)) == SQLITE_ROW) {
		const char *id = statedb_text(r->s, st, 1, ID_CHARS);

		next->message = sqlite3_column_int64(st, 0);
		if (id && !str_eq(id, last))
			ids[n++] = last = id;
	}
	if (rc == SQLITE_ROW)
		next->is_complete = false; /* more of them have changed than one batch takes */
	else if (rc != SQLITE_DONE)
		return rc;
	sqlite3_reset(st);
	r->out->spoken = ids;
	r->out->n_spoken = n;
	return add_changed(r, ids, n);
}

/* The next slice of old rows; at the end it begins again. */
static int read_sweep(struct reader *r)
{
	CLEANUP_STMT sqlite3_stmt *st = prepare_rows(r, "WHERE rowid > ?1 ORDER BY rowid LIMIT ?2");
	struct work_cursor *next = &r->out->next;
	size_t n, before = r->out->n_rows;
	int rc;

	if (!st)
		return sqlite3_extended_errcode(r->s->db);
	sqlite3_bind_int64(st, 1, next->sweep);
	sqlite3_bind_int64(st, 2, SWEEP_ROWS);
	rc = take_rows(r, st, SWEEP_ROWS, &n);
	if (rc != SQLITE_OK)
		return rc;
	r->out->swept_from = next->sweep;
	r->out->swept_to = n < SWEEP_ROWS ? INT64_MAX : r->out->rows[before + n - 1].rowid;
	next->sweep = n < SWEEP_ROWS ? 0 : r->out->swept_to;
	return SQLITE_OK;
}

/* ---- the cursor ---- */

static int number(struct reader *r, const char *sql, int64_t *out)
{
	CLEANUP_STMT sqlite3_stmt *st = statedb_prepare(r->s, sql);
	int rc = st ? statedb_step(r->s, st) : sqlite3_extended_errcode(r->s->db);

	if (rc == SQLITE_ROW)
		*out = statedb_count(st, 0);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Another session where the cursor stands, or none: begin again, from the messages of now on. */
static int check_cursor(struct reader *r)
{
	CLEANUP_STMT sqlite3_stmt *st = statedb_prepare(r->s, "SELECT id FROM sessions WHERE rowid = ?1");
	struct work_cursor *next = &r->out->next;
	int rc;

	if (!st)
		return sqlite3_extended_errcode(r->s->db);
	sqlite3_bind_int64(st, 1, next->row);
	rc = next->row ? statedb_step(r->s, st) : SQLITE_DONE;
	if (rc == SQLITE_ROW && str_eq(statedb_text(r->s, st, 0, ID_CHARS), next->row_id))
		return SQLITE_OK;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return rc;
	*next = (struct work_cursor){ .messages = COUNT_UNKNOWN, .schema_version = COUNT_UNKNOWN, .size_bytes = COUNT_UNKNOWN };
	return r->shape.has_messages ? number(r, "SELECT max(rowid) FROM messages", &next->message) : SQLITE_OK;
}

static int read_facts(struct reader *r)
{
	struct sessions counted = { .messages = COUNT_UNKNOWN };
	struct work_cursor *next = &r->out->next;
	struct statedb_columns c;
	int rc = SQLITE_OK;

	next->schema_version = COUNT_UNKNOWN;
	if (statedb_columns(r->s, "schema_version", &c, &rc) && statedb_has(&c, "version"))
		rc = number(r, "SELECT max(version) FROM schema_version", &next->schema_version);
	if (rc == SQLITE_OK && r->shape.has_messages)
		rc = sessions_count_messages(r->s, SESSIONS_COUNT_AT_ONCE, &counted);
	next->messages = counted.messages;
	return rc;
}

static int read_all(struct reader *r)
{
	int rc = check_cursor(r);

	if (rc == SQLITE_OK)
		rc = number(r, "SELECT max(rowid) FROM sessions", &r->out->total_rows);
	if (rc == SQLITE_OK)
		rc = read_new(r);
	if (rc == SQLITE_OK && r->out->next.is_complete) /* else an import is under way: old rows can wait */
		rc = read_changed(r);
	if (rc != SQLITE_OK || !r->out->next.is_complete)
		return rc;
	if (rc == SQLITE_OK)
		rc = read_recheck(r);
	if (rc == SQLITE_OK)
		rc = read_sweep(r);
	return rc == SQLITE_OK ? read_facts(r) : rc;
}

static const char *read_shape(struct reader *r, int *rc)
{
	if (!statedb_columns(r->s, "sessions", &r->shape.sessions, rc) || !statedb_has(&r->shape.sessions, "id"))
		return *rc == SQLITE_OK ? "state.db has no table \"sessions\" of Hermes's" : NULL;
	r->shape.has_messages = statedb_columns(r->s, "messages", &r->shape.messages, rc);
	return NULL;
}

static void read_open(struct reader *r)
{
	struct work_batch *out = r->out;
	int rc = SQLITE_OK;
	const char *reason = read_shape(r, &rc);

	out->rows = arena_calloc(r->a, WORK_BATCH + 2 * WORK_RECHECK + SWEEP_ROWS + 8, sizeof(*out->rows));
	if (!reason && rc == SQLITE_OK)
		rc = read_all(r);
	if (!reason && rc != SQLITE_OK)
		reason = statedb_why(r->s, rc);
	out->next.size_bytes = r->s->files.st[STATEDB_MAIN].st_size;
	out->next.print = print_of(&r->s->files.st[STATEDB_MAIN], &r->s->files.st[STATEDB_WAL]);
	home_answer(&out->probe, reason ? PROBE_UNKNOWN : PROBE_OK, reason);
}

void hermes_work(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct work_source *src = in;
	struct work_batch *x = out;
	struct reader r = { .in = src, .out = x, .now = home_now(&src->home), .a = a };
	int64_t own = clock_mono_us() + BUDGET_US;
	struct statedb s;

	home_begin(&x->probe, "state.db", &src->home);
	x->next = src->request.cursor;
	x->total_rows = COUNT_UNKNOWN;
	if (!home_is_there(&x->probe, &src->home, a))
		return;
	if (is_unchanged(src, clock_now_s(), a)) {
		x->is_unchanged = true;
		home_answer(&x->probe, PROBE_OK, NULL);
		return;
	}
	if (!statedb_open(&s, src->home.home, STATEDB_CLOSED, a, deadline_us > 0 && deadline_us < own ? deadline_us : own, &x->probe))
		return;
	r.s = &s;
	read_open(&r);
	if (!statedb_close(&s))
		home_answer(&x->probe, PROBE_UNKNOWN, "state.db changed while it was read; the next reading tries again");
}
