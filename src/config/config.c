#include "config/config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/httpurl.h"
#include "base/io.h"
#include "base/str.h"
#include "config/discover.h"
#include "config/loader.h"

#define STATE_DIR_DEFAULT "/var/lib/hermes-mission-control"
#define LISTEN_DEFAULT    "127.0.0.1:8480"
#define OUR_TIMER         "hmc-backup@"
#define DAY_S             INT64_C(86400)

static bool is_instance_id(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 32 || s[0] == '-' || str_eq(s, "all") || str_eq(s, "host"))
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

/* Letters, digits and what else a host name or bracketed IPv6 address may hold. */
static bool is_host(const char *s, size_t n)
{
	if (n == 0 || n > 253)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("-.:[]", s[i]))
			return false;
	return true;
}

static bool is_port(const char *s)
{
	int64_t port;

	return str_parse_i64(s, 1, 65535, &port);
}

/*
 * "127.0.0.1:8480", "[::1]:8480" or "localhost:8480": nothing of ours listens
 * beyond loopback; the tailnet arrives through `tailscale serve`.
 */
static bool is_loopback_listen(const char *s)
{
	static const char *const hosts[] = { "127.0.0.1:", "[::1]:", "localhost:" };

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++)
		if (str_starts(s, hosts[i]))
			return is_port(s + strlen(hosts[i]));
	return false;
}

bool loader_is_origin(const char *s)
{
	const char *host, *colon;

	if (str_starts(s, "https://"))
		host = s + strlen("https://");
	else if (str_starts(s, "http://") && is_loopback_listen(s + strlen("http://")))
		return true;
	else
		return false;
	colon = *host == '[' ? strstr(host, "]:") : strchr(host, ':');
	if (colon && *colon == ']')
		colon++;
	if (colon && !is_port(colon + 1))
		return false;
	return is_host(host, colon ? (size_t)(colon - host) : strlen(host));
}

static void load_site(struct loader *l, struct place top, struct config *c)
{
	static const char *const known[] = { "listen", "origin", NULL };
	struct place site = loader_object(l, top, "site");

	loader_known(l, site, known);
	c->site_listen = loader_string(l, site, "listen", LISTEN_DEFAULT);
	if (!is_loopback_listen(c->site_listen))
		loader_fail(l, "site.listen must be a loopback address with a port, such as \"127.0.0.1:8480\", not '%s'",
			    c->site_listen);
	c->site_origin = loader_string(l, site, "origin", arena_printf(l->arena, "http://%s", c->site_listen));
	if (!loader_is_origin(c->site_origin))
		loader_fail(l, "site.origin must be \"https://<host>\" (or http:// on loopback), without a path, not '%s'",
			    c->site_origin);
}

static void load_gateway(struct loader *l, struct place p, struct instance *in, const char *user_home)
{
	static const char *const known[] = { "unit", "scope", NULL };
	struct place gateway = loader_object(l, p, "gateway");

	loader_known(l, gateway, known);
	in->gateway.unit = loader_unit(l, gateway, "unit", ".service", NULL);
	if (!cJSON_GetObjectItemCaseSensitive(gateway.object, "unit") && in->hermes_home)
		in->gateway.unit = config_gateway_unit(user_home, in->hermes_home, l->arena);
	in->gateway.scope = loader_scope(l, gateway, UNIT_SCOPE_AUTO);
}

/* An address that pages link to: nothing but the web, and nothing that could be taken for another place. */
static const char *load_link(struct loader *l, struct place p, const char *key)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]&=%+,";
	const char *s = loader_string(l, p, key, NULL);
	const char *host = !s ? NULL : str_starts(s, "https://") ? s + 8 : str_starts(s, "http://") ? s + 7 : "";

	if (s && (strchr("/?:", *host) || strspn(s, ok) != strlen(s)))
		loader_fail(l, "%s.%s must be like https://vm-01.example.ts.net:9443/, not '%s'", p.name, key, s);
	return s;
}

static void load_dashboard(struct loader *l, struct place p, struct instance *in)
{
	static const char *const known[] = { "unit", "scope", "port", "url", NULL };
	struct place dashboard = loader_object(l, p, "dashboard");

	loader_known(l, dashboard, known);
	in->dashboard.unit = loader_unit(l, dashboard, "unit", ".service", NULL);
	in->dashboard.scope = loader_scope(l, dashboard, in->gateway.scope);
	in->dashboard_port = loader_i64(l, dashboard, "port", 1, 65535, 0);
	in->dashboard_url = load_link(l, dashboard, "url");
}

/* "skills/demo/SKILL.md:jwt": a path in the payload, and the rule that may hit there. */
static void load_allow(struct loader *l, struct place backup, struct instance *in)
{
	const cJSON *list = loader_array(l, backup, "allow", BACKUP_ALLOW_MAX), *item;

	in->backup_allow = arena_calloc(l->arena, BACKUP_ALLOW_MAX, sizeof(*in->backup_allow));
	cJSON_ArrayForEach(item, list) {
		const char *s = cJSON_GetStringValue(item), *colon = s ? strrchr(s, ':') : NULL;

		if (!colon || colon == s || !colon[1] || strlen(s) > 500) {
			loader_fail(l, "%s.allow must be a list of \"path:rule\", as hmc backup names them when it refuses", backup.name);
			return;
		}
		in->backup_allow[in->n_backup_allow++] = arena_strdup(l->arena, s);
	}
}

bool config_backs_up(const struct instance *in)
{
	return in->backup_repo && in->backup_timer.unit && str_starts(in->backup_timer.unit, OUR_TIMER);
}

/*
 * Where somebody else's timer is named, that one backs up. What only
 * `hmc backup` needs says that it does; a repository alone may be anybody's.
 */
static void load_backup_timer(struct loader *l, struct place backup, struct instance *in)
{
	bool is_set_up = in->backup_repo && (in->backup_key || in->backup_token_file || in->backup_remote);
	const char *unit = loader_unit(l, backup, "timer", ".timer", NULL), *ours = arena_printf(l->arena, OUR_TIMER "%s.timer", in->id);

	if (!unit && is_set_up)
		unit = ours;
	if (unit && str_starts(unit, OUR_TIMER) && !str_eq(unit, ours))
		loader_fail(l, "%s.timer must be this instance's own, '%s', or one that is not ours, not '%s'", backup.name, ours, unit);
	in->backup_timer.unit = unit;
	/* Ours may be run by either manager, wherever the gateway is. */
	in->backup_timer.scope = loader_scope(l, backup, unit && str_eq(unit, ours) ? UNIT_SCOPE_AUTO : in->gateway.scope);
}

static void load_backup(struct loader *l, struct place p, struct instance *in)
{
	static const char *const known[] = { "timer", "scope", "repo", "maxAge", "key", "tokenFile", "tokenUser", "knownHosts",
					     "remote", "branch", "allow", NULL };
	struct place backup = loader_object(l, p, "backup");

	loader_known(l, backup, known);
	in->backup_repo = loader_path(l, backup, "repo", NULL);
	in->backup_key = loader_path(l, backup, "key", NULL);
	if (in->backup_key && str_ends(in->backup_key, ".pub"))
		loader_fail(l, "%s.key must be the path of the private key, without .pub: '%s'", backup.name, in->backup_key);
	in->backup_max_age_s = loader_duration(l, backup, "maxAge", 26 * 3600);
	in->backup_token_file = loader_path(l, backup, "tokenFile", NULL);
	in->backup_token_user = loader_string(l, backup, "tokenUser", NULL);
	in->backup_known_hosts = loader_path(l, backup, "knownHosts", NULL);
	in->backup_remote = loader_string(l, backup, "remote", NULL);
	in->backup_branch = loader_string(l, backup, "branch", NULL);
	load_allow(l, backup, in);
	load_backup_timer(l, backup, in);
}

/* More often than daily proves nothing new; later than this, the quarter is over before the warning has been seen. */
static void load_drill(struct loader *l, struct place p, struct instance *in)
{
	static const char *const known[] = { "every", NULL };
	struct place drill = loader_object(l, p, "drill");

	loader_known(l, drill, known);
	in->drill_every_s = loader_duration(l, drill, "every", DRILL_EVERY_S);
	if (in->drill_every_s < DAY_S || in->drill_every_s > 90 * DAY_S)
		loader_fail(l, "%s.every must be from \"1d\" to \"90d\": a proof older than 92 days is critical", drill.name);
}

static enum publish load_publish(struct loader *l, struct place p)
{
	static const char *const words[] = { "counts", "titles", "excerpts" };
	const char *s = loader_string(l, p, "publish", words[PUBLISH_TITLES]);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq(s, words[i]))
			return (enum publish)i;
	loader_fail(l, "%s.publish must be \"counts\", \"titles\" or \"excerpts\", not '%s'", p.name, s);
	return PUBLISH_COUNTS;
}

static void load_instance(struct loader *l, struct place p, struct instance *in)
{
	static const char *const known[] = { "id",     "label",   "user",    "hermesHome", "gateway", "dashboard",
					     "backup", "publish", "privacy", "paused",     "decisions", "drill",
					     "notify", NULL };
	const char *user_home;

	loader_known(l, p, known);
	in->id = loader_required(l, p, "id");
	if (!is_instance_id(in->id))
		loader_fail(l, "%s.id must be 1 to 32 of a-z, 0-9 and '-', and not \"all\" or \"host\": '%s'", p.name,
			    in->id);
	in->user = loader_required(l, p, "user");
	in->label = loader_string(l, p, "label", in->id);
	in->hermes_home = loader_path(l, p, "hermesHome", NULL);
	if (!in->hermes_home)
		loader_fail(l, "%s.hermesHome is missing", p.name);
	user_home = config_user_home(in->user, &in->uid, l->arena);
	load_gateway(l, p, in, user_home);
	load_dashboard(l, p, in);
	load_backup(l, p, in);
	load_drill(l, p, in);
	loader_notify(l, p, &in->notify);
	in->publish = load_publish(l, p);
	in->privacy = loader_bool(l, p, "privacy", false);
	in->paused = loader_string(l, p, "paused", NULL);
	loader_decisions(l, p, &in->decisions);
}

static void load_instances(struct loader *l, struct place top, struct config *c)
{
	const cJSON *list = loader_array(l, top, "instances", CONFIG_INSTANCES_MAX), *item;

	if (!list) {
		if (!l->error)
			config_discover(c, l->arena);
		return;
	}
	c->instances = arena_calloc(l->arena, CONFIG_INSTANCES_MAX, sizeof(*c->instances));
	cJSON_ArrayForEach(item, list) {
		struct instance *in = &c->instances[c->n_instances];

		load_instance(l, loader_item(l, top, "instances", item, (int)c->n_instances), in);
		if (l->error)
			return;
		if (config_instance(c, in->id))
			loader_fail(l, "instances[%zu].id: '%s' is used twice; give each instance its own id",
				    c->n_instances, in->id);
		c->n_instances++;
	}
	if (c->n_instances == 0)
		c->discovery_note = "The configuration lists no instances.";
}

/* Timers of the system that somebody wants to see, by name. */
static void load_timers(struct loader *l, struct place host, struct config *c)
{
	const cJSON *list = loader_array(l, host, "timers", HOST_TIMERS_MAX), *item;

	c->timers = arena_calloc(l->arena, HOST_TIMERS_MAX, sizeof(*c->timers));
	cJSON_ArrayForEach(item, list) {
		struct unit_ref *ref = &c->timers[c->n_timers++];

		ref->unit = loader_unit_item(l, host, "timers", item, ".timer");
		ref->scope = UNIT_SCOPE_SYSTEM;
	}
}

/* "off", a socket as Caddy writes it, or an address of this machine: nobody else's Caddy is asked. */
static bool is_admin(const char *s)
{
	struct httpurl u;
	const char *why;

	if (str_eq(s, "off"))
		return true;
	if (str_starts(s, "unix/"))
		return s[5] == '/' && !strstr(s, "..") && !strpbrk(s, " \t\"'\\%:");
	return httpurl_parse(s, &u, &why) && httpurl_is_loopback(&u) && !u.is_https && (!*u.rest || str_eq(u.rest, "/"));
}

static void load_caddy(struct loader *l, struct place host, struct config *c)
{
	static const char *const known[] = { "admin", "file", NULL };
	struct place caddy = loader_object(l, host, "caddy");

	loader_known(l, caddy, known);
	c->caddy.admin = loader_string(l, caddy, "admin", NULL);
	c->caddy.file = loader_path(l, caddy, "file", NULL);
	if (c->caddy.admin && !is_admin(c->caddy.admin))
		loader_fail(l, "host.caddy.admin must be \"unix//run/caddy/admin.sock\", \"http://127.0.0.1:2019\" or \"off\", not '%s'",
			    c->caddy.admin);
}

static void load_host(struct loader *l, struct place top, struct config *c)
{
	static const char *const known[] = { "tailscale", "emergencyDriveTimer", "timers", "disk", "caddy", NULL };
	struct place host = loader_object(l, top, "host");

	loader_known(l, host, known);
	c->tailscale_address = loader_string(l, host, "tailscale", NULL);
	c->emergency_drive.unit = loader_unit(l, host, "emergencyDriveTimer", ".timer", NULL);
	c->emergency_drive.scope = UNIT_SCOPE_SYSTEM;
	load_timers(l, host, c);
	c->disk_path = loader_path(l, host, "disk", "/");
	load_caddy(l, host, c);
}

static void load_all(struct loader *l, const cJSON *root, struct config *c)
{
	static const char *const known[] = { "stateDir", "interval", "sample",   "site", "auth",
					     "instances", "host",    "products", "alerts", "beat", NULL };
	struct place top = { .object = root, .name = "" };

	loader_known(l, top, known);
	c->state_dir = loader_path(l, top, "stateDir", STATE_DIR_DEFAULT);
	c->interval_s = loader_duration(l, top, "interval", 30);
	c->is_sample = loader_bool(l, top, "sample", false);
	load_site(l, top, c);
	loader_auth(l, top, c);
	load_host(l, top, c);
	load_instances(l, top, c);
	loader_products(l, top, c);
	loader_alerts(l, top, c);
	loader_beat(l, top, &c->beat);
}

/*
 * Reads the configuration file: the operator's own, so links are followed,
 * but it must be a regular file of sane size. NULL with errno, or with
 * errno 0 and *error.
 */
static char *read_file(const char *path, struct arena *a, size_t *len, const char **error)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *data;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (!S_ISREG(st.st_mode) || st.st_size > CONFIG_MAX_BYTES) {
		*error = arena_printf(a, "%s: must be a regular file of at most %d KiB", path, CONFIG_MAX_BYTES / 1024);
		errno = 0;
		return NULL;
	}
	data = arena_alloc(a, (size_t)st.st_size + 1);
	n = io_read(fd, data, (size_t)st.st_size);
	if (n < 0)
		return NULL;
	*len = (size_t)n;
	return data;
}

static cJSON *parse_file(const char *path, bool may_be_missing, struct config *c, struct arena *a, const char **error)
{
	struct json_error why;
	size_t len = 0;
	char *text = read_file(path, a, &len, error);
	cJSON *root;

	if (!text) {
		if (errno && !(errno == ENOENT && may_be_missing))
			*error = arena_printf(a, "%s: cannot be read (%s); name another with --config FILE", path,
					      strerror(errno));
		return NULL;
	}
	root = json_parse(text, len, JSON_COMMENTS, &why);
	c->file_text = text;
	c->file_len = len;
	if (!root)
		*error = arena_printf(a, "%s:%zu: not JSON: %s", path, why.line, why.what);
	else if (!cJSON_IsObject(root))
		*error = arena_printf(a, "%s: must hold one object { … }", path);
	return root;
}

struct config *config_load(const char *path, struct arena *a, const char **error)
{
	struct config *c = arena_alloc(a, sizeof(*c));
	const char *env = getenv("HMC_CONFIG");
	struct loader l = { .arena = a };
	CLEANUP_JSON cJSON *root = NULL;

	*error = NULL;
	if (!path)
		path = env && *env ? env : NULL;
	root = parse_file(path ? path : CONFIG_DEFAULT_PATH, !path, c, a, error);
	if (*error)
		return NULL;
	c->path = root ? arena_strdup(a, path ? path : CONFIG_DEFAULT_PATH) : NULL;
	l.path = c->path;
	load_all(&l, root, c);
	*error = l.error;
	return l.error ? NULL : c;
}

const struct instance *config_instance(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->n_instances; i++)
		if (str_eq(c->instances[i].id, id))
			return &c->instances[i];
	return NULL;
}
