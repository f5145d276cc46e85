/*
 * Where the sites of the machine's Caddy lead: none that is open beyond
 * loopback and the tailnet may lead to what is private.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "view/judge_guard_parts.h"

#define ADMIN_PORT 2019 /* Caddy's own, where its configuration names none */

/* What is known of the machine for telling where a site leads. */
struct ground {
	const struct caddy *caddy;
	const struct reach_expected *expected;
	const struct tailscale *tailscale;
	const char *hostname;
	struct arena *a;
};

/* The next word of a list apart by spaces; NULL at its end. */
static const char *next_word(const char **at, struct arena *a)
{
	const char *begin = *at ? *at + strspn(*at, " ") : "";
	size_t n = strcspn(begin, " ");

	*at = begin + n;
	return n ? arena_strndup(a, begin, n) : NULL;
}

/* "[::1]", "[::]", "[::ffff:127.0.0.1]" */
static bool is_v6_here(const char *host, struct arena *a)
{
	size_t n = strlen(host);
	struct in6_addr x;

	if (n < 2 || inet_pton(AF_INET6, arena_strndup(a, host + 1, n - 2), &x) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&x) || IN6_IS_ADDR_UNSPECIFIED(&x) || (IN6_IS_ADDR_V4MAPPED(&x) && x.s6_addr[12] == 127);
}

/* Whether "10.0.0.3" is this machine: it is by every name that leads here for sure; any other name may lead here. */
static enum tristate is_here(const char *host, const struct ground *k)
{
	const char *const names[] = { "", "localhost", "0.0.0.0", k->expected->tailscale, k->tailscale->address, k->hostname };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i] && strcasecmp(host, names[i]) == 0)
			return TRI_YES;
	if (*host == '[')
		return is_v6_here(host, k->a) ? TRI_YES : TRI_NO;
	if (str_starts(host, "127."))
		return TRI_YES;
	return strchr(host, '.') && strspn(host, "0123456789.") == strlen(host) ? TRI_NO : TRI_UNKNOWN;
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	while (n > 1 && folder[n - 1] == '/')
		n--;
	return n && strncmp(path, folder, n) == 0 && (path[n] == '/' || !path[n] || n == 1);
}

/* "tcp/127.0.0.1:80" and "http://127.0.0.1:80" without what stands before the address. */
static const char *bare(const char *dial)
{
	const char *scheme = strstr(dial, "://");

	if (scheme)
		return scheme + 3;
	return str_starts(dial, "tcp") && strchr(dial, '/') ? strchr(dial, '/') + 1 : dial;
}

/* What of ours takes connections at a port of this machine; NULL = nothing. */
static const char *behind(int64_t port, const struct ground *k)
{
	int64_t admin = k->caddy->admin ? guard_port(k->caddy->admin) : 0;

	if (port == guard_port(k->expected->listen))
		return "Mission Control";
	if (port == (admin ? admin : ADMIN_PORT))
		return "Caddy's admin socket";
	for (size_t i = 0; i < k->expected->n_ports; i++)
		if (port == k->expected->ports[i])
			return "a private dashboard";
	return NULL;
}

/* "unix//run/x.sock", "unix+h2c//run/x.sock": the path; NULL of anything else. */
static const char *socket_of(const char *word)
{
	const char *slash = str_starts(word, "unix") ? strchr(word, '/') : NULL;

	return slash ? slash + 1 : NULL;
}

/* What of ours an upstream leads to; NULL = nothing, or, with *may_be, nobody can tell. */
static const char *led_to(const char *word, const struct ground *k, bool *may_be)
{
	const char *socket = socket_of(word), *admin = k->caddy->admin ? socket_of(k->caddy->admin) : NULL;
	const char *dial = bare(word), *colon = strrchr(dial, ':'), *what;
	enum tristate here;

	*may_be = false;
	if (socket && str_eq(socket, admin))
		return "Caddy's admin socket";
	if (socket)
		return is_below(socket, k->expected->run_dir) ? "a pane of Mission Control" : NULL;
	here = colon ? is_here(arena_strndup(k->a, dial, (size_t)(colon - dial)), k) : TRI_NO;
	if (here == TRI_NO)
		return NULL;
	what = behind(guard_port(dial), k);
	/* A range of ports, a service's name, a name of some machine: they may be ours. */
	*may_be = !guard_port(dial) || (what && here == TRI_UNKNOWN);
	return *may_be ? NULL : what;
}

/* What of ours lies in a folder that is served, or above it; NULL = nothing. */
static const char *served(const char *root, const struct ground *k)
{
	const struct reach_expected *e = k->expected;

	for (size_t i = 0; i < e->n_folders; i++)
		if (is_below(root, e->folders[i]) || is_below(e->folders[i], root))
			return "private folders";
	return e->run_dir && (is_below(root, e->run_dir) || is_below(e->run_dir, root)) ? "private folders" : NULL;
}

struct way {
	const char *to;             /* NULL = none */
	const char *by;
	const char *doubtful;       /* a word that may lead anywhere; NULL = none */
};

/* What Caddy fills in only when it is asked, and a folder below that which it was started in, lead nobody knows where. */
static struct way way_in(const struct caddy_site *x, const struct ground *k)
{
	const char *at = x->upstreams, *word, *to;
	struct way w = { 0 };

	while ((word = next_word(&at, k->a))) {
		bool may_be;

		to = led_to(word, k, &may_be);
		if (to)
			return (struct way){ .to = to, .by = arena_printf(k->a, "passes requests to %s", word) };
		w.doubtful = may_be || strchr(word, '{') ? word : w.doubtful;
	}
	at = x->roots;
	while ((word = next_word(&at, k->a))) {
		to = served(word, k);
		if (to)
			return (struct way){ .to = to, .by = arena_printf(k->a, "serves %s", word) };
		w.doubtful = *word != '/' || strchr(word, '{') ? word : w.doubtful;
	}
	return w;
}

/* "100.64.0.9" of "tcp/100.64.0.9:443" */
static const char *address_of(const char *listen, struct arena *a)
{
	const char *slash = strrchr(listen, '/'), *host = slash ? slash + 1 : listen, *colon = strrchr(host, ':');

	return colon ? arena_strndup(a, host, (size_t)(colon - host)) : host;
}

/* Whether it is open to loopback and the tailnet alone. What listens on a name may be open to more; on a socket it is not. */
static enum tristate is_near(const struct caddy_site *x, const struct ground *k)
{
	if (str_starts(x->listen, "unix"))
		return TRI_YES;
	if (!x->reach || !x->listen)
		return TRI_UNKNOWN;
	return guard_is_near(x->reach, address_of(x->listen, k->a), k->expected, k->tailscale);
}

static const char *site_name(struct judging *g, const struct caddy_site *x)
{
	return judging_text(g, x->hosts && *x->hosts ? x->hosts : x->listen ? x->listen : "a site", NAME_MAX_CHARS);
}

struct sites {
	struct guard_names bad, doubtful;
	const struct caddy_site *first;
	struct way first_way;
	size_t n_public;
};

static struct sites sort_out(struct judging *g, const struct ground *k)
{
	struct sites s = { 0 };

	for (size_t i = 0; i < k->caddy->n_sites; i++) {
		const struct caddy_site *x = &k->caddy->sites[i];
		enum tristate near = is_near(x, k);
		struct way w = near != TRI_YES ? way_in(x, k) : (struct way){ 0 };

		s.n_public += near == TRI_NO;
		if (w.to && near == TRI_NO) {
			guard_name(&s.bad, arena_printf(g->a, "%s %s", site_name(g, x), judging_text(g, w.by, TEXT_MAX)));
			s.first_way = s.first ? s.first_way : w;
			s.first = s.first ? s.first : x;
		} else if (w.to || w.doubtful) {
			guard_name(&s.doubtful, w.to ? arena_printf(g->a, "%s listens on %s", site_name(g, x), x->reach ? "what may be the tailnet" : "a name")
						     : arena_printf(g->a, "%s leads to %s", site_name(g, x), judging_text(g, w.doubtful, NAME_MAX_CHARS)));
		}
	}
	return s;
}

static void judge_sites(struct judging *g, struct judgement *j, const struct ground *k)
{
	const struct caddy *c = k->caddy;
	const char *note = c->note ? judging_text(g, c->note, TEXT_MAX) : NULL, *seen;
	struct sites s = sort_out(g, k);

	seen = arena_printf(g->a, "%s in its %s, %s beyond the tailnet", human_plural(g->a, (int64_t)c->n_sites, "site"),
			    c->how ? judging_text(g, c->how, NAME_MAX_CHARS) : "configuration",
			    s.n_public ? human_number(g->a, (int64_t)s.n_public) : "none");
	j->evidence.value = arena_printf(g->a, "%s%s%s%s%s", seen, s.bad.n ? "; " : "; none leads to us for sure", s.bad.n ? guard_named(g, &s.bad) : "",
					 note ? "; " : "", note ? note : "");
	if (s.bad.n) {
		guard_broken(j, STATUS_CRITICAL, guard_named(g, &s.bad), arena_printf(g->a, "A public site leads to %s", s.first_way.to),
			     arena_printf(g->a, "The site %s %s, and is open beyond the tailnet. Take that out of Caddy's configuration, or bind the "
						"site to the tailnet's address.",
					  site_name(g, s.first), judging_text(g, s.first_way.by, TEXT_MAX)),
			     "a public site that leads to what is private");
		j->clears_when = "no site beyond the tailnet leads there";
	} else if (s.doubtful.n) {
		guard_unknown(j, arena_printf(g->a, "%s; where that leads cannot be told", guard_named(g, &s.doubtful)),
			      "its configuration says so in plain addresses");
	} else if (c->is_whole != TRI_YES) {
		guard_unknown(j, note ? note : "a part of its configuration could not be read", "all of its configuration can be read");
	} else {
		guard_holds(j, str_eq(c->how, "file") && note ? arena_printf(g->a, "%s; %s", seen, note) : seen);
	}
}

/* Sockets of a Caddy that is not ours, beyond loopback and the tailnet. */
static struct guard_names others(struct judging *g, const struct host_report *r, const struct reach_expected *e)
{
	struct guard_names found = { 0 };

	for (size_t i = 0; i < r->listeners.n_list; i++) {
		const struct listener *x = &r->listeners.list[i];
		bool is_caddy = str_eq(x->process, "caddy") || str_eq(x->user, "caddy");
		bool is_ours = x->port == guard_port(e->listen) || str_eq(x->user, "hmc-caddy") || str_starts(x->unit, "hmc-");

		if (is_caddy && !is_ours && x->address && guard_is_near(x->reach, x->address, e, &r->tailscale) != TRI_YES)
			guard_name(&found, arena_printf(g->a, "%s:%" PRId64, judging_text(g, x->address, NAME_MAX_CHARS), x->port));
	}
	return found;
}

/* Its service does not run: another one's may, and one in a container does so under any name. */
static void judge_none(struct judging *g, struct judgement *j, const struct host_report *r, const struct reach_expected *e)
{
	struct guard_names found = others(g, r, e);
	const char *reason = r->caddy.probe.reason;

	if (found.n)
		guard_unknown(j, arena_printf(g->a, "a Caddy takes connections on %s, and what it serves is not known", guard_named(g, &found)),
			      "host.caddy in the configuration says where it is asked, or where its file is");
	else
		guard_holds(j, reason ? judging_text(g, reason, TEXT_MAX) : "there is no Caddy but our own");
}

void judge_guard_caddy(struct judging *g, const struct host_report *r, const struct reach_expected *e)
{
	const struct caddy *c = &r->caddy;
	struct judgement *j = guard_add(g, "guard.caddy", "reach", "Caddy's public sites", &c->probe);
	const struct ground ground = { c, e, &r->tailscale, r->hostname, g->a };

	j->rule = "holds while no site that is open beyond loopback and the tailnet passes requests to Mission Control, to the "
		  "sockets of its panes or to a private dashboard, or serves folders of ours, of a home or of a backup";
	if (guard_is_untold(j, &c->probe))
		return;
	if (c->probe.state == PROBE_INACTIVE) {
		judge_none(g, j, r, e);
	} else if (c->probe.state == PROBE_OK) {
		judge_sites(g, j, &ground);
	} else {
		judging_unknown(g, j, &c->probe, "Caddy's public sites");
		j->why = arena_printf(g->a, "%s Whether one of them leads to what is private is not known.", judging_sentence(g, c->probe.reason));
	}
}
