/* What each instance has of the loops, beside the others: a row an instance, a column a reading. */
#include "base/cleanup.h"
#include "json/json.h"
#include "view/backups_parts.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"

#define DETAIL_CHARS 120

static const struct column {
	const char *id;             /* of the reading */
	const char *label;
	const char *lower;          /* within a sentence */
} columns[] = {
	{ "backup.age", "Backup", "backup" },
	{ "backup.run", "Last run", "last run" },
	{ "drill.proof", "Restore drill", "restore drill" },
	{ "notify.delivery", "Notifications", "notifications" },
	{ "notify.watch", "Watch", "watch" },
};

static const struct judgement *find(const struct verdict_part *part, const struct column *c)
{
	return judge_find(part->judgements, part->n, c->id);
}

/* A column that no instance has anything to say of is not there. */
static bool is_told(const struct verdict *v, const struct column *c)
{
	for (size_t i = 0; i < v->n_parts; i++)
		if (find(&v->parts[i], c))
			return true;
	return false;
}

static bool is_even(const struct verdict *v, const struct column *c)
{
	const struct judgement *first = find(&v->parts[0], c);

	for (size_t i = 1; i < v->n_parts; i++) {
		const struct judgement *j = find(&v->parts[i], c);

		if (!j || !first || j->status != first->status)
			return false;
	}
	return true;
}

static cJSON *cell_json(const struct verdict_part *part, const struct column *c, struct arena *a)
{
	const char *id = part->snapshot->instance->id;
	const struct judgement *j = find(part, c);
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", id);
	json_add_string(o, "label", c->label);
	json_add_string(o, "reading", j ? j->id : NULL);
	json_add_string(o, "status", status_name(j ? j->status : STATUS_UNKNOWN));
	add_text(o, "word", j ? j->word : "not told", 40, a);
	add_text(o, "detail", j ? j->detail : NULL, DETAIL_CHARS, a);
	json_add_string(o, "href", j ? link_reading(a, id, j->id) : NULL);
	return o;
}

static cJSON *row_json(const struct verdict_part *part, const struct verdict *v, struct arena *a)
{
	cJSON *o = cJSON_CreateObject(), *cells;

	json_add_string(o, "instanceId", part->snapshot->instance->id);
	json_add_string(o, "label", part->name);
	cells = json_add_array(o, "cells");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (is_told(v, &columns[i]))
			json_append(cells, cell_json(part, &columns[i], a));
	return o;
}

static const char *parity_text(const struct verdict *v, struct arena *a)
{
	const char *odd[ARRAY_SIZE(columns)];
	size_t n = 0;

	if (v->n_parts < 2)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (is_told(v, &columns[i]) && !is_even(v, &columns[i]))
			odd[n++] = columns[i].lower;
	return n ? arena_printf(a, "Not alike: %s.", human_list(a, odd, n)) : "All instances stand alike.";
}

void backups_add_parity(cJSON *model, const struct backups *p)
{
	cJSON *o = json_add_object(model, "parity"), *heads = json_add_array(o, "columns"), *rows = json_add_array(o, "rows");

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		cJSON *head;

		if (!is_told(p->v, &columns[i]))
			continue;
		head = cJSON_CreateObject();
		json_add_string(head, "id", columns[i].id);
		json_add_string(head, "label", columns[i].label);
		json_add_bool(head, "isEven", is_even(p->v, &columns[i]));
		json_append(heads, head);
	}
	for (size_t i = 0; i < p->v->n_parts; i++)
		json_append(rows, row_json(&p->v->parts[i], p->v, p->a));
	json_add_string(o, "text", parity_text(p->v, p->a));
	json_add_bool(o, "hasRows", cJSON_GetArraySize(heads) > 0);
}
