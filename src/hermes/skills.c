#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "hermes/frontmatter.h"
#include "hermes/home.h"
#include "hermes/settings.h"
#include "hermes/skill_marks.h"
#include "model/agent.h"

/* tools/skills_tool.py:_find_all_skills; agent/skill_utils.py for the folders that hold none. */

#define DEPTH_MAX    8
#define ENTRIES_MAX  50000
#define NAME_CHARS   100
#define HEAD_BYTES   (4 * FRONTMATTER_CHARS)
#define EXTERNAL_MAX 8

struct walk {
	struct skills *out;
	struct skill_marks *marks;
	struct arena *a;
	const char *origin;         /* "external" below a configured folder; NULL = found out by name */
	int64_t until_us;
	int64_t entries;
	const char *reason;         /* why not all were found */
};

/* A step of the path from skills/ down: a category is the first one where there are two or more above the skill. */
struct place {
	const struct place *parent;
	const char *name;
};

static bool is_skipped(const char *name)
{
	static const char *const names[] = { ".git",	 ".github",	  ".hub",	  ".archive",	   ".venv",
					     "venv",	 "node_modules",  "site-packages", "__pycache__",  ".tox",
					     ".nox",	 ".pytest_cache", ".mypy_cache",   ".ruff_cache" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

/* Folders of a skill itself: what lies there belongs to it. */
static bool is_inner(const char *name)
{
	return str_eq(name, "references") || str_eq(name, "templates") || str_eq(name, "assets") || str_eq(name, "scripts");
}

static const struct skill *find(const struct walk *w, const char *name)
{
	for (size_t i = 0; i < w->out->n_list; i++)
		if (str_eq(w->out->list[i].name, name))
			return &w->out->list[i];
	return NULL;
}

static const char *category_of(const struct place *p, struct arena *a)
{
	const struct place *top = p;

	if (!p || !p->parent)
		return NULL; /* skills/<skill>/SKILL.md */
	while (top->parent)
		top = top->parent;
	return str_clean(a, top->name, strlen(top->name), NAME_CHARS);
}

static void add(struct walk *w, const struct frontmatter *f, const struct place *p)
{
	struct skill s = { .uses = COUNT_UNKNOWN };

	if (!p || !f->is_for_linux)
		return;
	s.name = f->name ? f->name : str_clean(w->a, p->name, strlen(p->name), 64);
	if (find(w, s.name))
		return; /* the first of a name wins */
	if (w->out->n_list == SKILLS_MAX) {
		w->reason = arena_printf(w->a, "there are more than %d skills; they are not all listed", SKILLS_MAX);
		return;
	}
	s.category = category_of(p, w->a);
	s.origin = w->origin ? w->origin : skill_marks_origin(w->marks, s.name);
	s.enabled = skill_marks_is_disabled(w->marks, s.name) ? TRI_NO : TRI_YES;
	skill_marks_usage(w->marks, &s);
	w->out->list[w->out->n_list++] = s;
}

/* What lies in the way of a name that should be a file: a pipe would hold us, a link lead away. */
static void read_skill(struct walk *w, int dir, const struct place *p)
{
	CLEANUP_FD int fd = openat(dir, "SKILL.md", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char head[HEAD_BYTES];
	struct frontmatter f;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	n = io_read(fd, head, sizeof(head));
	if (n < 0)
		return;
	f = frontmatter_read(head, (size_t)n, w->a);
	add(w, &f, p);
}

static bool may_go_on(struct walk *w)
{
	if (!w->reason && ++w->entries > ENTRIES_MAX)
		w->reason = "the folder of skills holds too many files to look through";
	else if (!w->reason && w->entries % 64 == 0 && clock_mono_us() > w->until_us)
		w->reason = "the skills could not be looked through in time";
	return !w->reason;
}

static void walk_dir(struct walk *w, int at, const char *name, const struct place *p, int depth)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_DIR DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	bool is_skill = fd >= 0 && faccessat(fd, "SKILL.md", F_OK, AT_SYMLINK_NOFOLLOW) == 0;

	if (!d && fd >= 0)
		close(fd);
	if (!d || depth > DEPTH_MAX)
		return;
	if (is_skill)
		read_skill(w, fd, p);
	while (may_go_on(w) && (e = readdir(d))) {
		struct place below = { .parent = p, .name = e->d_name };

		if ((e->d_type != DT_DIR && e->d_type != DT_UNKNOWN) || str_eq(e->d_name, ".") || str_eq(e->d_name, "..") ||
		    is_skipped(e->d_name) || (is_skill && is_inner(e->d_name)))
			continue;
		walk_dir(w, fd, e->d_name, &below, depth + 1);
	}
}

static int by_category(const void *x, const void *y)
{
	const struct skill *a = x, *b = y;
	int c = strcmp(a->category ? a->category : "", b->category ? b->category : "");

	return c ? c : strcmp(a->name, b->name);
}

static void sum_up(struct skills *out)
{
	qsort(out->list, out->n_list, sizeof(*out->list), by_category);
	out->total = (int64_t)out->n_list;
	out->enabled = out->local = 0;
	for (size_t i = 0; i < out->n_list; i++) {
		out->enabled += out->list[i].enabled == TRI_YES;
		out->local += str_eq(out->list[i].origin, "local");
	}
}

static void walk_all(struct walk *w, const struct hermes_source *src)
{
	walk_dir(w, AT_FDCWD, arena_printf(w->a, "%s/skills", src->home), NULL, 0);
	w->origin = "external";
	for (size_t i = 0; i < w->marks->n_external && i < EXTERNAL_MAX; i++)
		walk_dir(w, AT_FDCWD, w->marks->external[i], NULL, 0);
}

void hermes_skills(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct hermes_source *src = in;
	struct skill_marks *marks;
	struct skills *x = out;
	struct walk w = { .out = x, .a = a, .until_us = deadline_us > 0 ? deadline_us - 200 * 1000 : INT64_MAX };
	struct stat st;

	home_begin(&x->probe, "skills/", src);
	x->total = x->enabled = x->local = COUNT_UNKNOWN;
	if (!home_is_there(&x->probe, src, a))
		return;
	if (lstat(arena_printf(a, "%s/skills", src->home), &st) < 0 && errno == ENOENT) {
		home_answer(&x->probe, PROBE_INACTIVE, "no skills/: none are installed");
		return;
	}
	marks = skill_marks_load(src, a);
	w.marks = marks;
	x->list = arena_calloc(a, SKILLS_MAX, sizeof(*x->list));
	walk_all(&w, src);
	skill_marks_done(marks);
	if (w.reason) {
		x->n_list = 0;
		home_answer(&x->probe, PROBE_UNKNOWN, w.reason);
		return;
	}
	sum_up(x);
	home_answer(&x->probe, PROBE_OK, NULL);
}
