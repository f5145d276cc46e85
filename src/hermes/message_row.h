/*
 * hermes/message_row.h -- one row of state.db's messages, whatever columns this version has.
 */
#ifndef MC_HERMES_MESSAGE_ROW_H
#define MC_HERMES_MESSAGE_ROW_H

#include "hermes/statedb.h"
#include "model/timeline.h"

/* Raw bytes of a text that are handed on: enough to redact what is shown, and what lies across its end. */
#define MESSAGE_RAW_MAX 8192

/* A SELECT of one message by rowid (?1) that message_row_read() can read, in `a`. */
const char *message_row_sql(const struct statedb_columns *c, struct arena *a);

/*
 * Fills what the present row says of m but id, time and mark; texts live in the
 * statement's arena. with_text: text and arguments too, raw as they are.
 */
void message_row_read(struct message *m, struct statedb *s, sqlite3_stmt *st, bool with_text);

#endif
