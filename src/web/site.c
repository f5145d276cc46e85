#include "web/site.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"

/* host or host:port, [v6] included, as it may stand in an origin. */
static bool is_authority(const char *s)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
	size_t n = strlen(s);

	return n >= 1 && n <= 255 && strspn(s, ok) == n && s[0] != ':';
}

/* Whether host[:port] is this machine alone, whatever a resolver says. */
static bool is_loopback(const char *authority)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		if (strncasecmp(authority, names[i], n) == 0 && (authority[n] == '\0' || authority[n] == ':'))
			return true;
	}
	return false;
}

/* Cuts a default port, which browsers leave out of Host and Origin. */
static const char *without_port(const char *authority, const char *port, struct arena *a)
{
	size_t n = strlen(authority), p = strlen(port);

	return str_ends(authority, port) ? arena_strndup(a, authority, n - p) : authority;
}

bool site_init(const struct config *c, struct arena *a, struct site *out, const char **error)
{
	struct site s = { .listen = c->site_listen };
	const char *authority = NULL;

	if (str_starts(c->site_origin, "https://")) {
		s.is_https = true;
		authority = without_port(c->site_origin + strlen("https://"), ":443", a);
	} else if (str_starts(c->site_origin, "http://")) {
		authority = without_port(c->site_origin + strlen("http://"), ":80", a);
	}
	if (!authority || !is_authority(authority)) {
		*error = "site.origin must be like https://vm-01.example.ts.net, with nothing after the host";
		return false;
	}
	if (!s.is_https && !is_loopback(authority)) {
		*error = "site.origin is plain http on a host that is not this machine: the sign-in cookie would "
			 "travel in the clear; use https (tailscale serve), or http://127.0.0.1:PORT";
		return false;
	}
	s.authority = authority;
	s.origin = arena_printf(a, "%s://%s", s.is_https ? "https" : "http", authority);
	s.session_cookie = s.is_https ? "__Host-hmc" : "hmc";
	s.arrival_cookie = s.is_https ? "__Host-hmc-arrival" : "hmc-arrival";
	s.signin_origins = c->signin_origins;
	s.n_signin_origins = c->n_signin_origins;
	*out = s;
	return true;
}

bool site_knows_host(const struct site *s, const struct request *r)
{
	const char *port;

	if (!r->host)
		return r->source == REQUEST_CGI;
	if (strcasecmp(r->host, s->authority) == 0 || (s->listen && strcasecmp(r->host, s->listen) == 0))
		return true;
	if (!s->listen || !is_loopback(s->listen) || strncasecmp(r->host, "localhost", 9) != 0)
		return false;
	port = strrchr(s->listen, ':');
	return port && port[1] != '\0' && strcmp(r->host + 9, port) == 0;
}

bool site_is_same_origin(const struct site *s, const struct request *r)
{
	if (r->sec_fetch_site)
		return strcmp(r->sec_fetch_site, "same-origin") == 0;
	return r->origin && strcasecmp(r->origin, s->origin) == 0;
}

bool site_is_signin_origin(const struct site *s, const struct request *r)
{
	for (size_t i = 0; r->origin && i < s->n_signin_origins; i++)
		if (strcmp(r->origin, s->signin_origins[i]) == 0)
			return true;
	return false;
}
