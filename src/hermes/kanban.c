#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/home.h"
#include "hermes/statedb.h"
#include "model/agent.h"

/* hermes_cli/kanban_db.py; since 0.15. */

#define BOARDS_MAX   50
#define STATUSES_MAX 30
#define ROWS_MAX     20000
#define TITLE_CHARS  200
#define ERROR_CHARS  300
#define WORD_CHARS   64
#define BUDGET_US    (1200 * 1000)
#define ABSENT       "no kanban.db: this instance keeps no board"

struct reader {
	struct kanban *out;
	const struct hermes_source *src;
	struct arena *a;
	int64_t until_us;
	const char *reason;         /* the first board that could not be read */
	size_t n_boards;
};

/* In this order in the statement; a column that this version does not have reads as NULL. */
static const char *const columns[] = { "id",		      "title",	    "assignee",	  "status",	"block_kind",
				       "last_failure_error", "priority",    "consecutive_failures", "created_at", "started_at",
				       "completed_at",	      "last_heartbeat_at" };

enum {
	COL_ID, COL_TITLE, COL_ASSIGNEE, COL_STATUS, COL_BLOCK, COL_ERROR, COL_PRIORITY, COL_FAILURES, COL_CREATED,
	COL_STARTED, COL_COMPLETED, COL_HEARTBEAT
};

static bool is_over(const char *status)
{
	return str_eq(status, "done") || str_eq(status, "archived");
}

static void count_status(struct kanban *k, const char *status)
{
	for (size_t i = 0; i < k->n_by_status; i++) {
		if (str_eq(k->by_status[i].status, status)) {
			k->by_status[i].tasks++;
			return;
		}
	}
	if (k->n_by_status < STATUSES_MAX)
		k->by_status[k->n_by_status++] = (struct kanban_count){ .status = status, .tasks = 1 };
}

static int not_done_first(const void *x, const void *y)
{
	const struct kanban_task *a = x, *b = y;

	if (is_over(a->status) != is_over(b->status))
		return is_over(a->status) ? 1 : -1;
	return a->created_at > b->created_at ? -1 : a->created_at < b->created_at;
}

/* Keeps the KANBAN_LATEST_MAX that matter most; the list has room for twice as many, and is cut when it is full. */
static void keep(struct kanban *k, const struct kanban_task *t)
{
	k->latest[k->n_latest++] = *t;
	if (k->n_latest < 2 * (size_t)KANBAN_LATEST_MAX)
		return;
	qsort(k->latest, k->n_latest, sizeof(*k->latest), not_done_first);
	k->n_latest = KANBAN_LATEST_MAX;
}

static const char *sql(const struct statedb_columns *have, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(4096);

	buf_adds(&b, "SELECT ");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		buf_printf(&b, "%s%s", i ? ", " : "", statedb_has(have, columns[i]) ? columns[i] : "NULL");
	buf_printf(&b, " FROM tasks ORDER BY rowid DESC LIMIT %d", ROWS_MAX);
	return arena_strdup(a, buf_str(&b));
}

static void read_task(struct reader *r, struct statedb *s, sqlite3_stmt *st, const char *board)
{
	struct kanban_task t = { .board = board };

	t.status = statedb_text(s, st, COL_STATUS, WORD_CHARS);
	if (!t.status)
		t.status = "unknown";
	count_status(r->out, t.status);
	t.id = statedb_text(s, st, COL_ID, WORD_CHARS);
	t.title = statedb_text(s, st, COL_TITLE, TITLE_CHARS);
	t.assignee = statedb_text(s, st, COL_ASSIGNEE, WORD_CHARS);
	t.block_kind = statedb_text(s, st, COL_BLOCK, WORD_CHARS);
	t.error = statedb_text(s, st, COL_ERROR, ERROR_CHARS);
	t.priority = statedb_count(st, COL_PRIORITY);
	t.failures = statedb_count(st, COL_FAILURES);
	t.created_at = statedb_time(st, COL_CREATED);
	t.started_at = statedb_time(st, COL_STARTED);
	t.completed_at = statedb_time(st, COL_COMPLETED);
	t.heartbeat_at = statedb_time(st, COL_HEARTBEAT);
	keep(r->out, &t);
}

static int read_rows(struct reader *r, struct statedb *s, const char *board)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	struct statedb_columns have;
	int rc = SQLITE_OK;

	if (!statedb_columns(s, "tasks", &have, &rc))
		return rc == SQLITE_OK ? SQLITE_DONE : rc;
	st = statedb_prepare(s, sql(&have, r->a));
	if (!st)
		return sqlite3_extended_errcode(s->db);
	while ((rc = statedb_step(s, st)) == SQLITE_ROW)
		read_task(r, s, st, board);
	return rc;
}

static void read_board(struct reader *r, const char *dir, const char *board)
{
	struct probe p = { 0 };
	struct statedb s;
	int rc;

	if (!statedb_open_named(&s, dir, "kanban.db", ABSENT, STATEDB_CLOSED, r->a, r->until_us, &p)) {
		if (p.state == PROBE_UNKNOWN && !r->reason)
			r->reason = arena_printf(r->a, "board %s: %s", board, p.reason);
		return;
	}
	r->n_boards++;
	rc = read_rows(r, &s, board);
	if (rc != SQLITE_DONE && !r->reason)
		r->reason = arena_printf(r->a, "board %s: %s", board, statedb_why(&s, rc));
	if (!statedb_close(&s) && !r->reason)
		r->reason = arena_printf(r->a, "board %s changed while it was read; the next reading tries again", board);
}

static void read_boards(struct reader *r)
{
	const char *boards = arena_printf(r->a, "%s/kanban/boards", r->src->home);
	CLEANUP_DIR DIR *d = opendir(boards);
	struct dirent *e;

	read_board(r, r->src->home, "default");
	for (int n = 0; d && n < BOARDS_MAX && (e = readdir(d)); n++)
		if (e->d_name[0] != '.' && e->d_type == DT_DIR)
			read_board(r, arena_printf(r->a, "%s/%s", boards, e->d_name),
				   str_clean(r->a, e->d_name, strlen(e->d_name), WORD_CHARS));
}

void hermes_kanban(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct reader r = { .out = out, .src = in, .a = a, .until_us = clock_mono_us() + BUDGET_US };
	struct kanban *k = out;

	if (deadline_us > 0 && deadline_us < r.until_us)
		r.until_us = deadline_us;
	home_begin(&k->probe, "kanban.db", in);
	if (!home_is_there(&k->probe, in, a))
		return;
	k->by_status = arena_calloc(a, STATUSES_MAX, sizeof(*k->by_status));
	k->latest = arena_calloc(a, 2 * (size_t)KANBAN_LATEST_MAX, sizeof(*k->latest));
	read_boards(&r);
	qsort(k->latest, k->n_latest, sizeof(*k->latest), not_done_first);
	if (k->n_latest > KANBAN_LATEST_MAX)
		k->n_latest = KANBAN_LATEST_MAX;
	if (r.reason)
		home_answer(&k->probe, PROBE_UNKNOWN, r.reason);
	else
		home_answer(&k->probe, r.n_boards ? PROBE_OK : PROBE_INACTIVE, r.n_boards ? NULL : ABSENT);
}
