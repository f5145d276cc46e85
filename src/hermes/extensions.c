#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "hermes/home.h"
#include "hermes/ydoc.h"
#include "model/agent.h"

#define FILE_MAX     ((size_t)64 * 1024)
#define NAME_CHARS   100
#define EVENTS_MAX   50
#define ENTRIES_MAX  2000
#define PROFILES_MAX 200

/* The folders in a folder of the home; NULL when it is not there, with *trouble when it cannot be read. */
static DIR *open_folder(const struct hermes_source *src, const char *name, const char **trouble, struct arena *a)
{
	int fd = open(arena_printf(a, "%s/%s", src->home, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && errno != ENOENT)
		*trouble = arena_printf(a, "%s/ cannot be looked into: %s", name, strerrordesc_np(errno));
	if (!d && fd >= 0)
		close(fd);
	return d;
}

/* The next entry that may be a folder of somebody's; NULL at the end. */
static const char *next_folder(DIR *d, size_t *n)
{
	struct dirent *e;

	while (d && (*n)++ < ENTRIES_MAX && (e = readdir(d)))
		if ((e->d_type == DT_DIR || e->d_type == DT_UNKNOWN) && e->d_name[0] != '.')
			return e->d_name;
	return NULL;
}

/* ---- hooks and plugins ---- */

struct list {
	struct extensions *out;
	const struct hermes_source *src;
	struct arena *a;
};

static void take_event(const char *key, yaml_node_t *value, void *ctx)
{
	struct extension *x = ctx;
	const char *text = value && value->type == YAML_SCALAR_NODE ? (const char *)value->data.scalar.value : NULL;

	(void)key;
	if (text)
		x->events[x->n_events++] = text;
}

/* Texts of the document go with it: what is kept is copied, clean. */
static void keep_events(struct extension *x, struct arena *a)
{
	for (size_t i = 0; i < x->n_events; i++)
		x->events[i] = str_clean(a, x->events[i], strlen(x->events[i]), NAME_CHARS);
}

/* gateway/hooks.py, hermes_cli/plugins.py: a folder counts when its description is there and can be read. */
static void read_one(struct list *l, const char *folder, const char *name, const char *file, const char *kind)
{
	CLEANUP(ydoc_done) struct ydoc y = { .is_loaded = false };
	const char *path = arena_printf(l->a, "%s/%s/%s", folder, name, file);
	struct extension *x;
	struct probe p = { 0 };
	char *data;
	size_t len;

	if (l->out->n_list == EXTENSIONS_MAX || !home_read(&p, l->src, path, FILE_MAX, "absent", l->a, &data, &len))
		return;
	x = &l->out->list[l->out->n_list++];
	x->kind = kind;
	x->name = str_clean(l->a, name, strlen(name), NAME_CHARS);
	x->events = arena_calloc(l->a, EVENTS_MAX, sizeof(*x->events));
	if (ydoc_load(&y, data, len, l->a))
		return;
	x->version = ydoc_text(ydoc_at(&y, "version"), 40, l->a);
	ydoc_each(&y, ydoc_at(&y, "events"), EVENTS_MAX, take_event, x);
	keep_events(x, l->a);
}

static const char *read_folder(struct list *l, const char *folder, const char *file, const char *kind)
{
	const char *trouble = NULL, *name;
	CLEANUP_DIR DIR *d = open_folder(l->src, folder, &trouble, l->a);
	size_t n = 0;

	while ((name = next_folder(d, &n)))
		read_one(l, folder, name, file, kind);
	return trouble;
}

static int by_name(const void *x, const void *y)
{
	const struct extension *a = x, *b = y;

	return strcmp(a->kind, b->kind) ? strcmp(a->kind, b->kind) : strcmp(a->name, b->name);
}

void hermes_extensions(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct list l = { .out = out, .src = in, .a = a };
	const char *hooks, *plugins;
	struct probe *p = &l.out->probe;

	(void)deadline_us;
	home_begin(p, "hooks/ and plugins/", in);
	if (!home_is_there(p, in, a))
		return;
	l.out->list = arena_calloc(a, EXTENSIONS_MAX, sizeof(*l.out->list));
	hooks = read_folder(&l, "hooks", "HOOK.yaml", "hook");
	plugins = read_folder(&l, "plugins", "plugin.yaml", "plugin");
	qsort(l.out->list, l.out->n_list, sizeof(*l.out->list), by_name);
	if (hooks || plugins)
		home_answer(p, PROBE_UNKNOWN, hooks ? hooks : plugins);
	else if (l.out->n_list == 0)
		home_answer(p, PROBE_INACTIVE, "no hooks and no plugins");
	else
		home_answer(p, PROBE_OK, NULL);
}

/* ---- profiles ---- */

/* hermes_cli/profiles.py: the names that can be profiles. */
static bool is_profile_name(const char *s)
{
	return *s && strlen(s) <= 64 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(s) && *s != '_' && *s != '-';
}

static int by_profile(const void *x, const void *y)
{
	return strcmp(((const struct profile *)x)->name, ((const struct profile *)y)->name);
}

static const char *active_profile(const struct hermes_source *src, struct arena *a)
{
	struct probe p = { 0 };
	char *data;
	size_t len;

	if (!home_read(&p, src, "active_profile", FILE_MAX, "absent", a, &data, &len))
		return NULL;
	data[strcspn(data, "\r\n")] = '\0';
	return data;
}

void hermes_profiles(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const char *trouble = NULL, *name, *active;
	CLEANUP_DIR DIR *d = NULL;
	struct profiles *x = out;
	size_t n = 0;

	(void)deadline_us;
	home_begin(&x->probe, "profiles/", in);
	if (!home_is_there(&x->probe, in, a))
		return;
	d = open_folder(in, "profiles", &trouble, a);
	active = active_profile(in, a);
	x->list = arena_calloc(a, PROFILES_MAX, sizeof(*x->list));
	while (x->n_list < PROFILES_MAX && (name = next_folder(d, &n)))
		if (is_profile_name(name))
			x->list[x->n_list++] = (struct profile){ .name = arena_strdup(a, name),
								 .is_active = str_eq(name, active) ? TRI_YES : TRI_NO };
	qsort(x->list, x->n_list, sizeof(*x->list), by_profile);
	if (trouble)
		home_answer(&x->probe, PROBE_UNKNOWN, trouble);
	else if (x->n_list == 0)
		home_answer(&x->probe, PROBE_INACTIVE, "no profiles: there is just this home");
	else
		home_answer(&x->probe, PROBE_OK, NULL);
}
