/* Each instance's exporter sees its own home and nothing else of any: systemd.exec(5), "Sandboxing". */
#include "config/dropin.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/httpurl.h"
#include "base/str.h"

#define DROPIN_MAX (64 * 1024)

/* What lies in a home beside its databases: never written by us, so not writable by us. */
static const char *const kept[] = {
	".env", "SOUL.md", "auth.json", "bin", "config.yaml", "cron", "gateway.pid", "gateway_state.json",
	"google_token.json", "hermes-agent", "hooks", "logs", "memories", "plugins", "profiles", "sessions", "skills",
};

/* BindPaths= splits at blanks and colons and takes quotes and backslashes for its own. */
static bool is_plain(const char *path)
{
	for (const char *p = path; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr(":\"'\\", *p))
			return false;
	return path[0] == '/';
}

/* "-": what is not there is not shown, and the reading says that it is missing. */
static void add_path(struct buf *b, const char *setting, const char *path, const char *below)
{
	buf_printf(b, "%s=-", setting);
	for (const char *p = path; *p; p++)
		buf_adds(b, *p == '%' ? "%%" : (const char[]){ *p, '\0' });
	buf_printf(b, "%s%s\n", *below ? "/" : "", below);
}

static const char *find_fault(const struct config *c, const struct instance *in, struct arena *a)
{
	const char *const paths[] = { in->hermes_home, in->backup_repo, in->backup_key, c->state_dir };

	if (in->uid < 0)
		return arena_printf(a, "instance %s: this machine has no user '%s'; correct 'user' in the configuration",
				    in->id, in->user);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (paths[i] && !is_plain(paths[i]))
			return arena_printf(a, "instance %s: a unit cannot name '%s' (a blank, a quote, a colon or a "
					       "backslash is in it); rename it, or let the user's own timer run the exporter",
					    in->id, paths[i]);
	return NULL;
}

/* Root's exporter has no capabilities: hidden processes would hide root's own, which have them. */
static void add_user(struct buf *b, const struct instance *in)
{
	buf_printf(b, "User=%lld\n", (long long)in->uid);
	if (in->uid == 0)
		buf_adds(b, "ProtectProc=default\n");
}

static void add_places(struct buf *b, const struct config *c, const struct instance *in, struct arena *a)
{
	/* SQLite writes beside a database that it only reads, so the home itself must be writable. */
	add_path(b, "BindPaths", in->hermes_home, "");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		add_path(b, "ReadOnlyPaths", in->hermes_home, kept[i]);
	if (in->backup_repo)
		add_path(b, "BindReadOnlyPaths", in->backup_repo, "");
	if (in->backup_key) /* its public half alone: how old it is, and which */
		add_path(b, "BindReadOnlyPaths", arena_printf(a, "%s.pub", in->backup_key), "");
	add_path(b, "BindReadOnlyPaths", arena_printf(a, "/run/user/%lld/bus", (long long)in->uid), "");
	add_path(b, "BindPaths", arena_printf(a, "%s/reports/%s", c->state_dir, in->id), "");
}

const char *dropin_text(const struct config *c, const struct instance *in, struct arena *a, const char **error)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(DROPIN_MAX);

	*error = find_fault(c, in, a);
	if (*error)
		return NULL;
	buf_adds(&b, DROPIN_MARK "[Service]\n");
	add_user(&b, in);
	add_places(&b, c, in, a);
	if (in->dashboard_port)
		buf_adds(&b, "# Its dashboard is asked over loopback.\n"
			     "RestrictAddressFamilies=AF_INET AF_INET6\nIPAddressAllow=localhost\n");
	return arena_strdup(a, buf_str(&b));
}

/* "10.0.0.7" or "fd7a::1", without the brackets that a URL needs. */
static const char *address_of(const struct httpurl *u, struct arena *a)
{
	bool in_brackets = u->host[0] == '[';

	return arena_strndup(a, u->host + in_brackets, u->host_len - (in_brackets ? 2 : 0));
}

static const char *allowed_for(const struct product *p, struct arena *a)
{
	struct httpurl u;
	const char *why;

	if (!p->url || !httpurl_parse(p->url, &u, &why))
		return NULL;
	if (httpurl_is_loopback(&u))
		return "localhost";
	return httpurl_is_address(&u) ? address_of(&u, a) : "any";
}

static void allow(struct buf *b, const char *place, struct arena *a)
{
	const char *line = place ? arena_printf(a, "IPAddressAllow=%s\n", place) : "";

	if (!strstr(buf_str(b), line))
		buf_adds(b, line);
}

/* The machine's Caddy: its file and its socket are seen wherever they lie, and nothing beside them. */
static void add_caddy(struct buf *b, const struct caddy_place *caddy)
{
	const char *socket = str_starts(caddy->admin, "unix/") ? caddy->admin + strlen("unix/") : NULL;

	if ((socket || caddy->file))
		buf_adds(b, "# The machine's Caddy is asked, or its file read.\n");
	if (socket && is_plain(socket))
		add_path(b, "BindReadOnlyPaths", socket, "");
	if (caddy->file && is_plain(caddy->file))
		add_path(b, "BindReadOnlyPaths", caddy->file, "");
}

const char *dropin_host_text(const struct config *c, struct arena *a, bool *is_needed)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(DROPIN_MAX), allowed = BUF_INIT(DROPIN_MAX), caddy = BUF_INIT(DROPIN_MAX);

	for (size_t i = 0; i < c->products.n; i++)
		allow(&allowed, allowed_for(&c->products.list[i], a), a);
	if (str_starts(c->caddy.admin, "http://"))
		allow(&allowed, "localhost", a);
	add_caddy(&caddy, &c->caddy);
	*is_needed = allowed.len > 0 || caddy.len > 0;
	buf_adds(&b, DROPIN_MARK "[Service]\n");
	if (allowed.len > 0)
		buf_printf(&b, "# Products, or the machine's Caddy, are asked at these places.\nRestrictAddressFamilies=AF_INET AF_INET6\n%s",
			   buf_str(&allowed));
	else
		buf_adds(&b, "# No product has a url: no network.\n");
	buf_adds(&b, buf_str(&caddy));
	return arena_strdup(a, buf_str(&b));
}
