#include "view/agents_view.h"

#include "base/str.h"
#include "json/json.h"
#include "view/agents_parts.h"
#include "view/human.h"
#include "view/parts_json.h"

/* "two agents", or the one that was chosen */
static const char *who(const struct snapshot *s, const struct verdict *v, const char *choice, struct arena *a)
{
	if (choice && v->n_parts == 1)
		return v->parts[0].name;
	return arena_printf(a, "%s agent%s", human_number_cap(a, (int64_t)s->n_instances), s->n_instances == 1 ? "" : "s");
}

static const char *headline(const struct snapshot *s, const struct verdict *v, const struct differences *d,
			    const struct marks *marks, const char *choice, struct arena *a)
{
	const char *first = who(s, v, choice, a);

	if (s->n_instances == 0)
		return "There are no agents to look at";
	if (d->n_compared < 2)
		return s->n_instances == 1 ? first : arena_printf(a, "%s, and nothing that could be compared", first);
	if (d->n_open && marks->probe.state != PROBE_UNKNOWN)
		return arena_printf(a, "%s, %s nobody has explained", first, human_plural(a, (int64_t)d->n_open, "difference"));
	if (d->n_open)
		return arena_printf(a, "%s, %s", first, human_plural(a, (int64_t)d->n_open, "difference"));
	return d->n ? arena_printf(a, "%s, every difference intended", first) : arena_printf(a, "%s, set up alike", first);
}

cJSON *agents_view(const struct snapshot *s, const struct marks *marks, const char *choice, const char *q,
		   struct arena *a)
{
	const struct verdict *v = verdict_of(s, choice, a);
	const struct differences d = differences_of(s, marks, a);
	const struct shared_keys keys = shared_keys_of(s, a);
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Agents", s, v, choice, a);
	json_add_string(model, "choice", choice ? choice : "all");
	json_add_string(model, "headline", headline(s, v, &d, marks, choice, a));
	/* With one instance there is nothing to compare, and no need to say so. */
	json_add_bool(model, "hasComparison", s->n_instances > 1);
	add_differences(model, &d, &keys, s, marks, a);
	add_agents(model, v, s, a);
	add_skills(model, v, s, q, a);
	return model;
}
