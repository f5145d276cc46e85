#include "pane/ledgers.h"

#include <unistd.h>

#include "base/str.h"

struct ledger ledger_open(struct pane *p, const struct instance *in)
{
	const char *dir = arena_printf(p->arena, "%s/reports/%s", p->config->state_dir, in->id);
	struct ledger l = { .instance = in };

	if (in->uid < 0) /* which store_open_read() would take for anybody's */
		l.error = "its user is not known on this machine";
	else
		l.store = store_open_read(dir, in->uid, p->deadline_us, p->arena, &l.error);
	return l;
}

struct ledgers ledgers_open(struct pane *p)
{
	struct ledgers l = { .list = arena_calloc(p->arena, p->config->n_instances + 1, sizeof(*l.list)) };

	for (size_t i = 0; i < p->config->n_instances; i++) {
		const struct instance *in = &p->config->instances[i];

		if (!p->instance || str_eq(p->instance, in->id))
			l.list[l.n++] = ledger_open(p, in);
	}
	return l;
}

void ledgers_close(struct ledgers *l)
{
	for (size_t i = 0; i < l->n; i++)
		store_closep(&l->list[i].store);
}

struct ledger *ledgers_of(const struct ledgers *l, const char *instance_id)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->list[i].instance->id, instance_id))
			return &l->list[i];
	return NULL;
}

struct ledger ledger_of_host(struct pane *p)
{
	struct ledger l = { 0 };
	const char *dir = arena_printf(p->arena, "%s/reports/host", p->config->state_dir);

	l.store = store_open_read(dir, (int64_t)geteuid(), p->deadline_us, p->arena, &l.error);
	return l;
}
