#include "probe/git_remote.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"

#define SHOWN_MAX 200
#define NAME_LEN  32 /* a user's name in a URL; what is longer is a token */

static const char *find_name(const struct git_settings *s, const char *branch)
{
	const char *name = branch ? git_config_last(s, "branch", branch, "pushremote") : NULL;
	const char *only = NULL;

	if (!name)
		name = git_config_last(s, "remote", NULL, "pushdefault");
	if (!name && branch)
		name = git_config_last(s, "branch", branch, "remote");
	if (name || git_config_last(s, "remote", "origin", "url"))
		return name ? name : "origin";
	for (size_t i = 0; i < s->n; i++) {
		if (!str_eq(s->list[i].section, "remote") || !s->list[i].sub || !str_eq(s->list[i].name, "url"))
			continue;
		if (only && !str_eq(only, s->list[i].sub))
			return NULL;
		only = s->list[i].sub;
	}
	return only;
}

/* Of all url.<base>.<name> whose value begins the URL, the longest; NULL = none. */
static const char *rewritten(const struct git_settings *s, const char *name, const char *url, struct arena *a)
{
	const struct git_setting *best = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct git_setting *x = &s->list[i];

		if (str_eq(x->section, "url") && x->sub && str_eq(x->name, name) && *x->value && str_starts(url, x->value) &&
		    (!best || strlen(x->value) > strlen(best->value)))
			best = x;
	}
	return best ? arena_printf(a, "%s%s", best->sub, url + strlen(best->value)) : NULL;
}

static const char *find_url(const struct git_settings *s, const char *remote, struct arena *a)
{
	const char *push = git_config_last(s, "remote", remote, "pushurl"), *url = git_config_last(s, "remote", remote, "url");
	const char *other;

	if (!push && url) {
		other = rewritten(s, "pushinsteadof", url, a);
		if (other)
			return other;
	}
	url = push ? push : url ? url : strchr(remote, '/') ? remote : NULL; /* branch.x.remote may be a URL itself */
	other = url ? rewritten(s, "insteadof", url, a) : NULL;
	return other ? other : url;
}

/* Beginnings of tokens that their makers document. */
static bool is_token(const char *user, size_t n)
{
	static const char *const starts[] = { "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "x-token-auth", "oauth2", "x-access-token" };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (n >= strlen(starts[i]) && strncasecmp(user, starts[i], strlen(starts[i])) == 0)
			return true;
	return n > NAME_LEN;
}

/*
 * The '@' that ends user and password. One that was not encoded, with a '/' or
 * a '#' in it, hides the '@': where a colon is followed by no port, the last
 * one is taken, for less is better shown than a part of a password.
 */
static const char *find_at(const char *rest, size_t n_host)
{
	const char *at = memrchr(rest, '@', n_host), *colon = *rest == '[' ? NULL : memchr(rest, ':', n_host);

	if (at || !colon || strspn(colon + 1, "0123456789") >= n_host - (size_t)(colon + 1 - rest))
		return at;
	return strrchr(rest, '@');
}

/* "user:password@host/path?query": what is shown of it is "host/path". */
static const char *without_secrets(struct git_remote *out, const char *rest, struct arena *a)
{
	size_t n_host = strcspn(rest, "/?#");
	const char *at = find_at(rest, n_host), *host = at ? at + 1 : rest;
	size_t n_user = at ? (size_t)(at - rest) : 0, n = strcspn(host, "?#");
	const char *colon = at ? memchr(rest, ':', n_user) : NULL;

	if (colon && colon + 1 < at)
		out->holds_secret = true;
	if (at && is_token(rest, colon ? (size_t)(colon - rest) : n_user))
		out->holds_secret = true;
	if (strcasestr(host + n, "token") || strcasestr(host + n, "key=") || strcasestr(host + n, "secret"))
		out->holds_secret = true;
	return str_clean(a, host, n, SHOWN_MAX);
}

/* "git@host:path", as ssh has it: a colon before any slash. */
static bool is_scp_like(const char *url)
{
	const char *colon = strchr(url, ':');

	return colon && colon != url && !memchr(url, '/', (size_t)(colon - url));
}

static void read_url(struct git_remote *out, const char *url, struct arena *a)
{
	static const struct {
		const char *scheme, *transport;
	} known[] = { { "ssh", "ssh" }, { "git+ssh", "ssh" }, { "ssh+git", "ssh" }, { "https", "https" }, { "http", "http" },
		      { "git", "git" }, { "file", "file" } };
	const char *sep = strstr(url, "://");

	if (strstr(url, "::") && (!sep || strstr(url, "::") < sep)) { /* a remote helper's: "ext::sh -c …" is a command */
		out->shown = "by a remote helper";
		return;
	}
	if (sep) {
		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			if (strlen(known[i].scheme) == (size_t)(sep - url) && strncasecmp(url, known[i].scheme, (size_t)(sep - url)) == 0)
				out->transport = known[i].transport;
		out->shown = without_secrets(out, sep + 3, a);
		if (out->transport)
			out->shown = arena_printf(a, "%s://%s", out->transport, out->shown);
	} else if (is_scp_like(url)) {
		const char *at = strrchr(url, '@'), *host = at ? at + 1 : url;

		out->transport = "ssh";
		out->holds_secret = at && memchr(url, ':', (size_t)(at - url));
		out->shown = str_clean(a, host, strcspn(host, "?#"), SHOWN_MAX);
	} else {
		out->transport = "file";
		out->shown = str_clean(a, url, strlen(url), SHOWN_MAX);
	}
}

/* git pushes to each of a remote's URLs, and whoever reads the file reads all of them. */
static bool holds_secret(const struct git_settings *s, const char *remote, struct arena *a)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct git_setting *x = &s->list[i];
		struct git_remote one = { .name = remote };

		if (!str_eq(x->section, "remote") || !str_eq(x->sub, remote) || (!str_eq(x->name, "url") && !str_eq(x->name, "pushurl")))
			continue;
		read_url(&one, x->value, a);
		if (one.holds_secret)
			return true;
	}
	return false;
}

void git_remote_of(struct git_remote *out, const struct git_settings *s, const char *branch, struct arena *a)
{
	const char *url;

	*out = (struct git_remote){ .name = find_name(s, branch) };
	url = out->name && !str_eq(out->name, ".") ? find_url(s, out->name, a) : NULL;
	if (url && *url)
		read_url(out, url, a);
	else
		out->name = NULL;
	out->holds_secret |= out->name && holds_secret(s, out->name, a);
}
