#include "view/history_view.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "base/url.h"
#include "json/json.h"
#include "view/history_parts.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"

#define REASON_MAX 200
#define NOTES_MAX  10

static const struct {
	const char *text;
	size_t days;
} spans[] = { { "7", 7 }, { "30", 30 }, { "90", 90 } };

/* A few to pick from while typing; every zone of the machine can be typed. */
static const char *const zone_hints[] = {
	"Africa/Cairo",      "Africa/Lagos",     "America/Chicago", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo",
	"Asia/Dubai",        "Asia/Hong_Kong",   "Asia/Kolkata",    "Asia/Singapore",      "Asia/Tokyo",       "Australia/Sydney",
	"Europe/Berlin",     "Europe/London",    "Europe/Madrid",   "Europe/Paris",        "Pacific/Auckland",
};

bool history_is_span(const char *text, size_t *days)
{
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		if (!str_eq(text, spans[i].text))
			continue;
		*days = spans[i].days;
		return true;
	}
	return false;
}

const char *history_href(const char *choice, size_t days, const char *zone, struct arena *a)
{
	return arena_printf(a, "%s&days=%zu&tz=%s", link_pane(a, "history", choice), days, url_encoded(a, zone));
}

/* ---- days ---- */

/* How far apart labels stand under the axis, in days. */
static size_t mark_step(size_t n)
{
	return n <= 10 ? 1 : n <= 40 ? 5 : 15;
}

/* The work that was begun on a day, from midnight to midnight of its zone. */
static const char *work_of_day(const struct zone_day *d, const char *choice, struct arena *a)
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];

	clock_rfc3339(d->from_s, from);
	clock_rfc3339(d->to_s, to);
	return arena_printf(a, "%s&from=%s&to=%s", link_pane(a, "tasks", choice), from, to);
}

static struct chart_place *make_places(const struct history_question *q, const char *choice, struct arena *a)
{
	struct chart_place *out = arena_calloc(a, q->n_days, sizeof(*out));
	size_t step = mark_step(q->n_days);

	for (size_t i = 0; i < q->n_days; i++) {
		const struct zone_day *d = &q->days[i];
		const char *day = human_date(a, d->day, d->month);

		out[i].date = arena_printf(a, "%04d-%02d-%02d", d->year, d->month, d->day);
		out[i].name = arena_printf(a, "%s %s%s", human_weekday(d->weekday), day, i + 1 == q->n_days ? ", so far" : "");
		out[i].href = work_of_day(d, choice, a);
		if (i % step == 0)
			out[i].mark = step == 1 ? human_weekday(d->weekday) : day;
	}
	return out;
}

/* ---- which instances, and what of them is not there ---- */

static void add_note(cJSON *notes, const char *id, const char *text, struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", id);
	add_text(o, "text", text, REASON_MAX + 100, a);
	json_append(notes, o);
}

/* State.db is still being taken in, where there is one. */
static bool is_growing(const struct instance_snapshot *in, const struct history *h)
{
	return !h->has_all_work && !(in->has_report && in->report.sessions.probe.state == PROBE_INACTIVE);
}

static void add_parts(cJSON *notes, struct history_pane *p, const struct snapshot *s)
{
	p->parts = arena_calloc(p->a, s->n_instances + 1, sizeof(*p->parts));
	for (size_t i = 0; i < s->n_instances; i++) {
		const struct instance *in = s->instances[i].instance;
		const struct history_source *x = &p->q->sources[i];
		const char *name = instance_short_label(in, p->a);

		if (p->choice && !str_eq(in->id, p->choice))
			continue;
		if (!x->history) {
			add_note(notes, in->id,
				 arena_printf(p->a, "%s is not part of these figures: %s.", name,
					      str_clean(p->a, x->reason, strlen(x->reason), REASON_MAX)),
				 p->a);
			continue;
		}
		p->parts[p->n_parts++] = (struct history_part){ in, name, x->history };
		if (is_growing(&s->instances[i], x->history))
			add_note(notes, in->id,
				 arena_printf(p->a, "%s: its sessions are still being taken in, so some are missing here.", name),
				 p->a);
	}
}

/* The first of them stand for all. */
static void cut_notes(cJSON *model, cJSON *notes, struct arena *a)
{
	int n = cJSON_GetArraySize(notes);

	while (cJSON_GetArraySize(notes) > NOTES_MAX)
		cJSON_DeleteItemFromArray(notes, NOTES_MAX);
	json_add_string(model, "notesMore",
			n > NOTES_MAX ? arena_printf(a, "And the like of %d more instances.", n - NOTES_MAX) : NULL);
}

static void find_unseen(struct history_pane *p)
{
	p->unseen = arena_calloc(p->a, p->n, sizeof(*p->unseen));
	for (size_t i = 0; i < p->n; i++) {
		p->unseen[i] = 1;
		for (size_t k = 0; k < p->n_parts; k++)
			if (history_is_observed(p->parts[k].history, i))
				p->unseen[i] = 0;
	}
}

/* ---- sentences ---- */

/* When the first of these instances began to be looked at; 0 = none ever was. */
static int64_t watched_since(const struct history_pane *p)
{
	int64_t since = 0;

	for (size_t k = 0; k < p->n_parts; k++) {
		int64_t own = p->parts[k].history->watched_since;

		if (own > 0 && (!since || own < since))
			since = own;
	}
	return since;
}

/* Days without an observation, of those since there was one. */
static size_t count_unseen(const struct history_pane *p, int64_t since)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += since > 0 && p->q->days[i].to_s > since && p->unseen[i] > 0;
	return n;
}

/* "30 days: 311 sessions, one day not observed" */
static const char *headline(const struct history_pane *p)
{
	double sessions = history_total(history_sum(p, history_sessions), p->n);
	int64_t since = watched_since(p);
	size_t unseen = count_unseen(p, since);
	const char *tail = "";

	if (p->n_parts == 0)
		return arena_printf(p->a, "%zu days: nothing is known", p->n);
	if (!since)
		tail = ", nothing observed yet";
	else if (unseen)
		tail = arena_printf(p->a, ", %s not observed", human_plural(p->a, (int64_t)unseen, "day"));
	if (sessions < 0)
		return arena_printf(p->a, "%zu days: no session is known%s", p->n, tail);
	return arena_printf(p->a, "%zu days: %s session%s%s", p->n,
			    sessions > 0 ? human_count(p->a, (int64_t)sessions) : "no", sessions == 1 ? "" : "s", tail);
}

/* What a hatched column means, and from when on there can be others. */
static const char *explanation(const struct history_pane *p)
{
	int64_t since = watched_since(p);

	if (since > p->q->days[0].from_s)
		return arena_printf(p->a, "Watched since %s. Sessions from before, and of other hatched days, were found later in "
					  "what Hermes keeps.",
				    human_instant(p->a, since));
	return "A hatched column is a day on which no exporter ran: of it, only what Hermes keeps is known.";
}

/* ---- choices ---- */

static cJSON *choice_json(const char *id, const char *label, const char *href, bool is_current)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "id", id);
	json_add_string(o, "label", label);
	json_add_string(o, "href", href);
	json_add_bool(o, "isCurrent", is_current);
	return o;
}

static void add_spans(cJSON *model, const struct history_pane *p)
{
	cJSON *list = json_add_array(model, "spans");

	for (size_t i = 0; i < ARRAY_SIZE(spans); i++)
		json_append(list, choice_json(spans[i].text, arena_printf(p->a, "%s days", spans[i].text),
					      history_href(p->choice, spans[i].days, p->q->zone, p->a), spans[i].days == p->n));
}

/* The one that is shown, the machine's and UTC, each once. */
static void add_zones(cJSON *model, const struct history_pane *p)
{
	const char *const names[] = { p->q->zone, p->q->home_zone, "UTC" };
	cJSON *list = json_add_array(model, "zones"), *hints;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		bool is_there = false;

		for (size_t k = 0; k < i; k++)
			is_there |= str_eq(names[k], names[i]);
		if (!is_there)
			json_append(list, choice_json(names[i], names[i], history_href(p->choice, p->n, names[i], p->a), i == 0));
	}
	hints = json_add_array(model, "zoneHints");
	for (size_t i = 0; i < ARRAY_SIZE(zone_hints); i++)
		json_append(hints, cJSON_CreateString(zone_hints[i]));
}

cJSON *history_view(const struct snapshot *s, const char *choice, const struct history_question *q, struct arena *a)
{
	const struct verdict *v = verdict_of(s, choice, a);
	struct history_pane p = { .q = q, .choice = choice, .now = s->now, .n = q->n_days, .places = make_places(q, choice, a), .a = a };
	cJSON *model = cJSON_CreateObject(), *notes;

	add_head(model, "History", s, v, choice, a);
	notes = json_add_array(model, "notes");
	add_parts(notes, &p, s);
	cut_notes(model, notes, a);
	find_unseen(&p);
	json_add_string(model, "headline", headline(&p));
	json_add_string(model, "explanation", explanation(&p));
	add_time(model, "from", q->days[0].from_s, s->now, a);
	json_add_i64(model, "days", (int64_t)p.n);
	json_add_string(model, "timeZone", q->zone);
	json_add_string(model, "timeZoneText", human_zone(a, q->zone, q->offset_s));
	json_add_string(model, "choice", choice ? choice : "all");
	add_spans(model, &p);
	add_zones(model, &p);
	json_add_bool(model, "hasCharts", p.n_parts > 0);
	json_add_string(model, "emptyText",
			p.n_parts > 0			     ? NULL :
			cJSON_GetArraySize(notes) > 0 ? "There is nothing to draw: no ledger could be read." :
							"There is nothing to draw: no instance is configured.");
	if (p.n_parts > 0)
		history_add_charts(model, &p);
	else
		json_add_array(model, "charts");
	history_add_instances(model, &p);
	return model;
}
