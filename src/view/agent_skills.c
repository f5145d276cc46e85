#include "view/agent_skills.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "view/agent_text.h"
#include "view/facts.h"

struct found {
	const char *name;
	struct skill_use use;
	size_t at; /* its place in the report: the first of a name wins */
};

static int by_name(const void *x, const void *y)
{
	const struct found *a = x, *b = y;
	int order = strcmp(a->name, b->name);

	if (order)
		return order;
	if (a->use.instance != b->use.instance)
		return a->use.instance < b->use.instance ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static bool is_usable(const struct instance_snapshot *in, int64_t now)
{
	return facts_hold(in, now) && agent_is_known(&in->report.agent.skills.probe);
}

static size_t count_all(const struct snapshot *s, const bool *covers, struct skill_inventory *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_instances; i++) {
		const struct skills *k = &s->instances[i].report.agent.skills;

		if ((covers && !covers[i]) || !is_usable(&s->instances[i], s->now))
			continue;
		out->n_known++;
		out->n_cut += k->total > (int64_t)k->n_list;
		n += k->n_list;
	}
	return n;
}

static size_t gather(const struct snapshot *s, const bool *covers, struct found *all)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_instances; i++) {
		const struct skills *k = &s->instances[i].report.agent.skills;

		if ((covers && !covers[i]) || !is_usable(&s->instances[i], s->now))
			continue;
		for (size_t j = 0; j < k->n_list; j++)
			all[n++] = (struct found){ k->list[j].name ? k->list[j].name : "", { i, &k->list[j] }, j };
	}
	return n;
}

struct skill_inventory skill_inventory_of(const struct snapshot *s, const bool *covers, struct arena *a)
{
	struct skill_inventory out = { .list = NULL };
	size_t n = count_all(s, covers, &out);
	struct found *all = arena_calloc(a, n + 1, sizeof(*all));
	struct skill_use *uses = arena_calloc(a, n + 1, sizeof(*uses));

	out.list = arena_calloc(a, n + 1, sizeof(*out.list));
	n = gather(s, covers, all);
	qsort(all, n, sizeof(*all), by_name);
	for (size_t i = 0; i < n; i++) {
		bool is_next = i == 0 || !str_eq(all[i].name, all[i - 1].name);
		struct skill_entry *e = &out.list[is_next ? out.n++ : out.n - 1];

		if (is_next)
			*e = (struct skill_entry){ .name = all[i].name, .category = all[i].use.skill->category, .uses = uses };
		else if (all[i].use.instance == all[i - 1].use.instance)
			continue;
		e->uses[e->n_uses++] = all[i].use;
		e->n_enabled += all[i].use.skill->enabled != TRI_NO;
		uses++;
	}
	return out;
}

bool skill_matches(const struct skill_entry *e, const char *q)
{
	if (str_holds(e->name, q) || str_holds(e->category, q))
		return true;
	for (size_t i = 0; i < e->n_uses; i++)
		if (str_holds(e->uses[i].skill->origin, q))
			return true;
	return false;
}
