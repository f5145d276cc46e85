#include "report/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/replace.h"
#include "model/probe.h"
#include "probe/files.h"

#define FILE_MAX     ((size_t)1024 * 1024)
#define VERSION      1
#define LOCK_WAIT_US (2 * 1000 * 1000)

/* NULL when the text was understood whole; else why not. */
static const char *understand(const struct keeper *k, const char *text, size_t len, void *out, struct arena *a)
{
	struct json_error why = { 0, "" };
	CLEANUP_JSON cJSON *json = json_parse(text, len, JSON_STRICT, &why);
	const char *error = NULL;
	int64_t version = 0;

	if (!json)
		return arena_printf(a, "%s is broken at line %zu: %s", k->name, why.line, why.what);
	if (!json_i64(json, "schemaVersion", &version) || version != VERSION)
		return arena_printf(a, "%s was written by another version of Mission Control", k->name);
	if (shape_read(k->shape, json, out, a, &error) && k->check)
		error = k->check(out, a);
	return error ? arena_printf(a, "%s does not hold what it should: %s", k->name, error) : NULL;
}

/* Whoever may put a file into the folder is its owner: who that is was decided by root. */
static const char *check_owner(const struct keeper *k, const char *state_dir, const struct stat *file, struct arena *a)
{
	struct stat dir;

	if (lstat(arena_printf(a, "%s/%s", state_dir, k->dir), &dir) < 0)
		return arena_printf(a, "%s: %s", k->dir, strerror(errno));
	if (dir.st_mode & (S_IWGRP | S_IWOTH))
		return arena_printf(a, "%s may be written by others", k->dir);
	if (file->st_uid != dir.st_uid && file->st_uid != 0)
		return arena_printf(a, "%s belongs to uid %u, not to the owner of its folder", k->name, file->st_uid);
	return NULL;
}

/* Most are not there, and every request asks for one of each instance: that costs one call. */
static bool is_absent(const char *state_dir, const char *path, struct arena *a)
{
	struct stat st;

	return lstat(arena_printf(a, "%s/%s", state_dir, path), &st) < 0 && errno == ENOENT;
}

void keeper_load(const struct keeper *k, const char *state_dir, int64_t now, void *out, struct arena *a)
{
	const struct file_rules rules = { .max_bytes = FILE_MAX, .owner_uid = -1 };
	const char *path = arena_printf(a, "%s/%s", k->dir, k->name), *reason = NULL;
	struct probe *probe = out;
	enum file_result found = FILE_ABSENT;
	struct stat st;
	char *text;
	size_t len;

	memset(out, 0, k->shape->size);
	if (!is_absent(state_dir, path, a))
		found = file_read_beneath(state_dir, path, &rules, a, &text, &len, &st, &reason);
	switch (found) {
	case FILE_ABSENT:
		*probe = (struct probe){ .state = PROBE_INACTIVE, .reason = k->none };
		break;
	case FILE_OK:
		reason = check_owner(k, state_dir, &st, a);
		if (!reason)
			reason = understand(k, text, len, out, a);
		if (reason)
			memset(out, 0, k->shape->size);
		*probe = (struct probe){ .state = reason ? PROBE_UNKNOWN : PROBE_OK, .reason = reason };
		break;
	default:
		*probe = (struct probe){ .reason = reason };
	}
	probe->source = path;
	probe->taken_at = now;
}

/* ---- writing ---- */

/* Opens the folder, making it where that is allowed; -1 with the reason. */
static int open_dir(const struct keeper *k, const char *state_dir, struct arena *a, const char **reason)
{
	const char *path = arena_printf(a, "%s/%s", state_dir, k->dir), *slash = strchr(k->dir, '/');
	int fd;

	if (slash)
		mkdir(arena_printf(a, "%s/%.*s", state_dir, (int)(slash - k->dir), k->dir), 0755);
	if (mkdir(path, k->dir_mode) < 0 && errno != EEXIST) {
		*reason = arena_printf(a, "%s: %s; create it and give it to the dashboard's user ('hmc setup' does)", path, strerror(errno));
		return -1;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		*reason = arena_printf(a, "%s: %s", path, strerror(errno));
	return fd;
}

static bool save(const struct keeper *k, int dir, const void *what, struct arena *a, const char **reason)
{
	CLEANUP_JSON cJSON *json = shape_write(k->shape, what, PUBLISH_EXCERPTS, NULL, a);
	CLEANUP_FREE char *text = NULL;

	json_add_i64(json, "schemaVersion", VERSION);
	text = json_print(json);
	if (strlen(text) > FILE_MAX) {
		*reason = arena_printf(a, "there are too many %s; take some back", k->things);
		return false;
	}
	if (replace_file(dir, k->name, text, strlen(text), k->mode) == 0)
		return true;
	*reason = arena_printf(a, "%s cannot be written: %s", k->name, strerror(errno));
	return false;
}

bool keeper_change(const struct keeper *k, const char *state_dir, keeper_fn *change, void *ctx, struct arena *a, const char **reason)
{
	CLEANUP_FD int dir = open_dir(k, state_dir, a, reason);
	CLEANUP_FD int lock = dir < 0 ? -1 : replace_lock(dir, LOCK_WAIT_US);
	void *what = arena_calloc(a, 1, k->shape->size);
	const struct probe *probe = what;

	if (dir >= 0 && lock < 0)
		*reason = arena_printf(a, "the %s cannot be locked: %s", k->things, strerror(errno));
	if (lock < 0)
		return false;
	keeper_load(k, state_dir, 0, what, a);
	if (probe->state == PROBE_UNKNOWN) {
		*reason = probe->reason;
		return false;
	}
	switch (change(what, ctx, a, reason)) {
	case KEEPER_AS_IT_IS:
		return true;
	case KEEPER_SAVE:
		return save(k, dir, what, a, reason);
	default:
		return false;
	}
}
