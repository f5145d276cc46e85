#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "model/upkeep.h"

#define ENTRIES_MAX 500000
#define DEPTH_MAX   40

/* Which entries of a home belong together; what is not named here is "other". */
static const struct {
	const char *entry;
	const char *part;
} parts[] = {
	{ "state.db", "state.db" },     { "state.db-wal", "state.db" },    { "state.db-shm", "state.db" },
	{ "state.db-journal", "state.db" }, { "sessions", "sessions" },    { "logs", "logs" },
	{ "cron", "cron" },             { "skills", "skills" },            { "memories", "memories" },
	{ "checkpoints", "checkpoints" }, { "state-snapshots", "snapshots" }, { "backups", "snapshots" },
	{ "cache", "caches" },          { "image_cache", "caches" },       { "audio_cache", "caches" },
	{ "sandboxes", "caches" },      { "hermes-agent", "hermes-agent" }, { "profiles", "profiles" },
	{ "kanban", "kanban" },         { "kanban.db", "kanban" },
};

struct walk {
	struct storage *out;
	dev_t device;
	int64_t entries;
	int64_t until_us;
	const char *reason;         /* why it did not finish; NULL = it did */
	struct arena *a;
};

static struct storage_part *part_of(struct storage *out, const char *entry)
{
	const char *name = "other";

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (str_eq(parts[i].entry, entry))
			name = parts[i].part;
	for (size_t i = 0; i < out->n_parts; i++)
		if (str_eq(out->parts[i].name, name))
			return &out->parts[i];
	out->parts[out->n_parts] = (struct storage_part){ .name = name };
	return &out->parts[out->n_parts++];
}

static bool may_go_on(struct walk *w)
{
	if (w->reason)
		return false;
	w->entries++;
	if (w->entries > ENTRIES_MAX)
		w->reason = arena_printf(w->a, "the home has more than %d files; they were not all counted", ENTRIES_MAX);
	else if (w->entries % 256 == 0 && clock_mono_us() > w->until_us)
		w->reason = "the home's files could not be counted in time";
	return !w->reason;
}

static void cannot_look(struct walk *w, const char *name)
{
	w->reason = arena_printf(w->a, "%s cannot be looked into: %s", str_clean(w->a, name, strlen(name), 80),
				 strerrordesc_np(errno));
}

static void walk_dir(struct walk *w, int at, const char *name, struct storage_part *part, int depth);

/* Links are counted, not followed; another file system that is mounted here takes no room of this one. */
static void walk_entry(struct walk *w, int dir, const char *name, struct storage_part *part, int depth)
{
	struct stat st;

	if (!may_go_on(w))
		return;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT) /* gone meanwhile */
			cannot_look(w, name);
		return;
	}
	if (st.st_dev != w->device)
		return;
	part->bytes += (int64_t)st.st_blocks * 512;
	if (S_ISDIR(st.st_mode))
		walk_dir(w, dir, name, part, depth + 1);
	else
		part->files++;
}

static void walk_dir(struct walk *w, int at, const char *name, struct storage_part *part, int depth)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_DIR DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d && fd >= 0)
		close(fd);
	if (!d && errno == ENOENT)
		return;
	if (!d) {
		cannot_look(w, name);
		return;
	}
	if (depth > DEPTH_MAX)
		w->reason = "the home's folders go too deep to be counted";
	while (!w->reason && (errno = 0, e = readdir(d)))
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			walk_entry(w, fd, e->d_name, part ? part : part_of(w->out, e->d_name), depth);
	if (!w->reason && errno)
		cannot_look(w, name);
}

static int largest_first(const void *x, const void *y)
{
	const struct storage_part *a = x, *b = y;

	return a->bytes > b->bytes ? -1 : a->bytes < b->bytes;
}

static void sum_up(struct storage *out)
{
	out->bytes = out->files = 0;
	for (size_t i = 0; i < out->n_parts; i++) {
		out->bytes += out->parts[i].bytes;
		out->files += out->parts[i].files;
	}
	qsort(out->parts, out->n_parts, sizeof(*out->parts), largest_first);
}

void hermes_storage(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct hermes_source *src = in;
	struct storage *x = out;
	/* Some time before the end, so that the walk itself can say that it did not finish. */
	struct walk w = { .out = x, .a = a, .until_us = deadline_us > 0 ? deadline_us - 200 * 1000 : INT64_MAX };
	struct stat st;

	home_begin(&x->probe, "the files of the home", src);
	x->bytes = x->files = x->growth_bytes = COUNT_UNKNOWN;
	if (!home_is_there(&x->probe, src, a))
		return;
	if (stat(src->home, &st) < 0) {
		home_answer(&x->probe, PROBE_UNKNOWN, "the home went away while it was counted");
		return;
	}
	w.device = st.st_dev;
	x->parts = arena_calloc(a, STORAGE_PARTS_MAX, sizeof(*x->parts));
	walk_dir(&w, AT_FDCWD, arena_printf(a, "%s/.", src->home), NULL, 0);
	if (w.reason) {
		x->n_parts = 0; /* half a figure is none */
		home_answer(&x->probe, PROBE_UNKNOWN, w.reason);
		return;
	}
	sum_up(x);
	home_answer(&x->probe, PROBE_OK, NULL);
}
