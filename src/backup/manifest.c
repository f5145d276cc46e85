/* manifest.json: what the payload holds, so that a restorer can tell whether it is whole. One file a line, for git's sake. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backup/backup.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "probe/payload_kinds.h"

#define MANIFEST_MAX ((size_t)16 * 1024 * 1024)
#define KINDS_MAX    16

struct kind {
	const char *name;
	int64_t items, files, bytes;
};

/* A value behind its name, on a line of its own. */
static void add_line(struct buf *out, const char *name, cJSON *value, const char *end)
{
	char *text = json_print(value);

	if (name)
		buf_printf(out, "\"%s\": ", name);
	buf_adds(out, text);
	buf_adds(out, end);
	free(text);
	cJSON_Delete(value);
}

static cJSON *text_or_null(const char *s)
{
	return s ? cJSON_CreateString(s) : cJSON_CreateNull();
}

static size_t count_kinds(const struct backup *b, struct kind *kinds)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_files; i++) {
		const struct backup_file *f = &b->files[i];
		int64_t items;
		const char *name = payload_kind(f->path, f->data, f->n, &items);
		size_t k = 0;

		while (k < n && !str_eq(kinds[k].name, name))
			k++;
		if (k == n)
			kinds[n++] = (struct kind){ .name = name };
		kinds[k].files++;
		kinds[k].bytes += (int64_t)f->n;
		kinds[k].items = kinds[k].items == COUNT_UNKNOWN || items == COUNT_UNKNOWN ? COUNT_UNKNOWN : kinds[k].items + items;
	}
	return n;
}

static cJSON *counts(const struct backup *b)
{
	cJSON *all = cJSON_CreateObject();
	struct kind kinds[KINDS_MAX];
	size_t n = count_kinds(b, kinds);

	for (size_t i = 0; i < n; i++) {
		cJSON *one = json_add_object(all, kinds[i].name);

		if (kinds[i].items == COUNT_UNKNOWN)
			json_add_null(one, "items");
		else
			json_add_i64(one, "items", kinds[i].items);
		json_add_i64(one, "files", kinds[i].files);
		json_add_i64(one, "bytes", kinds[i].bytes);
	}
	return all;
}

static void add_names(struct buf *out, const char *name, const struct backup_names *names)
{
	buf_printf(out, "\"%s\": [", name);
	for (size_t i = 0; i < names->n; i++) {
		buf_adds(out, i ? ",\n  " : "\n  ");
		add_line(out, NULL, cJSON_CreateString(names->list[i]), "");
	}
	buf_adds(out, names->n ? "\n],\n" : "],\n");
}

static void add_files(struct buf *out, const struct backup *b)
{
	buf_adds(out, "\"files\": [");
	for (size_t i = 0; i < b->n_files; i++) {
		const struct backup_file *f = &b->files[i];
		cJSON *one = cJSON_CreateObject();
		char mode[8];

		snprintf(mode, sizeof(mode), "%04o", f->mode);
		json_add_string(one, "path", f->path);
		json_add_i64(one, "bytes", (int64_t)f->n);
		json_add_string(one, "sha256", f->sha256);
		json_add_string(one, "mode", mode);
		buf_adds(out, i ? ",\n  " : "\n  ");
		add_line(out, NULL, one, "");
	}
	buf_adds(out, "\n]\n}\n");
}

static void write_all(struct buf *out, const struct backup *b, const char *made_at, const char *made_by)
{
	buf_adds(out, "{\n");
	add_line(out, "kind", cJSON_CreateString(BACKUP_MANIFEST_KIND), ",\n");
	add_line(out, "version", cJSON_CreateNumber(BACKUP_MANIFEST_VERSION), ",\n");
	add_line(out, "instanceId", cJSON_CreateString(b->in->id), ",\n");
	add_line(out, "hermesVersion", text_or_null(b->version), ",\n");
	add_line(out, "madeAt", text_or_null(made_at), ",\n");
	add_line(out, "madeBy", text_or_null(made_by), ",\n");
	add_line(out, "bytes", cJSON_CreateNumber((double)b->row.bytes), ",\n");
	add_line(out, "counts", counts(b), ",\n");
	add_names(out, "leftOut", &b->left_out);
	add_names(out, "envNames", &b->env);
	add_files(out, b);
}

/* NULL where it is none of ours. */
static cJSON *read_one(const char *text, size_t n)
{
	cJSON *tree = n <= MANIFEST_MAX ? json_parse(text, n, JSON_STRICT, NULL) : NULL;

	if (tree && !str_eq(json_string(tree, "kind"), BACKUP_MANIFEST_KIND))
		json_freep(&tree);
	return tree;
}

const char *backup_manifest(struct backup *b, const char *old, size_t n_old, size_t *n)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(MANIFEST_MAX);
	CLEANUP_JSON cJSON *was = old ? read_one(old, n_old) : NULL;
	char now[CLOCK_TEXT_MAX];

	if (was) {
		write_all(&out, b, json_string(was, "madeAt"), json_string(was, "madeBy"));
		*n = n_old;
		if (out.len == n_old && memcmp(out.data, old, n_old) == 0)
			return old;
		buf_clear(&out);
	}
	clock_rfc3339(clock_now_s(), now);
	write_all(&out, b, now, "hmc " MC_VERSION);
	*n = out.len;
	return out.overflow ? NULL : arena_strndup(b->a, buf_str(&out), out.len);
}

/* A path that stays below the payload, in one spelling. */
static bool is_clean(const char *path)
{
	const char *step = path;

	if (!*path || *path == '/' || strlen(path) > 900)
		return false;
	while (true) {
		size_t n = strcspn(step, "/");

		if (n == 0 || (n == 1 && *step == '.') || (n == 2 && step[0] == '.' && step[1] == '.') ||
		    (n == 4 && strncasecmp(step, ".git", 4) == 0))
			return false;
		if (!step[n])
			return true;
		step += n + 1;
	}
}

bool backup_manifest_paths(const char *text, size_t n, struct backup_names *out, struct arena *a)
{
	CLEANUP_JSON cJSON *tree = read_one(text, n);
	struct backup b = { .a = a };
	const cJSON *item;

	if (!tree)
		return false;
	cJSON_ArrayForEach(item, json_array(tree, "files")) {
		const char *path = json_string(item, "path");

		if (path && is_clean(path))
			backup_note(&b, out, "%s", path);
	}
	return true;
}
