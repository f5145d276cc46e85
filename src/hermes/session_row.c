#include "hermes/session_row.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

#define SQL_MAX      4096
#define ID_CHARS     200
#define TITLE_CHARS  200
#define WORD_CHARS   64
#define PREVIEW_CHARS 60
#define COST_MAX_USD 1e9

/* clang-format off */
/* In this order in the statement. */
static const char *const row_columns[] = {
	"rowid", "id", "source", "title", "model", "started_at", "ended_at", "end_reason", "last_activity_at",
	"message_count", "tool_call_count", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
	"reasoning_tokens", "cost_status", "actual_cost_usd", "estimated_cost_usd", "parent_session_id", "archived", "hidden",
};

enum {
	COL_ROWID, COL_ID, COL_SOURCE, COL_TITLE, COL_MODEL, COL_STARTED, COL_ENDED, COL_END_REASON, COL_HEARTBEAT,
	COL_MESSAGES, COL_TOOL_CALLS, COL_INPUT, COL_OUTPUT, COL_CACHE_READ, COL_CACHE_WRITE,
	COL_REASONING, COL_COST_STATUS, COL_ACTUAL, COL_ESTIMATED, COL_PARENT, COL_ARCHIVED, COL_HIDDEN,
	COL_NEWEST, COL_LAST, COL_PREVIEW, /* subqueries after them */
};
/* clang-format on */

/*
 * The last message that counts: its role's first letter, "+" where tools were
 * called, and how it finished. Compacted rows and the gateway's first row of a
 * session (session_meta) are nobody's word.
 */
static void add_last_message(struct buf *b, const struct sessions_shape *shape, bool has_ids)
{
	const struct statedb_columns *m = &shape->messages;

	if (!has_ids || !statedb_has(m, "role") || !statedb_has(m, "timestamp")) {
		buf_adds(b, "NULL, ");
		return;
	}
	buf_printf(b, "(SELECT substr(m.role, 1, 1) || %s || %s FROM messages m WHERE m.session_id = sessions.id"
		      " AND m.role <> 'session_meta'%s ORDER BY m.timestamp DESC, m.rowid DESC LIMIT 1), ",
		   statedb_has(m, "tool_calls") ? "CASE WHEN m.tool_calls > '[]' THEN '+' ELSE '-' END" : "'-'",
		   statedb_has(m, "finish_reason") ? "CASE WHEN m.finish_reason IS NULL THEN '' ELSE substr(m.finish_reason, 1, 20) END" : "''",
		   statedb_has(m, "active") ? " AND m.active <> 0" : "");
}

const char *session_row_sql(const struct sessions_shape *shape, bool with_preview, const char *rest, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(SQL_MAX);
	const struct statedb_columns *c = &shape->sessions;
	bool has_ids = shape->has_messages && statedb_has(&shape->messages, "session_id");

	buf_adds(&b, "SELECT ");
	for (size_t i = 0; i < ARRAY_SIZE(row_columns); i++)
		buf_printf(&b, "%s, ", i == COL_ROWID || statedb_has(c, row_columns[i]) ? row_columns[i] : "NULL");
	if (has_ids && statedb_has(&shape->messages, "timestamp"))
		buf_adds(&b, "(SELECT max(m.timestamp) FROM messages m WHERE m.session_id = sessions.id), ");
	else
		buf_adds(&b, "NULL, ");
	add_last_message(&b, shape, has_ids);
	if (with_preview && has_ids && statedb_has(&shape->messages, "content"))
		buf_adds(&b, "(SELECT substr(m.content, 1, 240) FROM messages m WHERE m.session_id = sessions.id"
			     " AND m.role = 'user' AND m.content IS NOT NULL ORDER BY m.rowid LIMIT 1)");
	else
		buf_adds(&b, "NULL");
	buf_printf(&b, " FROM sessions %s", rest);
	return arena_strdup(a, buf_str(&b));
}

/* Dollars as micro-dollars; COUNT_UNKNOWN for NULL, other types, and what no bill can be. */
static int64_t microusd(sqlite3_stmt *st, int column)
{
	int type = sqlite3_column_type(st, column);
	double usd;

	if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
		return COUNT_UNKNOWN;
	usd = sqlite3_column_double(st, column);
	return usd >= 0 && usd <= COST_MAX_USD ? llround(usd * 1e6) : COUNT_UNKNOWN;
}

int64_t session_row_cost(sqlite3_stmt *st, const char *status, int actual, int estimated)
{
	int64_t cost = COUNT_UNKNOWN;

	if (str_eq(status, "actual"))
		cost = microusd(st, actual);
	if (cost == COUNT_UNKNOWN && (str_eq(status, "actual") || str_eq(status, "estimated")))
		cost = microusd(st, estimated);
	if (str_eq(status, "included"))
		cost = microusd(st, estimated) > 0 ? microusd(st, estimated) : 0;
	return cost;
}

/*
 * 0.5 and 0.6 lost the figures of chats and cron runs: 0 tokens and no cost
 * status although there were messages. Such a 0 was never counted.
 */
static bool lost_its_tokens(const struct session *x)
{
	return !x->cost_status && x->messages > 0 && x->input_tokens <= 0 && x->output_tokens <= 0;
}

static void read_figures(struct session *x, struct statedb *s, sqlite3_stmt *st)
{
	x->messages = statedb_count(st, COL_MESSAGES);
	x->tool_calls = statedb_count(st, COL_TOOL_CALLS);
	x->input_tokens = statedb_count(st, COL_INPUT);
	x->output_tokens = statedb_count(st, COL_OUTPUT);
	x->cache_read_tokens = statedb_count(st, COL_CACHE_READ);
	x->cache_write_tokens = statedb_count(st, COL_CACHE_WRITE);
	x->reasoning_tokens = statedb_count(st, COL_REASONING);
	x->cost_status = statedb_text(s, st, COL_COST_STATUS, WORD_CHARS);
	x->cost_microusd = session_row_cost(st, x->cost_status, COL_ACTUAL, COL_ESTIMATED);
	if (lost_its_tokens(x))
		x->input_tokens = x->output_tokens = COUNT_UNKNOWN;
}

/* hermes_state.py: classify_session_status, by what add_last_message() gives. */
static enum turn turn_of(const char *last, int64_t messages)
{
	if (!last)
		return messages == 0 ? TURN_EMPTY : TURN_UNKNOWN;
	if (str_ends(last, "error"))
		return TURN_FAILED;
	if (last[0] == 'u' || last[0] == 't' || (last[0] == 'a' && last[1] == '+'))
		return TURN_UNFINISHED;
	return TURN_COMPLETE;
}

void session_row_read(struct session *x, struct statedb *s, sqlite3_stmt *st, int64_t now)
{
	int64_t heartbeat = statedb_time(st, COL_HEARTBEAT), newest = statedb_time(st, COL_NEWEST);
	bool is_open = sqlite3_column_type(st, COL_ENDED) == SQLITE_NULL;

	x->rowid = sqlite3_column_int64(st, COL_ROWID);
	x->id = statedb_text(s, st, COL_ID, ID_CHARS);
	x->source = statedb_text(s, st, COL_SOURCE, WORD_CHARS);
	x->title = statedb_text(s, st, COL_TITLE, TITLE_CHARS);
	x->model = statedb_text(s, st, COL_MODEL, ID_CHARS);
	x->parent_id = statedb_text(s, st, COL_PARENT, ID_CHARS);
	x->end_reason = statedb_text(s, st, COL_END_REASON, WORD_CHARS);
	x->started_at = statedb_time(st, COL_STARTED);
	x->ended_at = statedb_time(st, COL_ENDED);
	x->last_active_at = heartbeat > newest ? heartbeat : newest;
	if (!x->last_active_at)
		x->last_active_at = x->started_at;
	/* Closed at a time that cannot be read: 0 would say that it is open. */
	if (!is_open && !x->ended_at)
		x->ended_at = x->last_active_at ? x->last_active_at : now;
	x->is_archived = statedb_count(st, COL_ARCHIVED) > 0;
	x->is_hidden = statedb_count(st, COL_HIDDEN) > 0;
	x->preview = statedb_text(s, st, COL_PREVIEW, PREVIEW_CHARS);
	x->is_active = sessions_is_active(is_open, x->last_active_at, now);
	read_figures(x, s, st);
	x->turn = turn_of(statedb_text(s, st, COL_LAST, WORD_CHARS), x->messages);
}
