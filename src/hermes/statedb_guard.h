/*
 * hermes/statedb_guard.h -- a connection to a database that nobody vouches for.
 */
#ifndef MC_HERMES_STATEDB_GUARD_H
#define MC_HERMES_STATEDB_GUARD_H

#include "hermes/statedb.h"

/*
 * Fits s->db for a foreign file: nothing but SELECT on sessions, messages and
 * schema_version passes, no view, trigger, virtual table or function of the
 * schema's choice runs, lengths are limited, time is kept. Gives an SQLite
 * result code.
 */
int statedb_guard(struct statedb *s);

#endif
