/* Every restored file against the manifest: there, of that size and sum, and without a secret. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "drill/drill.h"
#include "probe/payload_kinds.h"

#define AHEAD_S 300 /* a clock may be so far off */

static struct backup_file *find(struct drill *d, const char *path)
{
	size_t lo = 0, hi = d->b.n_files;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int order = backup_compare_paths(path, d->b.files[mid].path);

		if (order == 0)
			return &d->b.files[mid];
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

/* A mode as the manifest has it: "0755". */
static bool may_run(const char *mode)
{
	return mode && (strtoul(mode, NULL, 8) & 0100);
}

/* Marks the file that one line of the manifest names. */
static void check_line(struct drill *d, const cJSON *line, bool *is_listed)
{
	const char *path = json_string(line, "path"), *sum = json_string(line, "sha256");
	const struct backup_file *f = path ? find(d, path) : NULL;
	int64_t bytes = -1;

	if (!path || !sum || !json_i64(line, "bytes", &bytes)) {
		drill_find(d, "the manifest has a line that names no file, size or sum");
		return;
	}
	if (!f) {
		drill_find(d, "%s is in the manifest and not in the backup", drill_shown(d, path));
		return;
	}
	if (is_listed[f - d->b.files])
		drill_find(d, "%s is in the manifest twice", drill_shown(d, path));
	is_listed[f - d->b.files] = true;
	if (bytes != (int64_t)f->n)
		drill_find(d, "%s has %zu bytes, and the manifest says %lld", drill_shown(d, path), f->n, (long long)bytes);
	else if (!str_eq(sum, f->sha256))
		drill_find(d, "%s is not the file that was backed up: its SHA-256 differs from the manifest's", drill_shown(d, path));
	else if (may_run(json_string(line, "mode")) != ((f->mode & 0100) != 0))
		drill_find(d, "%s %s, and the manifest says otherwise", drill_shown(d, path), f->mode & 0100 ? "can be run" : "cannot be run");
}

static int64_t *count_of(struct drill *d, const char *kind)
{
	for (size_t i = 0; i < d->n_counts; i++)
		if (str_eq(d->counts[i].kind, kind))
			return &d->counts[i].backup;
	if (d->n_counts == sizeof(d->counts) / sizeof(d->counts[0]))
		return NULL;
	d->counts[d->n_counts] = (struct drill_count){ .kind = kind };
	return &d->counts[d->n_counts++].backup;
}

static void check_counts(struct drill *d)
{
	const cJSON *said = json_object(d->manifest, "counts");

	for (size_t i = 0; i < d->b.n_files; i++) {
		const struct backup_file *f = &d->b.files[i];
		int64_t items, *n;
		const char *kind = payload_kind(f->path, f->data, f->n, &items);

		n = count_of(d, kind);
		if (n)
			*n = *n == COUNT_UNKNOWN || items == COUNT_UNKNOWN ? COUNT_UNKNOWN : *n + items;
	}
	for (size_t i = 0; i < d->n_counts; i++) {
		const struct drill_count *c = &d->counts[i];
		int64_t n = COUNT_UNKNOWN;

		json_i64(json_object(said, c->kind), "items", &n);
		if (n != c->backup)
			drill_find(d, "the manifest counts %lld of %s, and the backup holds %lld", (long long)n, c->kind, (long long)c->backup);
	}
}

/* First of all: this is what a person must hear of, whatever else is wrong. */
static void find_secrets(struct drill *d)
{
	for (size_t i = 0; i < d->b.n_files; i++) {
		const struct backup_file *f = &d->b.files[i];
		const char *rule = backup_secret_in(&d->b, f);

		if (rule)
			drill_find(d, "%s holds a secret (rule %s): make it void where it was issued", drill_shown(d, f->path), rule);
	}
}

bool drill_compare(struct drill *d)
{
	bool *is_listed = arena_calloc(d->b.a, d->b.n_files + 1, sizeof(*is_listed));
	const cJSON *line;

	backup_say(&d->b, "comparing %zu files with the manifest", d->b.n_files);
	if (!str_eq(json_string(d->manifest, "instanceId"), d->b.in->id))
		drill_find(d, "the backup is of another instance");
	if (d->made_at > clock_now_s() + AHEAD_S)
		drill_find(d, "the manifest's time lies in the future");
	find_secrets(d);
	cJSON_ArrayForEach(line, json_array(d->manifest, "files"))
		check_line(d, line, is_listed);
	for (size_t i = 0; i < d->b.n_files; i++) {
		if (!is_listed[i])
			drill_find(d, "%s is in the backup and not in its manifest", drill_shown(d, d->b.files[i].path));
	}
	if (d->b.n_files == 0)
		drill_find(d, "the backup holds no file");
	check_counts(d);
	return true;
}
