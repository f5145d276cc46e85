/* Our own files that hold secrets or decide who may do what, by stat() alone. */
#include <errno.h>
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/names.h"
#include "probe/own.h"

/* Whose a file may be, beside root. */
enum owner { OWNER_ROOT, OWNER_US, OWNER_INSTANCE };

/* The most that each may be; docs/privileges.md says the same (tests/unit/test_privileges.c). */
static const struct place {
	const char *path;       /* ETC, STATE and RUN stand for the folders, ID for an instance, NAME for a file */
	const char *holds;
	enum owner owner;
	mode_t most;
} places[] = {
	{ "ETC", "the configuration and keys", OWNER_ROOT, 0755 },
	{ "ETC/config.json", "the configuration", OWNER_ROOT, 0644 },
	{ "ETC/fingerprint.key", "the key that fingerprints are made by", OWNER_ROOT, 0600 },
	{ "ETC/beat.url", "where the beat goes", OWNER_ROOT, 0600 },
	{ "STATE", "all that is kept", OWNER_ROOT, 0755 },
	{ "STATE/auth", "sign-ins and revoked tokens", OWNER_US, 0700 },
	{ "STATE/marks", "what admins have marked", OWNER_US, 0700 },
	{ "STATE/audit", "who changed what", OWNER_US, 0700 },
	{ "STATE/answers", "what people have answered to alerts", OWNER_ROOT, 0755 },
	{ "STATE/answers/host", "answers to alerts of the machine", OWNER_US, 02750 },
	{ "STATE/answers/all", "silences that hold everywhere", OWNER_US, 0755 },
	{ "STATE/alive", "the folders of marks of life", OWNER_ROOT, 0755 },
	{ "STATE/alive/host", "that the machine's exporter went well", OWNER_US, 0755 },
	{ "STATE/refresh", "that new readings are wanted", OWNER_US, 0755 },
	{ "STATE/reports", "the folders of reports", OWNER_ROOT, 0755 },
	{ "STATE/reports/host", "the machine's report", OWNER_US, 02750 },
	{ "RUN", "the panes' sockets", OWNER_ROOT, 0755 },
};
#define KEY_MOST    0640
#define PUBLIC_MOST 0644
#define REPORT_MOST 02750
#define COPY_MOST   0400
#define MARKS_MOST  0755
#define SOCKET_MOST 0660

struct look {
	struct own_files *out;
	const struct own_question *q;
	struct arena *a;
	const char *reason;
};

/* Bits for a group count only where the group is one of ours, or root's: any other is a stranger. */
static bool is_our_group(gid_t gid, struct arena *a)
{
	const char *name = name_of_group(gid, a);

	return gid == 0 || gid == getegid() || str_eq(name, "hmc") || str_eq(name, "hmc-caddy");
}

static enum tristate judge(const struct stat *st, int64_t owner, mode_t most, struct arena *a)
{
	mode_t mode = st->st_mode & 07777;

	if (st->st_uid != 0 && (int64_t)st->st_uid != owner)
		return TRI_NO;
	if (mode & ~most & 0777)
		return TRI_NO;
	return mode & 070 && !(most & 07) && !is_our_group(st->st_gid, a) ? TRI_NO : TRI_YES;
}

/* lstat: a link in such a place is somebody else's doing, and no more private than what it leads to. */
static void add(struct look *l, const char *path, const char *holds, int64_t owner, mode_t most)
{
	struct file_guard *f;
	struct stat st;
	bool ok = lstat(path, &st) == 0;

	if (!ok && (errno == ENOENT || errno == ENOTDIR))
		return;
	if (l->out->n_list == OWN_FILES_MAX) {
		l->reason = arena_printf(l->a, "there are more than %d of them; the rest is not listed", OWN_FILES_MAX);
		return;
	}
	f = &l->out->list[l->out->n_list++];
	*f = (struct file_guard){ .path = path, .holds = holds, .mode = COUNT_UNKNOWN };
	if (!ok) {
		f->reason = strerrordesc_np(errno);
		return;
	}
	f->owner = name_of_user(st.st_uid, l->a);
	f->group = name_of_group(st.st_gid, l->a);
	f->mode = st.st_mode & 07777;
	f->changed_at = st.st_mtim.tv_sec;
	f->is_private = S_ISLNK(st.st_mode) ? TRI_NO : judge(&st, owner, most, l->a);
	if (S_ISLNK(st.st_mode))
		f->reason = "a symbolic link";
}

static const char *path_of(struct look *l, const char *pattern)
{
	static const char *const names[] = { "ETC", "STATE", "RUN" };
	const char *dirs[] = { l->q->etc_dir, l->q->state_dir, l->q->run_dir };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_starts(pattern, names[i]))
			return arena_printf(l->a, "%s%s", dirs[i], pattern + strlen(names[i]));
	return pattern;
}

/* What is not installed (`make run`) is its user's own altogether. */
static int64_t root_of(const struct own_question *q)
{
	return str_starts(q->etc_dir, "/etc/") ? 0 : (int64_t)geteuid();
}

static void add_places(struct look *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct place *p = &places[i];
		const char *path = str_eq(p->path, "ETC/config.json") && l->q->config ? l->q->config : path_of(l, p->path);

		add(l, path, p->holds, p->owner == OWNER_ROOT ? root_of(l->q) : (int64_t)geteuid(), p->most);
	}
}

static void add_instances(struct look *l)
{
	for (size_t i = 0; i < l->q->n_instances; i++) {
		const struct own_instance *in = &l->q->instances[i];
		const char *dir = arena_printf(l->a, "%s/reports/%s", l->q->state_dir, in->id);

		add(l, dir, arena_printf(l->a, "the reports of %s", in->id), in->uid, REPORT_MOST);
		add(l, arena_printf(l->a, "%s/alive/%s", l->q->state_dir, in->id), arena_printf(l->a, "that %s goes well", in->id), in->uid, MARKS_MOST);
		add(l, arena_printf(l->a, "%s/fingerprint.key", dir), arena_printf(l->a, "the copy of the fingerprint key for %s", in->id), in->uid, COPY_MOST);
	}
}

/* One line for all sockets that are as they should be, one for each that is not. */
static void add_sockets(struct look *l)
{
	CLEANUP_DIR DIR *d = opendir(l->q->run_dir);
	struct dirent *e;
	const char *good = NULL;
	struct stat st;
	int n = 0;

	while (d && (e = readdir(d))) {
		const char *path = arena_printf(l->a, "%s/%s", l->q->run_dir, e->d_name);

		if (!str_ends(e->d_name, ".sock") || lstat(path, &st) < 0)
			continue;
		if (S_ISSOCK(st.st_mode) && judge(&st, geteuid(), SOCKET_MOST, l->a) == TRI_YES) {
			good = path;
			n++;
		} else {
			add(l, path, "a pane's socket", geteuid(), SOCKET_MOST);
		}
	}
	if (good) {
		add(l, good, arena_printf(l->a, "sockets of the panes (%d)", n), geteuid(), SOCKET_MOST);
		if (n > 1 && l->out->n_list > 0)
			l->out->list[l->out->n_list - 1].path = arena_printf(l->a, "%s/*.sock", l->q->run_dir);
	}
}

void probe_own_files(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct look l = { .out = out, .q = in, .a = a };
	struct probe *p = &l.out->probe;

	(void)deadline_us;
	p->source = "stat of our own files";
	l.out->list = arena_calloc(a, OWN_FILES_MAX, sizeof(*l.out->list));
	for (size_t i = 0; i < l.q->n_keys; i++)
		add(&l, l.q->keys[i].path, l.q->keys[i].is_public ? "a public key of sign-in" : "a key of sign-in", root_of(l.q),
		    l.q->keys[i].is_public ? PUBLIC_MOST : KEY_MOST);
	add_places(&l);
	add_sockets(&l);
	add_instances(&l);
	p->reason = l.reason;
	p->state = l.reason ? PROBE_UNKNOWN : PROBE_OK;
}
