/*
 * The backup against the live home, gathered as hmc backup would now. What
 * differs and has changed since the backup is as it should be; what differs
 * and is older was passed by.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/str.h"
#include "drill/drill.h"
#include "probe/payload_kinds.h"

/* When a path of the home last changed; of one that is gone, when the folder it was in did. 0 = not known. */
static int64_t changed_at(struct drill *d, const char *path, bool *is_gone)
{
	char *at = arena_printf(d->b.a, "%s/%s", d->b.in->hermes_home, path);
	struct stat st;

	*is_gone = false;
	while (strlen(at) >= strlen(d->b.in->hermes_home)) {
		char *slash;

		if (lstat(at, &st) == 0)
			return st.st_mtim.tv_sec > st.st_ctim.tv_sec ? st.st_mtim.tv_sec : st.st_ctim.tv_sec;
		*is_gone = true;
		slash = strrchr(at, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	return 0;
}

static void differs(struct drill *d, const char *path, const char *how)
{
	int64_t backup = d->backup_at > d->made_at ? d->backup_at : d->made_at;
	bool is_gone;
	int64_t at = changed_at(d, path, &is_gone);
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(at, text);
	if (!is_gone && str_eq(how, "is only in the backup"))
		backup_note(&d->b, &d->told, "%s came with Hermes or is no longer backed up", drill_shown(d, path));
	else if (at == 0 || at >= backup)
		backup_note(&d->b, &d->told, "%s %s; it changed after the backup", drill_shown(d, path), how);
	else
		drill_find(d, "%s %s, and was last changed before the backup, at %s", drill_shown(d, path), how, text);
}

static void walk(struct drill *d, const struct backup *live)
{
	size_t i = 0, k = 0;

	while (i < d->b.n_files || k < live->n_files) {
		const struct backup_file *f = i < d->b.n_files ? &d->b.files[i] : NULL;
		const struct backup_file *l = k < live->n_files ? &live->files[k] : NULL;
		int order = !f ? 1 : !l ? -1 : backup_compare_paths(f->path, l->path);

		if (f && order < 0)
			differs(d, f->path, "is only in the backup");
		else if (l && order > 0)
			differs(d, l->path, "is missing from the backup");
		else if (f && l && !str_eq(f->sha256, l->sha256))
			differs(d, f->path, "differs from the live one");
		i += order <= 0;
		k += order >= 0;
	}
}

static void count(struct drill *d, const struct backup *live)
{
	for (size_t i = 0; i < live->n_files; i++) {
		const struct backup_file *f = &live->files[i];
		int64_t items;
		const char *kind = payload_kind(f->path, f->data, f->n, &items);

		for (size_t k = 0; k < d->n_counts; k++)
			if (str_eq(d->counts[k].kind, kind))
				d->counts[k].live = d->counts[k].live == COUNT_UNKNOWN || items == COUNT_UNKNOWN ? COUNT_UNKNOWN
														 : d->counts[k].live + items;
	}
	for (size_t k = 0; k < d->n_counts; k++)
		if (d->counts[k].live != d->counts[k].backup)
			backup_note(&d->b, &d->told, "%s: live has %lld, the backup %lld", d->counts[k].kind, (long long)d->counts[k].live,
				    (long long)d->counts[k].backup);
}

void drill_live(struct drill *d)
{
	struct backup live = { .in = d->b.in, .a = d->b.a, .redactor = d->b.redactor, .deadline_us = d->b.deadline_us };

	backup_say(&d->b, "comparing with %s", d->b.in->hermes_home);
	if (!backup_gather(&live)) {
		backup_note(&d->b, &d->told, "the live home was not compared: %s", live.row.error);
		return;
	}
	d->knows_live = true;
	count(d, &live);
	walk(d, &live);
}
