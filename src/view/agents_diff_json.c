/*
 * The comparison as a table: few instances side by side, many by value.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/agents_parts.h"
#include "view/facts.h"
#include "view/human.h"
#include "view/parts_json.h"
#include "view/runbook.h"

#define COLUMNS_MAX 4 /* instances side by side */
#define GROUPS_MAX  20
#define NAMES_MAX   8 /* instances named in a group */
#define KEYS_SHOWN  20
#define NOTES_MAX   20

#define NOT_KNOWN "not known"

static const char *name_of(const struct snapshot *s, size_t instance, struct arena *a)
{
	return instance_short_label(s->instances[instance].instance, a);
}

static void add_columns(cJSON *o, const struct differences *d, const struct snapshot *s, struct arena *a)
{
	cJSON *list = json_add_array(o, "columns");

	for (size_t i = 0; i < d->n_compared; i++) {
		cJSON *c = cJSON_CreateObject();

		json_add_string(c, "instanceId", s->instances[d->compared[i]].instance->id);
		add_text(c, "name", name_of(s, d->compared[i], a), 100, a);
		json_append(list, c);
	}
}

static void add_values(cJSON *row, const struct difference *x, const struct differences *d, const struct snapshot *s,
		       struct arena *a)
{
	cJSON *list = json_add_array(row, "values");

	for (size_t i = 0; d->n_compared <= COLUMNS_MAX && i < d->n_compared; i++) {
		const struct diff_value *v = &x->values[i];
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "instanceId", s->instances[d->compared[i]].instance->id);
		json_add_bool(o, "isKnown", v->text != NULL);
		json_add_bool(o, "isOdd", v->is_odd && !x->mark);
		add_text(o, "text", v->text ? v->text : NOT_KNOWN, AGENT_TEXT_MAX, a);
		json_append(list, o);
	}
}

/* ---- by value ---- */

struct group {
	const struct diff_value *value;
	size_t *members;            /* indices into compared[] */
	size_t n;
};

static int largest_first(const void *x, const void *y)
{
	const struct group *a = x, *b = y;

	/* What is not known comes last, equals in the order of their first instance. */
	if (!a->value->text != !b->value->text)
		return a->value->text ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->members[0] < b->members[0] ? -1 : a->members[0] > b->members[0];
}

static size_t group_values(const struct difference *x, size_t n_compared, struct group *out, struct arena *a)
{
	size_t n = 0, k;

	for (size_t i = 0; i < n_compared; i++) {
		for (k = 0; k < n && !str_eq(out[k].value->digest, x->values[i].digest); k++)
			;
		if (k == n)
			out[n++] = (struct group){ &x->values[i], arena_calloc(a, n_compared, sizeof(size_t)), 0 };
		out[k].members[out[k].n++] = i;
	}
	qsort(out, n, sizeof(*out), largest_first);
	return n;
}

static const char *member_names(const struct group *g, const struct differences *d, const struct snapshot *s,
				struct arena *a)
{
	const char *names[NAMES_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < g->n && i < NAMES_MAX; i++)
		names[n++] = name_of(s, d->compared[g->members[i]], a);
	if (g->n > NAMES_MAX)
		names[n++] = arena_printf(a, "%zu more", g->n - NAMES_MAX);
	return human_list(a, names, n);
}

static void add_groups(cJSON *row, const struct difference *x, const struct differences *d, const struct snapshot *s,
		       struct arena *a)
{
	struct group *groups = arena_calloc(a, d->n_compared + 1, sizeof(*groups));
	size_t n = d->n_compared > COLUMNS_MAX ? group_values(x, d->n_compared, groups, a) : 0;
	cJSON *list = json_add_array(row, "groups");

	for (size_t i = 0; i < n && i < GROUPS_MAX; i++) {
		const struct group *g = &groups[i];
		cJSON *o = cJSON_CreateObject(), *ids = json_add_array(o, "instanceIds");

		for (size_t k = 0; k < g->n; k++)
			json_append(ids, cJSON_CreateString(s->instances[d->compared[g->members[k]]].instance->id));
		add_text(o, "text", g->value->text ? g->value->text : NOT_KNOWN, AGENT_TEXT_MAX, a);
		json_add_i64(o, "count", (int64_t)g->n);
		json_add_string(o, "countText", human_plural(a, (int64_t)g->n, "instance"));
		/* Who is like most others is of no interest. */
		add_text(o, "names", i == 0 && n > 1 ? NULL : member_names(g, d, s, a), AGENT_TEXT_MAX, a);
		json_add_bool(o, "isKnown", g->value->text != NULL);
		json_add_bool(o, "isOdd", g->value->is_odd && !x->mark);
		json_append(list, o);
	}
	json_add_string(row, "groupsMore", n > GROUPS_MAX ? arena_printf(a, "%zu more values", n - GROUPS_MAX) : NULL);
}

/* ---- rows ---- */

static cJSON *row_json(const struct difference *x, const struct differences *d, const struct snapshot *s, struct arena *a)
{
	cJSON *row = cJSON_CreateObject();

	json_add_string(row, "key", x->key);
	json_add_null(row, "instanceId");
	json_add_string(row, "label", x->label);
	json_add_string(row, "seen", x->seen);
	json_add_bool(row, "isIntended", x->mark != NULL);
	json_add_string(row, "word", x->mark ? "intended" : "not explained");
	add_text(row, "markedBy", x->mark ? x->mark->by : NULL, 100, a);
	add_time(row, "marked", x->mark ? x->mark->at : 0, s->now, a);
	add_values(row, x, d, s, a);
	add_groups(row, x, d, s, a);
	return row;
}

/* The open ones first: they are what somebody has to look at. */
static void add_rows(cJSON *o, const struct differences *d, const struct snapshot *s, struct arena *a)
{
	cJSON *list = json_add_array(o, "rows");

	for (int marked = 0; marked < 2; marked++)
		for (size_t i = 0; i < d->n; i++)
			if ((d->list[i].mark != NULL) == marked)
				json_append(list, row_json(&d->list[i], d, s, a));
}

/* Keys of one kind that the same instances have in common are one row: they have one cause and one cure. */
static bool is_alike(const struct shared_key *x, const struct shared_key *y)
{
	if (x->is_bot != y->is_bot || x->status != y->status || x->n_uses != y->n_uses)
		return false;
	for (size_t i = 0; i < x->n_uses; i++)
		if (x->uses[i].instance != y->uses[i].instance)
			return false;
	return true;
}

static cJSON *shared_json(const struct shared_key *k, const struct snapshot *s, struct arena *a)
{
	cJSON *item = cJSON_CreateObject(), *ids = json_add_array(item, "instanceIds");

	for (size_t u = 0; u < k->n_uses; u++)
		json_append(ids, cJSON_CreateString(s->instances[k->uses[u].instance].instance->id));
	json_add_null(item, "instanceId");
	json_add_string(item, "label", human_cap(a, shared_kind(k)));
	json_add_string(item, "status", status_name(k->status));
	json_add_string(item, "word", arena_printf(a, "the same in %s", shared_names(k, s, SIZE_MAX, a)));
	json_add_string(item, "why", arena_printf(a, "%s.", human_cap(a, shared_harm(k))));
	json_add_string(item, "runbookHref", runbook_href("", "keys", a));
	json_add_array(item, "keys");
	return item;
}

static void add_key(cJSON *item, const struct shared_key *k, struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	add_text(o, "name", k->uses[0].name, 100, a);
	json_add_string(o, "fingerprint", k->fingerprint);
	json_add_string(o, "fingerprintText", arena_strndup(a, k->fingerprint, FINGERPRINT_SHOWN));
	json_append((cJSON *)json_array(item, "keys"), o);
}

static void add_shared(cJSON *o, const struct shared_keys *keys, const struct snapshot *s, struct arena *a)
{
	cJSON *list = json_add_array(o, "sharedKeys"), *item = NULL;
	size_t shown = keys->n < KEYS_SHOWN ? keys->n : KEYS_SHOWN;

	for (size_t i = 0; i < shown; i++) {
		if (i == 0 || !is_alike(&keys->list[i], &keys->list[i - 1]))
			json_append(list, item = shared_json(&keys->list[i], s, a));
		add_key(item, &keys->list[i], a);
	}
	json_add_string(o, "sharedMore",
			keys->n > shown ? arena_printf(a, "%zu more keys are shared, none of them worse.", keys->n - shown) : NULL);
}

/* ---- what was not compared, and why ---- */

static void add_note(cJSON *list, const struct instance_snapshot *in, const char *text)
{
	cJSON *o;

	if (cJSON_GetArraySize(list) >= NOTES_MAX)
		return;
	o = cJSON_CreateObject();
	json_add_string(o, "instanceId", in->instance->id);
	json_add_string(o, "text", text);
	json_append(list, o);
}

static const char *reason_of(const struct probe *p, struct arena *a)
{
	return p->reason ? str_clean(a, p->reason, strlen(p->reason), AGENT_TEXT_MAX) : "nobody has looked yet";
}

static void note_instance(cJSON *list, const struct instance_snapshot *in, int64_t now, struct arena *a)
{
	const struct agent *x = &in->report.agent;
	const struct {
		const struct probe *probe;
		const char *what;
	} parts[] = { { &x->settings.probe, "settings are" }, { &x->skills.probe, "skills are" },
		      { &x->extensions.probe, "hooks and plugins are" }, { &in->report.google.probe, "Google set-up is" } };
	const char *name = instance_short_label(in->instance, a);

	if (!facts_hold(in, now)) {
		add_note(list, in, arena_printf(a, "%s is not compared: %s.", name, reason_of(&in->probe, a)));
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].probe->state == PROBE_UNKNOWN)
			add_note(list, in, arena_printf(a, "%s's %s not compared: %s.", name, parts[i].what, reason_of(parts[i].probe, a)));
	if (x->keys.probe.state == PROBE_UNKNOWN || (x->keys.probe.state == PROBE_INACTIVE && x->keys.left_out < 0))
		add_note(list, in, arena_printf(a, "%s's keys are not compared: %s.", name,
						str_starts(reason_of(&x->keys.probe, a), "not compared: ")
							? reason_of(&x->keys.probe, a) + strlen("not compared: ")
							: reason_of(&x->keys.probe, a)));
}

static void add_notes(cJSON *o, const struct snapshot *s, const struct marks *marks, struct arena *a)
{
	cJSON *list = json_add_array(o, "notes");

	for (size_t i = 0; s->n_instances > 1 && i < s->n_instances; i++)
		note_instance(list, &s->instances[i], s->now, a);
	json_add_string(o, "marksText",
			marks->probe.state == PROBE_UNKNOWN
				? arena_printf(a, "What was marked as intended is not known: %s. Every difference is shown as not explained.",
					       reason_of(&marks->probe, a))
				: NULL);
}

static const char *empty_text(const struct differences *d, const struct shared_keys *keys, const struct snapshot *s)
{
	if (d->n || keys->n)
		return NULL;
	if (s->n_instances < 2)
		return "There is only one instance: nothing to compare it with.";
	if (d->n_compared < 2)
		return "Fewer than two instances could be read: nothing can be compared.";
	return "Everything that was compared is the same.";
}

static const char *count_text(const struct differences *d, struct arena *a)
{
	return arena_printf(a, "%zu not explained · %zu intended", d->n_open, d->n - d->n_open);
}

void add_differences(cJSON *model, const struct differences *d, const struct shared_keys *keys, const struct snapshot *s,
		     const struct marks *marks, struct arena *a)
{
	cJSON *o = json_add_object(model, "differences");
	bool is_grouped = d->n_compared > COLUMNS_MAX;

	json_add_i64(o, "open", (int64_t)d->n_open);
	json_add_i64(o, "intended", (int64_t)(d->n - d->n_open));
	json_add_string(o, "countText", d->n ? count_text(d, a) : NULL);
	json_add_bool(o, "isGrouped", is_grouped);
	/* Columns but the first: what is the same in several homes is no value of one of them. */
	json_add_i64(o, "span", is_grouped ? 2 : (int64_t)d->n_compared + 1);
	json_add_bool(o, "hasRows", d->n > 0 || keys->n > 0);
	add_columns(o, d, s, a);
	add_rows(o, d, s, a);
	add_shared(o, keys, s, a);
	add_notes(o, s, marks, a);
	json_add_string(o, "emptyText", empty_text(d, keys, s));
}
