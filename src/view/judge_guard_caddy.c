/*
 * Where the sites of the machine's Caddy lead: none that is open beyond
 * loopback and the tailnet may lead to what is private.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "view/judge_guard_parts.h"

#define ADMIN_PORT 2019 /* Caddy's own, where its configuration names none */

/* What is known of the machine for telling where a site leads. */
struct ground {
	const struct caddy *caddy;
	const struct reach_expected *expected;
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

/* Whether "10.0.0.3:80" is this machine: by every name that leads here for sure. */
static bool is_here(const char *dial, const struct ground *k)
{
	const char *const names[] = { "", "localhost", "0.0.0.0", "[::]", "[::1]", k->expected->tailscale, k->hostname };
	size_t n = (size_t)(strrchr(dial, ':') - dial);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i] && strlen(names[i]) == n && strncmp(dial, names[i], n) == 0)
			return true;
	return str_starts(dial, "127.");
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

/* What of ours an upstream leads to; NULL = nothing. */
static const char *led_to(const char *word, const struct ground *k)
{
	const char *socket = str_starts(word, "unix/") ? word + strlen("unix/") : NULL, *dial = bare(word);
	int64_t port = guard_port(dial), admin = k->caddy->admin ? guard_port(k->caddy->admin) : 0;

	if (socket && str_starts(k->caddy->admin ? k->caddy->admin : "", "unix/") && str_eq(socket, k->caddy->admin + strlen("unix/")))
		return "Caddy's admin socket";
	if (socket)
		return is_below(socket, k->expected->run_dir) ? "a pane of Mission Control" : NULL;
	if (!port || !is_here(dial, k))
		return NULL;
	if (port == guard_port(k->expected->listen))
		return "Mission Control";
	if (port == (admin ? admin : ADMIN_PORT))
		return "Caddy's admin socket";
	for (size_t i = 0; i < k->expected->n_ports; i++)
		if (port == k->expected->ports[i])
			return "a private dashboard";
	return NULL;
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

/* What Caddy fills in only when it is asked, and a folder that it was started in: nobody can tell where that leads. */
static bool is_open_ended(const char *word)
{
	return strchr(word, '{') || str_eq(word, ".") || str_starts(word, "./");
}

struct way {
	const char *to;             /* NULL = none */
	const char *by;
	const char *doubtful;       /* a word that may lead anywhere; NULL = none */
};

static struct way way_in(const struct caddy_site *x, const struct ground *k)
{
	const char *at = x->upstreams, *word;
	struct way w = { 0 };

	while ((word = next_word(&at, k->a))) {
		if (led_to(word, k))
			return (struct way){ .to = led_to(word, k), .by = arena_printf(k->a, "passes requests to %s", word) };
		w.doubtful = is_open_ended(word) ? word : w.doubtful;
	}
	at = x->roots;
	while ((word = next_word(&at, k->a))) {
		if (served(word, k))
			return (struct way){ .to = served(word, k), .by = arena_printf(k->a, "serves %s", word) };
		w.doubtful = is_open_ended(word) ? word : w.doubtful;
	}
	return w;
}

/* Open beyond the tailnet for sure; what listens on a name may be, and on a socket is not. */
static bool is_public(const struct caddy_site *x)
{
	return x->reach && !str_eq(x->reach, "loopback") && !str_eq(x->reach, "tailnet");
}

static bool is_doubtful(const struct caddy_site *x)
{
	return !x->reach && !str_starts(x->listen ? x->listen : "", "unix/");
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
		struct way w = is_public(x) || is_doubtful(x) ? way_in(x, k) : (struct way){ 0 };

		s.n_public += is_public(x);
		if (w.to && is_public(x)) {
			guard_name(&s.bad, arena_printf(g->a, "%s %s", site_name(g, x), judging_text(g, w.by, TEXT_MAX)));
			s.first_way = s.first ? s.first_way : w;
			s.first = s.first ? s.first : x;
		} else if (w.to || w.doubtful) {
			guard_name(&s.doubtful, w.to ? arena_printf(g->a, "%s listens on a name", site_name(g, x))
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
	} else if (c->is_whole == TRI_NO) {
		guard_unknown(j, note ? note : "a part of its configuration could not be read", "all of its configuration can be read");
	} else {
		guard_holds(j, str_eq(c->how, "file") && note ? arena_printf(g->a, "%s; %s", seen, note) : seen);
	}
}

void judge_guard_caddy(struct judging *g, const struct host_report *r, const struct reach_expected *e)
{
	const struct caddy *c = &r->caddy;
	struct judgement *j = guard_add(g, "guard.caddy", "reach", "Caddy's public sites", &c->probe);
	const struct ground ground = { c, e, r->hostname, g->a };

	j->rule = "holds while no site that is open beyond loopback and the tailnet passes requests to Mission Control, to the "
		  "sockets of its panes or to a private dashboard, or serves folders of ours, of a home or of a backup";
	if (guard_is_untold(j, &c->probe))
		return;
	if (c->probe.state == PROBE_INACTIVE) {
		guard_holds(j, "there is no Caddy but our own");
	} else if (c->probe.state == PROBE_OK) {
		judge_sites(g, j, &ground);
	} else {
		judging_unknown(g, j, &c->probe, "Caddy's public sites");
		j->why = arena_printf(g->a, "%s Whether one of them leads to what is private is not known.", judging_sentence(g, c->probe.reason));
	}
}
