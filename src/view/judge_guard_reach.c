/*
 * Who can get at us: sockets, and the sites of the machine's Caddy.
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
static const char *owner_of(const struct listener *x, const struct reach_expected *e)
{
	if (x->port == guard_port(e->listen))
		return "Mission Control";
	for (size_t i = 0; i < e->n_ports; i++)
		if (x->port == e->ports[i])
			return "a private dashboard";
	if (x->port == CADDY_ADMIN_PORT && (str_eq(x->process, "caddy") || str_eq(x->user, "caddy")))
		return "Caddy's admin socket";
	if (str_starts(x->unit ? x->unit : "", "hmc-") || str_eq(x->process, "hmc") || str_eq(x->user, "hmc") ||
	    str_eq(x->user, "hmc-caddy"))
		return "Mission Control";
	if ((x->unit && strcasestr(x->unit, "hermes")) || (x->process && strcasestr(x->process, "hermes")))
		return "Hermes";
	return NULL;
}

/* 100.64.0.0/10 is every tailnet, and many a provider's own network: only this machine's address in it counts. */
static bool is_near(const struct listener *x, const struct reach_expected *e, const struct tailscale *t)
{
	if (str_eq(x->reach, "loopback"))
		return true;
	if (!str_eq(x->reach, "tailnet"))
		return false;
	return !e->tailscale || strchr(x->address, ':') || str_eq(x->address, e->tailscale) || str_eq(x->address, t->address);
}

static const char *socket_text(struct judging *g, const struct listener *x)
{
	const char *address = judging_text(g, x->address, NAME_MAX_CHARS);

	return arena_printf(g->a, strchr(address, ':') ? "[%s]:%" PRId64 : "%s:%" PRId64, address, x->port);
}

struct sorted {
	struct guard_names ours, open, unseen;
	const struct listener *worst;   /* the first that is open */
	const char *whose;
};

static struct sorted sort_out(struct judging *g, const struct host_report *r, const struct reach_expected *e)
{
	struct sorted s = { 0 };

	for (size_t i = 0; i < r->listeners.n_list; i++) {
		const struct listener *x = &r->listeners.list[i];
		const char *whose = str_starts(x->protocol ? x->protocol : "", "tcp") && x->address ? owner_of(x, e) : NULL;
		bool near = x->address && is_near(x, e, &r->tailscale);

		if (whose && near) {
			guard_name(&s.ours, socket_text(g, x));
		} else if (whose) {
			guard_name(&s.open, socket_text(g, x));
			s.whose = s.worst ? s.whose : whose;
			s.worst = s.worst ? s.worst : x;
		} else if (!near && x->address && !x->process && !x->unit && x->port >= SYSTEM_PORTS && str_starts(x->protocol, "tcp")) {
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
	} else if (s.unseen.n) {
		guard_unknown(j, arena_printf(g->a, "of %s it cannot be told whose they are: %s",
					      human_plural(g->a, (int64_t)s.unseen.n, "open socket"), guard_named(g, &s.unseen)),
			      "their programs can be seen, or they are closed; `ss -ltnp` as root tells");
	} else {
		guard_holds(j, arena_printf(g->a, "%s read; %s", human_plural(g->a, (int64_t)r->listeners.n_list, "socket"),
					    s.ours.n ? arena_printf(g->a, "ours: %s", guard_named(g, &s.ours)) : "none is ours"));
	}
}

/* ---- Caddy's sites ---- */

/* The next word of a list apart by spaces, in `a`; NULL at its end. */
static const char *next_word(const char **at, struct arena *a)
{
	const char *begin = *at ? *at + strspn(*at, " ") : "";
	size_t n = strcspn(begin, " ");

	*at = begin + n;
	return n ? arena_strndup(a, begin, n) : NULL;
}

/* Whether "10.0.0.3:80" is this machine: by every name that leads here for sure. */
static bool is_here(const char *dial, const struct reach_expected *e)
{
	const char *colon = strrchr(dial, ':');
	size_t n = colon ? (size_t)(colon - dial) : 0;
	static const char *const names[] = { "", "localhost", "0.0.0.0", "[::]", "[::1]" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == n && strncmp(dial, names[i], n) == 0)
			return true;
	return str_starts(dial, "127.") || (e->tailscale && strlen(e->tailscale) == n && strncmp(dial, e->tailscale, n) == 0);
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	while (n > 1 && folder[n - 1] == '/')
		n--;
	return n && strncmp(path, folder, n) == 0 && (path[n] == '/' || !path[n] || n == 1);
}

/* What of ours an upstream leads to; NULL = nothing. */
static const char *led_to(const char *dial, const struct reach_expected *e)
{
	const char *unix_path = str_starts(dial, "unix/") ? dial + strcspn(dial, "/") + 1 : NULL;
	int64_t port = guard_port(dial);

	if (unix_path)
		return is_below(unix_path, e->run_dir) ? "a pane of Mission Control" : NULL;
	if (!port || !is_here(dial, e))
		return NULL;
	if (port == guard_port(e->listen))
		return "Mission Control";
	if (port == CADDY_ADMIN_PORT)
		return "Caddy's admin socket";
	for (size_t i = 0; i < e->n_ports; i++)
		if (port == e->ports[i])
			return "a private dashboard";
	return NULL;
}

/* What of ours lies in a folder that is served; NULL = nothing. */
static const char *served(const char *root, const struct reach_expected *e)
{
	static const char *const folders[] = { "/etc/hermes-mission-control", "/var/lib/hermes-mission-control", "/root/.hermes" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (is_below(root, folders[i]) || is_below(folders[i], root))
			return i == 2 ? "a Hermes home" : "folders of Mission Control";
	if (e->run_dir && (is_below(root, e->run_dir) || is_below(e->run_dir, root)))
		return "folders of Mission Control";
	return strstr(root, "/.hermes") || is_below("/home", root) ? "a Hermes home" : NULL;
}

struct way {
	const char *to;             /* NULL = none */
	const char *by;
};

static struct way way_in(const struct caddy_site *x, const struct reach_expected *e, struct arena *a)
{
	const char *at = x->upstreams, *word;

	while ((word = next_word(&at, a)))
		if (led_to(word, e))
			return (struct way){ led_to(word, e), arena_printf(a, "passes requests to %s", word) };
	at = x->roots;
	while ((word = next_word(&at, a)))
		if (served(word, e))
			return (struct way){ served(word, e), arena_printf(a, "serves %s", word) };
	return (struct way){ 0 };
}

static bool is_public(const struct caddy_site *x)
{
	return !str_eq(x->reach, "loopback") && !str_eq(x->reach, "tailnet");
}

static const char *site_name(struct judging *g, const struct caddy_site *x)
{
	return judging_text(g, x->hosts && *x->hosts ? x->hosts : x->listen ? x->listen : "a site", NAME_MAX_CHARS);
}

static void judge_sites(struct judging *g, struct judgement *j, const struct caddy *c, const struct reach_expected *e)
{
	const char *how = c->how ? judging_text(g, c->how, NAME_MAX_CHARS) : "configuration";
	struct guard_names bad = { 0 };
	const struct caddy_site *first = NULL;
	struct way first_way = { 0 };
	size_t n_public = 0;

	for (size_t i = 0; i < c->n_sites; i++) {
		struct way w = is_public(&c->sites[i]) ? way_in(&c->sites[i], e, g->a) : (struct way){ 0 };

		n_public += is_public(&c->sites[i]);
		if (!w.to)
			continue;
		guard_name(&bad, arena_printf(g->a, "%s %s", site_name(g, &c->sites[i]), w.by));
		first = first ? first : &c->sites[i];
		first_way = first_way.to ? first_way : w;
	}
	j->evidence.value = arena_printf(g->a, "%s in its %s, %s beyond the tailnet%s%s", human_plural(g->a, (int64_t)c->n_sites, "site"), how,
					 n_public ? human_number(g->a, (int64_t)n_public) : "none", bad.n ? "; " : "",
					 bad.n ? guard_named(g, &bad) : "; none of them leads to us");
	if (!bad.n) {
		guard_holds(j, arena_printf(g->a, "%s in its %s, %s beyond the tailnet", human_plural(g->a, (int64_t)c->n_sites, "site"), how,
					    n_public ? human_number(g->a, (int64_t)n_public) : "none"));
		return;
	}
	guard_broken(j, STATUS_CRITICAL, guard_named(g, &bad), arena_printf(g->a, "A public site leads to %s", first_way.to),
		     arena_printf(g->a, "%s %s, and is open beyond the tailnet. Take that out of Caddy's configuration, or bind the site "
					"to the tailnet's address.",
				  human_cap(g->a, site_name(g, first)), judging_text(g, first_way.by, TEXT_MAX)),
		     "a public site that leads to what is private");
	j->clears_when = "no site beyond the tailnet leads there";
}

void judge_guard_caddy(struct judging *g, const struct caddy *c, const struct reach_expected *e)
{
	struct judgement *j = guard_add(g, "guard.caddy", "reach", "Caddy's public sites", &c->probe);

	j->rule = "holds while no site that is open beyond loopback and the tailnet passes requests to Mission Control, to the "
		  "sockets of its panes or to a private dashboard, or serves folders of ours";
	if (guard_is_untold(j, &c->probe))
		return;
	if (c->probe.state == PROBE_INACTIVE) {
		guard_holds(j, "there is no Caddy but our own");
	} else if (c->probe.state == PROBE_OK) {
		judge_sites(g, j, c, e);
	} else {
		judging_unknown(g, j, &c->probe, "Caddy's public sites");
		j->why = arena_printf(g->a, "%s Whether one of them leads to what is private is not known.", judging_sentence(g, c->probe.reason));
	}
}
