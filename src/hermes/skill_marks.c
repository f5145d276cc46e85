#include "hermes/skill_marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "hermes/home.h"
#include "hermes/settings.h"
#include "json/json.h"

#define FILE_MAX   ((size_t)2 * 1024 * 1024)
#define NAMES_MAX  500
#define NAME_CHARS 200

static cJSON *load_json(const struct hermes_source *src, const char *path, struct arena *a)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(FILE_MAX + 64 * 1024);
	struct probe p = { 0 };
	struct stat st;
	char *data;
	size_t len;

	if (!home_read_private(&p, src, path, FILE_MAX, "absent", scratch, a, &data, &len, &st))
		return NULL;
	return home_parse(&p, path, data, len, a);
}

/* "~/skills" is the user's own; what is no absolute path then is none. */
static const char *folder_of(const char *text, struct arena *a)
{
	const char *home = getenv("HOME");

	if (str_starts(text, "~/") && home)
		text = arena_printf(a, "%s%s", home, text + 1);
	return *text == '/' ? text : NULL;
}

static void load_config(struct skill_marks *m, const struct hermes_source *src)
{
	CLEANUP(ydoc_done) struct ydoc y = { .is_loaded = false };
	struct ydoc_names disabled, folders;
	struct probe p = { 0 };

	if (!settings_load(&y, &p, src, m->a))
		return;
	disabled = ydoc_names(&y, ydoc_at(&y, "skills.disabled"), NAMES_MAX, NAME_CHARS, m->a);
	folders = ydoc_names(&y, ydoc_at(&y, "skills.external_dirs"), NAMES_MAX, NAME_CHARS, m->a);
	m->disabled = disabled.list;
	m->n_disabled = disabled.n;
	m->external = folders.list;
	for (size_t i = 0; i < folders.n; i++) {
		const char *folder = folder_of(folders.list[i], m->a);

		if (folder)
			m->external[m->n_external++] = folder;
	}
}

struct skill_marks *skill_marks_load(const struct hermes_source *src, struct arena *a)
{
	struct skill_marks *m = arena_calloc(a, 1, sizeof(*m));
	struct probe p = { 0 };
	size_t len;

	m->a = a;
	if (!home_read(&p, src, "skills/.bundled_manifest", FILE_MAX, "absent", a, &m->bundled, &len))
		m->bundled = NULL;
	m->hub = load_json(src, "skills/.hub/lock.json", a);
	m->usage = load_json(src, "skills/.usage.json", a);
	load_config(m, src);
	return m;
}

void skill_marks_done(struct skill_marks *m)
{
	json_freep(&m->hub);
	json_freep(&m->usage);
}

static bool is_bundled(const struct skill_marks *m, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = m->bundled; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, n) == 0 && strchr(":\r\n", line[n])) /* the end of the text as well */
			return true;
	}
	return false;
}

/* Named in the lock file, as a key at its top or one below: its outer form has changed between versions. */
static bool is_from_hub(const struct skill_marks *m, const char *name)
{
	const cJSON *item;

	if (json_get(m->hub, name))
		return true;
	cJSON_ArrayForEach(item, m->hub)
		if (cJSON_IsObject(item) && json_get(item, name))
			return true;
	return false;
}

const char *skill_marks_origin(const struct skill_marks *m, const char *name)
{
	if (is_bundled(m, name))
		return "bundled";
	return is_from_hub(m, name) ? "hub" : "local";
}

bool skill_marks_is_disabled(const struct skill_marks *m, const char *name)
{
	for (size_t i = 0; i < m->n_disabled; i++)
		if (str_eq(m->disabled[i], name))
			return true;
	return false;
}

void skill_marks_usage(const struct skill_marks *m, struct skill *s)
{
	const cJSON *entry = json_object(m->usage, s->name);

	if (!m->usage)
		return;
	s->uses = entry ? home_count(entry, "use_count") : 0;
	s->last_used_at = entry ? home_time(entry, "last_used_at") : 0;
}
