#include "store/store_outbox.h"

#include <string.h>

#include "base/str.h"
#include "store/store_parts.h"

#define LINE_CHARS 400

static int done(struct store *s, int rc, struct arena *a, const char **error)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

int store_begin(struct store *s, struct arena *a, const char **error)
{
	return done(s, sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL), a, error);
}

int store_commit(struct store *s, int rc, struct arena *a, const char **error)
{
	if (rc == 0)
		return store_end(s, SQLITE_OK, a, error);
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

static void bind_new(sqlite3_stmt *st, const struct outbox_item *x)
{
	store_bind_text(st, 1, x->key);
	sqlite3_bind_int(st, 2, (int)x->kind);
	sqlite3_bind_int(st, 3, (int)x->state);
	sqlite3_bind_int64(st, 4, x->alert);
	sqlite3_bind_int64(st, 5, x->severity);
	store_bind_text(st, 6, x->text);
	store_bind_text(st, 7, x->link);
	sqlite3_bind_int64(st, 8, x->made_at);
	sqlite3_bind_int64(st, 9, x->next_at);
	sqlite3_bind_int64(st, 10, x->told_by);
}

int store_put_outbox(struct store *s, const struct outbox_item *x, int64_t *n, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	bool fits = strlen(x->key) <= OUTBOX_KEY_MAX && strlen(x->text) <= OUTBOX_TEXT_MAX;
	int rc = fits ? SQLITE_OK : SQLITE_TOOBIG;

	*n = 0;
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(s->db,
					"INSERT INTO outbox(key, kind, state, alert, severity, text, link, made, next, sent, tries, message,"
					" error, told_by) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, 0, NULL, ?10)"
					" ON CONFLICT(key) DO NOTHING",
					-1, &st, NULL);
	if (rc == SQLITE_OK) {
		bind_new(st, x);
		rc = store_step(st);
	}
	if (rc == SQLITE_OK && sqlite3_changes(s->db) > 0)
		*n = sqlite3_last_insert_rowid(s->db);
	return done(s, rc, a, error);
}

int store_mark_outbox(struct store *s, const struct outbox_item *x, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    "UPDATE outbox SET state = ?2, text = ?3, next = ?4, sent = ?5, tries = ?6, message = ?7, error = ?8,"
				    " told_by = ?9, severity = ?10 WHERE n = ?1",
				    -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, x->n);
		sqlite3_bind_int(st, 2, (int)x->state);
		store_bind_text(st, 3, x->text);
		sqlite3_bind_int64(st, 4, x->next_at);
		sqlite3_bind_int64(st, 5, x->sent_at);
		sqlite3_bind_int64(st, 6, x->tries);
		sqlite3_bind_int64(st, 7, x->message_id);
		store_bind_text(st, 8, x->error);
		sqlite3_bind_int64(st, 9, x->told_by);
		sqlite3_bind_int64(st, 10, x->severity);
		rc = store_step(st);
	}
	return done(s, rc, a, error);
}

/* ---- reading ---- */

#define COLUMNS "n, key, kind, state, alert, severity, text, link, made, next, sent, tries, message, error, told_by"

/* What may be another user's text, as a line. */
static const char *line_of(sqlite3_stmt *st, int i, struct arena *a)
{
	const char *s = store_text(st, i, a);

	return s ? str_clean(a, s, strlen(s), LINE_CHARS) : NULL;
}

static void take(sqlite3_stmt *st, struct outbox_item *x, struct arena *a)
{
	int kind = sqlite3_column_int(st, 2), state = sqlite3_column_int(st, 3);
	const char *key = store_text(st, 1, a), *text = store_text(st, 6, a);

	*x = (struct outbox_item){
		.n = sqlite3_column_int64(st, 0),
		.key = key ? key : "",
		.kind = kind >= OUTBOX_OPENED && kind <= OUTBOX_TEST ? (enum outbox_kind)kind : OUTBOX_OPENED,
		.state = state >= OUTBOX_WAITING && state <= OUTBOX_UNCLEAR ? (enum outbox_state)state : OUTBOX_UNCLEAR,
		.alert = sqlite3_column_int64(st, 4),
		.severity = sqlite3_column_int64(st, 5),
		.text = text && str_is_utf8(text, strlen(text)) ? text : "",
		.link = line_of(st, 7, a),
		.made_at = sqlite3_column_int64(st, 8),
		.next_at = sqlite3_column_int64(st, 9),
		.sent_at = sqlite3_column_int64(st, 10),
		.tries = sqlite3_column_int64(st, 11),
		.message_id = sqlite3_column_int64(st, 12),
		.error = line_of(st, 13, a),
		.told_by = sqlite3_column_int64(st, 14),
	};
}

/* The first row that a statement gives, which is done with then. */
static bool take_one(sqlite3_stmt *st, struct outbox_item *x, struct arena *a)
{
	bool found = sqlite3_step(st) == SQLITE_ROW;

	if (found)
		take(st, x, a);
	return found;
}

bool store_outbox_find(struct store *s, const char *key, struct outbox_item *x, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(s->db, "SELECT " COLUMNS " FROM outbox WHERE key = ?1", -1, &st, NULL) != SQLITE_OK)
		return false;
	store_bind_text(st, 1, key);
	return take_one(st, x, a);
}

bool store_outbox_row(struct store *s, int64_t n, struct outbox_item *x, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(s->db, "SELECT " COLUMNS " FROM outbox WHERE n = ?1", -1, &st, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(st, 1, n);
	return take_one(st, x, a);
}

static int prepare_query(struct store *s, const struct outbox_query *q, sqlite3_stmt **st, struct arena *a)
{
	/* A page's rows come by the index of times: a row is looked up for each, and no list is sorted. That of alerts has none of the machine's. */
	const char *sql = arena_printf(a, "SELECT " COLUMNS " FROM outbox WHERE made >= ?1%s%s%s%s%s ORDER BY %s LIMIT ?5",
				       q->state ? " AND state = ?2" : "", q->alert ? " AND alert = ?3" : "", q->alert > 0 ? " AND alert > 0" : "",
				       q->told_by ? " AND told_by = ?4" : "",
				       q->before_n ? " AND made <= ?6 AND (made < ?6 OR n < ?7)" : "",
				       q->newest_first ? "made DESC, n DESC" : "n");
	int rc = sqlite3_prepare_v2(s->db, sql, -1, st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(*st, 1, q->from_s);
	sqlite3_bind_int(*st, 2, (int)q->state);
	sqlite3_bind_int64(*st, 3, q->alert);
	sqlite3_bind_int64(*st, 4, q->told_by);
	sqlite3_bind_int64(*st, 6, q->before_made);
	sqlite3_bind_int64(*st, 7, q->before_n);
	sqlite3_bind_int64(*st, 5, q->limit && q->limit < STORE_ROWS_MAX ? (int64_t)q->limit : STORE_ROWS_MAX);
	return SQLITE_OK;
}

int store_outbox(struct store *s, const struct outbox_query *q, struct outbox_item **out, size_t *n, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = prepare_query(s, q, &st, a);
	size_t room = 0;

	*n = 0;
	*out = NULL;
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (*n == room) {
			struct outbox_item *more = arena_calloc(a, room ? 2 * room : 32, sizeof(*more));

			if (room)
				memcpy(more, *out, room * sizeof(*more));
			*out = more;
			room = room ? 2 * room : 32;
		}
		take(st, &(*out)[(*n)++], a);
		rc = SQLITE_OK;
	}
	return done(s, rc, a, error);
}

/* As store_delivery() counts them: of alerts a later message tells; of the rest one that arrived says that the way is open again. */
static bool is_untold(sqlite3_stmt *st, int64_t good_at)
{
	const char *key = (const char *)sqlite3_column_text(st, 1);
	int64_t kind = sqlite3_column_int64(st, 0);
	bool is_of_alert = kind >= OUTBOX_OPENED && kind <= OUTBOX_REMINDER && key && !str_starts(key, "watch:");

	return is_of_alert || sqlite3_column_int64(st, 2) > good_at;
}

static int count_untold(struct store *s, int64_t *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	const char *word = NULL;
	int64_t good_at = 0;
	int rc = sqlite3_prepare_v2(s->db, "SELECT kind, key, sent FROM outbox WHERE state = 4 AND told_by = 0 LIMIT ?1", -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	if (!store_get_state(s, NOTIFY_GOOD, &good_at, &word, a))
		good_at = 0;
	sqlite3_bind_int64(st, 1, OUTBOX_COUNTED);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		*out += is_untold(st, good_at);
	return rc;
}

/* Counted here: a reader may call no function of SQL (store_open.c). */
int store_outbox_counts(struct store *s, struct outbox_counts *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, "SELECT state FROM outbox ORDER BY state LIMIT ?1", -1, &st, NULL);

	*out = (struct outbox_counts){ 0 };
	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, OUTBOX_COUNTED);
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		int64_t state = sqlite3_column_int64(st, 0);

		/* As take() reads it. */
		out->of[state >= OUTBOX_WAITING && state <= OUTBOX_UNCLEAR ? state : OUTBOX_UNCLEAR]++;
		rc = SQLITE_OK;
	}
	return done(s, rc == SQLITE_DONE ? count_untold(s, &out->untold, a) : rc, a, error);
}

static void add_told(sqlite3_stmt *st, struct alert_told *out)
{
	int64_t told_by = sqlite3_column_int64(st, 1), sent = sqlite3_column_int64(st, 2);

	switch (sqlite3_column_int64(st, 0)) {
	case OUTBOX_WAITING:
	case OUTBOX_SENDING:
		out->waiting++;
		break;
	case OUTBOX_SENT:
		out->sent++;
		out->sent_at = sent > out->sent_at ? sent : out->sent_at;
		break;
	case OUTBOX_REFUSED:
		*(told_by > 0 ? &out->merged : &out->refused) += 1;
		break;
	case OUTBOX_MERGED:
		out->merged += told_by > 0;
		break;
	default:
		out->unclear++;
	}
}

int store_told(struct store *s, int64_t alert, struct alert_told *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, "SELECT state, told_by, sent FROM outbox WHERE alert = ?1 AND alert > 0 LIMIT 1000", -1, &st, NULL);

	*out = (struct alert_told){ 0 };
	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, alert);
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		add_told(st, out);
		rc = SQLITE_OK;
	}
	if (done(s, rc, a, error) == 0)
		return 0;
	out->sent = COUNT_UNKNOWN;
	return -1;
}

int store_outbox_unclear(struct store *s, const char *why, int64_t *n, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, "UPDATE outbox SET state = 6, error = ?1 WHERE state = 2", -1, &st, NULL);

	*n = 0;
	if (rc == SQLITE_OK) {
		store_bind_text(st, 1, why);
		rc = store_step(st);
	}
	if (rc == SQLITE_OK)
		*n = sqlite3_changes(s->db);
	return done(s, rc, a, error);
}

int store_outbox_settle(struct store *s, int64_t now, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    "UPDATE outbox SET made = MIN(made, ?1), sent = MIN(sent, ?1), next = MIN(next, ?1 + 86400)"
				    " WHERE made > ?1 OR sent > ?1 OR next > ?1 + 86400",
				    -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, now);
		rc = store_step(st);
	}
	return done(s, rc, a, error);
}

int store_outbox_sweep(struct store *s, int64_t before_s, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	/* Of an alert that is still open the rows stay: they say what has been told of it. */
	int rc = sqlite3_prepare_v2(s->db,
				    "DELETE FROM outbox WHERE n IN (SELECT n FROM outbox WHERE made < ?1 AND state NOT IN (1, 2)"
				    " AND n <= (SELECT MAX(n) FROM outbox) - ?2"
				    " AND alert NOT IN (SELECT n FROM alerts WHERE closed = 0) ORDER BY made LIMIT 5000)",
				    -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, before_s);
		sqlite3_bind_int64(st, 2, OUTBOX_KEPT_N);
		rc = store_step(st);
	}
	return done(s, rc, a, error);
}

/* ---- how it goes ---- */

static int64_t state_at(struct store *s, const char *name, const char **word, struct arena *a)
{
	int64_t at = 0;

	*word = NULL;
	return store_get_state(s, name, &at, word, a) && at > 0 ? at : 0;
}

void store_watching(struct store *s, struct watching *out, struct arena *a)
{
	const char *word = NULL;

	*out = (struct watching){ .seen = COUNT_UNKNOWN, .silent = COUNT_UNKNOWN };
	out->ran_at = state_at(s, WATCH_RAN, &word, a);
	out->error = word;
	if (!out->ran_at || !store_get_state(s, WATCH_SEEN, &out->seen, &word, a))
		return;
	if (!word || !str_parse_i64(word, 0, out->seen, &out->silent))
		out->seen = out->silent = COUNT_UNKNOWN;
}

int store_delivery(struct store *s, int64_t now, struct delivery *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	const char *word = NULL;
	int64_t dead = 0;
	int rc;

	*out = (struct delivery){ 0 };
	out->ran_at = state_at(s, NOTIFY_RAN, &word, a);
	out->error = word;
	out->good_at = state_at(s, NOTIFY_GOOD, &word, a);
	if (store_get_state(s, NOTIFY_DEAD, &dead, &word, a))
		out->is_dead = dead > 0 ? TRI_YES : TRI_NO;
	rc = sqlite3_prepare_v2(s->db,
				"SELECT COUNT(*) FILTER (WHERE state = 1),"
				" COALESCE(MIN(MAX(made, next)) FILTER (WHERE state = 1 AND (next <= ?2 OR tries > 0)), 0),"
				/* Of alerts a later message tells; of the rest one that arrived says that the way is open again. */
				" COUNT(*) FILTER (WHERE state = 4 AND told_by = 0 AND ((kind IN (1, 2, 3) AND key NOT LIKE 'watch:%') OR sent > ?1)), COUNT(*) FILTER (WHERE state = 6 AND sent > ?1)"
				" FROM outbox WHERE state IN (1, 4, 6)",
				-1, &st, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, out->good_at);
		sqlite3_bind_int64(st, 2, now);
		rc = sqlite3_step(st);
	}
	if (rc != SQLITE_ROW)
		return done(s, rc == SQLITE_DONE ? SQLITE_ERROR : rc, a, error);
	out->waiting = sqlite3_column_int64(st, 0);
	out->waiting_since = sqlite3_column_int64(st, 1);
	out->refused = sqlite3_column_int64(st, 2);
	out->unclear = sqlite3_column_int64(st, 3);
	return 0;
}
