#include "view/ops_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"

/* An answer stays under 1 MiB: fewer rows a card, and with many cards rows without their evidence. */
#define ROWS_MAX           100
#define EVIDENCE_CARDS_MAX 5
#define ROWS_MAX_MANY      20
#define ROWS_ALL_MANY      1600

static bool is_any(enum status s)
{
	(void)s;
	return true;
}

static bool is_critical(enum status s)
{
	return s == STATUS_CRITICAL;
}

static bool is_warning(enum status s)
{
	return s == STATUS_WARN;
}

static bool is_unknown(enum status s)
{
	return s == STATUS_UNKNOWN;
}

/* All that needs nobody: fine, meant to be off, or a plain fact. */
static bool is_fine(enum status s)
{
	return !status_needs_attention(s);
}

static const struct filter {
	const char *id;
	const char *label;
	bool (*takes)(enum status s);
	const char *none; /* what an empty card says */
} filters[] = {
	{ "all", "All", is_any, "Nothing was read." },
	{ "critical", "Critical", is_critical, "Nothing is critical here." },
	{ "warning", "Warning", is_warning, "Nothing warns here." },
	{ "unknown", "Unknown", is_unknown, "Every reading could be taken here." },
	{ "fine", "Fine", is_fine, "Nothing is fine here." },
};

/* The filter of that id, the first for NULL; NULL when there is none. */
static const struct filter *find_filter(const char *id)
{
	if (!id)
		return &filters[0];
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (str_eq(filters[i].id, id))
			return &filters[i];
	return NULL;
}

bool ops_is_severity(const char *severity)
{
	return severity && find_filter(severity);
}

static size_t count_part(const struct verdict_part *p, const struct filter *f)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += f->takes(p->judgements[i].status);
	return n;
}

static size_t count(const struct verdict *v, const struct filter *f)
{
	size_t n = v->host ? count_part(v->host, f) : 0;

	for (size_t i = 0; i < v->n_parts; i++)
		n += count_part(&v->parts[i], f);
	return n;
}

static void add_filters(cJSON *model, const struct verdict *v, const char *choice, const struct filter *chosen,
			struct arena *a)
{
	cJSON *list = json_add_array(model, "filters");

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		cJSON *o = cJSON_CreateObject();
		size_t n = count(v, &filters[i]);

		json_add_string(o, "id", filters[i].id);
		json_add_string(o, "label", filters[i].label);
		json_add_i64(o, "count", (int64_t)n);
		json_add_string(o, "countText", human_count(a, (int64_t)n));
		json_add_string(o, "href",
				arena_printf(a, "/hermes/ops?instance=%s&severity=%s", choice ? choice : "all",
					     filters[i].id));
		json_add_bool(o, "isCurrent", &filters[i] == chosen);
		json_append(list, o);
	}
}

/* "38 readings, one could not be taken" */
static const char *headline(const struct verdict *v, struct arena *a)
{
	size_t all = count(v, find_filter("all")), unknown = count(v, find_filter("unknown"));

	if (all == 0)
		return "There is nothing to read";
	return arena_printf(a, "%s reading%s, %s", human_count(a, (int64_t)all), all == 1 ? "" : "s",
			    unknown == 0 ? "all of them taken" :
					   arena_printf(a, "%s could not be taken", human_number(a, (int64_t)unknown)));
}

/* The groups of judgements, in the words of their headings. */
static const char *group_label(const char *group, struct arena *a)
{
	static const struct {
		const char *group;
		const char *label;
	} known[] = {
		{ "gateway", "Gateway" },   { "platforms", "Platforms" }, { "dashboard", "Private dashboard" },
		{ "backup", "Backup" },     { "cron", "Cron" },		  { "integrations", "Integrations" },
		{ "agent", "Set-up" },	    { "sessions", "Work" },	  { "report", "Exporter" },
		{ "host", "This machine" }, { "guardrails", "Guardrails" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(known[i].group, group))
			return known[i].label;
	return human_cap(a, group);
}

struct row {
	const struct judgement *judgement;
	size_t at; /* its place in the judging's own order, which holds among equals */
};

static int worst_first(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int by_status = status_rank(b->judgement->status) - status_rank(a->judgement->status);

	return by_status ? by_status : (a->at > b->at) - (a->at < b->at);
}

/* What the cards of one answer have in common. */
struct ops {
	const struct snapshot *s;
	const struct filter *filter;
	bool is_many;
	size_t rows_max; /* of one card */
	struct arena *a;
};

/* heading: of the group that this is the first of; NULL for the others. */
static cJSON *ops_reading(const struct judgement *j, const char *id, const char *heading, const struct ops *o)
{
	cJSON *reading = reading_json(j, id, !o->is_many, o->s->now, o->a);
	const char *severity = status_severity(j->status);

	json_add_string(reading, "groupLabel", group_label(j->group, o->a));
	json_add_string(reading, "groupHeading", heading);
	/* Where the word says as much already, a tag would say it twice. */
	json_add_string(reading, "severityTag",
			status_needs_attention(j->status) && !str_eq(severity, j->word) ? severity : NULL);
	return reading;
}

/* Rows that are sorted, group by group: that of the worst row first, the worst first within each. */
static void add_grouped(cJSON *list, const struct row *rows, size_t n, const char *id, const struct ops *o)
{
	bool *done = arena_calloc(o->a, n ? n : 1, sizeof(*done));

	for (size_t i = 0; i < n; i++) {
		const char *group = rows[i].judgement->group;

		for (size_t k = i; !done[i] && k < n; k++) {
			if (k > i && (done[k] || !str_eq(rows[k].judgement->group, group)))
				continue;
			json_append(list, ops_reading(rows[k].judgement, id, k == i ? group_label(group, o->a) : NULL, o));
			done[k] = k > i;
		}
		done[i] = true;
	}
}

static void add_readings(cJSON *card, const struct verdict_part *p, const char *id, const struct ops *o)
{
	struct row *rows = arena_calloc(o->a, p->n ? p->n : 1, sizeof(*rows));
	cJSON *list = json_add_array(card, "readings");
	size_t n = 0, shown = o->rows_max;

	for (size_t i = 0; i < p->n; i++)
		if (o->filter->takes(p->judgements[i].status))
			rows[n++] = (struct row){ &p->judgements[i], i };
	qsort(rows, n, sizeof(*rows), worst_first);
	add_grouped(list, rows, n < shown ? n : shown, id, o);
	json_add_string(card, "emptyText", n ? NULL : o->filter->none);
	json_add_string(card, "moreText",
			n > shown ? arena_printf(o->a, "%zu more, none of them worse", n - shown) : NULL);
}

static const char *exporter_text(bool has_report, int64_t generated_at, const char *flavour, const struct ops *o)
{
	if (!has_report)
		return "no report";
	return arena_printf(o->a, "exporter %s%s%s", human_ago(o->a, generated_at, o->s->now), flavour ? " · " : "",
			    flavour ? str_clean(o->a, flavour, strlen(flavour), 40) : "");
}

static cJSON *part_card(const struct verdict_part *p, const char *id, const char *name, const struct ops *o)
{
	cJSON *card = cJSON_CreateObject();

	json_add_string(card, "instanceId", id);
	json_add(card, "ref", ref_json(p->snapshot ? p->snapshot->instance : NULL, o->a));
	add_text(card, "name", name, 100, o->a);
	json_add_string(card, "status", status_name(p->status));
	json_add_string(card, "word", p->word);
	add_readings(card, p, id, o);
	return card;
}

static cJSON *instance_ops_card(const struct verdict_part *p, const char *hostname, const struct ops *o)
{
	const struct instance_snapshot *in = p->snapshot;
	const struct instance_report *r = &in->report;
	cJSON *card = part_card(p, in->instance->id, p->name, o);

	add_text(card, "user", in->instance->user, 100, o->a);
	json_add_string(card, "exporterText",
			exporter_text(in->has_report, r->generated_at, r->exporter.flavour, o));
	add_actions(card, p, hostname, o->a);
	return card;
}

static cJSON *host_ops_card(const struct verdict_part *p, const char *hostname, const struct ops *o)
{
	const struct host_report *r = &o->s->host.report;
	cJSON *card = part_card(p, "host", hostname ? hostname : "Host", o);

	json_add_string(card, "user", "this machine");
	json_add_string(card, "exporterText",
			exporter_text(o->s->host.has_report, r->generated_at, r->exporter.flavour, o));
	add_actions(card, p, NULL, o->a);
	return card;
}

/* The worst card first; among equals the configuration's order, the machine last. */
static void add_cards(cJSON *model, const struct verdict *v, const struct ops *o)
{
	const char *hostname = o->s->host.has_report ? o->s->host.report.hostname : NULL;
	cJSON *list = json_add_array(model, "cards");
	int worst = -1;

	for (size_t i = 0; i < v->n_parts; i++)
		worst = status_rank(v->parts[i].status) > worst ? status_rank(v->parts[i].status) : worst;
	if (v->host && status_rank(v->host->status) > worst)
		worst = status_rank(v->host->status);
	for (int rank = worst; rank >= 0; rank--) {
		for (size_t i = 0; i < v->n_parts; i++)
			if (status_rank(v->parts[i].status) == rank)
				json_append(list, instance_ops_card(&v->parts[i], hostname, o));
		if (v->host && status_rank(v->host->status) == rank)
			json_append(list, host_ops_card(v->host, hostname, o));
	}
}

static size_t rows_of_many(size_t n_cards)
{
	size_t each = ROWS_ALL_MANY / n_cards;

	return each > ROWS_MAX_MANY ? ROWS_MAX_MANY : each > 0 ? each : 1;
}

cJSON *ops_view(const struct snapshot *s, const char *choice, const char *severity, struct arena *a)
{
	const struct verdict *v = verdict_of(s, choice, a);
	const bool is_many = v->n_parts > EVIDENCE_CARDS_MAX;
	const struct ops o = { s, find_filter(severity), is_many, is_many ? rows_of_many(v->n_parts) : ROWS_MAX, a };
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Ops", s, v, choice, a);
	json_add_string(model, "headline", headline(v, a));
	json_add_string(model, "backupsHref", link_pane(a, "backups", choice));
	json_add_string(model, "severity", o.filter->id);
	add_filters(model, v, choice, o.filter, a);
	add_cards(model, v, &o);
	return model;
}
