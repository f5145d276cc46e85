#include "report/marks.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/replace.h"
#include "base/str.h"
#include "probe/files.h"
#include "report/fields.h"

#define DIR_NAME     "marks"
#define FILE_NAME    "marks.json"
#define FILE_MAX     ((size_t)1024 * 1024)
#define VERSION      1
#define LOCK_WAIT_US (2 * 1000 * 1000)

static const struct field value_fields[] = {
	TEXT(struct mark_value, instance_id, "instanceId"),
	TEXT(struct mark_value, digest, "digest"),
};
static const struct shape value_shape = SHAPE(struct mark_value, value_fields);

static const struct field mark_fields[] = {
	TEXT(struct mark, key, "key"),
	TEXT(struct mark, by, "by"),
	TIME(struct mark, at, "at"),
	LIST(struct mark, values, "values", value_shape, MARK_VALUES_MAX),
};
static const struct shape mark_shape = SHAPE(struct mark, mark_fields);

static const struct field marks_fields[] = {
	LIST(struct marks, list, "marks", mark_shape, MARKS_MAX),
};
static const struct shape marks_shape = SHAPE(struct marks, marks_fields);

/* A mark of nothing, or of no known value, is not one of ours; panes rely on both. */
static bool are_whole(const struct marks *m)
{
	for (size_t i = 0; i < m->n_list; i++) {
		const struct mark *x = &m->list[i];

		if (!x->key)
			return false;
		for (size_t k = 0; k < x->n_values; k++)
			if (!x->values[k].instance_id || !x->values[k].digest)
				return false;
	}
	return true;
}

/* Answers the probe; false unless the text was understood whole. */
static bool understand(const char *text, size_t len, struct marks *out, struct arena *a)
{
	struct json_error why = { 0, "" };
	CLEANUP_JSON cJSON *json = json_parse(text, len, JSON_STRICT, &why);
	const char *error = NULL;
	int64_t version = 0;

	if (!json)
		out->probe.reason = arena_printf(a, FILE_NAME " is broken at line %zu: %s", why.line, why.what);
	else if (!json_i64(json, "schemaVersion", &version) || version != VERSION)
		out->probe.reason = FILE_NAME " was written by another version of Mission Control";
	else if (!shape_read(&marks_shape, json, out, a, &error))
		out->probe.reason = arena_printf(a, FILE_NAME " does not hold what it should: %s", error);
	else if (!are_whole(out))
		out->probe.reason = FILE_NAME " does not hold what it should: a mark lacks its key or a value";
	else
		return true;
	return false;
}

void marks_load(const char *state_dir, int64_t now, struct marks *out, struct arena *a)
{
	/* Root writes them where root serves; nobody else's are believed. */
	const struct file_rules rules = { .max_bytes = FILE_MAX, .owner_uid = (int64_t)geteuid() };
	const char *reason = NULL;
	char *text;
	size_t len;

	*out = (struct marks){ .probe = { .source = DIR_NAME "/" FILE_NAME, .taken_at = now } };
	switch (file_read_beneath(state_dir, DIR_NAME "/" FILE_NAME, &rules, a, &text, &len, NULL, &reason)) {
	case FILE_ABSENT:
		out->probe.state = PROBE_INACTIVE;
		out->probe.reason = "nothing was marked yet";
		return;
	case FILE_OK:
		if (understand(text, len, out, a))
			out->probe.state = PROBE_OK;
		break;
	default:
		out->probe.reason = reason;
	}
	if (out->probe.state != PROBE_OK) {
		out->list = NULL;
		out->n_list = 0;
	}
}

/* ---- writing ---- */

/* Opens <stateDir>/marks, making it where that is allowed; -1 with the reason. */
static int open_dir(const char *state_dir, struct arena *a, const char **reason)
{
	const char *path = arena_printf(a, "%s/" DIR_NAME, state_dir);
	int fd;

	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		*reason = arena_printf(a, "%s: %s; create it and give it to the dashboard's user", path, strerror(errno));
		return -1;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		*reason = arena_printf(a, "%s: %s", path, strerror(errno));
	return fd;
}

static bool save(int dir, const struct marks *m, struct arena *a, const char **reason)
{
	CLEANUP_JSON cJSON *json = shape_write(&marks_shape, m, PUBLISH_EXCERPTS, NULL, a);
	CLEANUP_FREE char *text = NULL;

	json_add_i64(json, "schemaVersion", VERSION);
	text = json_print(json);
	if (strlen(text) > FILE_MAX) {
		*reason = "there are too many marks; take some back";
		return false;
	}
	if (replace_file(dir, FILE_NAME, text, strlen(text), 0600) == 0)
		return true;
	*reason = arena_printf(a, FILE_NAME " cannot be written: %s", strerror(errno));
	return false;
}

static void drop(struct marks *m, size_t i)
{
	memmove(&m->list[i], &m->list[i + 1], (m->n_list - i - 1) * sizeof(*m->list));
	m->n_list--;
}

static size_t oldest(const struct marks *m)
{
	size_t best = 0;

	for (size_t i = 1; i < m->n_list; i++)
		if (m->list[i].at < m->list[best].at)
			best = i;
	return best;
}

/* Reads, changes and writes under the folder's lock: two workers must not lose each other's mark. */
static bool change(const char *state_dir, const char *key, const struct mark *fresh, struct arena *a, const char **reason)
{
	CLEANUP_FD int dir = open_dir(state_dir, a, reason);
	CLEANUP_FD int lock = dir < 0 ? -1 : replace_lock(dir, LOCK_WAIT_US);
	struct marks had, m = { .list = arena_calloc(a, MARKS_MAX + 1, sizeof(*m.list)) };

	if (dir >= 0 && lock < 0)
		*reason = arena_printf(a, "the marks cannot be locked: %s", strerror(errno));
	if (lock < 0)
		return false;
	marks_load(state_dir, 0, &had, a);
	if (had.probe.state == PROBE_UNKNOWN) {
		*reason = had.probe.reason;
		return false;
	}
	for (size_t i = 0; i < had.n_list; i++)
		if (!str_eq(had.list[i].key, key))
			m.list[m.n_list++] = had.list[i];
	if (fresh && m.n_list == MARKS_MAX)
		drop(&m, oldest(&m));
	if (fresh)
		m.list[m.n_list++] = *fresh;
	if (!fresh && m.n_list == had.n_list)
		return true;
	return save(dir, &m, a, reason);
}

bool marks_set(const char *state_dir, const struct mark *m, struct arena *a, const char **reason)
{
	return change(state_dir, m->key, m, a, reason);
}

bool marks_remove(const char *state_dir, const char *key, struct arena *a, const char **reason)
{
	return change(state_dir, key, NULL, a, reason);
}
