#include "report/marks.h"

#include <string.h>

#include "base/str.h"
#include "report/fields.h"
#include "report/keeper.h"

static const struct field value_fields[] = {
	TEXT(struct mark_value, instance_id, "instanceId"),
	TEXT(struct mark_value, digest, "digest"),
};
static const struct shape value_shape = SHAPE(struct mark_value, value_fields);

static const struct field mark_fields[] = {
	TEXT(struct mark, key, "key"),
	TEXT(struct mark, by, "by"),
	TIME(struct mark, at, "at"),
	LIST(struct mark, values, "values", value_shape, MARK_VALUES_MAX),
};
static const struct shape mark_shape = SHAPE(struct mark, mark_fields);

static const struct field marks_fields[] = {
	LIST(struct marks, list, "marks", mark_shape, MARKS_MAX),
};
static const struct shape marks_shape = SHAPE(struct marks, marks_fields);

/* A mark of nothing, or of no known value, is not one of ours; panes rely on both. */
static const char *check(const void *what, struct arena *a)
{
	const struct marks *m = what;

	(void)a;
	for (size_t i = 0; i < m->n_list; i++) {
		const struct mark *x = &m->list[i];

		if (!x->key)
			return "a mark lacks its key";
		for (size_t k = 0; k < x->n_values; k++)
			if (!x->values[k].instance_id || !x->values[k].digest)
				return "a mark lacks a value";
	}
	return NULL;
}

static const struct keeper keeper = { .dir = "marks", .name = "marks.json", .things = "marks",
				      .none = "nothing was marked yet", .shape = &marks_shape, .check = check, .dir_mode = 0700, .mode = 0600 };

void marks_load(const char *state_dir, int64_t now, struct marks *out, struct arena *a)
{
	keeper_load(&keeper, state_dir, now, out, a);
}

/* ---- writing ---- */

static void drop(struct marks *m, size_t i)
{
	memmove(&m->list[i], &m->list[i + 1], (m->n_list - i - 1) * sizeof(*m->list));
	m->n_list--;
}

static size_t oldest(const struct marks *m)
{
	size_t best = 0;

	for (size_t i = 1; i < m->n_list; i++)
		if (m->list[i].at < m->list[best].at)
			best = i;
	return best;
}

struct wish {
	const char *key;
	const struct mark *fresh;   /* NULL: the mark is taken back */
};

static enum keeper_wish change(void *what, void *ctx, struct arena *a, const char **reason)
{
	const struct wish *w = ctx;
	struct marks had = *(struct marks *)what, *m = what;

	(void)reason;
	m->list = arena_calloc(a, MARKS_MAX + 1, sizeof(*m->list));
	m->n_list = 0;
	for (size_t i = 0; i < had.n_list; i++)
		if (!str_eq(had.list[i].key, w->key))
			m->list[m->n_list++] = had.list[i];
	if (w->fresh && m->n_list == MARKS_MAX)
		drop(m, oldest(m));
	if (w->fresh)
		m->list[m->n_list++] = *w->fresh;
	return w->fresh || m->n_list != had.n_list ? KEEPER_SAVE : KEEPER_AS_IT_IS;
}

bool marks_set(const char *state_dir, const struct mark *m, struct arena *a, const char **reason)
{
	return keeper_change(&keeper, state_dir, change, &(struct wish){ m->key, m }, a, reason);
}

bool marks_remove(const char *state_dir, const char *key, struct arena *a, const char **reason)
{
	return keeper_change(&keeper, state_dir, change, &(struct wish){ key, NULL }, a, reason);
}
