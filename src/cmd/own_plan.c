#include "cmd/own_plan.h"

#include <string.h>

#include "base/str.h"
#include "config/dropin.h"

#define DROPINS_MAX (CONFIG_INSTANCES_MAX * DROPINS + 1)

static const char *folder_of(const char *path, struct arena *a)
{
	const char *slash = strrchr(path, '/');

	return slash && slash > path ? arena_strndup(a, path, (size_t)(slash - path)) : "/";
}

static void add_keys(struct own_question *q, const struct config *c, struct arena *a)
{
	struct own_key *keys = arena_calloc(a, c->n_keys + 1, sizeof(*keys));

	for (size_t i = 0; i < c->n_keys; i++)
		if (c->keys[i].file)
			keys[q->n_keys++] = (struct own_key){ c->keys[i].file, !str_eq(c->keys[i].alg, "HS256") };
	q->keys = keys;
}

static void add_dropins_of(struct own_question *q, struct own_dropin *list, const struct config *c, const struct instance *in, struct arena *a)
{
	for (enum dropin_of of = 0; of < DROPINS; of++) {
		const char *error, *text = dropin_is_wanted(of, in) ? dropin_text(c, in, of, a, &error) : NULL;

		if (text)
			list[q->n_dropins++] = (struct own_dropin){ arena_printf(a, "hmc-%s@%s.service", dropin_name(of), in->id), text };
	}
}

/* As hmc setup would write them now: what is in force and is not there was put there by somebody. */
static void add_dropins(struct own_question *q, const struct config *c, struct arena *a)
{
	struct own_dropin *list = arena_calloc(a, DROPINS_MAX, sizeof(*list));
	const char *text;
	bool is_needed;

	text = dropin_host_text(c, a, &is_needed);
	if (is_needed)
		list[q->n_dropins++] = (struct own_dropin){ "hmc-export-host.service", text };
	for (size_t i = 0; i < c->n_instances; i++)
		add_dropins_of(q, list, c, &c->instances[i], a);
	q->dropins = list;
}

struct own_question *own_plan(const struct config *c, struct arena *a)
{
	struct own_question *q = arena_alloc(a, sizeof(*q));
	struct own_instance *list = arena_calloc(a, c->n_instances + 1, sizeof(*list));

	q->config = c->path;
	q->etc_dir = folder_of(c->path ? c->path : CONFIG_DEFAULT_PATH, a);
	q->state_dir = c->state_dir;
	q->run_dir = CONFIG_RUN_DIR;
	for (size_t i = 0; i < c->n_instances; i++)
		list[q->n_instances++] = (struct own_instance){ c->instances[i].id, c->instances[i].uid };
	q->instances = list;
	add_keys(q, c, a);
	add_dropins(q, c, a);
	return q;
}
