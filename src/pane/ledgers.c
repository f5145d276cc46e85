#include "pane/ledgers.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/* Ledgers stay open from one request to the next. */
struct shelf {
	size_t n;
	struct store *list[];       /* one an instance, in the configuration's order, and the machine's */
};

static void shelf_drop(void *what)
{
	struct shelf *shelf = what;

	for (size_t i = 0; i < shelf->n; i++)
		store_drop(shelf->list[i]);
	free(shelf);
}

static struct shelf *shelf_of(struct pane *p)
{
	struct shelf *shelf = p->kept[KEPT_LEDGERS].what;
	size_t n = p->config->n_instances + 1;

	if (shelf)
		return shelf;
	shelf = calloc(1, sizeof(*shelf) + n * sizeof(struct store *));
	if (!shelf)
		abort();
	shelf->n = n;
	p->kept[KEPT_LEDGERS] = (struct keepsake){ shelf, shelf_drop };
	return shelf;
}

/* The ledger of that place on the shelf: taken up again, or opened (and then left there). NULL with one line in *error. */
static struct store *take(struct pane *p, size_t place, const char *id, int64_t uid, const char **error)
{
	const char *dir = arena_printf(p->arena, "%s/reports/%s", p->config->state_dir, id);
	struct store **kept = &shelf_of(p)->list[place];

	if (*kept && store_take_up(*kept, dir, uid, p->deadline_us, p->arena))
		return *kept;
	if (*kept && store_is_lent(*kept)) /* a second one, for who has asked twice */
		return store_open_read(dir, uid, p->deadline_us, p->arena, error);
	store_drop(*kept);
	*kept = store_open_read(dir, uid, p->deadline_us, p->arena, error);
	if (*kept)
		store_keep(*kept);
	return *kept;
}

struct ledger ledger_open(struct pane *p, const struct instance *in)
{
	struct ledger l = { .instance = in };

	if (in->uid < 0) /* which store_open_read() would take for anybody's */
		l.error = "its user is not known on this machine";
	else
		l.store = take(p, (size_t)(in - p->config->instances), in->id, in->uid, &l.error);
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

const char *ledgers_facts(struct pane *p)
{
	const char *text = "";

	for (size_t i = 0; i < p->config->n_instances; i++) {
		const struct instance *in = &p->config->instances[i];
		struct stat st;

		if ((p->instance && !str_eq(p->instance, in->id)) ||
		    lstat(arena_printf(p->arena, "%s/reports/%s/" STORE_FILE, p->config->state_dir, in->id), &st) < 0)
			continue;
		text = arena_printf(p->arena, "%s%s %llu %lld %lld.%09ld\n", text, in->id, (unsigned long long)st.st_ino, (long long)st.st_size,
				    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	}
	return text;
}

struct ledger ledger_of_host(struct pane *p)
{
	struct ledger l = { 0 };

	l.store = take(p, p->config->n_instances, "host", (int64_t)geteuid(), &l.error);
	return l;
}
