/* What runs while nobody looks, as the ledger has it. */
#include "model/loops.h"
#include "report/fields.h"

static const char *const state_words[] = { "none", "failed", "done", "nothing", "refused", NULL };

static const struct field backup_fields[] = {
	TIME(struct backup_run, at, "at"),
	TOOK(struct backup_run, took_us, "took"),
	ENUM(struct backup_run, state, "state", state_words),
	TEXT(struct backup_run, commit, "commit"),
	TEXT(struct backup_run, remote, "remote"),
	COUNT(struct backup_run, files, "files"),
	COUNT(struct backup_run, bytes, "bytes"),
	COUNT(struct backup_run, changed, "changed"),
	TEXT(struct backup_run, error, "error"),
};
static const struct shape backup_shape = SHAPE(struct backup_run, backup_fields);

static const struct field drill_fields[] = {
	TIME(struct drill_run, at, "at"),
	TOOK(struct drill_run, took_us, "took"),
	ENUM(struct drill_run, state, "state", state_words),
	TEXT(struct drill_run, commit, "commit"),
	TEXT(struct drill_run, remote, "remote"),
	COUNT(struct drill_run, files, "files"),
	COUNT(struct drill_run, bytes, "bytes"),
	COUNT(struct drill_run, checked, "checked"),
	COUNT(struct drill_run, failed, "failed"),
	TEXT(struct drill_run, error, "error"),
};
static const struct shape drill_shape = SHAPE(struct drill_run, drill_fields);

static const struct field delivery_fields[] = {
	TIME(struct delivery, ran_at, "ranAt"),
	TIME(struct delivery, good_at, "goodAt"),
	COUNT(struct delivery, waiting, "waiting"),
	TIME(struct delivery, waiting_since, "waitingSince"),
	COUNT(struct delivery, refused, "refused"),
	COUNT(struct delivery, unclear, "unclear"),
	TEXT(struct delivery, error, "error"),
	TRI(struct delivery, is_dead, "isGivenUp"),
};
static const struct shape delivery_shape = SHAPE(struct delivery, delivery_fields);

static const struct field watching_fields[] = {
	TIME(struct watching, ran_at, "ranAt"),
	COUNT(struct watching, seen, "seen"),
	COUNT(struct watching, silent, "silent"),
	TEXT(struct watching, error, "error"),
};
static const struct shape watching_shape = SHAPE(struct watching, watching_fields);

static const struct field loops_fields[] = {
	PROBE(struct loops),
	OBJECT(struct loops, backup, "backup", backup_shape),
	TIME(struct loops, backup_good_at, "backupGoodAt"),
	TIME(struct loops, backup_first_at, "backupFirstAt"),
	COUNT(struct loops, backup_failures, "backupFailures"),
	OBJECT(struct loops, drill, "drill", drill_shape),
	OBJECT(struct loops, proof, "proof", drill_shape),
	OBJECT(struct loops, delivery, "delivery", delivery_shape),
	OBJECT(struct loops, watching, "watching", watching_shape),
};
const struct shape loops_shape = SHAPE(struct loops, loops_fields);
