/*
 * model/loops.h -- what runs while nobody looks: the alert book, notifications, backups, drills.
 *
 * Plain rows of the ledger. Numbers of enumerators stand in files: never change one.
 */
#ifndef MC_MODEL_LOOPS_H
#define MC_MODEL_LOOPS_H

#include <stdint.h>

#include "model/probe.h"

#define RECEIPT_BYTES_MAX (16 * 1024) /* of a drill, as the ledger takes it */

/* How a run of a loop ended. */
enum loop_state {
	LOOP_FAILED = 1,            /* error says why */
	LOOP_DONE = 2,              /* and something was done */
	LOOP_NOTHING = 3,           /* and there was nothing to do */
	LOOP_REFUSED = 4,           /* it refused: a secret was found, another one runs */
};

/* One run of `hmc backup`. */
struct backup_run {
	int64_t n;
	int64_t at;                 /* when it began */
	int64_t took_us;
	enum loop_state state;
	const char *commit;         /* 40 hex digits of what stands in the remote; NULL where nothing was pushed */
	const char *remote;         /* without user, password, query */
	int64_t files;              /* in the payload; COUNT_UNKNOWN */
	int64_t bytes;
	int64_t changed;            /* files added, changed or gone in this commit */
	const char *error;          /* one line; NULL = none */
};

/* The runs of a day. */
struct backup_day {
	int64_t runs;
	int64_t failed;             /* of them, those that failed or were refused */
	struct backup_run last;     /* at 0 = there was none */
	struct backup_run good;     /* the last that ended well; at 0 = none did */
};

/* One restore drill. */
struct drill_run {
	int64_t n;
	int64_t at;
	int64_t took_us;
	enum loop_state state;      /* LOOP_DONE = proven restorable */
	const char *commit;
	const char *remote;
	int64_t files;              /* restored */
	int64_t bytes;
	int64_t checked;            /* of them parsed and compared */
	int64_t failed;
	const char *receipt;        /* JSON, past the redactor */
	const char *error;
};

/* How telling people goes, when a report was made. */
struct delivery {
	int64_t ran_at;             /* when hmc notify ran last; 0 = never */
	int64_t good_at;            /* when a message was last taken by the other side; 0 = never */
	int64_t waiting;
	int64_t waiting_since;      /* the oldest of those that could have been sent by now; 0 = none could */
	int64_t refused;            /* that nothing else has told since */
	int64_t unclear;            /* that may have arrived, since the last one that did */
	const char *error;          /* what stood in the way of the last run; NULL = nothing did */
	enum tristate is_dead;      /* Hermes has given the home chat up; TRI_UNKNOWN = it was not looked at */
};

/* How the watch over the other exporters and notifiers goes, when a report was made. */
struct watching {
	int64_t ran_at;             /* 0 = never */
	int64_t seen;               /* that were looked at; COUNT_UNKNOWN */
	int64_t silent;             /* of them; COUNT_UNKNOWN */
	const char *error;          /* what could not be looked at; NULL = nothing */
};

/* What the ledger knew of backups and drills when a report was made. */
struct loops {
	struct probe probe;
	struct backup_run backup;   /* the one that ended last; at 0 = none is recorded */
	int64_t backup_good_at;     /* the newest that ended well, with something to do or without */
	int64_t backup_first_at;    /* the first that did */
	int64_t backup_failures;    /* those that ended badly since; COUNT_UNKNOWN */
	struct drill_run drill;     /* the one that ended last, without its receipt; at 0 = none is recorded */
	struct drill_run proof;     /* the newest that proved the backup restorable */
	struct delivery delivery;
	struct watching watching;
};

enum outbox_state {
	OUTBOX_WAITING = 1,         /* for its turn, or for next_at */
	OUTBOX_SENDING = 2,         /* its request has begun: found so after a crash, nobody knows whether it arrived */
	OUTBOX_SENT = 3,
	OUTBOX_REFUSED = 4,         /* by the other side, for good */
	OUTBOX_MERGED = 5,          /* told by a later one */
	OUTBOX_UNCLEAR = 6,         /* may have arrived, and is not sent again */
};

/* What was said of one alert. */
struct alert_told {
	int64_t sent;               /* messages that arrived; COUNT_UNKNOWN = it was not looked at */
	int64_t waiting;
	int64_t refused;            /* that no other message has told since */
	int64_t unclear;
	int64_t merged;             /* that were told together with others */
	int64_t sent_at;            /* the last one that arrived; 0 = none */
};

enum outbox_kind {
	OUTBOX_OPENED = 1,
	OUTBOX_RECOVERED = 2,
	OUTBOX_REMINDER = 3,
	OUTBOX_MORNING = 4,
	OUTBOX_WATCH = 5,           /* another exporter's or the own evidence is stale */
	OUTBOX_DONE = 6,            /* something was completed */
	OUTBOX_TEST = 7,
};

struct outbox_item {
	int64_t n;
	const char *key;            /* says the same thing once: "alert:17:opened" */
	enum outbox_kind kind;
	enum outbox_state state;
	int64_t alert;              /* number in the book; 0 = none; below zero: the negative of one in the machine's book */
	int64_t severity;           /* enum alert_severity */
	const char *text;           /* plain, past the redactor */
	const char *link;           /* path on our site; NULL = none */
	int64_t made_at;
	int64_t next_at;            /* not before */
	int64_t sent_at;            /* when its last request began; 0 = none has */
	int64_t tries;
	int64_t message_id;         /* as the other side numbered it; 0 = none */
	const char *error;          /* of the last try */
	int64_t told_by;            /* of a merged or refused one: the row that tells it; 0 = none does */
};

/* How many rows of the outbox there are. */
struct outbox_counts {
	int64_t of[OUTBOX_UNCLEAR + 1]; /* by state */
	int64_t untold;             /* refused, and told by no other one since; of the refused that are not about alerts, those since the last that arrived */
};

#endif
