/*
 * The inventory of skills, merged over instances, with a search.
 */
#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/agent_skills.h"
#include "view/agent_text.h"
#include "view/agents_parts.h"
#include "view/facts.h"
#include "view/human.h"
#include "view/parts_json.h"

#define SHOWN_MAX     100
#define INSTANCES_MAX 10 /* told one by one */
#define NAMES_MAX     6

/* "Vijay and Bheem", "all 50": who has it and may use it. */
static const char *who_text(const struct skill_entry *e, size_t n_known, const struct snapshot *s, struct arena *a)
{
	const char *names[NAMES_MAX + 1];
	size_t n = 0, left = 0;

	if (n_known > 2 && e->n_enabled == n_known)
		return arena_printf(a, "all %zu", n_known);
	for (size_t i = 0; i < e->n_uses; i++) {
		const char *name = instance_short_label(s->instances[e->uses[i].instance].instance, a);

		if (n < NAMES_MAX)
			names[n++] = e->uses[i].skill->enabled == TRI_NO ? arena_printf(a, "%s (off)", name) : name;
		else
			left++;
	}
	if (left)
		names[n++] = arena_printf(a, "%zu more", left);
	return human_list(a, names, n);
}

static void add_uses(cJSON *row, const struct skill_entry *e, const struct snapshot *s, struct arena *a)
{
	cJSON *list = json_add_array(row, "instances");

	for (size_t i = 0; i < e->n_uses && i < INSTANCES_MAX; i++) {
		const struct skill *k = e->uses[i].skill;
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "instanceId", s->instances[e->uses[i].instance].instance->id);
		add_text(o, "origin", k->origin, 40, a);
		if (k->enabled == TRI_UNKNOWN)
			json_add_null(o, "isEnabled");
		else
			json_add_bool(o, "isEnabled", k->enabled == TRI_YES);
		if (k->uses < 0)
			json_add_null(o, "uses");
		else
			json_add_i64(o, "uses", k->uses);
		add_time(o, "lastUsed", k->last_used_at, s->now, a);
		json_append(list, o);
	}
}

/* Over all who count; NULL where nobody does. */
static const char *uses_text(const struct skill_entry *e, struct arena *a)
{
	int64_t sum = 0;
	bool counted = false;

	for (size_t i = 0; i < e->n_uses; i++) {
		counted = counted || e->uses[i].skill->uses >= 0;
		if (e->uses[i].skill->uses > 0)
			sum += e->uses[i].skill->uses;
	}
	return counted ? human_count(a, sum) : NULL;
}

static cJSON *skill_json(const struct skill_entry *e, size_t n_known, const struct snapshot *s, struct arena *a)
{
	cJSON *row = cJSON_CreateObject();

	json_add_null(row, "instanceId");
	add_text(row, "name", e->name, 100, a);
	add_text(row, "category", e->category, 100, a);
	add_text(row, "origin", e->uses[0].skill->origin, 40, a);
	json_add_string(row, "whoText", who_text(e, n_known, s, a));
	json_add_string(row, "usesText", uses_text(e, a));
	json_add_i64(row, "instanceCount", (int64_t)e->n_uses);
	add_uses(row, e, s, a);
	return row;
}

static const char *summary_text(const struct skill_inventory *inv, size_t found, const char *q, struct arena *a)
{
	if (!q)
		return arena_printf(a, "%s by name, in %s", human_plural(a, (int64_t)inv->n, "skill"),
				    human_plural(a, (int64_t)inv->n_known, "instance"));
	return arena_printf(a, "%s of %s for “%s”", human_count(a, (int64_t)found), human_count(a, (int64_t)inv->n), q);
}

static const char *empty_text(const struct skill_inventory *inv, size_t found, const char *q, struct arena *a)
{
	if (found)
		return NULL;
	if (inv->n_known == 0)
		return "Which skills there are could not be read.";
	return q ? arena_printf(a, "No skill's name, category or origin holds “%s”.", q) : "There are no skills.";
}

/* Whose skills are missing from the list. */
static void add_unread(cJSON *o, const struct verdict *v, const struct skill_inventory *inv, struct arena *a)
{
	size_t missing = v->n_parts - inv->n_known;
	const char *text = NULL;

	if (missing && inv->n_known)
		text = arena_printf(a, "The skills of %s could not be read and are not in this list.",
				    human_plural(a, (int64_t)missing, "instance"));
	else if (inv->n_cut)
		text = arena_printf(a, "%s more skills than a report lists; those are not here.",
				    inv->n_cut == 1 ? "One instance has" : "Some instances have");
	json_add_string(o, "noteText", text);
}

void add_skills(cJSON *model, const struct verdict *v, const struct snapshot *s, const char *q, struct arena *a)
{
	bool *covers = arena_calloc(a, s->n_instances + 1, sizeof(*covers));
	struct skill_inventory inv;
	cJSON *o = json_add_object(model, "skills"), *list;
	size_t found = 0;

	for (size_t i = 0; i < v->n_parts; i++)
		covers[v->parts[i].snapshot - s->instances] = true;
	inv = skill_inventory_of(s, covers, a);
	q = q && *q ? str_clean(a, q, strlen(q), AGENT_TEXT_MAX) : NULL;
	json_add_string(o, "query", q);
	list = json_add_array(o, "list");
	for (size_t i = 0; i < inv.n; i++) {
		if (q && !skill_matches(&inv.list[i], q))
			continue;
		if (found++ < SHOWN_MAX)
			json_append(list, skill_json(&inv.list[i], inv.n_known, s, a));
	}
	json_add_i64(o, "total", (int64_t)inv.n);
	json_add_i64(o, "found", (int64_t)found);
	json_add_bool(o, "hasList", found > 0);
	json_add_string(o, "summaryText", summary_text(&inv, found, q, a));
	json_add_string(o, "emptyText", empty_text(&inv, found, q, a));
	json_add_string(o, "moreText",
			found > SHOWN_MAX ? arena_printf(a, "%s more. Search to find one.", human_count(a, (int64_t)(found - SHOWN_MAX))) : NULL);
	add_unread(o, v, &inv, a);
}
