#include "hermes/statedb_guard.h"

#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"

#define OPCODES_BETWEEN_LOOKS 1000
#define WAIT_STEP_US          (10 * 1000)

/* Of state.db, cron/executions.db and kanban.db. */
static const char *const allowed_tables[] = { "sessions", "messages", "session_model_usage", "schema_version", "executions",
						   "tasks", "sqlite_master" };
static const char *const allowed_functions[] = { "count", "max", "substr" };

static bool is_one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s && sqlite3_stricmp(s, list[i]) == 0)
			return true;
	return false;
}

/* `inside` names the view or trigger that asks: none may. */
static int authorize(void *ctx, int action, const char *first, const char *second, const char *db,
		     const char *inside)
{
	(void)ctx;
	(void)db;
	if (inside)
		return SQLITE_DENY;
	switch (action) {
	case SQLITE_SELECT:
		return SQLITE_OK;
	case SQLITE_READ:
		return is_one_of(first, allowed_tables, ARRAY_SIZE(allowed_tables)) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_FUNCTION:
		return is_one_of(second, allowed_functions, ARRAY_SIZE(allowed_functions)) ? SQLITE_OK
											   : SQLITE_DENY;
	case SQLITE_PRAGMA:
		return is_one_of(first, (const char *const[]){ "table_info" }, 1) &&
				       is_one_of(second, allowed_tables, ARRAY_SIZE(allowed_tables) - 1)
			       ? SQLITE_OK
			       : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int out_of_time(void *ctx)
{
	const struct statedb *s = ctx;

	return s->statement_until_us && clock_mono_us() > s->statement_until_us;
}

/* Waits for a lock in small steps; that time is not the statement's own. */
static int wait_for_lock(void *ctx, int tries)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_US * 1000 };
	struct statedb *s = ctx;
	int64_t before = clock_mono_us(), took;

	(void)tries;
	if (s->waited_us >= STATEDB_BUSY_MS * 1000 || before > s->deadline_us)
		return 0;
	nanosleep(&step, NULL);
	took = clock_mono_us() - before;
	s->waited_us += took;
	if (s->statement_until_us)
		s->statement_until_us += took;
	return 1;
}

static void set_limits(sqlite3 *db)
{
	static const struct {
		int id;
		int value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024 },
		{ SQLITE_LIMIT_SQL_LENGTH, 1024 * 1024 },
		{ SQLITE_LIMIT_COLUMN, 500 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 100 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 10 },
		{ SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 20 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 20 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(db, limits[i].id, limits[i].value);
}

int statedb_guard(struct statedb *s)
{
	static const struct {
		int op;
		int on;
	} config[] = {
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 1 }, /* old schemas may need it to parse; nothing of it runs */
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_SIZE(config) && rc == SQLITE_OK; i++)
		rc = sqlite3_db_config(s->db, config[i].op, config[i].on, NULL);
	set_limits(s->db);
	if (rc == SQLITE_OK) /* neither needs the file */
		rc = sqlite3_exec(s->db,
				  "PRAGMA cell_size_check=1; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0",
				  NULL, NULL, NULL);
	sqlite3_busy_handler(s->db, wait_for_lock, s);
	sqlite3_progress_handler(s->db, OPCODES_BETWEEN_LOOKS, out_of_time, s);
	if (rc == SQLITE_OK)
		rc = sqlite3_set_authorizer(s->db, authorize, NULL);
	return rc;
}
