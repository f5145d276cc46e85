#include "tmpl/tmpl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "tmpl/tmpl_node.h"

#define ENTRIES_MAX 1024

static void *must(void *p)
{
	if (!p) {
		fprintf(stderr, "mission-control: out of memory\n");
		abort();
	}
	return p;
}

bool tmpl_fail(struct tmpl_error *err, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		va_start(ap, fmt);
		vsnprintf(err->text, sizeof(err->text), fmt, ap);
		va_end(ap);
	}
	return false;
}

struct tmpl_set *tmpl_set_new(const char *dir, bool strict)
{
	struct tmpl_set *set = must(calloc(1, sizeof(*set)));

	set->dir = must(strdup(dir ? dir : ""));
	set->strict = strict;
	return set;
}

void tmpl_unload(struct tmpl *t)
{
	arena_freep(&t->mem);
	free(t->nodes);
	t->nodes = NULL;
	t->n = 0;
	t->loaded = false;
}

void tmpl_set_free(struct tmpl_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->n; i++) {
		tmpl_unload(set->list[i]);
		free(set->list[i]);
	}
	free(set->list);
	free(set->dir);
	free(set);
}

struct tmpl *tmpl_set_find(const struct tmpl_set *set, const char *name, bool is_partial)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->list[i]->is_partial == is_partial && strcmp(set->list[i]->name, name) == 0)
			return set->list[i];
	return NULL;
}

static bool is_name(const char *name, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

	if (len == 0 || len > TMPL_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!memchr(allowed, name[i], sizeof(allowed) - 1))
			return false;
	return true;
}

struct tmpl *tmpl_set_entry(struct tmpl_set *set, const char *name, size_t len, bool is_partial)
{
	char key[TMPL_NAME_MAX + 1] = { 0 };
	struct tmpl *t;

	if (!is_name(name, len))
		return NULL;
	memcpy(key, name, len);
	t = tmpl_set_find(set, key, is_partial);
	if (t || set->n == ENTRIES_MAX)
		return t;
	t = must(calloc(1, sizeof(*t)));
	memcpy(t->name, key, sizeof(key));
	snprintf(t->file, sizeof(t->file), "%s%s.html", is_partial ? "_" : "", key);
	t->is_partial = is_partial;
	set->list = must(reallocarray(set->list, set->n + 1, sizeof(struct tmpl *)));
	set->list[set->n++] = t;
	return t;
}

/* The same, with a reason. */
static struct tmpl *entry_or_fail(struct tmpl_set *set, const char *name, bool is_partial,
				  struct tmpl_error *err)
{
	struct tmpl *t = tmpl_set_entry(set, name, strlen(name), is_partial);

	if (!t)
		tmpl_fail(err,
			  "'%.40s' cannot be a template: names are a-z, 0-9, _ and -, at most %d characters, "
			  "and a set holds %d of them",
			  name, TMPL_NAME_MAX, ENTRIES_MAX);
	return t;
}

bool tmpl_set_add(struct tmpl_set *set, const char *name, bool is_partial, const char *text, size_t n,
		  struct tmpl_error *err)
{
	struct tmpl *t = entry_or_fail(set, name, is_partial, err);

	return t && tmpl_compile(set, t, text, n, err);
}

/* Gives a file's text (free it), at most one byte over the limit; NULL with errno. */
static char *read_file(const char *path, size_t *len)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	CLEANUP_FREE char *text = NULL;
	struct stat st;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return NULL;
	}
	text = must(malloc(TMPL_FILE_MAX + 1));
	got = io_read(fd, text, TMPL_FILE_MAX + 1);
	if (got < 0)
		return NULL;
	*len = (size_t)got;
	return TAKE_PTR(text);
}

/* Reads and compiles an entry's file. by and line, where by is given, are the tag that names it. */
static bool load_file(struct tmpl_set *set, struct tmpl *t, const struct tmpl *by, unsigned line,
		      struct tmpl_error *err)
{
	CLEANUP_FREE char *path = NULL, *text = NULL;
	size_t n;

	must(asprintf(&path, "%s/%s", set->dir, t->file) < 0 ? NULL : path);
	text = read_file(path, &n);
	if (text)
		return tmpl_compile(set, t, text, n, err);
	if (by)
		return tmpl_fail(err, "%s:%u: the partial '%s' cannot be read: %s: %s", by->file, line,
				 t->name, path, strerror(errno));
	return tmpl_fail(err, "the template '%s' cannot be read: %s: %s", t->name, path, strerror(errno));
}

/* Loads every partial that t names, and theirs; each once a round, so cycles end. */
static bool load_partials(struct tmpl_set *set, struct tmpl *t, struct tmpl_error *err)
{
	t->round = set->round;
	for (size_t i = 0; i < t->n; i++) {
		const struct tmpl_node *node = &t->nodes[i];

		if (node->kind != TMPL_PARTIAL || node->partial->round == set->round)
			continue;
		if (!node->partial->loaded && !load_file(set, node->partial, t, node->line, err))
			return false;
		if (!load_partials(set, node->partial, err))
			return false;
	}
	return true;
}

bool tmpl_set_load(struct tmpl_set *set, const char *name, struct tmpl_error *err)
{
	struct tmpl *t = entry_or_fail(set, name, false, err);

	if (!t || (!t->loaded && !load_file(set, t, NULL, 0, err)))
		return false;
	set->round++;
	if (load_partials(set, t, err))
		return true;
	tmpl_unload(t); /* a page without its parts must not be rendered */
	return false;
}
