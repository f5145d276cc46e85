#include "view/lineage_json.h"

#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/task_words.h"

#define TITLE_CHARS 120
#define ID_CHARS    200
#define SHOWN_MAX   20 /* of each kind */

struct relative {
	const struct session *session;
	enum kinship kin;
	bool is_up;
};

static cJSON *relative_json(const struct relative *r, const char *instance_id, int64_t now, struct arena *a)
{
	const struct session *x = r->session;
	bool is_untitled = !x->title || !*x->title;
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", instance_id);
	add_text(o, "id", x->id, ID_CHARS, a);
	add_text(o, "title", is_untitled ? "untitled" : x->title, TITLE_CHARS, a);
	json_add_bool(o, "isUntitled", is_untitled);
	json_add_string(o, "href", link_session(a, instance_id, x->id));
	add_time(o, "started", x->started_at, now, a);
	return o;
}

/* "2 subagents", "Continued from". */
static const char *group_words(const struct relative *r, size_t n, struct arena *a)
{
	if (r->is_up)
		return kinship_up(r->kin);
	if (r->kin == KIN_SUBAGENT && n > 1)
		return arena_printf(a, "%s subagents", human_number_cap(a, (int64_t)n));
	return kinship_down(r->kin);
}

/* Those that stand to this session as all[first] does, in one group. */
static void add_group(cJSON *list, const struct relative *all, size_t n, size_t first, const char *instance_id, int64_t now,
		      struct arena *a)
{
	cJSON *o = cJSON_CreateObject(), *items;
	size_t found = 0;

	json_add_string(o, "relation", kinship_name(all[first].kin));
	json_add_string(o, "direction", all[first].is_up ? "from" : "to");
	items = json_add_array(o, "sessions");
	for (size_t i = first; i < n; i++) {
		if (all[i].kin != all[first].kin || all[i].is_up != all[first].is_up)
			continue;
		if (found++ < SHOWN_MAX)
			json_append(items, relative_json(&all[i], instance_id, now, a));
	}
	json_add_string(o, "label", group_words(&all[first], found, a));
	json_add_i64(o, "count", (int64_t)found);
	json_add_string(o, "moreText", found > SHOWN_MAX ? arena_printf(a, "and %s more", human_count(a, (int64_t)(found - SHOWN_MAX)))
							   : NULL);
	json_append(list, o);
}

static bool is_first_of_kind(const struct relative *all, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (all[k].kin == all[i].kin && all[k].is_up == all[i].is_up)
			return false;
	return true;
}

void add_lineage(cJSON *model, const struct task_facts *f, int64_t now, struct arena *a)
{
	const struct session_family *x = f->family;
	cJSON *list = json_add_array(model, "lineage");
	struct relative *all = arena_calloc(a, x ? x->n_parents + x->n_children + 1 : 1, sizeof(*all));
	const char *origin = f->timeline ? f->timeline->origin : NULL;
	size_t n = 0;

	/* Each parent by what its own child is to it: "continued from" the second, which continued the first. */
	for (size_t i = 0; x && i < x->n_parents; i++)
		all[n++] = (struct relative){ &x->parents[i],
					      kinship_of(&x->parents[i], i ? &x->parents[i - 1] : &x->self, i ? NULL : origin), true };
	for (size_t i = 0; x && i < x->n_children; i++)
		all[n++] = (struct relative){ &x->children[i],
					      kinship_of(&x->self, &x->children[i], f->child_origins ? f->child_origins[i] : NULL), false };
	for (size_t i = 0; i < n; i++)
		if (is_first_of_kind(all, i))
			add_group(list, all, n, i, f->instance->instance->id, now, a);
	json_add_bool(model, "hasLineage", n > 0);
}
