/*
 * model/timeline.h -- messages of sessions on their way from state.db into the ledger.
 *
 * Roles, tools, times and sizes always; text only where the instance's policy
 * is excerpts. Of a long session the beginning and the newest are kept.
 */
#ifndef MC_MODEL_TIMELINE_H
#define MC_MODEL_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/probe.h"

#define TIMELINE_DAYS    30  /* sessions active since then have one */
#define TIMELINE_FIRST   100 /* messages kept of a session's beginning ... */
#define TIMELINE_NEWEST  300 /* ... and of its end */
#define TIMELINE_WANTS   400 /* sessions at most in one batch */
#define TIMELINE_CALLS   32  /* tool calls kept of one message */
#define TIMELINE_MODELS  16  /* models told apart in one session */
#define TIMELINE_CHARS   400 /* of a published excerpt */

enum message_mark {
	MESSAGE_ACTIVE = 0,
	MESSAGE_INACTIVE,           /* taken back; the model does not see it any more */
	MESSAGE_COMPACTED,          /* replaced by a summary */
};

struct tool_call {
	const char *id;             /* what a result refers to; NULL = not said */
	const char *name;
	int64_t bytes;              /* of the arguments; COUNT_UNKNOWN */
	const char *text;           /* beginning of the arguments; excerpts only */
	bool is_cut;
};

struct message {
	int64_t id;
	int64_t at_ms;              /* epoch milliseconds; 0 = not known. Up to 0.19 a turn's rows have the time of its end */
	const char *role;           /* user, assistant, tool, system, session_meta, ... */
	const char *tool;           /* whose result this is */
	const char *call_id;
	int64_t bytes;              /* of the content; COUNT_UNKNOWN = more than SQLite may read */
	int64_t tokens;
	const char *finish;         /* why the model stopped: stop, tool_calls, length, ... */
	enum message_mark mark;
	enum tristate failed;       /* of a tool's result; TRI_UNKNOWN where it does not say */
	int64_t exit_code;          /* COUNT_UNKNOWN where there is none */
	const char *text;           /* beginning of the content; excerpts only. From the reader raw, in the ledger redacted */
	bool is_cut;
	struct tool_call *calls;
	size_t n_calls;
	bool is_held;               /* the ledger has it: only id and mark are filled */
};

struct model_usage {
	const char *model;
	int64_t requests;
	int64_t input_tokens;
	int64_t output_tokens;
	int64_t cost_microusd;      /* COUNT_UNKNOWN */
};

/* A session to be read, and how far the ledger has it. */
struct timeline_want {
	int64_t number;             /* the ledger's, of the session */
	const char *id;
	int64_t last;               /* newest message there; 0 = none */
	int64_t last_at_ms;         /* and its time: another one means that state.db is another file */
};

struct timeline_request {
	const struct timeline_want *wants;
	size_t n_wants;
};

struct timeline {
	int64_t number;
	const char *reason;         /* why it could not be read; NULL = it was, and what follows is known */
	int64_t total;              /* messages that state.db has of it; COUNT_UNKNOWN */
	int64_t gap_after;          /* id of the last message before those left out; 0 = none left out */
	struct message *rows;       /* by id; a message that is not among them is not kept */
	size_t n_rows;
	bool is_partial;            /* there are newer ones, for the next batch */
	const char *origin;         /* "branch", "delegate", "reset" where the session itself says so; NULL */
	struct model_usage *models;
	size_t n_models;
};

/* PROBE_OK: these may be taken in; of the request the first n_items. */
struct timeline_batch {
	struct probe probe;
	struct timeline *items;
	size_t n_items;
};

/* A page of what the ledger has of a session. */
struct timeline_page {
	bool is_known;              /* false: its messages were never taken in */
	bool is_pending;            /* they, or newer ones, are about to be */
	const char *note;           /* why they could not be read; NULL = they were */
	const char *origin;
	int64_t total;              /* COUNT_UNKNOWN */
	int64_t held;
	int64_t gap_after;
	struct message *rows;       /* by id; a result whose call lies on another page has its tool from there */
	size_t n;
	bool has_more;
	bool has_before;
	int64_t before;             /* `after` of the page before this one, 0 = the first */
	int64_t newest;             /* and of the last page */
	struct model_usage *models; /* dearest first */
	size_t n_models;
};

#endif
