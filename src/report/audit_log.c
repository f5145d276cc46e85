#include "report/audit_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/replace.h"
#include "base/str.h"
#include "json/json.h"

#define LOCK_WAIT_US  (2 * 1000 * 1000)
#define NUMBER_DIGITS 6
#define NUMBER_MAX    999999
#define NAME_BYTES    sizeof("000001.jsonl")

int64_t audit_log_number(const char *name)
{
	int64_t n;
	char digits[NUMBER_DIGITS + 1] = "";

	if (strlen(name) != NAME_BYTES - 1 || !str_eq(name + NUMBER_DIGITS, ".jsonl"))
		return 0;
	memcpy(digits, name, NUMBER_DIGITS);
	return str_parse_i64(digits, 1, NUMBER_MAX, &n) ? n : 0;
}

static const char *name_of(int64_t number, char out[static 32])
{
	snprintf(out, 32, "%0*lld.jsonl", NUMBER_DIGITS, (long long)number);
	return out;
}

/* ---- the line: two texts of AUDIT_WORDS_MAX "<", six bytes each in JSON, still fit ---- */

static void add_words(cJSON *o, const char *name, const char *text, size_t max, struct arena *a)
{
	json_add_string(o, name, text ? str_clean(a, text, strlen(text), max) : NULL);
}

static void add_at(cJSON *o, int64_t at, struct arena *a)
{
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(at, text);
	json_add_string(o, "at", arena_strdup(a, text));
}

/* Gives the line with its end; NULL where it would be too long for a reader. */
static const char *line_of(const cJSON *o, struct arena *a)
{
	CLEANUP_FREE char *text = json_print(o);

	return strlen(text) + 1 < AUDIT_LINE_BYTES ? arena_printf(a, "%s\n", text) : NULL;
}

static const char *record_line(const struct audit_entry *e, struct arena *a)
{
	CLEANUP_JSON cJSON *o = cJSON_CreateObject();

	json_add_string(o, "id", e->id);
	add_at(o, e->at, a);
	json_add_string(o, "request", e->request);
	add_words(o, "sub", e->sub, 128, a);
	json_add_string(o, "role", e->role);
	json_add_string(o, "pane", e->pane);
	json_add_string(o, "action", e->action);
	add_words(o, "instance", e->instance, 64, a);
	add_words(o, "target", e->target, AUDIT_WORDS_MAX, a);
	add_words(o, "detail", e->detail, AUDIT_WORDS_MAX, a);
	return line_of(o, a);
}

/* ---- the file ---- */

/* An account that may write here could forge or take away records: it must be ours, and ours alone. */
static const char *distrust(const struct stat *st, uid_t owner)
{
	if (st->st_uid != owner)
		return "belongs to another user";
	if (st->st_mode & 022)
		return "may be written by others";
	return NULL;
}

/* Opens <stateDir>/audit, making it where that is allowed; -1 with the reason. *owner: whose its files must be. */
static int open_dir(const char *state_dir, uid_t *owner, struct arena *a, const char **reason)
{
	const char *path = arena_printf(a, "%s/" AUDIT_DIR, state_dir), *wrong;
	struct stat st, above;
	bool is_new = mkdir(path, 0700) == 0;
	int fd = is_new || errno == EEXIST ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

	/* Root may be the one who looks first, and must not lock out the dashboard's user. */
	if (fd >= 0 && is_new && geteuid() == 0 && stat(state_dir, &above) == 0 && fchown(fd, above.st_uid, above.st_gid) < 0) {
		close(fd);
		fd = -1;
	}
	if (fd < 0 || fstat(fd, &st) < 0) {
		*reason = arena_printf(a, "%s: %s; create it and give it to the dashboard's user", path, strerror(errno));
		return -1;
	}
	*owner = geteuid() == 0 ? st.st_uid : geteuid();
	wrong = distrust(&st, *owner);
	if (!wrong)
		return fd;
	*reason = arena_printf(a, "%s %s; give it to the dashboard's user, mode 0700", path, wrong);
	close(fd);
	return -1;
}

static DIR *list_dir(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

/* The number of the newest file; 0 where there is none yet, -1 where the folder cannot be listed. */
static int64_t newest(int dir)
{
	CLEANUP_DIR DIR *d = list_dir(dir);
	const struct dirent *e;
	int64_t best = 0;

	if (!d)
		return -1;
	while ((e = readdir(d)) != NULL) { /* NOLINT(concurrency-mt-unsafe): one thread, one stream */
		int64_t n = audit_log_number(e->d_name);

		if (n > best)
			best = n;
	}
	return best;
}

static void drop_old(int dir, int64_t number)
{
	char name[32];

	/* One is begun at a time, so one falls out of the row; a few more where a removal failed earlier. */
	for (int64_t old = number - AUDIT_FILES_MAX; old > 0 && old > number - AUDIT_FILES_MAX - 8; old--)
		unlinkat(dir, name_of(old, name), 0);
}

static int open_file(int dir, int64_t number, bool is_new, uid_t owner, struct stat *st)
{
	int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (is_new ? O_CREAT | O_EXCL : 0);
	char name[32];
	int fd = openat(dir, name_of(number, name), flags, 0600);

	if (fd < 0)
		return -1;
	if ((is_new && geteuid() == 0 && fchown(fd, owner, (gid_t)-1) < 0) || fstat(fd, st) < 0 ||
	    (is_new && fsync(dir) < 0)) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

/* What keeps a line from being appended to this file; NULL = nothing. */
static const char *refuse(const struct stat *st, uid_t owner)
{
	if (!S_ISREG(st->st_mode) || st->st_nlink != 1)
		return "is not a plain file with one name";
	return distrust(st, owner);
}

/* Opens the file that has room for n bytes more, under the folder's lock; -1 with the reason. */
static int open_current(int dir, size_t n, uid_t owner, struct stat *st, struct arena *a, const char **reason)
{
	int64_t number = newest(dir);
	bool is_new = number == 0;
	int fd = number < 0 ? -1 : open_file(dir, is_new ? 1 : number, is_new, owner, st);
	const char *wrong = fd < 0 ? NULL : refuse(st, owner);

	if (fd >= 0 && !wrong && (size_t)st->st_size + n > AUDIT_FILE_BYTES) {
		close(fd);
		is_new = true;
		fd = number < NUMBER_MAX ? open_file(dir, number + 1, is_new, owner, st) : -1;
		if (fd >= 0)
			drop_old(dir, number + 1);
	}
	if (fd >= 0 && !wrong)
		return fd;
	*reason = wrong ? arena_printf(a, AUDIT_DIR "/%06lld.jsonl %s; move it away", (long long)number, wrong) :
			  arena_printf(a, "the audit log cannot be opened for writing: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A cut line before ours must not swallow it. */
static bool ends_in_mid_line(int fd, const struct stat *st)
{
	char last = '\n';

	return st->st_size > 0 && pread(fd, &last, 1, st->st_size - 1) == 1 && last != '\n';
}

static bool append(const char *state_dir, const char *line, struct arena *a, const char **reason)
{
	uid_t owner = 0;
	CLEANUP_FD int dir = open_dir(state_dir, &owner, a, reason);
	CLEANUP_FD int lock = dir < 0 ? -1 : replace_lock(dir, LOCK_WAIT_US);
	struct stat st;
	size_t n;

	if (dir >= 0 && lock < 0)
		*reason = arena_printf(a, "the audit log cannot be locked: %s", strerror(errno));
	if (lock < 0)
		return false;
	/* Made by root, it must be of use to the dashboard's user. */
	if (geteuid() == 0 && fchown(lock, owner, (gid_t)-1) < 0) {
		*reason = arena_printf(a, "the audit log's lock cannot be given to its user: %s", strerror(errno));
		return false;
	}
	CLEANUP_FD int fd = open_current(dir, strlen(line) + 1, owner, &st, a, reason);

	if (fd < 0)
		return false;
	if (ends_in_mid_line(fd, &st))
		line = arena_printf(a, "\n%s", line);
	n = strlen(line);
	errno = ENOSPC; /* a short write says nothing */
	if (write(fd, line, n) == (ssize_t)n && fsync(fd) == 0)
		return true;
	*reason = arena_printf(a, "the audit log cannot be written: %s", strerror(errno));
	/* Half a line is no record. Where it cannot be taken back, readers leave it out, and say so. */
	if (ftruncate(fd, st.st_size) < 0)
		*reason = arena_printf(a, "%s, and half a line stands in it", *reason);
	return false;
}

bool audit_log_record(const char *state_dir, const struct audit_entry *e, struct arena *a, const char **reason)
{
	const char *line = record_line(e, a);

	if (line)
		return append(state_dir, line, a, reason);
	*reason = "the record would be longer than 4 KiB";
	return false;
}

bool audit_log_outcome(const char *state_dir, const char *id, enum audit_outcome outcome, const char *why, int64_t at,
		       struct arena *a, const char **reason)
{
	CLEANUP_JSON cJSON *o = cJSON_CreateObject();
	const char *line;

	json_add_string(o, "of", id);
	add_at(o, at, a);
	json_add_string(o, "outcome", outcome == AUDIT_DONE ? "done" : "failed");
	add_words(o, "why", why, AUDIT_WORDS_MAX, a);
	line = line_of(o, a);
	if (line)
		return append(state_dir, line, a, reason);
	*reason = "the record would be longer than 4 KiB";
	return false;
}
