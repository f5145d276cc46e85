/*
 * Who can get at us: the sockets.
 *
 * What belongs to Hermes, to its private dashboards and to Mission Control is
 * for loopback and the tailnet. Products are meant to be public, and none of
 * this pane's business.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "view/judge_guard_parts.h"

#define CADDY_ADMIN_PORT 2019
#define SYSTEM_PORTS     1024 /* below it only the system's own services may listen */

/* ---- sockets ---- */

/* Whose it is, for people; NULL = nobody's that we guard, as far as can be seen. */
static const char *owner_of(const struct listener *x, const struct host_report *r, const struct reach_expected *e)
{
	int64_t admin = r->caddy.admin ? guard_port(r->caddy.admin) : 0;

	if (x->port == guard_port(e->listen))
		return "Mission Control";
	for (size_t i = 0; i < e->n_ports; i++)
		if (x->port == e->ports[i])
			return "a private dashboard";
	if (x->port == admin || (x->port == CADDY_ADMIN_PORT && (str_eq(x->process, "caddy") || str_eq(x->user, "caddy"))))
		return "Caddy's admin socket";
	if (str_starts(x->unit ? x->unit : "", "hmc-") || str_eq(x->process, "hmc") || str_eq(x->user, "hmc") ||
	    str_eq(x->user, "hmc-caddy"))
		return "Mission Control";
	if ((x->unit && strcasestr(x->unit, "hermes")) || (x->process && strcasestr(x->process, "hermes")))
		return "Hermes";
	return NULL;
}

enum tristate guard_is_near(const char *reach, const char *address, const struct reach_expected *e, const struct tailscale *t)
{
	if (str_eq(reach, "loopback"))
		return TRI_YES;
	if (!str_eq(reach, "tailnet"))
		return TRI_NO;
	if (strchr(address, ':') || str_eq(address, e->tailscale) || str_eq(address, t->address))
		return TRI_YES;
	return e->tailscale || t->probe.state != PROBE_UNKNOWN ? TRI_NO : TRI_UNKNOWN;
}

static const char *socket_text(struct judging *g, const struct listener *x)
{
	const char *address = judging_text(g, x->address, NAME_MAX_CHARS);

	return arena_printf(g->a, strchr(address, ':') ? "[%s]:%" PRId64 : "%s:%" PRId64, address, x->port);
}

struct sorted {
	struct guard_names ours, open, doubtful, unseen;
	const struct listener *worst;   /* the first that is open */
	const char *whose;
};

static struct sorted sort_out(struct judging *g, const struct host_report *r, const struct reach_expected *e)
{
	struct sorted s = { 0 };

	for (size_t i = 0; i < r->listeners.n_list; i++) {
		const struct listener *x = &r->listeners.list[i];
		const char *whose = str_starts(x->protocol ? x->protocol : "", "tcp") && x->address ? owner_of(x, r, e) : NULL;
		enum tristate near = x->address ? guard_is_near(x->reach, x->address, e, &r->tailscale) : TRI_UNKNOWN;

		if (whose && near == TRI_YES) {
			guard_name(&s.ours, socket_text(g, x));
		} else if (whose && near == TRI_UNKNOWN) {
			guard_name(&s.doubtful, socket_text(g, x));
		} else if (whose) {
			guard_name(&s.open, socket_text(g, x));
			s.whose = s.worst ? s.whose : whose;
			s.worst = s.worst ? s.worst : x;
		} else if (near != TRI_YES && x->address && !x->process && !x->unit && x->port >= SYSTEM_PORTS && str_starts(x->protocol, "tcp")) {
			guard_name(&s.unseen, arena_printf(g->a, "%s of %s", socket_text(g, x), judging_text(g, x->user, NAME_MAX_CHARS)));
		}
	}
	return s;
}

static const char *listeners_text(struct judging *g, const struct host_report *r, const struct sorted *s)
{
	const char *text = human_plural(g->a, (int64_t)r->listeners.n_list, "socket");

	if (s->open.n)
		text = arena_printf(g->a, "%s; ours and open: %s", text, guard_named(g, &s->open));
	text = arena_printf(g->a, "%s; ours on loopback and the tailnet: %s", text, s->ours.n ? guard_named(g, &s->ours) : "none");
	if (s->doubtful.n)
		text = arena_printf(g->a, "%s; ours on what may be the tailnet: %s", text, guard_named(g, &s->doubtful));
	if (s->unseen.n)
		text = arena_printf(g->a, "%s; open, by programs that cannot be seen: %s", text, guard_named(g, &s->unseen));
	return text;
}

void judge_guard_listeners(struct judging *g, const struct host_report *r, const struct reach_expected *e)
{
	struct judgement *j = guard_add(g, "guard.listeners", "reach", "Sockets of Hermes and of Mission Control",
					&r->listeners.probe);
	struct sorted s;

	j->rule = "holds while whatever of Hermes, of its private dashboards, of Mission Control and of Caddy's admin socket takes "
		  "connections does so on loopback or on this machine's address in the tailnet alone; known by unit, program, "
		  "account and the configured ports";
	if (guard_is_untold(j, &r->listeners.probe))
		return;
	if (r->listeners.probe.state != PROBE_OK) {
		guard_unknown(j, "the sockets could not be read", "they can be read again");
		judging_hang(j, "listeners");
		return;
	}
	s = sort_out(g, r, e);
	j->evidence.value = listeners_text(g, r, &s);
	if (s.open.n) {
		guard_broken(j, STATUS_CRITICAL, guard_named(g, &s.open),
			     arena_printf(g->a, "Port %" PRId64 " is open beyond the tailnet", s.worst->port),
			     arena_printf(g->a, "It is %s, and takes connections on %s%s. Bind it to 127.0.0.1 or the tailnet's address.",
					  s.whose, guard_named(g, &s.open),
					  str_eq(s.worst->reach, "public") ? ", from anywhere" : ", from its network"),
			     "a port that is open beyond the tailnet");
		j->clears_when = "it listens on loopback or the tailnet's address alone";
	} else if (s.doubtful.n) {
		guard_unknown(j, arena_printf(g->a, "whether %s is this machine's address in the tailnet cannot be told", guard_named(g, &s.doubtful)),
			      "the configuration says host.tailscale, or the interfaces can be read");
	} else if (s.unseen.n) {
		guard_unknown(j, arena_printf(g->a, "of %s it cannot be told whose they are: %s",
					      human_plural(g->a, (int64_t)s.unseen.n, "open socket"), guard_named(g, &s.unseen)),
			      "their programs can be seen, or they are closed; `ss -ltnp` as root tells");
	} else {
		guard_holds(j, arena_printf(g->a, "%s read; %s", human_plural(g->a, (int64_t)r->listeners.n_list, "socket"),
					    s.ours.n ? arena_printf(g->a, "ours: %s", guard_named(g, &s.ours)) : "none is ours"));
	}
}

