#include <string.h>

#include "store/store_parts.h"

#define READINGS_MAX 256 /* names a ledger ever learns; a gateway that invents platforms ends here */

struct recording {
	sqlite3 *db;
	int64_t at;
	int64_t prior_at;       /* the run before this one; 0 = none known */
	sqlite3_stmt *find;
	sqlite3_stmt *name;
	sqlite3_stmt *sample;
	sqlite3_stmt *latest;
	sqlite3_stmt *remember;
	sqlite3_stmt *change;
};

static int prepare(struct recording *r)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} list[] = {
		{ &r->find, "SELECT id FROM readings WHERE name = ?1" },
		{ &r->name, "INSERT INTO readings(name) SELECT ?1 WHERE (SELECT count(*) FROM readings) < ?2" },
		/* A clock that went back comes to a moment again: the later word stands. */
		{ &r->sample, "INSERT OR REPLACE INTO samples(at, reading, state, value) VALUES(?1, ?2, ?3, ?4)" },
		{ &r->latest, "SELECT state, word FROM latest WHERE reading = ?1" },
		{ &r->remember, "INSERT OR REPLACE INTO latest(reading, state, word) VALUES(?1, ?2, ?3)" },
		{ &r->change, "INSERT INTO transitions(at, prior_at, reading, from_state, to_state, from_word, to_word)"
			      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)" },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_SIZE(list) && rc == SQLITE_OK; i++)
		rc = sqlite3_prepare_v2(r->db, list[i].sql, -1, list[i].stmt, NULL);
	return rc;
}

static void recording_done(struct recording *r)
{
	sqlite3_stmt *const all[] = { r->find, r->name, r->sample, r->latest, r->remember, r->change };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		sqlite3_finalize(all[i]);
}

/* The number of a reading's name, 0 when the ledger has too many to learn another. */
static int id_of(struct recording *r, const char *name, int64_t *id)
{
	int rc;

	*id = 0;
	for (int i = 0; i < 2; i++) {
		sqlite3_bind_text(r->find, 1, name, -1, SQLITE_STATIC);
		rc = sqlite3_step(r->find);
		if (rc == SQLITE_ROW)
			*id = sqlite3_column_int64(r->find, 0);
		sqlite3_reset(r->find);
		if (rc != SQLITE_DONE || i)
			break;
		sqlite3_bind_text(r->name, 1, name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(r->name, 2, READINGS_MAX);
		rc = store_step(r->name);
		if (rc != SQLITE_OK)
			break;
	}
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int add_sample(struct recording *r, int64_t id, const struct store_point *p)
{
	sqlite3_bind_int64(r->sample, 1, r->at);
	sqlite3_bind_int64(r->sample, 2, id);
	sqlite3_bind_int(r->sample, 3, (int)p->state);
	if (p->has_value)
		sqlite3_bind_double(r->sample, 4, p->value);
	else
		sqlite3_bind_null(r->sample, 4);
	return store_step(r->sample);
}

static int add_change(struct recording *r, int64_t id, const struct store_point *p, int from_state, const char *from_word)
{
	sqlite3_bind_int64(r->change, 1, r->at);
	sqlite3_bind_int64(r->change, 2, r->prior_at);
	sqlite3_bind_int64(r->change, 3, id);
	sqlite3_bind_int(r->change, 4, from_state);
	sqlite3_bind_int(r->change, 5, (int)p->state);
	sqlite3_bind_text(r->change, 6, from_word, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(r->change, 7, p->word, -1, SQLITE_STATIC);
	return store_step(r->change);
}

/* Compares with what was seen last; writes only where something changed, so that a quiet run writes one page. */
static int compare(struct recording *r, int64_t id, const struct store_point *p)
{
	int rc, state;
	const char *word;

	sqlite3_bind_int64(r->latest, 1, id);
	rc = sqlite3_step(r->latest);
	if (rc == SQLITE_ROW) {
		state = sqlite3_column_int(r->latest, 0);
		word = (const char *)sqlite3_column_text(r->latest, 1);
		if (state == (int)p->state && word && strcmp(word, p->word) == 0) {
			sqlite3_reset(r->latest);
			return SQLITE_OK;
		}
		rc = add_change(r, id, p, state, word ? word : "");
	} else if (rc == SQLITE_DONE) {
		rc = SQLITE_OK;
	}
	sqlite3_reset(r->latest);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(r->remember, 1, id);
	sqlite3_bind_int(r->remember, 2, (int)p->state);
	sqlite3_bind_text(r->remember, 3, p->word, -1, SQLITE_STATIC);
	return store_step(r->remember);
}

static int record_points(struct recording *r, const struct store_points *points)
{
	int rc = prepare(r);

	for (size_t i = 0; i < points->n && rc == SQLITE_OK; i++) {
		int64_t id;

		rc = id_of(r, points->p[i].name, &id);
		if (rc == SQLITE_OK && id)
			rc = add_sample(r, id, &points->p[i]);
		if (rc == SQLITE_OK && id)
			rc = compare(r, id, &points->p[i]);
	}
	return rc;
}

/* A file that was moved away or removed would take what is written along. */
static bool has_moved(sqlite3 *db)
{
	int moved = 0;

	return sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved;
}

/* What one run leaves besides its points; each may be missing. */
struct leavings {
	const struct store_verdict *verdict;
	const struct repo *backup;
	const struct hermes_version *version;
};

static int put_leavings(sqlite3 *db, const struct leavings *l, int64_t at, int64_t prior_at, struct arena *a)
{
	int rc = l->backup ? store_put_backup(db, l->backup, at) : SQLITE_OK;

	if (rc == SQLITE_OK && l->version)
		rc = store_put_version(db, l->version, at);
	if (rc == SQLITE_OK && l->verdict)
		rc = store_put_verdict(db, l->verdict, at, prior_at, a);
	return rc;
}

static int record(struct store *s, const struct store_points *points, const struct leavings *l, int64_t at, struct arena *a,
		  const char **error)
{
	struct recording r = { .db = s->db, .at = at };
	int rc;

	if (has_moved(s->db)) {
		*error = STORE_FILE " was moved or removed while it was open; the next run begins a new one";
		return -1;
	}
	rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		r.prior_at = store_number(s->db, "SELECT max(at) FROM samples", 0);
		rc = record_points(&r, points);
		recording_done(&r);
	}
	if (rc == SQLITE_OK)
		rc = put_leavings(s->db, l, at, r.prior_at, a);
	if (rc == SQLITE_OK)
		rc = store_compact(s->db, at);
	return store_end(s, rc, a, error);
}

int store_record_instance(struct store *s, const struct instance_report *r, const struct store_verdict *v, struct arena *a,
			  const char **error)
{
	const struct leavings l = { v, &r->backup_repo, &r->hermes };
	struct store_points points;

	store_points_of_instance(r, &points);
	return record(s, &points, &l, r->generated_at, a, error);
}

int store_record_host(struct store *s, const struct host_report *r, const struct store_verdict *v, struct arena *a,
		      const char **error)
{
	const struct leavings l = { .verdict = v };
	struct store_points points;

	store_points_of_host(r, &points);
	return record(s, &points, &l, r->generated_at, a, error);
}
