/*
 * model/sessions.h -- what state.db holds.
 */
#ifndef MC_MODEL_SESSIONS_H
#define MC_MODEL_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/probe.h"

#define SESSIONS_LATEST_MAX 20

struct source_count {
	const char *source;
	int64_t sessions;
};

/* How the last turn stands, from the last message alone (hermes_state.py: classify_session_status). Numbers on file. */
enum turn {
	TURN_UNKNOWN = 0,
	TURN_COMPLETE = 1,
	TURN_UNFINISHED = 2,        /* a person or a tool spoke last, or a tool was called: an answer was to come */
	TURN_FAILED = 3,            /* it ended with an error */
	TURN_EMPTY = 4,             /* there is no message */
};

struct session {
	const char *id;
	const char *source;
	const char *title;          /* NULL = untitled */
	const char *preview;        /* beginning of the first message; only where the policy is excerpts */
	const char *model;
	int64_t started_at;
	int64_t ended_at;           /* 0 = not closed */
	const char *end_reason;
	int64_t last_active_at;     /* newest message or heartbeat, else started_at */
	int64_t messages;
	int64_t tool_calls;
	int64_t input_tokens;
	int64_t output_tokens;
	int64_t cache_read_tokens;
	int64_t cache_write_tokens;
	int64_t reasoning_tokens;
	int64_t cost_microusd;      /* COUNT_UNKNOWN unless Hermes calls it actual, estimated or included */
	const char *cost_status;
	const char *parent_id;
	int64_t rowid;              /* in state.db, until it is vacuumed */
	bool is_archived;
	bool is_hidden;
	bool is_gone;               /* state.db has it no more; only the ledger knows */
	enum turn turn;
	enum tristate is_active;    /* Hermes's own rule: not closed, and active in the last 300 s */
};

struct sessions {
	struct probe probe;
	int64_t total;              /* as `hermes sessions stats` of this schema counts */
	int64_t open;               /* not closed; most of them are not busy */
	int64_t active;
	int64_t messages;
	int64_t last_active_at;
	int64_t schema_version;
	int64_t size_bytes;         /* state.db alone */
	struct source_count *by_source; /* most first */
	size_t n_by_source;
	struct session *latest;     /* newest first, without source "tool" */
	size_t n_latest;
};

#endif
