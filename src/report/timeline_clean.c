#include "report/timeline_clean.h"

#include "base/cleanup.h"

static void clean(struct message *m, bool may_tell, struct redactor *r, struct arena *a)
{
	const char **words[] = { &m->role, &m->tool, &m->call_id, &m->finish };

	for (size_t k = 0; k < ARRAY_SIZE(words); k++)
		*words[k] = redact(r, *words[k], a);
	m->text = may_tell ? redact_excerpt(r, m->text, m->is_cut, TIMELINE_CHARS, a) : NULL;
	for (size_t i = 0; i < m->n_calls; i++) {
		struct tool_call *c = &m->calls[i];

		c->id = redact(r, c->id, a);
		c->name = redact(r, c->name, a);
		c->text = may_tell ? redact_excerpt(r, c->text, c->is_cut, TIMELINE_CHARS, a) : NULL;
	}
}

void timeline_clean(struct timeline_batch *b, enum publish publish, struct redactor *r, struct arena *a)
{
	for (size_t i = 0; i < b->n_items; i++) {
		struct timeline *t = &b->items[i];

		for (size_t k = 0; k < t->n_rows; k++)
			if (!t->rows[k].is_held)
				clean(&t->rows[k], publish >= PUBLISH_EXCERPTS, r, a);
		for (size_t k = 0; k < t->n_models; k++)
			t->models[k].model = redact(r, t->models[k].model, a);
	}
}

int64_t timeline_policy(const struct instance *in)
{
	return (int64_t)in->publish * 2 + in->privacy;
}
