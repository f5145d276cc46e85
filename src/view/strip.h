/*
 * view/strip.h -- a strip of time: slots of equal length, each with what was known in it.
 *
 * Slots are time, not samples: what was not observed is a slot of its own kind
 * and is never drawn as up or down.
 */
#ifndef MC_VIEW_STRIP_H
#define MC_VIEW_STRIP_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/ledger.h"

#define STRIP_DAY_SLOTS 48

enum slot {
	SLOT_UNSEEN = 0,        /* not observed */
	SLOT_BEFORE,            /* before there was anything to observe */
	SLOT_OK,
	SLOT_WARN,
	SLOT_CRITICAL,
	SLOT_OFF,               /* paused, or meant to be off */
	SLOT_UNKNOWN,           /* looked at, but could not be judged */
};

/* "ok", "unseen", "before": class names, and for programs. "not observed", ...: for people. */
const char *slot_name(enum slot s);
const char *slot_word(enum slot s);

struct strip {
	enum slot *slots;       /* the oldest first */
	size_t n;
	int64_t from_s;         /* when the first begins */
	int64_t slot_s;         /* how long each is */
};

/*
 * The last n slots of slot_s (a multiple of a quarter of an hour) up to and
 * with the one that `now` lies in: each as bad as the worst seen in it. All in `a`.
 */
struct strip strip_of_watch(const struct watch *w, int64_t slot_s, size_t n, int64_t now, struct arena *a);

/*
 * {"slotSeconds", "slots": n, "fromAt", "toAt", "summary", "width",
 *  "runs": [{"status", "word", "x", "width", "fromAt", "toAt", "text"}]}, where a run is what does not
 * differ from slot to slot. summary is for ears: "24 h: 22 h ok, 2 h not observed". what begins it.
 */
cJSON *strip_json(const struct strip *s, const char *what, struct arena *a);

/* Of the observed time between from_s and to_s in which it was meant to run, the share that the instance ran; below 0 where nothing is known. */
double watch_uptime(const struct watch *w, int64_t from_s, int64_t to_s);

#endif
