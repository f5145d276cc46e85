#include "pane/overview_read.h"

#include "base/zone.h"
#include "pane/ledgers.h"
#include "store/store_alerts.h"
#include "store/store_history.h"
#include "store/store_sessions.h"

#define DAY_S        86400
#define ALERTS_MAX   50
#define VERSIONS_MAX 5

struct spans {
	int64_t days[TREND_DAYS + 1];
	int64_t since[2];
};

static void read_since(struct pane *p, struct store *s, const struct spans *spans, struct overview_ledger *out)
{
	struct history *h = arena_calloc(p->arena, 1, sizeof(*h));
	const struct alert_query q = { .from_s = spans->since[0], .limit = ALERTS_MAX };
	/* Sums are kept by the quarter of an hour: what began in the one that was looked in is counted one by one. */
	int64_t quarter = (spans->since[0] + STORE_QUARTER_S - 1) / STORE_QUARTER_S * STORE_QUARTER_S;
	const struct session_query first = { .from_s = spans->since[0], .to_s = quarter < p->now ? quarter : p->now };
	size_t n = 0;

	if (spans->since[0] == 0 || spans->since[0] >= spans->since[1])
		return;
	out->versions = arena_calloc(p->arena, VERSIONS_MAX, sizeof(*out->versions));
	if (store_history(s, spans->since, 1, p->now, h, p->arena, &out->reason) == 0)
		out->since = h;
	if (out->since && first.to_s > first.from_s && store_session_tally(s, &first, STORE_ROWS_MAX, &n, p->arena, &out->reason) == 0)
		h->days[0].work.sessions += (int64_t)n;
	if (!out->reason)
		store_alerts(s, &q, &out->alerts, p->arena, &out->reason);
	if (!out->reason)
		store_versions(s, out->versions, VERSIONS_MAX, &out->n_versions, p->arena, &out->reason);
}

static void read_one(struct pane *p, struct store *s, const struct spans *spans, struct overview_ledger *out)
{
	struct history *h = arena_calloc(p->arena, 1, sizeof(*h));

	if (store_watch(s, p->now - DAY_S - 3600, p->now + 3600, &out->watch, p->arena, &out->reason) == 0 &&
	    store_history(s, spans->days, TREND_DAYS, p->now, h, p->arena, &out->reason) == 0) {
		out->trend = h;
		read_since(p, s, spans, out);
	}
}

static const struct overview_ledger *read_host(struct pane *p, const struct spans *spans)
{
	struct overview_ledger *out = arena_calloc(p->arena, 1, sizeof(*out));
	struct ledger l = ledger_of_host(p);

	out->reason = l.error;
	if (l.store)
		read_one(p, l.store, spans, out);
	store_close(l.store);
	return out;
}

void overview_read(struct pane *p, const struct snapshot *s, struct overview_past *past)
{
	struct overview_ledger *out = arena_calloc(p->arena, s->n_instances + 1, sizeof(*out));
	struct spans spans = { .since = { past->looked_at, p->now } };
	struct zone_day days[TREND_DAYS];
	struct ledgers ledgers = ledgers_open(p);

	zone_days(p->zone, p->now, TREND_DAYS, days);
	for (size_t i = 0; i < TREND_DAYS; i++)
		spans.days[i] = days[i].from_s;
	spans.days[TREND_DAYS] = days[TREND_DAYS - 1].to_s;
	for (size_t i = 0; i < s->n_instances; i++) {
		const struct ledger *l = ledgers_of(&ledgers, s->instances[i].instance->id);

		if (l && l->store)
			read_one(p, l->store, &spans, &out[i]);
		else
			out[i].reason = l ? l->error : "not chosen";
	}
	ledgers_close(&ledgers);
	past->ledgers = out;
	past->host = p->instance ? NULL : read_host(p, &spans);
}
