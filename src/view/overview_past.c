#include "view/overview_past.h"

#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/chart.h"
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

static size_t count_read(const struct past *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->v->n_parts; i++)
		n += ledger_of(p, i) != NULL;
	return n;
}

/* ---- trends ---- */

enum trend { TREND_SESSIONS, TREND_ALERTS, TREND_BACKUP, TREND_COST };

/* One instance's figure of a day; below 0 where there is none. */
static double figure(const struct history_day *d, enum trend which)
{
	switch (which) {
	case TREND_SESSIONS:
		return (double)d->work.sessions;
	case TREND_ALERTS:
		return d->observed_s > 0 ? (double)d->opened : CHART_NONE;
	case TREND_BACKUP:
		return d->backup_age_s >= 0 ? (double)d->backup_age_s : CHART_NONE;
	case TREND_COST:
		return d->work.sessions == 0 || d->work.costed > 0 ? (double)d->work.cost_microusd / 1e6 : CHART_NONE;
	}
	return CHART_NONE;
}

/* The sum of all instances, or the worst of their backups. */
static double day_of(const struct past *p, enum trend which, size_t day)
{
	double out = CHART_NONE;

	for (size_t i = 0; i < p->v->n_parts; i++) {
		const struct overview_ledger *l = ledger_of(p, i);
		double x = l && l->trend && day < l->trend->n ? figure(&l->trend->days[day], which) : CHART_NONE;

		if (x < 0)
			continue;
		if (which == TREND_BACKUP)
			out = x > out ? x : out;
		else
			out = (out < 0 ? 0 : out) + x;
	}
	return out;
}

static double sum_of(const double *days)
{
	double sum = 0;

	for (size_t i = 0; i < TREND_DAYS; i++)
		sum += days[i] > 0 ? days[i] : 0;
	return sum;
}

static const char *messages_text(const struct past *p)
{
	int64_t n = 0;

	for (size_t i = 0; i < p->v->n_parts; i++) {
		const struct overview_ledger *l = ledger_of(p, i);

		for (size_t d = 0; l && l->trend && d < l->trend->n; d++)
			n += l->trend->days[d].work.messages;
	}
	return arena_printf(p->a, "%s messages", human_count(p->a, n));
}

static const char *trend_detail(const struct past *p, enum trend which, const double *days)
{
	double sum = sum_of(days);

	switch (which) {
	case TREND_SESSIONS:
		return arena_printf(p->a, "%s in %d days, %s", human_count(p->a, (int64_t)sum), TREND_DAYS, messages_text(p));
	case TREND_ALERTS:
		return arena_printf(p->a, "%s in %d days", human_count(p->a, (int64_t)sum), TREND_DAYS);
	case TREND_BACKUP:
		return "the oldest that was seen today";
	case TREND_COST:
		return arena_printf(p->a, "%s in %d days, of sessions that have a price", human_usd(p->a, (int64_t)(sum * 1e6)), TREND_DAYS);
	}
	return NULL;
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
	if (last < 0)
		json_add_null(o, "value");
	else
		json_add_double(o, "value", last);
	json_add_string(o, "valueText", chart_text(kinds[which].unit, last, p->a));
	json_add_string(o, "detail", trend_detail(p, which, days));
	json_add_string(o, "href", link_pane(p->a, "history", p->v->n_parts == 1 && !p->v->host ? p->v->parts[0].snapshot->instance->id : NULL));
	json_add(o, "spark", chart_spark(days, TREND_DAYS, NULL, p->a));
	return o;
}

static void add_trends(cJSON *model, const struct past *p)
{
	size_t read = count_read(p);
	cJSON *list = json_add_array(model, "trends");

	for (int which = TREND_SESSIONS; read && which <= TREND_COST; which++)
		json_append(list, trend_json(p, (enum trend)which));
	json_add_bool(model, "hasTrends", read > 0);
	json_add_string(model, "trendsNote",
			p->v->n_parts == 0 || read == p->v->n_parts
				? NULL
				: arena_printf(p->a, "%s of %zu ledgers could not be read, so %s.",
					       human_number_cap(p->a, (int64_t)(p->v->n_parts - read)), p->v->n_parts,
					       read ? "these figures are not all there is" : "there are no figures of the past"));
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

	json_add_string(o, "instanceId", c->part->snapshot->instance->id);
	json_add_string(o, "instanceLabel", c->part->name);
	json_add_string(o, "kind", c->kind);
	json_add_string(o, "status", status_name(c->status));
	json_add_string(o, "word", kind_word(c->kind));
	add_text(o, "text", c->text, 400, p->a);
	add_time(o, "happened", c->at, p->s->now, p->a);
	json_append(list, o);
}

struct tally {
	int64_t opened, over, sessions, runs, failed, versions;
};

static void add_changes_of(cJSON *list, const struct past *p, size_t i, struct tally *t)
{
	const struct overview_ledger *l = ledger_of(p, i);
	const struct verdict_part *part = &p->v->parts[i];

	if (!l)
		return;
	for (size_t k = 0; k < l->alerts.n; k++) {
		const struct change c = change_of(p, part, &l->alerts.rows[k]);

		*(str_eq(c.kind, "opened") ? &t->opened : &t->over) += 1;
		if (cJSON_GetArraySize(list) < CHANGES_MAX)
			add_change(list, p, &c);
	}
	for (size_t k = 0; k + 1 < l->n_versions && l->versions[k].since >= p->past->looked_at; k++) {
		const struct change c = { part, "version",
					  arena_printf(p->a, "Hermes %s, %s before", l->versions[k].version, l->versions[k + 1].version),
					  STATUS_INFO, l->versions[k].since };

		t->versions++;
		add_change(list, p, &c);
	}
	if (l->since && l->since->n) {
		t->sessions += l->since->days[0].work.sessions;
		t->failed += l->since->days[0].runs_failed;
		t->runs += l->since->days[0].runs_ok + l->since->days[0].runs_failed + l->since->days[0].runs_other;
	}
}

/* "2 opened, 1 over, 14 sessions and 6 runs, one of them failed" */
static const char *summary(const struct tally *t, struct arena *a)
{
	const char *parts[5];
	size_t n = 0;

	if (t->opened)
		parts[n++] = arena_printf(a, "%s opened", human_count(a, t->opened));
	if (t->over)
		parts[n++] = arena_printf(a, "%s over", human_count(a, t->over));
	if (t->versions)
		parts[n++] = arena_printf(a, "%s changed", human_plural(a, t->versions, "version"));
	if (t->sessions)
		parts[n++] = human_plural(a, t->sessions, "session");
	if (t->runs)
		parts[n++] = arena_printf(a, "%s%s", human_plural(a, t->runs, "scheduled run"),
					  t->failed ? arena_printf(a, " (%s failed)", human_number(a, t->failed)) : "");
	return n ? human_cap(a, human_list(a, parts, n)) : "Nothing happened";
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
		add_changes_of(list, p, i, &t);
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
