/*
 * tests/bench/sessions.c -- HOME N: a state.db of N sessions with two messages each, in Hermes's first schema.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

static const char schema[] =
	"PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;"
	"CREATE TABLE schema_version(version INTEGER NOT NULL); INSERT INTO schema_version VALUES(6);"
	"CREATE TABLE sessions(id TEXT PRIMARY KEY, source TEXT NOT NULL, user_id TEXT, model TEXT, model_config TEXT, system_prompt TEXT,"
	" parent_session_id TEXT, started_at REAL NOT NULL, ended_at REAL, end_reason TEXT, message_count INTEGER, tool_call_count INTEGER,"
	" input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER,"
	" billing_provider TEXT, billing_base_url TEXT, billing_mode TEXT, estimated_cost_usd REAL, actual_cost_usd REAL, cost_status TEXT,"
	" cost_source TEXT, pricing_version TEXT, title TEXT);"
	"CREATE TABLE messages(id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, role TEXT NOT NULL, content TEXT,"
	" tool_call_id TEXT, tool_calls TEXT, tool_name TEXT, timestamp REAL NOT NULL, token_count INTEGER, finish_reason TEXT);";
static const char fill[] =
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1$lld)"
	"INSERT INTO sessions SELECT printf('%%08d_%%06x', i, (i * 7919) %% 16777213), CASE i %% 4 WHEN 0 THEN 'cron' WHEN 1 THEN 'cli' ELSE"
	" 'telegram' END, NULL, 'vendor/model-' || (i %% 3), NULL, printf('%%.400c', 'p'), NULL, %2$lld - (%1$lld - i) * 30, %2$lld - (%1$lld - i)"
	" * 30 + 20, 'session_reset', 2, 1, 1000, 100, 0, 0, 0, NULL, NULL, NULL, 0.01, NULL, 'estimated', NULL, NULL, 'Session number ' || i"
	" FROM n;"
	"INSERT INTO messages(session_id, role, content, timestamp) SELECT id, 'user', 'hello', started_at + 1 FROM sessions;"
	"INSERT INTO messages(session_id, role, content, timestamp) SELECT id, 'assistant', 'hello to you', started_at + 5 FROM sessions;"
	"CREATE INDEX idx_sessions_source ON sessions(source); CREATE INDEX idx_sessions_parent ON sessions(parent_session_id);"
	"CREATE INDEX idx_sessions_started ON sessions(started_at DESC); CREATE INDEX idx_messages_session ON messages(session_id, timestamp);"
	"COMMIT;";

int main(int argc, char **argv)
{
	char path[4096], sql[8192], *error = NULL;
	sqlite3 *db;

	if (argc != 3)
		return 64;
	mkdir(argv[1], 0700);
	snprintf(path, sizeof(path), "%s/state.db", argv[1]);
	snprintf(sql, sizeof(sql), fill, strtoll(argv[2], NULL, 10), (long long)time(NULL) - 86400);
	if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db, schema, NULL, NULL, &error) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", path, error ? error : sqlite3_errmsg(db));
		return 1;
	}
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
