#include "view/overview_past.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/history_parts.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/strip.h"

#define DAY_S       86400
#define CHANGES_MAX 20

void add_strip(cJSON *card, const struct overview_ledger *l, int64_t now, struct arena *a)
{
	double up;
	struct strip s;

	if (!l || l->reason) {
		json_add_null(card, "strip");
		json_add_string(card, "uptimeText", NULL);
		return;
	}
	s = strip_of_watch(&l->watch, DAY_S / STRIP_DAY_SLOTS, STRIP_DAY_SLOTS, now, a);
	json_add(card, "strip", strip_json(&s, "Last 24 h", a));
	up = watch_uptime(&l->watch, now - DAY_S, now);
	json_add_string(card, "uptimeText", up < 0 ? "not known" : arena_printf(a, "%.3g %% known up", up * 100));
}

/* ---- what several instances have in common ---- */

struct past {
	const struct snapshot *s;
	const struct verdict *v;
	const struct overview_past *past;
	struct arena *a;
};

/* The ledger of the verdict's i-th part; NULL where it could not be read. */
static const struct overview_ledger *ledger_of(const struct past *p, size_t i)
{
	size_t at = (size_t)(p->v->parts[i].snapshot - p->s->instances);
	const struct overview_ledger *l = &p->past->ledgers[at];

	return l->reason ? NULL : l;
}

static const struct overview_ledger *host_ledger(const struct past *p)
{
	return p->past->host && !p->past->host->reason ? p->past->host : NULL;
}

static size_t count_read(const struct past *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->v->n_parts; i++)
		n += ledger_of(p, i) != NULL;
	return n;
}

/* ---- trends ---- */

enum trend { TREND_SESSIONS, TREND_ALERTS, TREND_BACKUP, TREND_COST };

/* A ledger's figure of a day, by History's rules; CHART_NONE where there is none. */
static double figure(const struct past *p, const struct overview_ledger *l, enum trend which, size_t day)
{
	const struct history *h = l ? l->trend : NULL;
	const char *text;

	if (!h || day >= h->n)
		return CHART_NONE;
	switch (which) {
	case TREND_SESSIONS:
		return history_sessions(h, day);
	case TREND_ALERTS:
		return history_opened(h, day);
	case TREND_BACKUP:
		return history_backup_age(h, day);
	case TREND_COST:
		return history_cost(&h->days[day].work, history_is_observed(h, day), &text, p->a);
	}
	return CHART_NONE;
}

static void combine(double *sum, enum trend which, double x)
{
	if (!chart_is_known(x))
		return;
	if (which == TREND_BACKUP)
		*sum = x > *sum ? x : *sum;
	else
		*sum = (chart_is_known(*sum) ? *sum : 0) + x;
}

/* The sum of all instances, or the worst of their backups. */
static double day_of(const struct past *p, enum trend which, size_t day)
{
	double out = CHART_NONE;

	for (size_t i = 0; i < p->v->n_parts; i++)
		combine(&out, which, figure(p, ledger_of(p, i), which, day));
	if (which == TREND_ALERTS)
		combine(&out, which, figure(p, host_ledger(p), which, day));
	return out;
}

static const char *messages_text(const struct past *p)
{
	double n = CHART_NONE;

	for (size_t i = 0; i < p->v->n_parts; i++) {
		const struct overview_ledger *l = ledger_of(p, i);

		for (size_t d = 0; l && l->trend && d < l->trend->n; d++)
			combine(&n, TREND_SESSIONS, history_messages(l->trend, d));
	}
	return chart_is_known(n) ? arena_printf(p->a, ", %s messages", human_count(p->a, (int64_t)n)) : "";
}

static const char *trend_detail(const struct past *p, enum trend which, const double *days)
{
	double sum = history_total(days, TREND_DAYS);
	const char *count;

	if (which == TREND_BACKUP)
		return "the oldest that was seen today";
	if (!chart_is_known(sum))
		return arena_printf(p->a, "not known of any of %d days", TREND_DAYS);
	count = human_count(p->a, (int64_t)sum);
	if (which == TREND_COST)
		return arena_printf(p->a, "%s in %d days, of sessions that have a price", human_usd(p->a, (int64_t)(sum * 1e6)), TREND_DAYS);
	return arena_printf(p->a, "%s in %d days%s", count, TREND_DAYS, which == TREND_SESSIONS ? messages_text(p) : "");
}

static cJSON *trend_json(const struct past *p, enum trend which)
{
	static const struct {
		const char *id;
		const char *label;
		enum chart_unit unit;
	} kinds[] = {
		[TREND_SESSIONS] = { "sessions", "Sessions today", CHART_COUNT },
		[TREND_ALERTS] = { "alerts", "Alerts opened today", CHART_COUNT },
		[TREND_BACKUP] = { "backup", "Backup age at worst", CHART_SECONDS },
		[TREND_COST] = { "cost", "Cost today", CHART_USD },
	};
	double *days = arena_calloc(p->a, TREND_DAYS, sizeof(*days));
	cJSON *o = cJSON_CreateObject();
	double last;

	for (size_t d = 0; d < TREND_DAYS; d++)
		days[d] = day_of(p, which, d);
	last = days[TREND_DAYS - 1];
	json_add_string(o, "id", kinds[which].id);
	json_add_string(o, "label", kinds[which].label);
	if (!chart_is_known(last))
		json_add_null(o, "value");
	else
		json_add_double(o, "value", last);
	json_add_string(o, "valueText", chart_text(kinds[which].unit, last, p->a));
	json_add_string(o, "detail", trend_detail(p, which, days));
	json_add_string(o, "href", link_pane(p->a, "history", p->v->n_parts == 1 && !p->v->host ? p->v->parts[0].snapshot->instance->id : NULL));
	json_add(o, "spark", chart_spark(days, TREND_DAYS, NULL, p->a));
	return o;
}

/* "The past of Bheem could not be read (why), so ..."; NULL where all of it was. */
static const char *unread_text(const struct past *p, size_t read)
{
	size_t n = p->v->n_parts - read;
	const char *who = NULL, *why = NULL;

	for (size_t i = 0; i < p->v->n_parts && !who; i++) {
		if (ledger_of(p, i))
			continue;
		who = p->v->parts[i].name;
		why = p->past->ledgers[p->v->parts[i].snapshot - p->s->instances].reason;
	}
	if (n == 0)
		return p->v->n_parts && p->past->host && p->past->host->reason
			       ? arena_printf(p->a, "The past of this machine could not be read (%s), so its own alerts are not counted.",
					      p->past->host->reason)
			       : NULL;
	return arena_printf(p->a, "The past of %s%s could not be read (%s), so %s.", who,
			    n > 1 ? arena_printf(p->a, " and %s", human_plural(p->a, (int64_t)n - 1, "more instance")) : "", why,
			    read ? "these figures are not all there is" : "there are no figures of the past");
}

static void add_trends(cJSON *model, const struct past *p)
{
	size_t read = count_read(p);
	cJSON *list = json_add_array(model, "trends");

	for (int which = TREND_SESSIONS; read && which <= TREND_COST; which++)
		json_append(list, trend_json(p, (enum trend)which));
	json_add_bool(model, "hasTrends", read > 0);
	add_text(model, "trendsNote", unread_text(p, read), 400, p->a);
}

/* ---- since the last look ---- */

struct change {
	const struct verdict_part *part;
	const char *kind;
	const char *text;
	enum status status;
	int64_t at;
};

static enum status status_of(enum alert_severity s)
{
	return s == ALERT_CRITICAL ? STATUS_CRITICAL : s == ALERT_WARN ? STATUS_WARN : STATUS_UNKNOWN;
}

/* An alert that opened and is over again has healed by itself, and one that was open before is over. */
static struct change change_of(const struct past *p, const struct verdict_part *part, const struct store_alert *x)
{
	bool is_new = x->opened_at >= p->past->looked_at;
	const char *lasted = human_duration(p->a, x->closed_at - x->opened_at);

	if (!x->closed_at)
		return (struct change){ part, "opened", x->title, status_of(x->severity), x->opened_at };
	return (struct change){ part, is_new ? "healed" : "closed", arena_printf(p->a, "%s (over after %s)", x->title, lasted),
				STATUS_OK, x->closed_at };
}

static const char *kind_word(const char *kind)
{
	if (str_eq(kind, "opened"))
		return "opened";
	if (str_eq(kind, "healed"))
		return "healed by itself";
	return str_eq(kind, "closed") ? "over" : "version";
}

static void add_change(cJSON *list, const struct past *p, const struct change *c)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", c->part->snapshot ? c->part->snapshot->instance->id : "host");
	json_add_string(o, "instanceLabel", c->part->snapshot ? c->part->name : "Host");
	json_add_string(o, "kind", c->kind);
	json_add_string(o, "status", status_name(c->status));
	json_add_string(o, "word", kind_word(c->kind));
	add_text(o, "text", c->text, 400, p->a);
	add_time(o, "happened", c->at, p->s->now, p->a);
	json_append(list, o);
}

struct tally {
	int64_t opened, over, sessions, runs, failed, versions;
	bool is_cut;            /* more alerts than were read */
	size_t unread;          /* ledgers that could not be */
	struct change *changes;
	size_t n, size;
};

static void note(struct tally *t, const struct change *c, struct arena *a)
{
	if (t->n == t->size) {
		struct change *more = arena_calloc(a, 2 * t->size + 16, sizeof(*more));

		if (t->n)
			memcpy(more, t->changes, t->n * sizeof(*more));
		t->changes = more;
		t->size = 2 * t->size + 16;
	}
	t->changes[t->n++] = *c;
}

static void take_changes(const struct past *p, const struct verdict_part *part, const struct overview_ledger *l, struct tally *t)
{
	for (size_t k = 0; k < l->alerts.n; k++) {
		const struct change c = change_of(p, part, &l->alerts.rows[k]);

		*(str_eq(c.kind, "opened") ? &t->opened : &t->over) += 1;
		note(t, &c, p->a);
	}
	t->is_cut |= l->alerts.has_more;
	for (size_t k = 0; k + 1 < l->n_versions && l->versions[k].since >= p->past->looked_at; k++) {
		const struct change c = { part, "version",
					  arena_printf(p->a, "Hermes %s, %s before", l->versions[k].version, l->versions[k + 1].version),
					  STATUS_INFO, l->versions[k].since };

		t->versions++;
		note(t, &c, p->a);
	}
	if (part->snapshot && l->since && l->since->n) {
		t->sessions += l->since->days[0].work.sessions;
		t->failed += l->since->days[0].runs_failed;
		t->runs += l->since->days[0].runs_ok + l->since->days[0].runs_failed + l->since->days[0].runs_other;
	}
}

static int newest_first(const void *x, const void *y)
{
	const struct change *a = x, *b = y;

	return (a->at < b->at) - (a->at > b->at);
}

/* "2 opened, 1 over, 14 sessions and 6 runs, one of them failed" */
static const char *summary(const struct tally *t, struct arena *a)
{
	const char *parts[6], *said;
	size_t n = 0;

	if (t->opened)
		parts[n++] = arena_printf(a, "%s opened", human_count(a, t->opened));
	if (t->over)
		parts[n++] = arena_printf(a, "%s over", human_count(a, t->over));
	if (t->is_cut)
		parts[n++] = "older ones that are not counted here";
	if (t->versions)
		parts[n++] = arena_printf(a, "%s changed", human_plural(a, t->versions, "version"));
	if (t->sessions)
		parts[n++] = human_plural(a, t->sessions, "session");
	if (t->runs)
		parts[n++] = arena_printf(a, "%s%s", human_plural(a, t->runs, "scheduled run"),
					  t->failed ? arena_printf(a, " (%s failed)", human_number(a, t->failed)) : "");
	said = n ? human_cap(a, human_list(a, parts, n)) : "Nothing new is on record";
	return t->unread ? arena_printf(a, "%s, as far as it could be read", said) : said;
}

static void add_changes(cJSON *model, const struct past *p)
{
	struct tally t = { 0 };
	cJSON *o, *list;

	if (!p->past->looked_at || count_read(p) == 0) {
		json_add_null(model, "changes");
		return;
	}
	o = json_add_object(model, "changes");
	add_time(o, "looked", p->past->looked_at, p->s->now, p->a);
	list = json_add_array(o, "items");
	for (size_t i = 0; i < p->v->n_parts; i++)
		if (ledger_of(p, i))
			take_changes(p, &p->v->parts[i], ledger_of(p, i), &t);
	if (p->v->host && host_ledger(p))
		take_changes(p, p->v->host, host_ledger(p), &t);
	t.unread = p->v->n_parts - count_read(p) + (p->past->host && p->past->host->reason);
	if (t.n)
		qsort(t.changes, t.n, sizeof(*t.changes), newest_first);
	for (size_t i = 0; i < t.n && i < CHANGES_MAX; i++)
		add_change(list, p, &t.changes[i]);
	json_add_bool(o, "hasItems", cJSON_GetArraySize(list) > 0);
	json_add_string(o, "summary", summary(&t, p->a));
}

void add_past(cJSON *model, const struct snapshot *s, const struct verdict *v, const struct overview_past *past, struct arena *a)
{
	const struct past p = { s, v, past, a };

	if (!past) {
		json_add_array(model, "trends");
		json_add_bool(model, "hasTrends", false);
		json_add_string(model, "trendsNote", NULL);
		json_add_null(model, "changes");
		return;
	}
	add_trends(model, &p);
	add_changes(model, &p);
}
