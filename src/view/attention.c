#include "view/attention.h"

#include <stdlib.h>

static int by_rank(const void *x, const void *y)
{
	const struct attention *a = x, *b = y;
	int answered = (a->judgement->answer != NULL) - (b->judgement->answer != NULL);
	int rank = answered ? answered : status_rank(b->judgement->status) - status_rank(a->judgement->status);

	return rank ? rank : (a->order > b->order) - (a->order < b->order);
}

static size_t gather(const struct verdict_part *p, struct attention *out, size_t n)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!p->judgements[i].title)
			continue;
		out[n] = (struct attention){ p, &p->judgements[i], n };
		n++;
	}
	return n;
}

struct attention *attention_of(const struct verdict *v, size_t *n, struct arena *a)
{
	size_t total = verdict_asking(v) + verdict_answered(v);
	struct attention *all = arena_calloc(a, total ? total : 1, sizeof(*all));

	*n = 0;
	for (size_t i = 0; i < v->n_parts; i++)
		*n = gather(&v->parts[i], all, *n);
	if (v->host)
		*n = gather(v->host, all, *n);
	qsort(all, *n, sizeof(*all), by_rank);
	return all;
}

const char *attention_instance(const struct attention *t)
{
	return t->part->snapshot ? t->part->snapshot->instance->id : "host";
}
