/*
 * hermes/session_row.h -- one row of state.db's sessions, whatever columns this version has.
 */
#ifndef MC_HERMES_SESSION_ROW_H
#define MC_HERMES_SESSION_ROW_H

#include "hermes/sessions_scan.h"

/*
 * A SELECT over sessions that session_row_read() can read, in `a`; `rest`
 * follows the table: "WHERE ... ORDER BY ... LIMIT ...".
 */
const char *session_row_sql(const struct sessions_shape *shape, bool with_preview, const char *rest, struct arena *a);

/* Fills *x from the present row; texts live in the statement's arena. */
void session_row_read(struct session *x, struct statedb *s, sqlite3_stmt *st, int64_t now);

/*
 * A cost in micro-dollars out of the columns of that number; COUNT_UNKNOWN
 * unless its status says that it is one. agent/usage_pricing.py: a cost of
 * status "unknown" may stand there as 0.0, which is no zero; "actual" figures
 * are mostly kept in the estimated column.
 */
int64_t session_row_cost(sqlite3_stmt *st, const char *status, int actual, int estimated);

#endif
