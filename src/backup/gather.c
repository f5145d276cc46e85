/* What restores an instance, read out of its home. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/backup.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"
#include "hermes/dotenv.h"
#include "hermes/hermes.h"
#include "model/report.h"

#define NAMES_SHOWN  120
#define LISTINGS_MAX 2

/* What belongs to a backup, and why; all else stays: .env, sign-ins, state.db, sessions, logs, caches, pairings, webhooks. */
static const struct part {
	const char *path;
	const char *ends;           /* NULL = a file; else a folder, and how the names in it must end */
	const char *why;
} parts[] = {
	{ "config.yaml", NULL, "settings; the values of secret keys stay on the machine" },
	{ "SOUL.md", NULL, "who the agent is" },
	{ "memories", ".md", "what it remembers; lock files are nobody's memory" },
	{ "skills", "", "what it has learned and what came from the hub; bundled ones come back with Hermes" },
	{ "cron/jobs.json", NULL, "what it does by itself" },
	{ "hooks", "", "what runs on its events" },
	{ "plugins", "", "what it was extended by" },
	{ "channel_directory.json", NULL, "which chats it knows; only people can make it again" },
	{ "active_profile", NULL, "which of its profiles is used" },
	{ "profile.yaml", NULL, "what a profile is for" },
};

/* A path as it may be said: one that holds a secret itself is not. */
static const char *shown(struct backup *b, const char *path)
{
	return redact(b->redactor, str_clean(b->a, path, strlen(path), NAMES_SHOWN), b->a);
}

static bool is_same(const struct stat *x, const struct stat *y)
{
	return x->st_size == y->st_size && x->st_ino == y->st_ino && x->st_mtim.tv_sec == y->st_mtim.tv_sec &&
	       x->st_mtim.tv_nsec == y->st_mtim.tv_nsec && x->st_ctim.tv_sec == y->st_ctim.tv_sec &&
	       x->st_ctim.tv_nsec == y->st_ctim.tv_nsec;
}

enum got { GOT_IT, GOT_CHANGED, GOT_GONE, GOT_NOTHING, GOT_FAILED };

/* Why this is no file to take; NULL when it is one. */
static const char *odd_kind(const struct backup *b, const struct stat *st)
{
	return S_ISFIFO(st->st_mode)	    ? "a named pipe"
	       : S_ISSOCK(st->st_mode)	    ? "a socket"
	       : !S_ISREG(st->st_mode)	    ? "not a file"
	       : st->st_uid != geteuid()    ? "another user's"
	       : backup_is_private(b, st)   ? "another name of a file that stays here"
					    : NULL;
}

/* Why a file that was opened is not taken: passed by, or the run has failed. */
static enum got look_over(struct backup *b, const char *path, const struct stat *st)
{
	const char *odd = odd_kind(b, st);

	if (odd) {
		backup_note(b, &b->notes, "passed by: %s is %s", shown(b, path), odd);
		return GOT_NOTHING;
	}
	if ((uint64_t)st->st_size <= BACKUP_FILE_MAX)
		return GOT_IT;
	backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "%s has %lld bytes, and a file of a backup at most %zu; move it out of the home", shown(b, path),
		    (long long)st->st_size, BACKUP_FILE_MAX);
	return GOT_FAILED;
}

static enum got not_opened(struct backup *b, const char *path, int error)
{
	if (error == ENOENT)
		return GOT_GONE;
	if (error == ELOOP || error == ENXIO) {
		backup_note(b, &b->notes, "passed by: %s is %s", shown(b, path),
			    error == ELOOP ? "a link, and links are not followed" : "a socket");
		return GOT_NOTHING;
	}
	backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s cannot be read: %s; give it back to user %s", shown(b, path), strerrordesc_np(error),
		    b->in->user);
	return GOT_FAILED;
}

/* Opened, looked at, read, looked at again: what is the same before and after is whole. */
static enum got read_once(struct backup *b, int dir, const char *name, const char *path, char **data, struct stat *st)
{
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat after;
	enum got got;
	ssize_t n;

	if (fd < 0 || fstat(fd, st) < 0)
		return not_opened(b, path, errno);
	got = look_over(b, path, st);
	if (got != GOT_IT)
		return got;
	*data = arena_alloc(b->a, (size_t)st->st_size + 2);
	n = io_read(fd, *data, (size_t)st->st_size + 1);
	if (n < 0)
		return not_opened(b, path, errno);
	if (n != st->st_size || fstat(fd, &after) < 0 || !is_same(st, &after))
		return GOT_CHANGED;
	(*data)[n] = '\0';
	return GOT_IT;
}

static bool add_file(struct backup *b, const char *path, const char *data, size_t n, unsigned mode)
{
	struct backup_file *f;
	unsigned char sum[SHA256_DIGEST_LENGTH];

	if (b->n_files == BACKUP_FILES_MAX)
		return backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "the home has more than %zu files to back up; move what is no memory, skill or hook out of it",
				   BACKUP_FILES_MAX);
	if (b->row.bytes + (int64_t)n > BACKUP_BYTES_MAX)
		return backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "the home has more than %lld MiB to back up; move what is large out of skills/, hooks/ and plugins/",
				   (long long)(BACKUP_BYTES_MAX >> 20));
	if (b->n_files == b->room) {
		struct backup_file *more = arena_calloc(b->a, b->room ? 2 * b->room : 64, sizeof(*more));

		if (b->n_files)
			memcpy(more, b->files, b->n_files * sizeof(*more));
		b->files = more;
		b->room = b->room ? 2 * b->room : 64;
	}
	f = &b->files[b->n_files++];
	*f = (struct backup_file){ .path = path, .data = data, .n = n, .mode = mode };
	SHA256((const unsigned char *)data, n, sum);
	for (size_t i = 0; i < sizeof(sum); i++)
		snprintf(f->sha256 + 2 * i, 3, "%02x", sum[i]);
	b->row.bytes += (int64_t)n;
	return true;
}

static bool take_config(struct backup *b, const char *path, const char *data, size_t n, unsigned mode)
{
	struct backup_names left = { 0 };
	const char *reason, *clean;
	size_t n_clean;

	clean = backup_sanitise(data, n, &n_clean, b->redactor, &left, b->a, &reason);
	if (!clean)
		return backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "%s cannot be freed of secrets: %s; correct it, 'hermes config check' helps", path, reason);
	for (size_t i = 0; i < left.n; i++)
		backup_note(b, &b->left_out, "%s: %s", path, left.list[i]);
	return add_file(b, path, clean, n_clean, mode);
}

/* is_settings: of Hermes itself, not one of a skill's files that is called alike. */
static bool take_file(struct backup *b, int dir, const char *name, const char *path, bool is_settings)
{
	enum got got = GOT_CHANGED;
	char *data = NULL;
	struct stat st = { .st_size = 0 };

	if (backup_is_never(name)) {
		backup_note(b, &b->notes, "left out: %s may hold what is no backup's business", shown(b, path));
		return true;
	}
	for (int tries = 0; got == GOT_CHANGED && tries < 2; tries++)
		got = read_once(b, dir, name, path, &data, &st);
	if (got == GOT_CHANGED)
		return backup_fail(b, LOOP_FAILED, EXIT_TRY_LATER, "%s changes while it is copied; nothing was committed, the next run tries again",
				   shown(b, path));
	b->is_restless = b->is_restless || got == GOT_GONE;
	if (got != GOT_IT)
		return got == GOT_NOTHING || got == GOT_GONE;
	if (is_settings)
		return take_config(b, path, data, (size_t)st.st_size, st.st_mode & 0777);
	return add_file(b, path, data, (size_t)st.st_size, st.st_mode & 0777);
}

/* The folder below dir; -1 with *absent where there is none, or it is a link. */
static int open_folder(struct backup *b, int dir, const char *name, const char *path, bool *absent)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*absent = fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP);
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		backup_note(b, &b->notes, "passed by: %s is a link or no folder", shown(b, path));
	else if (fd < 0 && !*absent)
		backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s cannot be read: %s; give it back to user %s", shown(b, path),
			    strerrordesc_np(errno), b->in->user);
	return fd;
}

static bool take_folder(struct backup *b, int dir, const char *name, const char *path, const char *ends, int depth);

static bool take_entry(struct backup *b, int dir, const char *name, const char *path, const char *ends, int depth)
{
	const char *below = arena_printf(b->a, "%s/%s", path, name);
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s cannot be looked at: %s", shown(b, below), strerrordesc_np(errno));
	if (S_ISDIR(st.st_mode))
		return backup_is_never_folder(name) || take_folder(b, dir, name, below, ends, depth + 1);
	if (S_ISREG(st.st_mode) && !str_ends(name, ends))
		return true;
	return take_file(b, dir, name, below, false);
}

static bool take_folder(struct backup *b, int dir, const char *name, const char *path, const char *ends, int depth)
{
	CLEANUP(cleanup_closedir) DIR *d = NULL;
	const struct dirent *e;
	bool absent, ok = true;
	int fd;

	if (depth > BACKUP_DEPTH_MAX)
		return backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "%s lies more than %d folders deep; move it out of the home", shown(b, path), BACKUP_DEPTH_MAX);
	fd = open_folder(b, dir, name, path, &absent);
	if (fd < 0)
		return absent;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s cannot be listed: %s", shown(b, path), strerrordesc_np(errno));
	}
	while (ok && (errno = 0, e = readdir(d)))
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			ok = take_entry(b, fd, e->d_name, path, ends, depth);
	if (ok && errno)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s cannot be listed: %s", shown(b, path), strerrordesc_np(errno));
	return ok;
}

/* A file one or two steps below the home. */
static bool take_named(struct backup *b, int home, const char *prefix, const char *path)
{
	const char *slash = strchr(path, '/'), *in_payload = arena_printf(b->a, "%s%s", prefix, path);
	bool is_settings = str_eq(path, "config.yaml"), absent;
	CLEANUP_FD int inner = -1;
	struct stat st;

	if (slash) {
		inner = open_folder(b, home, arena_strndup(b->a, path, (size_t)(slash - path)), in_payload, &absent);
		if (inner < 0)
			return absent;
		home = inner;
		path = slash + 1;
	}
	if (fstatat(home, path, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
		return true;
	return take_file(b, home, path, in_payload, is_settings);
}

struct env_names {
	struct backup *b;
	const char *prefix;
};

static void take_name(const char *name, bool is_truthy, void *ctx)
{
	struct env_names *e = ctx;

	(void)is_truthy;
	if (redact_find(e->b->redactor, name, strlen(name)))
		return; /* a value that lost its name */
	backup_note(e->b, &e->b->env, "%s.env: %s", e->prefix, name);
}

/* The names alone: whoever restores must know what to bring. */
static bool take_env_names(struct backup *b, const char *home, const char *prefix)
{
	const struct hermes_source src = { .home = home, .proc_root = "/proc" };
	struct env_names e = { b, prefix };
	const char *reason = dotenv_each(&src, take_name, &e, b->a);

	return !reason || backup_fail(b, LOOP_FAILED, EXIT_FAILED, "the names in %s.env cannot be read: %s", prefix, reason);
}

static bool take_home(struct backup *b, const char *home, const char *prefix)
{
	CLEANUP_FD int fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "the home %s cannot be opened: %s; correct 'hermesHome'", home, strerrordesc_np(errno));
	backup_find_private(b, home);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const struct part *p = &parts[i];

		if (p->ends ? !take_folder(b, fd, p->path, arena_printf(b->a, "%s%s", prefix, p->path), p->ends, 1)
			    : !take_named(b, fd, prefix, p->path))
			return false;
	}
	return take_env_names(b, home, prefix);
}

static bool is_profile(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return isalnum((unsigned char)name[0]) && n <= 64 && !name[n];
}

static bool take_profile(struct backup *b, int dir, const char *name)
{
	struct stat st;

	if (!is_profile(name) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
		return true;
	return take_home(b, arena_printf(b->a, "%s/profiles/%s", b->in->hermes_home, name), arena_printf(b->a, "profiles/%s/", name));
}

/* Each a home of its own (hermes-formats: profiles). What cannot be listed is not gone. */
static bool take_profiles(struct backup *b)
{
	CLEANUP_FD int home = open(b->in->hermes_home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(cleanup_closedir) DIR *d = NULL;
	const struct dirent *e;
	bool absent, ok = true;
	int fd = open_folder(b, home, "profiles", "profiles", &absent);

	if (fd < 0)
		return absent;
	d = fdopendir(fd);
	if (!d)
		close(fd);
	while (d && ok && (errno = 0, e = readdir(d)))
		ok = take_profile(b, fd, e->d_name);
	if (!ok || (d && !errno))
		return ok;
	return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "profiles cannot be listed: %s", strerrordesc_np(errno));
}

int backup_compare_paths(const char *x, const char *y)
{
	for (; *x && *x == *y; x++)
		y++;
	/* A slash comes before every other byte, the end before all. */
	return (*x == '/' ? 1 : *x ? (unsigned char)*x + 1 : 0) - (*y == '/' ? 1 : *y ? (unsigned char)*y + 1 : 0);
}

static int by_path(const void *x, const void *y)
{
	return backup_compare_paths(((const struct backup_file *)x)->path, ((const struct backup_file *)y)->path);
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* What was listed and is gone may have another name by now: all is looked at again, and at last what is gone is gone. */
static bool take_all(struct backup *b)
{
	bool ok = true;

	for (int tries = 0; ok && tries < LISTINGS_MAX && (tries == 0 || b->is_restless); tries++) {
		b->n_files = b->n_private = b->left_out.n = b->env.n = b->notes.n = 0;
		b->row.bytes = 0;
		b->is_restless = false;
		ok = take_home(b, b->in->hermes_home, "") && take_profiles(b);
	}
	return ok;
}

bool backup_gather(struct backup *b)
{
	const struct hermes_source src = { .home = b->in->hermes_home, .proc_root = "/proc" };
	struct hermes_version version = { 0 };

	if (!take_all(b))
		return false;
	if (b->n_files)
		qsort(b->files, b->n_files, sizeof(*b->files), by_path);
	backup_drop_bundled(b);
	if (b->env.n)
		qsort(b->env.list, b->env.n, sizeof(*b->env.list), by_name);
	hermes_read_version(&version, &src, b->a, b->deadline_us);
	b->version = version.version;
	b->row.files = (int64_t)b->n_files;
	if (b->n_files == 0)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s holds nothing to back up: no config.yaml, memory, skill or job", b->in->hermes_home);
	return true;
}
