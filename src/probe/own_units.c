/* Our own units, as the system's manager has them in force: drop-ins included. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "probe/own.h"
#include "probe/own_show.h"
#include "probe/own_table.h"
#include "probe/systemd_bus.h"

#define IF_SERVICE "org.freedesktop.systemd1.Service"
#define MARGIN_US  (200 * 1000)
#define UNITS_MAX  500
#define TEXT_MAX   990

struct look {
	struct own_units *out;
	const struct own_question *q;
	struct manager *m;
	struct arena *a;
	struct own_unit *panes; /* the entry of those that are as they ship */
	int n_panes;
	const char *reason;     /* of the first that could not be read; NULL = all could */
};

static const char *dropin_of(const struct own_question *q, const char *unit)
{
	for (size_t i = 0; i < q->n_dropins; i++)
		if (str_eq(q->dropins[i].unit, unit))
			return q->dropins[i].text;
	return NULL;
}

/* "hmc-export@bheem.service" -> "bheem" */
static const char *name_within(const char *unit, struct arena *a)
{
	const char *at = strchr(unit, '@');

	return at ? arena_strndup(a, at + 1, strcspn(at + 1, ".")) : NULL;
}

static bool read_values(struct look *l, const char *unit, const char **values)
{
	struct property *wanted = arena_calloc(l->a, n_own_settings, sizeof(*wanted));
	const char *object = manager_load_unit(l->m, unit, &l->reason);

	for (size_t i = 0; i < n_own_settings; i++)
		wanted[i] = (struct property){ own_settings[i].name, "*", &values[i] };
	return object && manager_get_all(l->m, object, IF_SERVICE, wanted, n_own_settings, &l->reason);
}

/* How many settings are looser than what ships with what the set-up writes beside it, and which. */
static void compare(struct look *l, enum own_kind kind, const char *const *values, struct own_unit *u)
{
	CLEANUP(buf_done) struct buf names = BUF_INIT(TEXT_MAX);
	const char *dropin = dropin_of(l->q, u->unit), *moved = own_moved(kind, l->q->state_dir, l->a);

	if (moved)
		dropin = arena_printf(l->a, "%s%s", dropin ? dropin : "", moved);
	u->loose = 0;
	for (size_t i = 0; i < n_own_settings; i++) {
		const struct own_setting *s = &own_settings[i];

		if (!own_is_loose(s, own_wanted(s, kind, dropin, l->a), values[i], l->a))
			continue;
		buf_printf(&names, "%s%s", u->loose ? " " : "", s->name);
		u->loose++;
	}
	u->loose_names = u->loose ? arena_strdup(l->a, buf_str(&names)) : NULL;
}

static struct own_unit *new_entry(struct look *l)
{
	if (l->out->n_list == OWN_UNITS_MAX) {
		l->reason = arena_printf(l->a, "there are more than %d units of ours; the rest is not listed", OWN_UNITS_MAX);
		return NULL;
	}
	return &l->out->list[l->out->n_list++];
}

static bool is_as_shipped(const struct own_unit *u)
{
	return u->loose == 0 && u->no_new_privileges == TRI_YES && u->filters_calls == TRI_YES;
}

/* Panes differ in nothing but their names. */
static void add_pane(struct look *l, struct own_unit *u)
{
	struct own_unit *entry;

	if (!is_as_shipped(u)) {
		entry = new_entry(l);
		if (entry) {
			u->process = arena_printf(l->a, "Pane %s", name_within(u->unit, l->a));
			*entry = *u;
		}
		return;
	}
	l->n_panes++;
	if (!l->panes)
		l->panes = new_entry(l);
	if (!l->panes)
		return;
	*l->panes = *u;
	l->panes->unit = l->n_panes > 1 ? "hmc-pane@*.service" : u->unit;
	l->panes->process = arena_printf(l->a, "Panes (%d)", l->n_panes);
}

static void add_unit(struct look *l, const char *name)
{
	const char **values = arena_calloc(l->a, n_own_settings, sizeof(*values));
	struct own_unit u = { .unit = name, .loose = COUNT_UNKNOWN }, *entry;
	enum own_kind kind = own_kind_of(name);

	if (!read_values(l, name, values)) {
		u.process = name;
		entry = new_entry(l);
		if (entry)
			*entry = u;
		return;
	}
	own_show(&u, kind, values, l->a);
	if (kind != OWN_UNKNOWN)
		compare(l, kind, values, &u);
	if (kind == OWN_INSTANCE || kind == OWN_LOOP)
		u.instance_id = name_within(name, l->a);
	if (kind == OWN_PANE) {
		add_pane(l, &u);
		return;
	}
	entry = new_entry(l);
	if (entry)
		*entry = u;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void read_all(struct look *l)
{
	const char **names = arena_calloc(l->a, UNITS_MAX, sizeof(*names));
	int n = manager_list_units(l->m, "hmc*.service", names, UNITS_MAX, &l->reason);

	n = n < UNITS_MAX ? n : UNITS_MAX;
	if (n > 0)
		qsort(names, (size_t)n, sizeof(*names), by_name);
	for (int i = 0; i < n && !l->m->failure; i++)
		add_unit(l, names[i]);
}

void probe_own_units(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct manager m;
	struct look l = { .out = out, .q = in, .m = &m, .a = a };
	struct probe *p = &l.out->probe;

	l.out->list = arena_calloc(a, OWN_UNITS_MAX, sizeof(*l.out->list));
	manager_init(&m, UNIT_SCOPE_SYSTEM, a, deadline_us > 0 ? deadline_us - MARGIN_US : clock_mono_us() + 2 * BUS_CALL_US);
	p->source = arena_printf(a, "hmc*.service on %s", manager_bus_name(&m));
	read_all(&l);
	manager_done(&m);
	if (l.reason)
		p->reason = l.reason;
	else if (l.out->n_list == 0)
		p->reason = "no unit of ours is loaded on this machine: started by hand";
	p->state = l.reason ? PROBE_UNKNOWN : l.out->n_list == 0 ? PROBE_INACTIVE : PROBE_OK;
}
