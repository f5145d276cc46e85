#include "config/discover.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"

#define USERS_MAX    10000
#define PROFILES_MAX 64

struct finder {
	struct config *config;
	struct arena *arena;
	struct instance found[CONFIG_INSTANCES_MAX];
	size_t n;
	size_t n_denied;
	const char *denied; /* the first home that could not be looked into */
};

static void closedir_p(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* Lower case, everything else a dash: "Uma Rao" becomes "uma-rao". */
static char *make_id(struct arena *a, const char *user, const char *profile)
{
	char *id = profile ? arena_printf(a, "%.15s-%.15s", user, profile) : arena_printf(a, "%.31s", user);
	char *p = id;

	for (; *p; p++)
		*p = isalnum((unsigned char)*p) ? (char)tolower((unsigned char)*p) : '-';
	while (p > id && p[-1] == '-')
		*--p = '\0';
	if (!isalnum((unsigned char)id[0]) || str_eq(id, "all") || str_eq(id, "host"))
		id = arena_printf(a, "u-%.29s", id);
	return id;
}

static bool is_taken(const struct finder *f, const char *id)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->found[i].id, id))
			return true;
	return false;
}

static void add(struct finder *f, const struct passwd *pw, const char *home, const char *profile)
{
	struct instance *in;
	char *id = make_id(f->arena, pw->pw_name, profile);

	if (f->n == CONFIG_INSTANCES_MAX)
		return;
	for (int i = 2; is_taken(f, id); i++)
		id = arena_printf(f->arena, "%.28s-%d", make_id(f->arena, pw->pw_name, profile), i);
	in = &f->found[f->n++];
	in->id = id;
	in->label = profile ? arena_printf(f->arena, "%s:%s", pw->pw_name, profile)
			    : arena_strdup(f->arena, pw->pw_name);
	in->user = arena_strdup(f->arena, pw->pw_name);
	in->uid = (int64_t)pw->pw_uid;
	in->hermes_home = home;
	in->gateway.unit = config_gateway_unit(pw->pw_dir, home, f->arena);
	in->backup_max_age_s = 26 * 3600;
	in->drill_every_s = DRILL_EVERY_S;
	config_notify_defaults(&in->notify);
	in->publish = PUBLISH_TITLES;
}

static bool is_profile_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 64 || !(islower((unsigned char)s[0]) || isdigit((unsigned char)s[0])))
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_' && *s != '-')
			return false;
	return true;
}

static void look_at_profiles(struct finder *f, const struct passwd *pw, const char *home)
{
	const char *path = arena_printf(f->arena, "%s/profiles", home);
	CLEANUP(closedir_p) DIR *dir = opendir(path);
	struct dirent *e;
	int n = 0;

	while (dir && n < PROFILES_MAX && (e = readdir(dir))) {
		struct stat st;

		if (!is_profile_name(e->d_name) ||
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
			continue;
		add(f, pw, arena_printf(f->arena, "%s/%s", path, e->d_name), e->d_name);
		n++;
	}
}

static void look_at_user(struct finder *f, const struct passwd *pw)
{
	const char *home = arena_printf(f->arena, "%s/.hermes", pw->pw_dir);
	struct stat st;

	if (lstat(home, &st) < 0) {
		if (errno == EACCES && f->n_denied++ == 0)
			f->denied = arena_strdup(f->arena, pw->pw_dir);
		return;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != pw->pw_uid)
		return;
	for (size_t i = 0; i < f->n; i++) /* two accounts may share a home directory */
		if (str_eq(f->found[i].hermes_home, home))
			return;
	add(f, pw, home, NULL);
	look_at_profiles(f, pw, home);
}

static const char *discovery_note(const struct finder *f)
{
	const char *more;

	if (f->n_denied == 0)
		return f->n ? NULL : "No user of this machine has a ~/.hermes folder.";
	more = f->n_denied > 1 ? arena_printf(f->arena, " and %zu more", f->n_denied - 1) : "";
	return arena_printf(f->arena,
			    "%s%s could not be looked into (permission denied): run as root, or name the instances "
			    "in the configuration.",
			    f->denied, more);
}

void config_discover(struct config *c, struct arena *a)
{
	struct finder *f = arena_alloc(a, sizeof(*f));
	struct passwd *pw;
	int users = 0;

	f->config = c;
	f->arena = a;
	setpwent();
	while (users++ < USERS_MAX && (pw = getpwent()))
		if (pw->pw_dir && pw->pw_dir[0] == '/' && pw->pw_dir[1])
			look_at_user(f, pw);
	endpwent();
	c->instances = f->found;
	c->n_instances = f->n;
	c->is_discovered = true;
	c->discovery_note = discovery_note(f);
}

const char *config_gateway_unit(const char *user_home, const char *hermes_home, struct arena *a)
{
	unsigned char sum[SHA256_DIGEST_LENGTH];
	const char *root = arena_printf(a, "%s/.hermes", user_home ? user_home : "");
	const char *profiles = arena_printf(a, "%s/profiles/", root);

	if (str_eq(hermes_home, root))
		return "hermes-gateway.service";
	if (str_starts(hermes_home, profiles) && is_profile_name(hermes_home + strlen(profiles)))
		return arena_printf(a, "hermes-gateway-%s.service", hermes_home + strlen(profiles));
	SHA256((const unsigned char *)hermes_home, strlen(hermes_home), sum);
	return arena_printf(a, "hermes-gateway-%02x%02x%02x%02x.service", sum[0], sum[1], sum[2], sum[3]);
}

const char *config_user_home(const char *user, int64_t *uid, struct arena *a)
{
	struct passwd *pw = getpwnam(user);

	*uid = pw ? (int64_t)pw->pw_uid : -1;
	return pw ? arena_strdup(a, pw->pw_dir) : NULL;
}
