/* What runs for an instance sees its own home and nothing else of any: systemd.exec(5), "Sandboxing". */
#include "config/dropin.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/httpurl.h"
#include "base/str.h"
#include "config/discover.h"

#define DROPIN_MAX (64 * 1024)

/* What lies in a home beside its databases: never written by us, so not writable by us. */
static const char *const kept[] = {
	".env", "SOUL.md", "auth.json", "bin", "config.yaml", "cron", "gateway.pid", "gateway_state.json",
	"google_token.json", "hermes-agent", "hooks", "logs", "memories", "plugins", "profiles", "sessions", "skills",
};

static const struct {
	const char *name, *about;
} drops[DROPINS] = {
	[DROPIN_EXPORT] = { "export", "what its exporter may see" },
	[DROPIN_NOTIFY] = { "notify", "what its notifier may see" },
	[DROPIN_BACKUP] = { "backup", "what its backup may see" },
	[DROPIN_DRILL] = { "drill", "what its drill may see" },
};

const char *dropin_name(enum dropin_of of)
{
	return drops[of].name;
}

const char *dropin_about(enum dropin_of of)
{
	return drops[of].about;
}

bool dropin_is_wanted(enum dropin_of of, const struct instance *in)
{
	switch (of) {
	case DROPIN_NOTIFY:
		return in->notify.is_on;
	case DROPIN_BACKUP:
	case DROPIN_DRILL:
		return config_backs_up(in);
	default:
		return true;
	}
}

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

/* ssh's list of hosts; NULL where it is not needed, or the user has no home. */
static const char *known_hosts(const struct instance *in, struct arena *a)
{
	const char *home;
	int64_t uid;

	if (!in->backup_key || in->backup_known_hosts)
		return in->backup_known_hosts;
	home = config_user_home(in->user, &uid, a);
	return home ? arena_printf(a, "%s/.ssh/known_hosts", home) : NULL;
}

static const char *find_fault(const struct config *c, const struct instance *in, struct arena *a)
{
	const char *const paths[] = { in->hermes_home, in->backup_repo, in->backup_key, in->backup_token_file, known_hosts(in, a),
				      in->notify.token_file, in->notify.ca_file, c->state_dir };

	if (in->uid < 0)
		return arena_printf(a, "instance %s: this machine has no user '%s'; correct 'user' in the configuration",
				    in->id, in->user);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (paths[i] && !is_plain(paths[i]))
			return arena_printf(a, "instance %s: a unit cannot name '%s' (a blank, a quote, a colon or a "
					       "backslash is in it); rename it, or let the user's own timers run all of it",
					    in->id, paths[i]);
	return NULL;
}

/* Root's have no capabilities: hidden processes would hide root's own, which have them. The gateway's is looked for. */
static void add_user(struct buf *b, const struct instance *in, enum dropin_of of)
{
	buf_printf(b, "User=%lld\n", (long long)in->uid);
	if (in->uid == 0 && (of == DROPIN_EXPORT || of == DROPIN_NOTIFY))
		buf_adds(b, "ProtectProc=default\n");
}

static void add_export(struct buf *b, const struct instance *in, struct arena *a)
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
	if (in->dashboard_port)
		buf_adds(b, "# Its dashboard is asked over loopback.\n"
			    "RestrictAddressFamilies=AF_INET AF_INET6\nIPAddressAllow=localhost\n");
}

static void add_if(struct buf *b, const char *setting, const char *path)
{
	if (path)
		add_path(b, setting, path, "");
}

static void add_notify(struct buf *b, const struct instance *in)
{
	add_path(b, "BindReadOnlyPaths", in->hermes_home, "");
	add_if(b, "BindReadOnlyPaths", in->notify.token_file);
	add_if(b, "BindReadOnlyPaths", in->notify.ca_file);
}

/* What pushes, or fetches: the one key or token, and the hosts that are known. */
static void add_backup(struct buf *b, const struct instance *in, bool writes, struct arena *a)
{
	add_path(b, "BindReadOnlyPaths", in->hermes_home, "");
	add_if(b, writes ? "BindPaths" : "BindReadOnlyPaths", in->backup_repo);
	add_if(b, "BindReadOnlyPaths", in->backup_key);
	add_if(b, "BindReadOnlyPaths", in->backup_token_file);
	add_if(b, "BindReadOnlyPaths", known_hosts(in, a));
}

const char *dropin_text(const struct config *c, const struct instance *in, enum dropin_of of, struct arena *a, const char **error)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(DROPIN_MAX);

	*error = find_fault(c, in, a);
	if (*error)
		return NULL;
	buf_adds(&b, DROPIN_MARK "[Service]\n");
	add_user(&b, in, of);
	add_path(&b, "BindPaths", arena_printf(a, "%s/reports/%s", c->state_dir, in->id), "");
	/* Others look there whether it has stopped. */
	if (of == DROPIN_EXPORT || of == DROPIN_NOTIFY)
		add_path(&b, "BindPaths", arena_printf(a, "%s/alive/%s", c->state_dir, in->id), "");
	if (of == DROPIN_EXPORT)
		add_export(&b, in, a);
	else if (of == DROPIN_NOTIFY)
		add_notify(&b, in);
	else
		add_backup(&b, in, of == DROPIN_BACKUP, a);
	return arena_strdup(a, buf_str(&b));
}

/* Before a proof is due there is time for one more try. */
const char *dropin_drill_timer(const struct instance *in)
{
	const int64_t day = 86400;

	if (in->drill_every_s >= 14 * day)
		return NULL;
	return in->drill_every_s < 2 * day ? DROPIN_MARK "[Timer]\nOnCalendar=\nOnCalendar=*-*-* 04,16:40:00\n"
					   : DROPIN_MARK "[Timer]\nOnCalendar=\nOnCalendar=*-*-* 04:40:00\n";
}

const char *dropin_beat_text(const struct config *c, struct arena *a, const char **error)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(DROPIN_MAX);
	const char *path = c->beat.url_file;

	*error = NULL;
	if (!path || *path != '/')
		return NULL;
	if (!is_plain(path)) {
		*error = arena_printf(a, "beat.urlFile: a unit cannot name '%s' (a blank, a quote, a colon or a backslash is in it); rename it", path);
		return NULL;
	}
	buf_adds(&b, DROPIN_MARK "[Service]\n");
	buf_printf(&b, "LoadCredential=%s:", strrchr(path, '/') + 1);
	for (const char *p = path; *p; p++)
		buf_adds(&b, *p == '%' ? "%%" : (const char[]){ *p, '\0' });
	buf_adds(&b, "\n");
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
