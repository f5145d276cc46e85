#include "pane/overview_read.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/zone.h"
#include "pane/ledgers.h"
#include "store/store_alerts.h"
#include "store/store_history.h"
#include "store/store_sessions.h"

#define DAY_S          86400
#define ALERTS_MAX     50
#define VERSIONS_MAX   5
#define KEPT_ARENA_MAX (32 * 1024 * 1024) /* of one ledger's answer, of which little is used */
#define SETTLED_S      2 /* a file written just now may be written again within the grain of its time stamp */

struct spans {
	int64_t days[TREND_DAYS + 1];
	int64_t since[2];
};

/*
 * What one ledger said last. It is given again while the file is the same to
 * the nanosecond, the question the same and the clock in the same minute: no
 * page is shown that is later than that (web/pane.h).
 */
struct remembered {
	struct stat file;
	struct spans spans;         /* since[1] is the time it was asked at */
	struct arena *arena;        /* NULL: nothing is kept */
	struct overview_ledger said;
};

struct looks {
	size_t n;
	struct remembered list[];   /* one an instance, in the configuration's order, and the machine's */
};

static void read_since(struct arena *a, struct store *s, const struct spans *spans, struct overview_ledger *out)
{
	struct history *h = arena_calloc(a, 1, sizeof(*h));
	const struct alert_query q = { .from_s = spans->since[0], .limit = ALERTS_MAX };
	/* Sums are kept by the quarter of an hour: what began in the one that was looked in is counted one by one. */
	int64_t quarter = (spans->since[0] + STORE_QUARTER_S - 1) / STORE_QUARTER_S * STORE_QUARTER_S, now = spans->since[1];
	const struct session_query first = { .from_s = spans->since[0], .to_s = quarter < now ? quarter : now };
	size_t n = 0;

	if (spans->since[0] == 0 || spans->since[0] >= spans->since[1])
		return;
	out->versions = arena_calloc(a, VERSIONS_MAX, sizeof(*out->versions));
	if (store_history(s, spans->since, 1, spans->since[1], h, a, &out->reason) == 0)
		out->since = h;
	if (out->since && first.to_s > first.from_s && store_session_tally(s, &first, STORE_ROWS_MAX, &n, a, &out->reason) == 0)
		h->days[0].work.sessions += (int64_t)n;
	if (!out->reason)
		store_alerts(s, &q, &out->alerts, a, &out->reason);
	if (!out->reason)
		store_versions(s, out->versions, VERSIONS_MAX, &out->n_versions, a, &out->reason);
}

static void read_one(struct arena *a, struct store *s, const struct spans *spans, struct overview_ledger *out)
{
	struct history *h = arena_calloc(a, 1, sizeof(*h));

	if (store_watch(s, spans->since[1] - DAY_S - 3600, spans->since[1] + 3600, &out->watch, a, &out->reason) == 0 &&
	    store_history(s, spans->days, TREND_DAYS, spans->since[1], h, a, &out->reason) == 0) {
		out->trend = h;
		read_since(a, s, spans, out);
	}
}

static void forget(struct remembered *r)
{
	arena_free(r->arena);
	*r = (struct remembered){ .arena = NULL };
}

static void looks_drop(void *what)
{
	struct looks *m = what;

	for (size_t i = 0; i < m->n; i++)
		forget(&m->list[i]);
	free(m);
}

static struct looks *answers_of(struct pane *p)
{
	struct looks *m = p->kept[KEPT_ANSWERS].what;
	size_t n = p->config->n_instances + 1;

	if (m)
		return m;
	m = calloc(1, sizeof(*m) + n * sizeof(m->list[0]));
	if (!m)
		abort();
	m->n = n;
	p->kept[KEPT_ANSWERS] = (struct keepsake){ m, looks_drop };
	return m;
}

/* Whether the ledger can be told from what it was or will be. in: NULL is the machine, here and below. */
static bool identify(struct pane *p, const struct instance *in, struct stat *st)
{
	const char *path = arena_printf(p->arena, "%s/reports/%s/" STORE_FILE, p->config->state_dir, in ? in->id : "host");

	return lstat(path, st) == 0 && st->st_mtim.tv_sec + SETTLED_S <= clock_now_s();
}

static bool is_same_file(const struct stat *x, const struct stat *y)
{
	return x->st_dev == y->st_dev && x->st_ino == y->st_ino && x->st_size == y->st_size &&
	       x->st_mtim.tv_sec == y->st_mtim.tv_sec && x->st_mtim.tv_nsec == y->st_mtim.tv_nsec &&
	       x->st_ctim.tv_sec == y->st_ctim.tv_sec && x->st_ctim.tv_nsec == y->st_ctim.tv_nsec;
}

static bool is_same_question(const struct spans *x, const struct spans *y)
{
	return memcmp(x->days, y->days, sizeof(x->days)) == 0 && x->since[0] == y->since[0] &&
	       x->since[1] / 60 == y->since[1] / 60;
}

static void read_ledger(struct pane *p, const struct instance *in, struct arena *a, const struct spans *spans,
			struct overview_ledger *out)
{
	struct ledger l = in ? ledger_open(p, in) : ledger_of_host(p);

	out->reason = l.error;
	if (l.store)
		read_one(a, l.store, spans, out);
	store_close(l.store);
}

static struct overview_ledger ask(struct pane *p, const struct instance *in, const struct spans *spans, struct remembered *r)
{
	struct overview_ledger out = { .reason = NULL };
	struct stat st;

	if (!identify(p, in, &st)) {
		forget(r);
		read_ledger(p, in, p->arena, spans, &out);
		return out;
	}
	if (r->arena && is_same_file(&st, &r->file) && is_same_question(spans, &r->spans))
		return r->said;
	forget(r);
	r->arena = arena_new(KEPT_ARENA_MAX);
	read_ledger(p, in, r->arena, spans, &out);
	if (out.reason) { /* which may pass */
		out.reason = arena_strdup(p->arena, out.reason);
		forget(r);
		return out;
	}
	r->file = st;
	r->spans = *spans;
	r->said = out;
	return out;
}

void overview_read(struct pane *p, const struct snapshot *s, struct overview_past *past)
{
	struct overview_ledger *out = arena_calloc(p->arena, s->n_instances + 1, sizeof(*out));
	struct spans spans = { .since = { past->looked_at, p->now } };
	struct looks *kept = answers_of(p);
	struct zone_day days[TREND_DAYS];

	zone_days(p->zone, p->now, TREND_DAYS, days);
	for (size_t i = 0; i < TREND_DAYS; i++)
		spans.days[i] = days[i].from_s;
	spans.days[TREND_DAYS] = days[TREND_DAYS - 1].to_s;
	for (size_t i = 0; i < s->n_instances; i++) {
		const struct instance *in = s->instances[i].instance;

		if (p->instance && !str_eq(p->instance, in->id))
			out[i].reason = "not chosen";
		else
			out[i] = ask(p, in, &spans, &kept->list[i]);
	}
	past->ledgers = out;
	past->host = NULL;
	if (p->instance)
		return;
	out[s->n_instances] = ask(p, NULL, &spans, &kept->list[s->n_instances]);
	past->host = &out[s->n_instances];
}
