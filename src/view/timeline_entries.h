/*
 * view/timeline_entries.h -- rows of messages as what a person reads: a call and its result are one thing.
 */
#ifndef MC_VIEW_TIMELINE_ENTRIES_H
#define MC_VIEW_TIMELINE_ENTRIES_H

#include "base/arena.h"
#include "model/timeline.h"

enum entry_kind { ENTRY_MESSAGE, ENTRY_TOOL, ENTRY_GAP };

struct entry {
	enum entry_kind kind;
	const struct message *message;  /* a message, or the result of a call */
	const struct tool_call *call;
	int64_t at_ms;
	int64_t until_ms;
	int64_t count;                  /* calls that are one entry */
	int64_t bytes;                  /* of results */
	int64_t argument_bytes;
	enum message_mark mark;
};

struct entries {
	struct entry *list;
	size_t n;
};

/* As many rows of a page as make an answer that is not too large; the next page begins where they end. */
struct timeline_page timeline_part(const struct timeline_page *p);

/* In order, in `a`. Calls of one tool in a row that have nothing to tell but times and sizes are one. */
struct entries timeline_entries(const struct timeline_page *p, struct arena *a);

/* Which tool it was; NULL = not said. */
const char *entry_tool(const struct entry *x);

#endif
