#include "view/runbook_view.h"

#include "base/str.h"
#include "json/json.h"
#include "view/markdown.h"
#include "view/parts_json.h"
#include "view/runbook.h"

struct reader {
	cJSON *intro;       /* NULL until the first blocks have come */
	cJSON *groups;
	cJSON *sections;    /* of the present group; NULL before the first */
	const char *wanted; /* id of the one section to show; NULL = all */
	size_t n_found;
	struct arena *a;
};

static void begin_group(struct reader *r, const struct markdown_heading *h, cJSON *blocks)
{
	cJSON *group = cJSON_CreateObject();

	json_add_string(group, "title", h->title);
	json_add(group, "blocks", blocks);
	r->sections = json_add_array(group, "sections");
	json_append(r->groups, group);
}

static void add_section(struct reader *r, const struct markdown_heading *h, cJSON *blocks)
{
	cJSON *section = cJSON_CreateObject();

	json_add_string(section, "id", h->id);
	json_add_string(section, "title", h->title);
	json_add_string(section, "href", runbook_href(NULL, h->id, r->a));
	json_add(section, "blocks", blocks);
	json_append(r->sections, section);
	r->n_found++;
}

/* With one section wanted nothing else is kept, but the group that it stands in. */
static void take(void *ctx, const struct markdown_heading *h, cJSON *blocks)
{
	struct reader *r = ctx;
	bool is_section = h->level == 3 && h->id && r->sections;

	if (h->level == 2)
		begin_group(r, h, blocks);
	else if (is_section && (!r->wanted || str_eq(h->id, r->wanted)))
		add_section(r, h, blocks);
	else if (h->level == 1 && !r->intro && !r->wanted)
		r->intro = blocks;
	else
		cJSON_Delete(blocks);
}

static void drop_empty_groups(cJSON *groups)
{
	cJSON *next;

	for (cJSON *g = groups->child; g; g = next) {
		next = g->next;
		if (cJSON_GetArraySize(json_array(g, "sections")) == 0)
			cJSON_Delete(cJSON_DetachItemViaPointer(groups, g));
	}
}

cJSON *runbook_view(const char *text, size_t n, const char *reading, const struct snapshot *s, const char *choice,
		    struct arena *a)
{
	struct reader r = { .groups = cJSON_CreateArray(), .a = a };
	const struct verdict *v;
	cJSON *model;

	if (reading)
		r.wanted = runbook_anchor(NULL, reading);
	markdown_read(text, n, RUNBOOK_PATH, a, take, &r);
	drop_empty_groups(r.groups);
	if (reading && r.n_found == 0) {
		cJSON_Delete(r.groups);
		return NULL;
	}
	v = verdict_of(s, choice, a);
	model = cJSON_CreateObject();
	add_head(model, "Runbook", s, v, choice, a);
	add_attention(model, v, s->now, a);
	json_add_string(model, "reading", r.wanted);
	json_add_bool(model, "isWhole", !r.wanted);
	json_add_string(model, "wholeHref", RUNBOOK_PATH);
	json_add(model, "intro", r.intro ? r.intro : cJSON_CreateArray());
	json_add(model, "groups", r.groups);
	return model;
}
