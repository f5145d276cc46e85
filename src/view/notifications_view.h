/*
 * view/notifications_view.h -- the Notifications page: every message, and what became of it.
 */
#ifndef MC_VIEW_NOTIFICATIONS_VIEW_H
#define MC_VIEW_NOTIFICATIONS_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "model/ledger.h"
#include "model/loops.h"
#include "model/snapshot.h"

#define MESSAGES_PAGE     30
#define MESSAGES_PAGE_MAX 200

/* The query's parameters as they came; NULL = absent. */
struct messages_asked {
	const char *state;
	const char *alert;
	const char *cursor;
	const char *limit;
};

struct messages_filter {
	const char *state;          /* all, sent, waiting, refused, unclear, merged */
	int64_t alert;              /* its number in the book of the one instance that is chosen; 0 = any */
	struct list_cursor after;   /* its kind means nothing */
	bool has_cursor;
	size_t limit;
	struct messages_asked asked;
};

/* Fills *out; instance: the chosen one, NULL = all. NULL, or one line for a person: which parameter is wrong, and what there is. */
const char *messages_filter_parse(const struct messages_asked *asked, const char *instance, struct arena *a, struct messages_filter *out);

/* Whether a state of the ledger is among those asked for. */
bool messages_filter_has(const struct messages_filter *f, enum outbox_state s);

struct messages_ledger {
	const char *id;
	const char *reason;         /* NULL = it was read */
	struct outbox_counts counts;
};

struct message_row {
	const char *id;             /* whose */
	struct outbox_item item;
};

struct messages_input {
	struct messages_ledger *ledgers; /* of those chosen */
	size_t n_ledgers;
	struct message_row *rows;   /* newest first: a page of all */
	size_t n_rows;
	bool has_more;
};

/*
 * Builds the page's model (cJSON_Delete): what /api/hermes/notifications
 * prints and templates/notifications.html shows.
 */
cJSON *notifications_view(const struct snapshot *s, const char *choice, const struct messages_filter *f, const struct messages_input *in,
			  struct arena *a);

#endif
