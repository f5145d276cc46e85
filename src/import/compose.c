/* docker-compose files: what is published to this machine, and how a service's health is asked for inside. */
#include <string.h>

#include "base/cleanup.h"
#include "base/httpurl.h"
#include "base/str.h"
#include "hermes/ydoc.h"
#include "import/propose.h"

#define PORTS_MAX  32
#define TEXT_CHARS 500
#define WORDS_MAX  64
#define NESTING_MAX 100

/* A TCP port of the container as this machine sees it. */
struct published {
	const char *address;        /* "127.0.0.1" for those bound to every address */
	int64_t port;
	int64_t target;             /* inside */
};

struct service {
	struct proposals *out;
	struct ydoc *doc;
	yaml_node_t *node;
	const char *name;           /* for notes */
	struct published ports[PORTS_MAX];
	size_t n_ports;
	bool has_untold;            /* a port that this file does not tell: a range, a variable, one chosen at start */
	bool is_host_network;
};

static bool is_told(const char *s)
{
	return s && !strchr(s, '$');
}

static bool take_number(const char *s, int64_t *port)
{
	return s && str_parse_i64(s, 1, 65535, port);
}

static const char *reachable(const char *address, struct arena *a)
{
	if (!address || !*address || str_eq(address, "0.0.0.0") || str_eq(address, "::") || str_eq(address, "[::]"))
		return "127.0.0.1";
	return strchr(address, ':') && *address != '[' ? arena_printf(a, "[%s]", address) : address;
}

static void add_port(struct service *s, const char *address, const char *published, const char *target)
{
	struct published *p = &s->ports[s->n_ports];

	if (s->n_ports == PORTS_MAX || !is_told(published) || !take_number(published, &p->port) || !take_number(target, &p->target) ||
	    (address && !is_told(address))) {
		s->has_untold = true;
		return;
	}
	p->address = reachable(address, s->out->a);
	s->n_ports++;
}

/* "[address:][published:]target[/protocol]" */
static void take_short_port(struct service *s, const char *text)
{
	char *spec = arena_strdup(s->out->a, text), *slash = strchr(spec, '/'), *colon;
	const char *target, *published, *address = NULL;

	if (slash && !str_eq(slash, "/tcp"))
		return; /* udp says nothing to a GET */
	if (slash)
		*slash = '\0';
	colon = strrchr(spec, ':');
	target = colon ? colon + 1 : spec;
	if (colon)
		*colon = '\0';
	published = colon ? spec : NULL;
	colon = published ? strrchr(spec, ':') : NULL;
	if (colon) {
		*colon = '\0';
		published = colon + 1;
		address = spec;
	}
	add_port(s, address, published, target);
}

static void take_port(const char *key, yaml_node_t *node, void *ctx)
{
	struct service *s = ctx;
	struct arena *a = s->out->a;
	const char *text = ydoc_text(node, TEXT_CHARS, a), *protocol;

	(void)key;
	if (text) {
		take_short_port(s, text);
		return;
	}
	protocol = ydoc_text(ydoc_get(s->doc, node, "protocol"), 20, a);
	if (protocol && !str_eq(protocol, "tcp"))
		return;
	add_port(s, ydoc_text(ydoc_get(s->doc, node, "host_ip"), 60, a), ydoc_text(ydoc_get(s->doc, node, "published"), 20, a),
		 ydoc_text(ydoc_get(s->doc, node, "target"), 20, a));
}

/* The words of healthcheck.test, whether it is one text or a list. */
static const char *health_command(struct service *s)
{
	struct arena *a = s->out->a;
	yaml_node_t *health = ydoc_get(s->doc, s->node, "healthcheck");
	struct ydoc_names words = ydoc_names(s->doc, ydoc_get(s->doc, health, "test"), WORDS_MAX, TEXT_CHARS, a);
	const char *text = "";

	if (ydoc_bool(ydoc_get(s->doc, health, "disable")) == TRI_YES || (words.n && str_eq(words.list[0], "NONE")))
		return "";
	for (size_t i = 0; i < words.n; i++)
		text = arena_printf(a, "%s%s%s", text, i ? " " : "", words.list[i]);
	return text;
}

/* The first http address in a command; NULL without one. */
static const char *address_in(const char *command, struct arena *a)
{
	const char *http = strstr(command, "http://"), *https = strstr(command, "https://"), *from = http;

	if (https && (!http || https < http))
		from = https;
	return from ? arena_strndup(a, from, strcspn(from, " \t'\"`;|>()")) : NULL;
}

static const struct published *find_target(const struct service *s, int64_t target)
{
	for (size_t i = 0; i < s->n_ports; i++)
		if (s->ports[i].target == target)
			return &s->ports[i];
	return NULL;
}

static const char *url_at(struct service *s, bool is_https, const struct published *p, const char *rest)
{
	return proposals_url(s->out, s->name, arena_printf(s->out->a, "http%s://%s:%lld%s", is_https ? "s" : "", p->address,
							   (long long)p->port, *rest ? rest : "/"));
}

/* An address that the container asks itself by, as this machine would: through the port that is published. */
static const char *url_from_health(struct service *s, const char *inside)
{
	struct httpurl u;
	const struct published *p;
	const char *why;

	if (!httpurl_parse(inside, &u, &why)) {
		proposals_note(s->out, s->name, "its healthcheck's address is left out: it %s", strchr(inside, '$') ? "holds a variable" : why);
		return NULL;
	}
	if (!httpurl_is_loopback(&u)) {
		proposals_note(s->out, s->name, "its healthcheck asks another host, which says nothing of this machine's; no url");
		return NULL;
	}
	if (s->is_host_network)
		return url_at(s, u.is_https, &(struct published){ "127.0.0.1", u.port, u.port }, u.rest);
	p = find_target(s, u.port);
	if (p)
		return url_at(s, u.is_https, p, u.rest);
	proposals_note(s->out, s->name, "its healthcheck asks port %lld inside, which %s; no url", (long long)u.port,
		       s->has_untold ? "is published at a port that the file does not tell" : "is not published to this machine");
	return NULL;
}

/* Ports whose usual owners speak something else. */
static bool is_other_protocol(int64_t port)
{
	static const int64_t others[] = { 21, 22, 25, 53, 110, 143, 389, 465, 587, 636, 993, 995, 1433, 1521, 1883, 3306, 4222, 5432, 5672,
					  6379, 9092, 11211, 27017 };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i] == port)
			return true;
	return false;
}

static const char *url_from_port(struct service *s)
{
	const struct published *only = NULL;

	for (size_t i = 0; i < s->n_ports; i++) {
		if (is_other_protocol(s->ports[i].target))
			continue;
		if (only) {
			proposals_note(s->out, s->name, "several ports are published and no healthcheck names one; no url");
			return NULL;
		}
		only = &s->ports[i];
	}
	if (only) {
		proposals_note(s->out, s->name, "no healthcheck names an address; that its port %lld speaks HTTP is a guess, so look at its url",
			       (long long)only->port);
		return url_at(s, false, only, "/");
	}
	if (s->n_ports)
		proposals_note(s->out, s->name, "its port is one that seldom speaks HTTP; no url");
	else
		proposals_note(s->out, s->name, s->has_untold ? "it is published at a port that the file does not tell; no url"
							      : "nothing of it is published to this machine; no url");
	return NULL;
}

static void take_service(const char *key, yaml_node_t *node, void *ctx)
{
	struct proposals *out = ((struct service *)ctx)->out;
	struct service s = { .out = out, .doc = ((struct service *)ctx)->doc, .node = node };
	const char *container = ydoc_text(ydoc_get(s.doc, node, "container_name"), TEXT_CHARS, out->a), *health;
	struct product *x = key ? proposals_add(out, is_told(container) ? container : key) : NULL;

	if (!x)
		return;
	s.name = x->name;
	s.is_host_network = str_eq(ydoc_text(ydoc_get(s.doc, node, "network_mode"), 40, out->a), "host");
	ydoc_each(s.doc, ydoc_get(s.doc, node, "ports"), PORTS_MAX, take_port, &s);
	if (ydoc_get(s.doc, node, "extends"))
		proposals_note(out, s.name, "it extends another service, which was not looked at");
	if (ydoc_get(s.doc, node, "<<"))
		proposals_note(out, s.name, "it takes over another mapping (<<), which was not looked at");
	health = address_in(health_command(&s), out->a);
	x->url = health ? url_from_health(&s, health) : url_from_port(&s);
}

/*
 * libyaml takes time by the square of how deep brackets nest. Those within
 * quotes are counted too: no list of services has that many of them either.
 */
static bool is_too_deep(const char *text, size_t n)
{
	int depth = 0;

	for (size_t i = 0; i < n && depth <= NESTING_MAX; i++) {
		if (text[i] == '[' || text[i] == '{')
			depth++;
		else if ((text[i] == ']' || text[i] == '}') && depth > 0)
			depth--;
	}
	return depth > NESTING_MAX;
}

bool import_compose(const char *text, size_t n, struct proposals *out, const char **error)
{
	struct ydoc doc = { .is_loaded = false };
	struct service s = { .out = out, .doc = &doc };
	const char *reason = is_too_deep(text, n) ? "its brackets nest too deep" : ydoc_load(&doc, text, n, out->a);
	yaml_node_t *services = ydoc_get(&doc, ydoc_root(&doc), "services");

	if (reason)
		*error = arena_printf(out->a, "not YAML: %s", reason);
	else if (!services || services->type != YAML_MAPPING_NODE)
		*error = "it has no \"services\": neither a docker-compose file nor a JSON list of services";
	else
		ydoc_each(&doc, services, 1000, take_service, &s);
	ydoc_done(&doc);
	return *error == NULL;
}
