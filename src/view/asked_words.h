/*
 * view/asked_words.h -- what a page says of new readings that somebody asked for.
 */
#ifndef MC_VIEW_ASKED_WORDS_H
#define MC_VIEW_ASKED_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define ASKED_PATIENCE_S 30 /* an exporter that has not answered by then does not react */
#define ASKED_NEWS_S     30 /* so long it is worth saying that the answer is here */

struct asked {
	const char *name;       /* "Bheem", "this machine" */
	const char *look;       /* the command that tells of what starts its exporter when asked */
	int64_t asked_at;       /* 0 = never */
	int64_t answered_at;    /* of the request that the report says it answers; 0 = none */
	int64_t made_at;        /* of the report; 0 = there is none */
};

struct asked_words {
	const char *text;       /* NULL = nothing to say */
	bool is_waiting;        /* the page is worth fetching again soon */
	bool is_late;           /* it is not: something does not work */
};

/* Of the requests that matter still; the names are hostile. Text lives in `a`. */
struct asked_words asked_words(const struct asked *list, size_t n, int64_t now, struct arena *a);

#endif
