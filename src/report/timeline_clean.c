#include "report/timeline_clean.h"

#include "base/cleanup.h"

#define SCRATCH_MAX ((size_t)16 * 1024 * 1024)

/* Where excerpts are made, so that of each only what is shown stays. */
struct cleaning {
	struct redactor *r;
	struct arena *scratch;
	struct arena *a;
	bool may_tell;
};

static const char *excerpt(struct cleaning *c, const char *text, bool is_cut)
{
	const char *out = c->may_tell ? redact_excerpt(c->r, text, is_cut, TIMELINE_CHARS, c->scratch) : NULL;

	out = arena_strdup(c->a, out);
	arena_reset(c->scratch);
	return out;
}

static void clean(struct cleaning *c, struct message *m)
{
	const char **words[] = { &m->role, &m->tool, &m->call_id, &m->finish };

	for (size_t k = 0; k < ARRAY_SIZE(words); k++)
		*words[k] = redact(c->r, *words[k], c->a);
	m->text = excerpt(c, m->text, m->is_cut);
	for (size_t i = 0; i < m->n_calls; i++) {
		struct tool_call *call = &m->calls[i];

		call->id = redact(c->r, call->id, c->a);
		call->name = redact(c->r, call->name, c->a);
		call->text = excerpt(c, call->text, call->is_cut);
	}
}

void timeline_clean(struct timeline_batch *b, enum publish publish, struct redactor *r, struct arena *a)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(SCRATCH_MAX);
	struct cleaning c = { r, scratch, a, publish >= PUBLISH_EXCERPTS };

	for (size_t i = 0; i < b->n_items; i++) {
		struct timeline *t = &b->items[i];

		for (size_t k = 0; k < t->n_rows; k++)
			if (!t->rows[k].is_held)
				clean(&c, &t->rows[k]);
		for (size_t k = 0; k < t->n_models; k++)
			t->models[k].model = redact(r, t->models[k].model, a);
	}
}

int64_t timeline_policy(const struct instance *in)
{
	return (int64_t)in->publish * 2 + in->privacy;
}
