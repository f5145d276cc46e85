#include "view/posture_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/judge_guard.h"
#include "view/parts_json.h"
#include "view/posture_parts.h"

/* An answer stays under 1 MiB. */
#define CHECKS_MAX         300
#define EVIDENCE_INSTANCES 20
#define TEXT_CHARS         400

/* ---- gathering ---- */

static void gather(struct posture *p, const struct judgement *items, size_t n, const struct instance *in)
{
	for (size_t i = 0; i < n; i++) {
		p->checks[p->n] = (struct posture_check){ &items[i], in, p->n };
		p->n++;
	}
}

/* Of one part; room is made for them. */
static void gather_part(struct posture *p, const struct snapshot *s, size_t i, struct arena *a)
{
	struct judgement *items;
	size_t n;

	judge_guard_instance(&s->instances[i], s->now, a, &items, &n);
	gather(p, items, n, s->instances[i].instance);
}

struct posture *posture_of(const struct snapshot *s, const char *choice, struct arena *a)
{
	struct posture *p = arena_alloc(a, sizeof(*p));
	struct judgement *items;
	size_t n;

	p->checks = arena_calloc(a, (s->n_instances + 2) * POSTURE_PART_MAX, sizeof(*p->checks));
	p->has_host = !choice;
	if (!choice) {
		judge_guard_host(&s->host, s->now, a, &items, &n);
		gather(p, items, n, NULL);
	}
	for (size_t i = 0; i < s->n_instances; i++) {
		if (choice && !str_eq(s->instances[i].instance->id, choice))
			continue;
		p->only = choice ? s->instances[i].instance : NULL;
		gather_part(p, s, i, a);
	}
	if (!choice) {
		judge_guard_parity(s, a, &items, &n);
		gather(p, items, n, NULL);
	}
	return p;
}

/* ---- sections ---- */

static const struct {
	const char *id;
	const char *label;
} sections[] = {
	{ "reach", "Reach" },		       { "decisions", "Decisions" }, { "credentials", "Credentials and parity" },
	{ "files", "Files that hold secrets" }, { "exporters", "Exporters" }, { "ourselves", "What we ourselves may do" },
};

static int worst_first(const void *x, const void *y)
{
	const struct posture_check *a = x, *b = y;
	int by_status = status_rank(b->judgement->status) - status_rank(a->judgement->status);

	return by_status ? by_status : (a->at > b->at) - (a->at < b->at);
}

static cJSON *check_json(const struct posture_check *c, const struct posture *p, bool with_evidence, int64_t now, struct arena *a)
{
	const struct judgement *j = c->judgement;
	const char *what = j->title ? j->title : str_eq(j->word, GUARD_HOLDS) ? posture_claim(j) : j->label;
	cJSON *o = reading_json(j, c->instance ? c->instance->id : "host", with_evidence, now, a);

	/* Of one instance alone its name need not be said with each. */
	if (c->instance && !p->only)
		what = arena_printf(a, "%s: %s", instance_short_label(c->instance, a), what);
	add_text(o, "what", what, TEXT_CHARS, a);
	add_text(o, "why", j->title ? j->why : j->detail, TEXT_CHARS, a);
	return o;
}

static cJSON *section_json(size_t which, const struct posture *p, const struct snapshot *s, struct arena *a)
{
	struct posture_check *own = arena_calloc(a, p->n ? p->n : 1, sizeof(*own));
	cJSON *o = cJSON_CreateObject(), *list = json_add_array(o, "checks");
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->checks[i].judgement->group, sections[which].id))
			own[n++] = p->checks[i];
	qsort(own, n, sizeof(*own), worst_first);
	for (size_t i = 0; i < n && i < CHECKS_MAX; i++)
		json_append(list, check_json(&own[i], p, p->only || s->n_instances <= EVIDENCE_INSTANCES, s->now, a));
	json_add_string(o, "id", sections[which].id);
	json_add_string(o, "label", sections[which].label);
	json_add_bool(o, "hasChecks", n > 0);
	json_add_string(o, "moreText",
			n > CHECKS_MAX ? arena_printf(a, "%zu more, none of them worse. Choose an instance to see its own.", n - CHECKS_MAX) : NULL);
	return o;
}

/* The last one has the table below it, and is there for its sake. */
static void add_sections(cJSON *model, const struct posture *p, const struct snapshot *s, struct arena *a)
{
	cJSON *list = json_add_array(model, "sections");
	const size_t last = ARRAY_SIZE(sections) - 1;

	for (size_t i = 0; i < last; i++) {
		cJSON *o = section_json(i, p, s, a);

		if (cJSON_GetArraySize(json_array(o, "checks")))
			json_append(list, o);
		else
			cJSON_Delete(o);
	}
	json_add(model, "ourselves", section_json(last, p, s, a));
}

cJSON *posture_view(const struct snapshot *s, const char *choice, struct arena *a)
{
	const struct verdict *v = verdict_of(s, choice, a);
	const struct posture *p = posture_of(s, choice, a);
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Posture", s, v, choice, a);
	json_add_string(model, "headline", posture_headline(p, a));
	json_add_string(model, "note", posture_note(p, s, a));
	posture_add_counts(model, p);
	add_sections(model, p, s, a);
	posture_add_surface(model, p, s, a);
	return model;
}
